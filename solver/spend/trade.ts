import type { Candidate, Instance, Level } from '../format/instance.ts'
import type { Meeting } from '../format/meeting.ts'
import { SPENDING } from '../model/effort.ts'
import type { Search } from '../model/search-limits.ts'
import { isBetter, isBetterOrEqual } from '../spec/level-order.ts'
import type { Measured } from '../spec/objective.ts'
import { checkRules } from '../spec/rules.ts'
import { takeStep, Tally, type Step } from './tally.ts'

/**
 * Meetings are left out, or exchanged for others in the same slot, as long as that helps; then what has room beside them
 * is added, so that no more is given back than helps.
 * @param best every level before anything of it was given back
 */
export function trade(instance: Instance, meetings: Meeting[], best: Measured, search: Search): Meeting[] {
  const { objective } = instance.rules
  const { clamp } = limitsOf(instance, best, objective)
  const helps = (one: Measured, other: Measured) => isBetter(objective, clamp(one), clamp(other))
  const traded = improve(instance, meetings, { steps: exchanges, isBetter: helps }, search)
  if (traded === meetings) return meetings
  const isMore = (one: Measured, other: Measured) =>
    helps(one, other) || (!helps(other, one) && isBetter(objective, one, other))
  return improve(instance, traded, { steps: additions, isBetter: isMore }, search)
}

type Climb = {
  steps: (instance: Instance, tally: Tally) => Iterable<Step>
  isBetter: (one: Measured, other: Measured) => boolean
}

/** From schedule to better schedule, as long as there is one. */
function improve(instance: Instance, meetings: Meeting[], climb: Climb, search: Search): Meeting[] {
  const most = search.horizon === Infinity ? Infinity : SPENDING.schedules
  const tally = new Tally(instance, meetings)
  let trials = 0
  for (let before: Meeting[] | null = null; before !== tally.meetings;) {
    before = tally.meetings
    for (const step of climb.steps(instance, tally)) {
      if (++trials > most || search.isStopped()) return tally.meetings
      if (!climb.isBetter(tally.after(step), tally.measured)) continue
      if (checkRules(instance, takeStep(tally.meetings, step)).length === 0) tally.take(step)
    }
  }
  return tally.meetings
}

/** The worst a level may become; anything between that and its best counts the same. */
export function limitsOf(instance: Instance, best: Measured, levels: readonly Level[]) {
  const limits = new Map<Level, number>()
  for (const level of levels) {
    const [share, value] = [toleranceOf(instance, level), best[level]]
    if (share > 0 && !Array.isArray(value))
      limits.set(level, level === 'value' ? value * (1 - share) : value * (1 + share))
  }
  const clamp = (measured: Measured): Measured => {
    const clamped = { ...measured }
    for (const [level, limit] of limits)
      if (isBetterOrEqual(level, measured[level], limit)) clamped[level] = limit
    return clamped
  }
  return { clamp }
}

export const toleranceOf = ({ rules }: Instance, level: Level): number => rules.tolerance[level] ?? 0

/** A meeting left out, the least worth first, or exchanged for another one. */
function* exchanges(instance: Instance, tally: Tally): Generator<Step> {
  const byId = new Map(instance.candidates.map((one) => [one.id, one]))
  const order = tally.meetings.toSorted(
    (one, other) => byId.get(one.candidate)!.value - byId.get(other.candidate)!.value,
  )
  for (const meeting of order) {
    const [from, candidate] = [tally.meetings, byId.get(meeting.candidate)!]
    if (candidate.required || candidate.lock || !from.includes(meeting)) continue
    const held = new Set(from.map((one) => one.candidate))
    yield { out: meeting, into: null }
    for (const other of instead(instance, candidate, held)) {
      if (tally.meetings !== from) break
      const others = other.participants.filter((id) => !candidate.participants.includes(id))
      if (others.every((id) => tally.isFree(id, meeting.slot)))
        yield { out: meeting, into: { ...meeting, candidate: other.id } }
    }
  }
}

/** One meeting more, the most worth first, in a slot and at a table that are free. */
function* additions(instance: Instance, tally: Tally): Generator<Step> {
  const byValue = instance.candidates.toSorted((one, other) => other.value - one.value)
  for (const { id: candidate, participants } of byValue) {
    const from = tally.meetings
    if (from.some((one) => one.candidate === candidate)) continue
    const free = instance.slots.filter(({ id }) => participants.every((one) => tally.isFree(one, id)))
    for (const { id: slot } of free)
      for (const seat of seatsIn(instance, from, slot)) {
        if (tally.meetings !== from) break
        yield { out: null, into: { candidate, slot, ...seat } }
      }
  }
}

/** The tables that are free in a slot. */
function seatsIn({ tables }: Instance, meetings: Meeting[], slot: string): { table?: string }[] {
  if (!Array.isArray(tables)) return [{}]
  const taken = new Set(meetings.filter((one) => one.slot === slot).map(({ table }) => table))
  return tables.filter(({ id }) => !taken.has(id)).map(({ id }) => ({ table: id }))
}

/** Candidates that are not held and share somebody with one that is. */
function instead({ candidates }: Instance, left: Candidate, held: Set<string>): Candidate[] {
  const shares = ({ participants }: Candidate) => participants.some((id) => left.participants.includes(id))
  return candidates.filter((one) => !held.has(one.id) && shares(one))
}
