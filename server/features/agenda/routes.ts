import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../services.ts'
import { PrintQuery, PrintView } from '../../schemas/agenda.ts'
import { Id } from '../../schemas/common.ts'
import { readPrint } from './views.ts'

const OneEvent = Type.Object({ eventId: Id })

export default function routes({ db }: Services) {
  return async (api: FastifyInstance) => {
    api.get<{ Params: { eventId: string }; Querystring: PrintQuery }>(
      '/events/:eventId/print',
      {
        schema: {
          params: OneEvent,
          querystring: PrintQuery,
          response: { 200: PrintView },
          tags: ['agenda'],
        },
      },
      (request) => readPrint(db, request.actor, request.params.eventId, request.query.of?.split(',') ?? null),
    )
  }
}
