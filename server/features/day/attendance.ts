import type { Inverse, StoredPayload } from '../../change-catalogue.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Attendance, Written } from '../../schemas/common.ts'
import type { AttendanceInput, DisruptionKind, LateInput } from '../../schemas/day.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { findSlots, type SlotRow } from '../events/repository.ts'
import { locateParticipant, ofParticipant, resourceOf, type Located } from '../participants/located.ts'
import { findLive } from '../schedules/repository.ts'
import { currentDay, currentSlot, slotsTaken } from '../disruptions/facts.ts'
import { peopleAround } from './open.ts'
import { onDay, updateAttendance } from '../participants/repository.ts'
import { restOfDay } from './propagate.ts'
import { deleteDisruptions, findDisruptions, insertDisruptions } from '../disruptions/repository.ts'
import { type DisruptionRow, type NewDisruption } from '../disruptions/repository.ts'

const MINUTE = 60_000

/** What not being here means for the rest of that day. */
const TAKES: Partial<Record<Attendance, DisruptionKind>> = { absent: 'no_show', left: 'early' }

/** Checks somebody in or out. Coming back takes back what their absence had taken. */
export async function setAttendance(db: Database, call: Call, participantId: string, input: AttendanceInput) {
  const judges = input.attendance !== 'here'
  return changeAttendance(db, call, participantId, judges, input.at, checked(input))
}

/** A report of somebody who takes part in this event and doesn't come. */
export async function markAbsent(context: WriteContext, eventId: string, participantId: string) {
  const located = await locateParticipant(context.tx, participantId)
  if (located.event.id !== eventId) throw notFound()
  allow(context.call.actor, 'attendance.judge', resourceOf(located))
  return decideAttendance(context, located, undefined, checked({ attendance: 'absent' }))
}

const checked =
  ({ attendance }: AttendanceInput): Decide =>
  ({ participant }, { slots, now, said, day }) => {
    const from = currentSlot(slots, now)
    // After its last turn there is nothing left of a day to miss.
    const kind = from?.day === day && TAKES[attendance]
    const arrivedAt = attendance === 'here' ? (participant.arrivedAt ?? said) : null
    return {
      attendance,
      arrivedAt: attendance === 'left' ? participant.arrivedAt : arrivedAt,
      disruption: kind && from ? { kind, fromId: from.id, toId: restOfDay(slots, from.id).at(-1)!.id } : null,
    }
  }

/**
 * "I'm late": the slots that begin before the announced arrival are lost, unless the schedule goes around them.
 * Whoever has arrived since they said it is here.
 */
export async function reportLate(db: Database, call: Call, participantId: string, input: LateInput) {
  const { minutes } = input
  return changeAttendance(db, call, participantId, false, input.at, ({ participant }, moment) => {
    const { slots, now, said, day } = moment
    const { attendance, arrivedAt } = participant
    if (attendance === 'here' && arrivedAt && arrivedAt > said) return null
    const arrival = new Date(said.getTime() + minutes * MINUTE)
    const createdAt = new Date(Date.now() - (now.getTime() - said.getTime()))
    const missed = slots.filter((slot) => slot.day === day && slot.endsAt > now && slot.startsAt < arrival)
    const [first, last] = [missed[0], missed[missed.length - 1]]
    return {
      attendance: 'late',
      arrivedAt: null,
      disruption: first ? { kind: 'late', minutes, createdAt, fromId: first.id, toId: last.id } : null,
    }
  })
}

/** Checks made without network arrive later than they were made, never earlier. */
const earlier = (at: string | undefined, now: Date): Date => (at && new Date(at) < now ? new Date(at) : now)

/** A device's clock may be wrong, by hours where its zone is; what is of another day was not said at that time. */
const MOST_HOURS = 12

function saidAt(call: Call, at: string | undefined, now: Date): Date {
  const ago = at ? now.getTime() - Date.parse(at) : 0
  if (ago < -MOST_HOURS * 60 * MINUTE) throw invalidInput(call, '/at', 'field_future')
  if (ago > MOST_HOURS * 60 * MINUTE) throw invalidInput(call, '/at', 'field_longAgo', { limit: MOST_HOURS })
  return earlier(at, now)
}

type Next = {
  attendance: Attendance
  arrivedAt: Date | null
  disruption: Pick<NewDisruption, 'kind' | 'fromId' | 'toId' | 'minutes' | 'createdAt'> | null
}

/** `day` is the day of the event on which it was said. */
type Moment = { slots: SlotRow[]; now: Date; said: Date; day: string | null }
type Decide = (located: Located, moment: Moment) => Next | null

async function changeAttendance(
  db: Database,
  call: Call,
  participantId: string,
  judges: boolean,
  at: string | undefined,
  decide: Decide,
): Promise<Written> {
  return write(db, call, ofParticipant(participantId), async (context) => {
    const { actor } = context.call
    const located = await locateParticipant(context.tx, participantId)
    allow(actor, 'attendance.edit', resourceOf(located))
    if (judges) allow(actor, 'attendance.judge', resourceOf(located))
    return decideAttendance(context, located, at, decide)
  })
}

