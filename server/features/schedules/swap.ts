import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { SwapInput } from '../../schemas/schedule.ts'
import { expectVersion, write, type Call, type WriteContext } from '../../write.ts'
import type { Occupancy } from './cells.ts'
import { readOccupancy } from './occupancy.ts'
import { exchangeMeetings, findMeeting, updateSchedule } from './repository.ts'
import { audienceOf, currentMeeting, openMeeting, refuseObstacle, type Found } from './service.ts'

/** Two meetings of one schedule change places in one step, each under the rules of a move. */
export async function swapMeetings(db: Database, call: Call, meetingId: string, input: SwapInput) {
  const { programme } = await openMeeting(db, call, meetingId)
  return write(db, call, programme.id, async (context) => {
    const one = await currentMeeting(context.tx, meetingId)
    const other = await ofSameSchedule(context.tx, one, input.with)
    expectVersion(call, one.meeting.version)
    if (other.meeting.version !== input.version) throw new DomainError('stale-version')
    if (one.meeting.id === other.meeting.id) return { id: meetingId, version: one.meeting.version }
    return exchange(context, one, other)
  })
}

async function ofSameSchedule(tx: Transaction, { schedule }: Found, meetingId: string): Promise<Found> {
  const found = await findMeeting(tx, meetingId)
  if (found?.schedule.id !== schedule.id) throw notFound()
  return found
}

type Place = { slotId: string; tableId: string }
type Placed = Place & { meetingId: string }

async function exchange({ tx, record }: WriteContext, one: Found, other: Found) {
  const { schedule } = one
  const places = [placeOf(one), placeOf(other)]
  await refuseSwap(tx, one, other)
  const [version] = await exchangeMeetings(tx, one.meeting, other.meeting)
  await updateSchedule(tx, schedule.id)
  const [first, second] = [
    await audienceOf(tx, schedule, one.meeting),
    await audienceOf(tx, schedule, other.meeting),
  ]
  await record({
    eventId: schedule.eventId,
    type: 'meeting.swapped',
    payload: { meetingId: one.meeting.id, withId: other.meeting.id, scheduleId: schedule.id },
    inverse: { places },
    audience: [...new Set([...first, ...second])],
  })
  return { id: one.meeting.id, version }
}

function placeOf({ meeting: { id, slotId, tableId } }: Found): Placed {
  if (tableId === null) throw new DomainError('meeting-cancelled')
  return { meetingId: id, slotId, tableId }
}

/** What is in the way of one is not the other, which leaves. */
async function refuseSwap(tx: Transaction, one: Found, other: Found): Promise<void> {
  const { kind, eventId } = one.schedule
  const isOff = ({ meeting }: Found) => kind === 'live' && meeting.state === 'cancelled'
  if (isOff(one) || isOff(other)) throw new DomainError('meeting-cancelled')
  const occupancy = await readOccupancy(tx, one)
  await refuseObstacle(tx, without(occupancy, other), eventId, one.meeting, placeOf(other))
  await refuseObstacle(tx, without(occupancy, one), eventId, other.meeting, placeOf(one))
}

const without = (occupancy: Occupancy, { meeting }: Found): Occupancy => ({
  ...occupancy,
  meetings: occupancy.meetings.filter(({ id }) => id !== meeting.id),
})

/** Swaps two back, unless either has been moved since. */
export async function swapBack(
  context: WriteContext,
  { places }: { places: [Placed, Placed] },
): Promise<void> {
  const [one, other] = await Promise.all(places.map(({ meetingId }) => findMeeting(context.tx, meetingId)))
  const isAt = (found: Found | null, { slotId, tableId }: Place): found is Found =>
    found?.meeting.slotId === slotId && found.meeting.tableId === tableId
  if (!isAt(one, places[1]) || !isAt(other, places[0])) throw new DomainError('moved-on')
  await exchange(context, one, other)
}
