import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../services.ts'
import { PrintView } from '../../schemas/agenda.ts'
import { Id } from '../../schemas/common.ts'
import { readPrint } from './views.ts'

const OneEvent = Type.Object({ eventId: Id })

export default function routes({ db }: Services) {
  return async (api: FastifyInstance) => {
    api.get<{ Params: { eventId: string } }>(
      '/events/:eventId/print',
      { schema: { params: OneEvent, response: { 200: PrintView }, tags: ['agenda'] } },
      (request) => readPrint(db, request.actor, request.params.eventId),
    )
  }
}
