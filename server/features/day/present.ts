import type { DayView, DeskView } from '../../schemas/day.ts'
import { PREFERENCE_LEVELS } from '../../schemas/common.ts'
import { shownAs } from '../../naming.ts'
import type { Candidate } from '../choices/service.ts'
import type { RepairedMeeting } from '../../database/schema.ts'
import type { EventRow, SlotRow, TableRow } from '../events/repository.ts'
import { affectedBy, compareMeetings, type Placement } from '../schedules/difference.ts'
import { presentSteps } from '../schedules/reads.ts'
import type { Participant } from '../participants/repository.ts'
import type { MeetingRow, ScheduleRow } from '../schedules/repository.ts'
import { guaranteeOf } from '../solver-input/rules.ts'
import type { Pairs } from '../solver-input/repository.ts'
import { factsOf, isAway, isHit, slotsAhead, slotsTaken, type Facts } from '../disruptions/facts.ts'
import type { Times } from './propagate.ts'
import type { RepairRow } from './repository.ts'
import { presentRsvp, type ParticipantRow } from '../participants/repository.ts'
import type { RoomRow } from '../events/repository.ts'
import type { DisruptionRow } from '../disruptions/repository.ts'

/** Everything about a day that its pages show, read once. */
export type Read = {
  event: EventRow
  live: ScheduleRow | null
  slots: SlotRow[]
  tables: TableRow[]
  rooms: RoomRow[]
  people: Participant[]
  participants: Map<string, ParticipantRow>
  unavailable: Map<string, Set<string>>
  meetings: MeetingRow[]
  /** By participant. */
  meetingsOf: Map<string, MeetingRow[]>
  candidates: Candidate[]
  disruptions: DisruptionRow[]
  facts: Facts
  times: Map<string, Times>
  now: Date
}

type Levels = (projectId: string, hostId: string) => Candidate['levels']

/** What each side of a pair said of the other. */
export function levelsIn(candidates: Candidate[]): Levels {
  const levels = new Map(
    candidates.map((pair) => [`${pair.projectParticipantId} ${pair.hostParticipantId}`, pair.levels]),
  )
  return (projectId, hostId) => levels.get(`${projectId} ${hostId}`) ?? [null, null]
}

export const presentRoom = ({ id, name, delayMinutes, delayFromId }: RoomRow): DayView['rooms'][number] => ({
  id,
  name,
  delay: { minutes: delayMinutes, fromSlotId: delayFromId },
})

export const presentTable = (
  { id, name, roomId, features }: TableRow,
  { out }: Facts,
): DayView['tables'][number] => ({ id, name, roomId, features, out: [...(out.get(id) ?? [])] })

const takesPlace = ({ state }: MeetingRow) => state !== 'cancelled' && state !== 'no_show'

export function presentParticipant(day: Read, person: Participant): DayView['participants'][number] {
  const { id, side, name, organisations, short, mark, financed } = person
  const { attendance, arrivedAt, projectId, hostId } = day.participants.get(id)!
  const away = day.slots.filter(
    (slot) => day.unavailable.get(id)?.has(slot.id) || isAway(day.facts, id, slot.id),
  )
  return {
    ...{ id, side, name, organisations, short, mark, financed, attendance },
    instead: person.instead,
    personId: (projectId ?? hostId)!,
    arrivedAt: arrivedAt?.toISOString() ?? null,
    rsvp: presentRsvp(day.participants.get(id)),
    away: away.map((slot) => slot.id),
    guarantee: guaranteeOf(day.event.rules, person),
    meetings: (day.meetingsOf.get(id) ?? []).filter(takesPlace).length,
  }
}

export function presentMeeting(day: Read, levels: Levels, meeting: MeetingRow): DayView['meetings'][number] {
  const { id, version, slotId, tableId, projectId, hostId, value, locked, state } = meeting
  return {
    ...{ id, version, slotId, tableId, value, locked, state },
    participants: [projectId, hostId],
    levels: levels(projectId, hostId),
    ...presentTimes(day, meeting),
  }
}

type Shown = Pick<DayView['meetings'][number], 'startsAt' | 'endsAt' | 'behind'>
/** Of a turn most begin at the same time, which is put into words once. */
const shown = new WeakMap<Times, Shown>()

