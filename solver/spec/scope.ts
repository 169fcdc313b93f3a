import type { Instance, Level } from '../format/instance.ts'
import type { Meeting } from '../format/solution.ts'

/** Which schedules a bound of a level speaks of. */

/** Where nothing changes, only those that keep the whole base. */
export const scopeOf = (instance: Instance, level: Level, changes: number): Instance =>
  isInKept(instance, level, changes) ? keepMeetings(instance, instance.base!) : instance

export function isInKept({ rules }: Instance, level: Level, changes: number): boolean {
  const [at, end] = [rules.objective.indexOf(level), rules.objective.indexOf('changes')]
  return end >= 0 && at > end && changes === 0
}

/** The instance with these meetings locked where they are, as a schedule with no changes to them must have them. */
export function keepMeetings(instance: Instance, meetings: Meeting[]): Instance {
  const kept = new Map(meetings.map((meeting) => [meeting.candidate, meeting]))
  const candidates = instance.candidates.map((candidate) => {
    const meeting = kept.get(candidate.id)
    if (!meeting) return candidate
    const table = meeting.table ?? candidate.lock?.table ?? null
    return { ...candidate, lock: { slot: meeting.slot, table } }
  })
  return { ...instance, candidates }
}

/** The most shortfall of schedules that count as good as this one: what it has, or what the tolerance leaves of the bound. */
export function shortfallWithin({ rules }: Instance, measured: number, bound: number): number {
  return Math.max(measured, Math.floor(bound * (1 + (rules.tolerance.shortfall ?? 0)) + 1e-9))
}
