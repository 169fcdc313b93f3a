import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Written } from '../../schemas/common.ts'
import { DifferenceView, PublishInput, Published, RollbackInput } from '../../schemas/schedule.ts'
import { TellInput, Told } from '../../schemas/telling.ts'
import { publishDraft, rollBack } from './publish.ts'
import { readDifference } from './reads.ts'
import { stopCollecting, tellConcerned } from './service.ts'

const OneId = Type.Object({ id: Id })
const OneEvent = Type.Object({ eventId: Id })
type OfSchedule = { Params: { id: string } }
type OfEvent = { Params: { eventId: string } }
const tags = ['publication']

/** Each writes a whole schedule, or to everybody: nobody does so by hand more often. */
const config = { rateLimit: { max: 120, timeWindow: '1 minute' } }

export default function routes(services: Services) {
  return async (api: FastifyInstance) => {
    api.get<OfSchedule>(
      '/schedules/:id/difference',
      { schema: { params: OneId, response: { 200: DifferenceView }, tags } },
      (request) => readDifference(services.db, callOf(request), request.params.id),
    )
    api.post<OfSchedule & { Body: PublishInput }>(
      '/schedules/:id/publish',
      { config, schema: { params: OneId, body: PublishInput, response: { 200: Published }, tags } },
      (request) => publishDraft(services, callOf(request), request.params.id, request.body),
    )
    api.post<OfEvent & { Body: RollbackInput }>(
      '/events/:eventId/rollback',
      { config, schema: { params: OneEvent, body: RollbackInput, response: { 200: Published }, tags } },
      (request) => rollBack(services, callOf(request), request.params.eventId, request.body),
    )
    api.post<OfEvent & { Body: TellInput }>(
      '/events/:eventId/tell',
      { config, schema: { params: OneEvent, body: TellInput, response: { 200: Told }, tags } },
      (request) => tellConcerned(services, callOf(request), request.params.eventId, request.body),
    )
    api.post<OfEvent>(
      '/events/:eventId/tell/stop',
      { schema: { params: OneEvent, response: { 200: Written }, tags } },
      (request) => stopCollecting(services, callOf(request), request.params.eventId),
    )
  }
}
