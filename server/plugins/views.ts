import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Database } from '../database/client.ts'
import { Id } from '../schemas/common.ts'
import type { View } from '../view.ts'

/** Of an event, or of a whole programme. */
const Params = Type.Object({
  eventId: Type.Optional(Id),
  programmeId: Type.Optional(Id),
  key: Type.Optional(Id),
})

/** All that a page shows is of one moment. */
export const ONE_MOMENT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const

/** GET routes of the views: the very functions that feed the sockets. */
export function viewRoute(app: FastifyInstance, db: Database, view: View): void {
  app.get<{ Params: { eventId?: string; programmeId?: string; key?: string } }>(
    view.path,
    { schema: { params: Params, response: { 200: view.schema }, tags: ['views'] } },
    async (request) => {
      const { programmeId = '', eventId = programmeId, key = null } = request.params
      await view.open(db, request.actor, eventId, key)
      return db.transaction((tx) => view.read(tx, request.actor, eventId, key), ONE_MOMENT)
    },
  )
}
