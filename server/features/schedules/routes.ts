import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Written } from '../../schemas/common.ts'
import {
  CellsView,
  Comparison,
  DifferenceView,
  LockInput,
  MoveInput,
  PublishInput,
  Published,
  RollbackInput,
  SwapInput,
} from '../../schemas/schedule.ts'
import { publishDraft, rollBack } from './publication.ts'
import { readCells, readComparison, readDifference } from './reads.ts'
import { deleteDraft, lockMeeting, moveMeeting } from './service.ts'
import { swapMeetings } from './swap.ts'

const OneId = Type.Object({ id: Id })
const TwoIds = Type.Object({ id: Id, otherId: Id })
const OneEvent = Type.Object({ eventId: Id })
type Params = { Params: { id: string } }
const tags = ['schedules']

/** Each writes a whole schedule and mails everybody: nobody does so by hand more often. */
const seldom = { rateLimit: { max: 120, timeWindow: '1 minute' } }

export default function routes(services: Services) {
  const { db } = services
  return async (api: FastifyInstance) => {
    api.get<Params>(
      '/meetings/:id/cells',
      { schema: { params: OneId, response: { 200: CellsView }, tags } },
      (request) => readCells(db, callOf(request), request.params.id),
    )
    api.post<Params & { Body: Static<typeof MoveInput> }>(
      '/meetings/:id/move',
      { schema: { params: OneId, body: MoveInput, response: { 200: Written }, tags } },
      (request) => moveMeeting(db, callOf(request), request.params.id, request.body),
    )
    api.post<Params & { Body: SwapInput }>(
      '/meetings/:id/swap',
      { schema: { params: OneId, body: SwapInput, response: { 200: Written }, tags } },
      (request) => swapMeetings(db, callOf(request), request.params.id, request.body),
    )
    api.post<Params & { Body: Static<typeof LockInput> }>(
      '/meetings/:id/lock',
      { schema: { params: OneId, body: LockInput, response: { 200: Written }, tags } },
      (request) => lockMeeting(db, callOf(request), request.params.id, request.body.locked),
    )
    api.get<Params>(
      '/schedules/:id/difference',
      { schema: { params: OneId, response: { 200: DifferenceView }, tags } },
      (request) => readDifference(db, callOf(request), request.params.id),
    )
    api.get<{ Params: { id: string; otherId: string } }>(
      '/schedules/:id/comparison/:otherId',
      { schema: { params: TwoIds, response: { 200: Comparison }, tags } },
      (request) => readComparison(db, callOf(request), request.params.id, request.params.otherId),
    )
    api.post<Params & { Body: Static<typeof PublishInput> }>(
      '/schedules/:id/publish',
      { config: seldom, schema: { params: OneId, body: PublishInput, response: { 200: Published }, tags } },
      (request) => publishDraft(services, callOf(request), request.params.id, request.body.note ?? ''),
    )
    api.delete<Params>(
      '/schedules/:id',
      { schema: { params: OneId, response: { 200: Written }, tags } },
      (request) => deleteDraft(db, callOf(request), request.params.id),
    )
    api.post<{ Params: { eventId: string }; Body: Static<typeof RollbackInput> }>(
      '/events/:eventId/rollback',
      {
        config: seldom,
        schema: { params: OneEvent, body: RollbackInput, response: { 200: Published }, tags },
      },
      (request) => rollBack(services, callOf(request), request.params.eventId, request.body.number),
    )
  }
}