/** When it will really be; a cancelled one where it would have been. */
export function presentTimes(
  { slots, times }: Pick<Read, 'slots' | 'times'>,
  { id, slotId }: Pick<MeetingRow, 'id' | 'slotId'>,
): Shown {
  const found = times.get(id) ?? { ...slots.find((one) => one.id === slotId)!, behind: 0 }
  const known = shown.get(found)
  if (known) return known
  const { startsAt, endsAt, behind } = found
  const words = { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), behind }
  shown.set(found, words)
  return words
}

export function presentDisruption(day: Read, row: DisruptionRow): DayView['disruptions'][number] {
  const { id, kind, state, participantId, tableId, minutes } = row
  // What it would take, also where it was dismissed.
  const alone = factsOf([{ ...row, state: 'open' }], day.slots)
  const ahead = new Set(slotsAhead(day.slots, day.now).map((slot) => slot.id))
  const hits = day.meetings.filter(
    (one) => one.state === 'planned' && ahead.has(one.slotId) && isHit(alone, one),
  )
  return {
    ...{ id, kind, state, participantId, tableId, minutes },
    slots: slotsTaken(row, day.slots),
    at: row.createdAt.toISOString(),
    hits: hits.map((one) => one.id),
  }
}

const WISHED = PREFERENCE_LEVELS.filter((level) => level !== 'avoid')

export function presentRepair(
  day: Read,
  levels: Levels,
  pairs: Pairs,
  repair: RepairRow,
): DayView['repairs'][number] {
  const before = day.meetings.filter(({ state }) => state !== 'cancelled')
  const { steps, affected } = differenceOf(before, repair.meetings, pairs)
  const wishesOf = (held: { projectId: string; hostId: string }[]) =>
    held.flatMap(({ projectId, hostId }) => levels(projectId, hostId))
  const after = repair.meetings.flatMap(({ candidateId }) => pairs.get(candidateId) ?? [])
  const [wished, kept] = [wishesOf(before), wishesOf(after)]
  const count = (list: unknown[], level: string) => list.filter((one) => one === level).length
  const missing = repair.objective.find(({ level }) => level === 'shortfall')?.value ?? 0
  return {
    id: repair.id,
    order: repair.order,
    disruptions: repair.disruptionIds,
    at: repair.createdAt.toISOString(),
    current: repair.scheduleId === day.live?.id && repair.baseVersion === day.live.version,
    changes: repair.changes.value,
    bound: repair.changes.bound,
    proven: repair.changes.proven,
    wishes: WISHED.map((level) => ({ level, before: count(wished, level), after: count(kept, level) })),
    shortfall: { before: repair.shortfallBefore, after: Number(missing) },
    affected: [...affected],
    steps: presentSteps(steps, day.people, day.slots, day.tables),
  }
}

/** What a proposal changes for people, against the schedule it starts from. */
function differenceOf(before: MeetingRow[], after: RepairedMeeting[], pairs: Pairs) {
  const held = after.flatMap((meeting): (Placement & { candidateId: string })[] => {
    const pair = pairs.get(meeting.candidateId)
    return pair ? [{ ...meeting, ...pair }] : []
  })
  const steps = compareMeetings(before, held)
  return { steps, affected: affectedBy(steps) }
}

/** Hosts may hold the same office: who looks for them asks for their organisation. */
const askedFor = ({ side, name, organisations, short }: Participant) =>
  side === 'host' ? shownAs(organisations, name) : short

export function presentDesk(day: Read): DeskView['people'] {
  const names = new Map(day.people.map((one) => [one.id, askedFor(one)]))
  const tables = new Map(day.tables.map((table) => [table.id, table]))
  const order = new Map(day.slots.map((slot, index) => [slot.id, index]))
  const meetingsOf = (id: string) =>
    (day.meetingsOf.get(id) ?? [])
      .filter(({ state }) => state !== 'cancelled')
      .toSorted((one, other) => order.get(one.slotId)! - order.get(other.slotId)!)
  return day.people.map(({ id, side, name, organisations }) => {
    const { code, attendance, arrivedAt } = day.participants.get(id)!
    return {
      ...{ id, code, side, name, organisations, attendance },
      arrivedAt: arrivedAt?.toISOString() ?? null,
      meetings: meetingsOf(id).map((meeting) => {
        const { startsAt, endsAt } = presentTimes(day, meeting)
        const table = tables.get(meeting.tableId ?? '')
        return {
          ...{ slotId: meeting.slotId, startsAt, endsAt, state: meeting.state },
          table: table?.name ?? null,
          room: table?.room ?? '',
          with: names.get(meeting.projectId === id ? meeting.hostId : meeting.projectId) ?? '',
        }
      }),
    }
  })
}
