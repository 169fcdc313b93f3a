import type { FastifyInstance } from 'fastify'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { ParticipantsInput, TakingPartView } from '../../schemas/taking-part.ts'
import type { Services } from '../../services.ts'
import { readTakingPart } from './reads.ts'
import { addParticipants, removeParticipants } from './service.ts'

const tags = ['events']
const params = Shape({ eventId: Id })
const written = { params, body: ParticipantsInput, response: { 200: Written }, tags }
type OfEvent = { Params: { eventId: string } }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get<OfEvent>(
      '/events/:eventId/taking-part',
      { schema: { params, response: { 200: TakingPartView }, tags } },
      (request) => readTakingPart(db, request.actor, request.params.eventId),
    )
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
