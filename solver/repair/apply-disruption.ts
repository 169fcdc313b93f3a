import type { Disruption, Stretch } from '../format/disruption.ts'
import { suits, type Instance, type InstanceFile, type Lock, type Table } from '../format/instance.ts'
import type { Meeting, Solution } from '../format/solution.ts'
import { neverIn } from '../model/problem.ts'

type Candidate = NonNullable<InstanceFile['candidates']>[number]
type Person = NonNullable<InstanceFile['participants']>[number]
type Quota = NonNullable<InstanceFile['quotas']>[number]

interface Change {
  slots: string[]
  /** Slots that are over, and those that are not: one list for all candidates, read once. */
  past: Set<string>
  future: string[]
  held: Map<string, Meeting>
  locks: Map<string, Lock>
  /** Slots in which a participant is away and in which a table is out, by id, after the disruption. */
  away: Map<string, Set<string>>
  out: Map<string, Set<string>>
  /** Slots in which a participant is away or may have no meeting, by id: what is possible goes by them. */
  never: Map<string, Set<string>>
  /** Tables at which a participant can sit, by id; none where tables are only counted. */
  suiting: Map<string, Set<string>>
}

/**
 * The instance as it is after a disruption, as JSON: what has passed is locked, and the schedule so far becomes
 * the base. Locks, required meetings and least numbers of quotas that the disruption makes impossible are let
 * go, so that the rest of the day can still be arranged. Meetings that cannot be where they are leave the base;
 * one that only loses its table keeps its slot there.
 */
export function disrupt(instance: Instance, solution: Solution, disruption: Disruption): InstanceFile {
  const { source } = instance
  const change = describe(instance, solution, disruption)
  const people = [...(source.participants ?? []), ...disruption.newParticipants]
  const given = [...(source.candidates ?? []), ...disruption.newCandidates]
  const candidates = given.map((one) => changeCandidate(change, one))
  const places = new Map(candidates.map((one) => [one.id, one]))
  const isPossible = (id: string) => openSlots(change, places.get(id)!).length > 0
  return {
    ...source,
    ...(Array.isArray(source.tables) ? { tables: withAbsences(source.tables, change.out) } : {}),
    participants: withAbsences(people, change.away),
    candidates,
    ...(source.quotas ? { quotas: source.quotas.map((quota) => lowerQuota(quota, isPossible)) } : {}),
    base: solution.meetings.flatMap((meeting) => keepMeeting(change, places, meeting)),
  }
}

function describe(instance: Instance, solution: Solution, disruption: Disruption): Change {
  const slots = instance.slots.map(({ id }) => id)
  const now = slots.indexOf(disruption.now)
  const stretch = ({ from, to }: Stretch) =>
    slots.slice(Math.max(now, slots.indexOf(from)), slots.indexOf(to) + 1)
  const lost = disruption.slotsLost.filter((slot) => slots.indexOf(slot) >= now)
  const people = [...instance.participants, ...disruption.newParticipants]
  const tables = Array.isArray(instance.tables) ? instance.tables : []
  const away = new Map(people.map((one) => [one.id, new Set([...(one.unavailable ?? []), ...lost])]))
  const out = new Map(tables.map((one) => [one.id, new Set(one.unavailable)]))
  for (const one of disruption.absent) stretch(one).forEach((slot) => away.get(one.participant)!.add(slot))
  for (const one of disruption.tablesOut) stretch(one).forEach((slot) => out.get(one.table)!.add(slot))
  return {
    slots,
    past: new Set(slots.slice(0, now)),
    future: slots.slice(now),
    held: new Map(solution.meetings.map((meeting) => [meeting.candidate, meeting])),
    locks: new Map(disruption.locks.map(({ candidate, slot, table }) => [candidate, { slot, table }])),
    away,
    out,
    never: new Map(people.map((one) => [one.id, slotsWithout(one, away.get(one.id)!)])),
    suiting: new Map(people.map((one) => [one.id, new Set(tablesFor(one, tables))])),
  }
}

