import type { FastifyInstance } from 'fastify'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { PairsView, RulingInput } from '../../schemas/pairs.ts'
import type { Services } from '../../services.ts'
import { readPairs, rulePair } from './service.ts'

const params = Shape({ eventId: Id })
const tags = ['events']
type OfEvent = { eventId: string }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get<{ Params: OfEvent }>(
      '/events/:eventId/pairs',
      { schema: { params, response: { 200: PairsView }, tags } },
      (request) => readPairs(db, request.actor, request.params.eventId),
    )
    api.put<{ Params: OfEvent; Body: RulingInput }>(
      '/events/:eventId/pairs',
      { schema: { params, body: RulingInput, response: { 200: Written }, tags } },
      (request) => rulePair(db, callOf(request), request.params.eventId, request.body),
    )
  }
}
