import { isBetter, isBetterOrEqual } from './spec/level-order.ts'
import type { Candidate, Instance, Level } from './format/instance.ts'
import { SPENDING } from './model/effort.ts'
import { measure, type Measured } from './spec/objective.ts'
import type { Search } from './model/search-limits.ts'
import type { Meeting } from './format/solution.ts'
import { checkRules } from './spec/rules.ts'

/**
 * Gives back of each level what `rules.tolerance` allows where that makes a later level better: meetings are left
 * out, or exchanged for others in the same slot, as long as that helps.
 * @param best every level before anything of it was given back
 */
export function trade(instance: Instance, meetings: Meeting[], best: Measured, search: Search): Meeting[] {
  if (!instance.rules.objective.some((level) => toleranceOf(instance, level) > 0)) return meetings
  const limits = limitsOf(instance, best)
  let now = { meetings, measured: limits.clamp(measure(instance, meetings)) }
  let trials = 0
  for (let found = true; found && trials < SPENDING.schedules;) {
    found = false
    for (const other of exchanges(instance, now.meetings)) {
      if (++trials > SPENDING.schedules || search.isStopped()) return now.meetings
      const measured = limits.clamp(measure(instance, other))
      if (!isBetter(instance.rules.objective, measured, now.measured)) continue
      if (checkRules(instance, other).length > 0) continue
      now = { meetings: other, measured }
      found = true
      break
    }
  }
  return now.meetings
}

const toleranceOf = (instance: Instance, level: Level): number => instance.rules.tolerance[level] ?? 0

/** The worst a level may become; anything between that and its best counts the same. */
function limitsOf(instance: Instance, best: Measured) {
  const limits = new Map<Level, number>()
  for (const level of instance.rules.objective) {
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

/** Schedules that differ by one meeting: left out, the least worth first, or exchanged for another. */
function* exchanges(instance: Instance, meetings: Meeting[]): Generator<Meeting[]> {
  const byId = new Map(instance.candidates.map((one) => [one.id, one]))
  const held = new Set(meetings.map(({ candidate }) => candidate))
  const order = [...meetings].sort(
    (one, other) => byId.get(one.candidate)!.value - byId.get(other.candidate)!.value,
  )
  for (const meeting of order) {
    const { required, lock } = byId.get(meeting.candidate)!
    if (required || lock) continue
    const rest = meetings.filter((one) => one !== meeting)
    yield rest
    for (const other of instead(instance, byId.get(meeting.candidate)!, held))
      yield [...rest, { ...meeting, candidate: other.id }]
  }
}

/** Candidates that are not held and share somebody with one that is. */
function instead({ candidates }: Instance, left: Candidate, held: Set<string>): Candidate[] {
  const shares = ({ participants }: Candidate) => participants.some((id) => left.participants.includes(id))
  return candidates.filter((one) => !held.has(one.id) && shares(one))
}