const slotsWithout = ({ limits = [] }: Pick<Person, 'limits'>, away: Set<string>): Set<string> =>
  new Set(neverIn({ unavailable: [...away], limits }))

const tablesFor = (
  { needs = [], tables: own = null }: { needs?: string[]; tables?: string[] | null },
  tables: Table[],
): string[] => tables.filter((table) => suits({ needs, tables: own }, table)).map(({ id }) => id)

function withAbsences<T extends { id: string }>(list: T[], absences: Map<string, Set<string>>): T[] {
  return list.map((one) => {
    const slots = [...absences.get(one.id)!]
    return slots.length > 0 ? { ...one, unavailable: slots } : one
  })
}

function changeCandidate(change: Change, given: Candidate): Candidate {
  const { past, held, locks } = change
  const meeting = held.get(given.id)
  if (meeting && past.has(meeting.slot)) return { ...given, lock: toLock(meeting) }
  const wished = locks.get(given.id)
  const open = given.slots ? given.slots.filter((slot) => !past.has(slot)) : change.future
  const future = past.size > 0 ? { slots: open } : {}
  const candidate = { ...given, ...future }
  return wished ? { ...candidate, lock: toLock(wished) } : letGo(change, candidate)
}

const toLock = ({ slot, table }: { slot: string | null; table?: string | null }) => ({
  ...(slot == null ? {} : { slot }),
  ...(table == null ? {} : { table }),
})

/** Without a lock that cannot be kept and, if nothing is left, without being required. */
function letGo(change: Change, candidate: Candidate): Candidate {
  if (!candidate.lock && !candidate.required) return candidate
  if (openSlots(change, candidate).length > 0) return candidate
  const { lock: _, ...free } = candidate
  if (openSlots(change, free).length > 0) return free
  const { required: __, ...optional } = free
  return optional
}

/** Slots in which a candidate can still be held, at some table. */
function openSlots(change: Change, candidate: Candidate): string[] {
  return change.slots.filter((slot) => isOpen(change, candidate, slot) && hasTable(change, candidate, slot))
}

function isOpen(change: Change, candidate: Candidate, slot: string): boolean {
  const { never, out, past, held } = change
  const { id, participants, lock, slots } = candidate
  const meeting = held.get(id)
  if (meeting && past.has(meeting.slot)) return slot === meeting.slot
  return (
    !past.has(slot) &&
    (slots?.includes(slot) ?? true) &&
    (lock?.slot ?? slot) === slot &&
    !participants.some((one) => never.get(one)?.has(slot)) &&
    !(lock?.table && out.get(lock.table)?.has(slot))
  )
}

/** Whether a table that suits both is there in the slot; where tables are only counted there is no telling. */
function hasTable({ out, suiting }: Change, { participants, lock }: Candidate, slot: string): boolean {
  if (out.size === 0) return true
  const isFit = (table: string) =>
    !out.get(table)?.has(slot) && participants.every((one) => suiting.get(one)?.has(table) ?? true)
  if (lock?.table) return isFit(lock.table)
  for (const table of out.keys()) if (isFit(table)) return true
  return false
}

function lowerQuota(quota: Quota, isPossible: (id: string) => boolean): Quota {
  const able = (quota.candidates ?? []).filter(isPossible).length
  return (quota.min ?? 0) > able ? { ...quota, min: able } : quota
}

function keepMeeting(change: Change, candidates: Map<string, Candidate>, meeting: Meeting): Meeting[] {
  const { candidate, slot, table } = meeting
  const place = candidates.get(candidate)
  if (!place || !isOpen(change, place, slot)) return []
  const losesTable =
    table !== undefined && (change.out.get(table)?.has(slot) || (place.lock?.table ?? table) !== table)
  return losesTable && !change.past.has(slot) ? [{ candidate, slot }] : [meeting]
}
