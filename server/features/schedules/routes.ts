import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Written } from '../../schemas/common.ts'
import { CellsView, Comparison, LockInput, MoveInput, SwapInput } from '../../schemas/schedule.ts'
import { copyLive } from './copy.ts'
import { readCells, readComparison } from './reads.ts'
import { deleteDraft, lockMeeting, moveMeeting } from './service.ts'
import { swapMeetings } from './swap.ts'

const OneId = Type.Object({ id: Id })
const OneEvent = Type.Object({ eventId: Id })
const TwoIds = Type.Object({ id: Id, otherId: Id })
type Params = { Params: { id: string } }
const tags = ['schedules']

export default function routes({ db }: Services) {
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
    api.get<{ Params: { id: string; otherId: string } }>(
      '/schedules/:id/comparison/:otherId',
      { schema: { params: TwoIds, response: { 200: Comparison }, tags } },
      (request) => readComparison(db, callOf(request), request.params.id, request.params.otherId),
    )
    api.post<{ Params: { eventId: string } }>(
      '/events/:eventId/copies',
      { schema: { params: OneEvent, response: { 200: Written }, tags } },
      (request) => copyLive(db, callOf(request), request.params.eventId),
    )
    api.delete<Params>(
      '/schedules/:id',
      { schema: { params: OneId, response: { 200: Written }, tags } },
      (request) => deleteDraft(db, callOf(request), request.params.id),
    )
  }
}
