import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { goneSignal } from '../../plugins/gone.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import {
  AttendanceInput,
  DelayInput,
  DelayPreview,
  DelayQuery,
  DisruptionInput,
  LateInput,
  NewMeetingInput,
  SlotStateInput,
  StateInput,
  WalkInInput,
} from '../../schemas/day.ts'
import { reportLate, setAttendance } from './attendance.ts'
import { previewDelay } from './delay-preview.ts'
import { setDelay } from './delays.ts'
import { dismissDisruption, reportDisruption } from './disruption-reports.ts'
import { addMeeting } from './meetings.ts'
import { proposeRepairs } from './repair-proposals.ts'
import { applyRepair } from './repairs.ts'
import { setMeetingState, setSlotState } from './states.ts'
import { walkIn } from './walk-in.ts'

const ofEvent = { params: Shape({ eventId: Id }), response: { 200: Written }, tags: ['day'] }
const ofSlot = Shape({ eventId: Id, slotId: Id })
const ofOne = { params: Shape({ id: Id }), response: { 200: Written }, tags: ['day'] }
type OfEvent = { Params: { eventId: string } }
type OfSlot = { Params: { eventId: string; slotId: string } }
type OfOne = { Params: { id: string } }

export default function routes(services: Services) {
  const { db } = services
  return async (api: FastifyInstance) => {
    api.put<OfOne & { Body: AttendanceInput }>(
      '/participants/:id/attendance',
      { schema: { ...ofOne, body: AttendanceInput } },
      (request) => setAttendance(db, callOf(request), request.params.id, request.body),
    )
    api.post<OfOne & { Body: LateInput }>(
      '/participants/:id/late',
      { schema: { ...ofOne, body: LateInput } },
      (request) => reportLate(db, callOf(request), request.params.id, request.body),
    )
    api.post<OfEvent & { Body: WalkInInput }>(
      '/events/:eventId/participants',
      { schema: { ...ofEvent, body: WalkInInput } },
      (request) => walkIn(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<OfEvent & { Body: DisruptionInput }>(
      '/events/:eventId/disruptions',
      { schema: { ...ofEvent, body: DisruptionInput } },
      (request) => reportDisruption(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<OfOne>('/disruptions/:id/dismiss', { schema: ofOne }, (request) =>
      dismissDisruption(db, callOf(request), request.params.id),
    )
    api.post<OfEvent & { Body: DelayInput }>(
      '/events/:eventId/delay',
      { schema: { ...ofEvent, body: DelayInput } },
      (request) => setDelay(db, callOf(request), request.params.eventId, request.body),
    )
    api.get<OfSlot & { Querystring: DelayQuery }>(
      '/events/:eventId/slots/:slotId/delay',
      {
        schema: { ...ofEvent, params: ofSlot, querystring: DelayQuery, response: { 200: DelayPreview } },
      },
      ({ actor, params: { eventId, slotId }, query: { roomId = null, minutes = '0', breaksGive } }) =>
        previewDelay(db, actor, eventId, {
          ...{ fromSlotId: slotId, roomId, minutes: Number(minutes), breaksGive: breaksGive === '1' },
        }),
    )
    api.post<OfEvent>('/events/:eventId/repairs', { schema: ofEvent }, (request, reply) =>
      proposeRepairs(services, callOf(request), request.params.eventId, goneSignal(reply)),
    )
    api.post<OfOne>('/repairs/:id/apply', { schema: ofOne }, (request) =>
      applyRepair(db, callOf(request), request.params.id),
    )
    api.post<OfOne & { Body: StateInput }>(
      '/meetings/:id/state',
      { schema: { ...ofOne, body: StateInput } },
      (request) => setMeetingState(db, callOf(request), request.params.id, request.body.state),
    )
    api.post<OfSlot & { Body: SlotStateInput }>(
      '/events/:eventId/slots/:slotId/state',
      { schema: { ...ofEvent, params: ofSlot, body: SlotStateInput } },
      (request) => {
        const { eventId, slotId } = request.params
        return setSlotState(db, callOf(request), eventId, slotId, request.body)
      },
    )
    api.post<OfEvent & { Body: NewMeetingInput }>(
      '/events/:eventId/meetings',
      { schema: { ...ofEvent, body: NewMeetingInput } },
      (request) => addMeeting(db, callOf(request), request.params.eventId, request.body),
    )
  }
}
