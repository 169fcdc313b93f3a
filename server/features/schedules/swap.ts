import type { Inverse } from '../../change-catalogue.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { SwapInput } from '../../schemas/schedule.ts'
import { expectVersion, write, type Call, type WriteContext } from '../../write.ts'
import type { Occupancy } from './cells.ts'
import { readOccupancy } from './occupancy.ts'
import { exchangeMeetings, findMeeting, updateSchedule } from './repository.ts'
import {
  concernedBy,
  ofMeeting,
  openMeetingToEdit,
  refuseObstacle,
  startIn,
  type FoundMeeting,
} from './service.ts'

/** Two meetings of one schedule change places in one step, each under the rules of a move. */
export async function swapMeetings(db: Database, call: Call, meetingId: string, input: SwapInput) {
  return write(db, call, ofMeeting(meetingId), async (context) => {
    const one = await openMeetingToEdit(context, meetingId)
    const other = await ofSameSchedule(context.tx, one, input.with)
    expectVersion(call, one.meeting.version)
    if (other.meeting.version !== input.version) throw new DomainError('stale-version')
    if (one.meeting.id === other.meeting.id) return { id: meetingId, version: one.meeting.version }
    return exchange(context, one, other)
  })
}

async function ofSameSchedule(
  tx: Transaction,
  { schedule }: FoundMeeting,
  meetingId: string,
): Promise<FoundMeeting> {
  const found = await findMeeting(tx, meetingId)
  if (found?.schedule.id !== schedule.id) throw notFound()
  return found
}

type MeetingCell = Inverse<'meeting.swapped'>['places'][number]

async function exchange({ tx, record }: WriteContext, one: FoundMeeting, other: FoundMeeting) {
  const { schedule } = one
  const places: [MeetingCell, MeetingCell] = [cellOf(one), cellOf(other)]
  const { slots } = await refuseSwap(tx, one, other)
  const [version] = await exchangeMeetings(tx, one.meeting, other.meeting)
  await updateSchedule(tx, schedule.id)
  await record({
    eventId: schedule.eventId,
    type: 'meeting.swapped',
    payload: {
      ...{ meetingId: one.meeting.id, withId: other.meeting.id, scheduleId: schedule.id },
      ...{ candidateId: one.meeting.candidateId, otherCandidateId: other.meeting.candidateId },
      ...{ at: startIn(slots, places[0].slotId), otherAt: startIn(slots, places[1].slotId) },
      ...{ tableId: places[0].tableId, otherTableId: places[1].tableId },
    },
    inverse: { places },
    also: await concernedBy(tx, schedule, [one.meeting, other.meeting]),
  })
  return { id: one.meeting.id, version }
}

function cellOf({ meeting: { id, slotId, tableId } }: FoundMeeting): MeetingCell {
  if (tableId === null) throw new DomainError('meeting-cancelled')
  return { meetingId: id, slotId, tableId }
}

/** What is in the way of one is not the other, which leaves. */
async function refuseSwap(tx: Transaction, one: FoundMeeting, other: FoundMeeting): Promise<Occupancy> {
  const { kind, eventId } = one.schedule
  const isOff = ({ meeting }: FoundMeeting) => kind === 'live' && meeting.state === 'cancelled'
  if (isOff(one) || isOff(other)) throw new DomainError('meeting-cancelled')
  const occupancy = await readOccupancy(tx, one)
  await refuseObstacle(tx, without(occupancy, other), eventId, one.meeting, cellOf(other))
  await refuseObstacle(tx, without(occupancy, one), eventId, other.meeting, cellOf(one))
  return occupancy
}

const without = (occupancy: Occupancy, { meeting }: FoundMeeting): Occupancy => ({
  ...occupancy,
  meetings: occupancy.meetings.filter(({ id }) => id !== meeting.id),
})

/** Swaps two back, unless either has been moved since. */
export async function swapBack(context: WriteContext, { places }: Inverse<'meeting.swapped'>): Promise<void> {
  const [one, other] = await Promise.all(places.map(({ meetingId }) => findMeeting(context.tx, meetingId)))
  const isAt = (found: FoundMeeting | null, { slotId, tableId }: MeetingCell): found is FoundMeeting =>
    found?.meeting.slotId === slotId && found.meeting.tableId === tableId
  if (!isAt(one, places[1]) || !isAt(other, places[0])) throw new DomainError('moved-on')
  await exchange(context, one, other)
}