async function decideAttendance(
  context: WriteContext,
  located: Located,
  at: string | undefined,
  decide: Decide,
): Promise<Written> {
  const slots = await findSlots(context.tx, located.event.id)
  if (slots.length === 0) throw new DomainError('nothing-published')
  const now = clockOf(located.programme)
  const said = saidAt(context.call, at, now)
  const { timezone } = located.programme
  const [day, today] = [currentDay(slots, said, timezone), currentDay(slots, now, timezone)]
  // What was said on an earlier day arrives too late to change what is known of this one.
  if (day !== today && located.participant.attendanceDay === today) return { id: located.participant.id }
  const participant = onDay(located.participant, day)
  const moment = { slots, now, said, day }
  const next = decide({ ...located, participant }, moment)
  if (next) await apply(context, { ...located, participant }, next, moment)
  return { id: participant.id }
}

async function apply(
  { tx, record }: WriteContext,
  { participant, event }: Located,
  next: Next,
  { slots, now, day: today }: Moment,
): Promise<void> {
  const { id, attendance, arrivedAt } = participant
  const currentId = currentSlot(slots, now)?.id ?? null
  const ofToday = new Set(slots.filter(({ day }) => day === today).map((slot) => slot.id))
  const own = (await findDisruptions(tx, event.id)).filter(
    (one) => one.participantId === id && slotsTaken(one, slots).some((slotId) => ofToday.has(slotId)),
  )
  const over = own.filter((one) => isOver(one, next.attendance, currentId)).map((one) => one.id)
  if (attendance === next.attendance && !next.disruption && over.length === 0) return
  const deleted = await deleteDisruptions(tx, over)
  const fresh = next.disruption ? [{ ...next.disruption, eventId: event.id, participantId: id }] : []
  const created = await insertDisruptions(tx, fresh)
  const { attendance: said, arrivedAt: arrived } = next
  await updateAttendance(tx, id, { attendance: said, arrivedAt: arrived, attendanceDay: today })
  await record({
    eventId: event.id,
    type: `attendance.${next.attendance}`,
    payload: {
      participantId: id,
      attendance: next.attendance,
      minutes: next.disruption?.minutes ?? null,
    },
    inverse: {
      ...{ participantId: id, attendance, arrivedAt: arrivedAt?.toISOString() ?? null },
      day: participant.attendanceDay && today,
      ...{ created, deleted: deleted.map(toStored) },
    },
    also: await peopleAround(tx, await findLive(tx, event.id), [id]),
  })
}

/** What was said of somebody gives way to what is said now; that they will leave early stands until they have. */
function isOver({ kind, fromId }: DisruptionRow, next: Attendance, currentId: string | null): boolean {
  return kind !== 'early' || next === 'left' || next === 'absent' || fromId === currentId
}

type AttendanceKind = `attendance.${Attendance}`

/** Takes a check-in, a check-out or an announcement back, unless somebody has said something else since. */
export async function attendanceBack(
  context: WriteContext,
  inverse: Inverse<AttendanceKind>,
  { attendance }: StoredPayload<AttendanceKind>,
): Promise<void> {
  const { tx } = context
  const located = await locateParticipant(tx, inverse.participantId)
  if (located.participant.attendance !== attendance) throw new DomainError('moved-on')
  const { undone, back } = await bringBack(tx, located.event.id, inverse)
  const arrivedAt = inverse.arrivedAt === null ? null : new Date(inverse.arrivedAt)
  const { participant, event } = located
  const { day: attendanceDay = participant.attendanceDay } = inverse
  await updateAttendance(tx, participant.id, { attendance: inverse.attendance, arrivedAt, attendanceDay })
  await context.record({
    eventId: event.id,
    type: `attendance.${inverse.attendance}`,
    payload: {
      participantId: participant.id,
      attendance: inverse.attendance,
      minutes: back.find(({ kind }) => kind === 'late')?.minutes ?? null,
    },
    inverse: {
      participantId: participant.id,
      attendance,
      arrivedAt: participant.arrivedAt?.toISOString() ?? null,
      day: participant.attendanceDay,
      ...{ created: back.map(({ id }) => id), deleted: undone.map(toStored) },
    },
    also: await peopleAround(tx, await findLive(tx, event.id), [participant.id]),
  })
}

type DisruptionInverse = Inverse<'disruption.reported'>
/** A disruption as the log keeps it. */
type Stored = DisruptionInverse['deleted'][number]

/** Takes back disruptions that a change made, and brings back those that it ended, unless either was done already. */
export async function bringBack(
  tx: Transaction,
  eventId: string,
  { created, deleted }: DisruptionInverse,
): Promise<{ undone: DisruptionRow[]; back: DisruptionRow[] }> {
  const standing = new Set((await findDisruptions(tx, eventId)).map(({ id }) => id))
  const isBack = ({ id }: { id: string }) => standing.has(id) && !created.includes(id)
  if (!created.every((id) => standing.has(id)) || deleted.some(isBack)) throw new DomainError('moved-on')
  const undone = await deleteDisruptions(tx, created)
  const back = deleted.map(fromStored)
  await insertDisruptions(tx, back)
  return { undone, back }
}

export const toStored = (row: DisruptionRow): Stored => ({ ...row, createdAt: row.createdAt.toISOString() })
const fromStored = (row: Stored): DisruptionRow => ({ ...row, createdAt: new Date(row.createdAt) })
