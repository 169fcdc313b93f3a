import type { FastifyInstance } from 'fastify'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { ParticipantsInput } from '../../schemas/taking-part.ts'
import type { Services } from '../../services.ts'
import { addParticipants, removeParticipants } from './service.ts'

const tags = ['events']
const params = Shape({ eventId: Id })
const written = { params, body: ParticipantsInput, response: { 200: Written }, tags }
type OfEvent = { Params: { eventId: string } }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.post<OfEvent & { Body: ParticipantsInput }>(
      '/events/:eventId/taking-part/added',
      { schema: written },
      (request) => addParticipants(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<OfEvent & { Body: ParticipantsInput }>(
      '/events/:eventId/taking-part/removed',
      { schema: written },
      (request) => removeParticipants(db, callOf(request), request.params.eventId, request.body),
    )
  }
}
