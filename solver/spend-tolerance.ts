import { compactAgendas, type Tidied } from './compact/compact.ts'
import type { Candidate, Instance, Level } from './format/instance.ts'
import type { Meeting } from './format/solution.ts'
import { SPENDING } from './model/effort.ts'
import { Incumbent } from './model/incumbent.ts'
import { Agenda } from './model/partial-schedule.ts'
import { scoreOf, shortfallOf, weighLevels } from './model/score.ts'
import { forkOf, type Search } from './model/search-limits.ts'
import { trialsAfterDives } from './place/place.ts'
import { rescue } from './place/threshold-exchange.ts'
import { Seating } from './seat/seating.ts'
import type { Selection } from './select/flow-selection.ts'
import { isBetter, isBetterOrEqual } from './spec/level-order.ts'
import { measure, type Measured } from './spec/objective.ts'
import { checkRules } from './spec/rules.ts'

interface Spent {
  meetings: Meeting[]
  /** Every level before anything of it was given back. */
  best: Measured
  /** What is known of breaks, where agendas have been compacted anew. */
  tidied?: Tidied
}

/** The meetings as they were placed, and a search for other ones, where shortfall may be given back for value. */
export interface Spare {
  agenda: Agenda
  search: Search
}

export interface Arranged {
  /** Schedule that keeps every rule. */
  meetings: Meeting[]
  selection: () => Selection
  spare?: Spare | null
}

/**
 * Gives back of each level what `rules.tolerance` allows where that makes a later level better. Where the shortfall
 * may grow, there is a second schedule with more value, arranged anew from what was placed. In both, single meetings
 * are left out or exchanged for the good of later levels, and the better one is taken. Without a tolerance nothing
 * changes.
 */
export async function spendTolerance(
  instance: Instance,
  { meetings, selection, spare }: Arranged,
  search: Search,
  onRound: (agenda: Agenda) => void,
): Promise<Spent> {
  const { objective } = instance.rules
  const strict = { meetings, best: measure(instance, meetings) }
  if (!objective.some((level) => toleranceOf(instance, level) > 0)) return strict
  const traded = (one: Spent) => ({ ...one, meetings: trade(instance, one.meetings, one.best, search) })
  const exchanged = spare ? await arrangeForValue(spare, selection(), strict.best, onRound) : null
  if (!exchanged) return traded(strict)
  const shortfallOnly = limitsOf(instance, strict.best, ['shortfall'])
  const isMore = isBetter(objective, shortfallOnly.clamp(exchanged.best), shortfallOnly.clamp(strict.best))
  const best = isMore ? exchanged.best : strict.best
  const { clamp } = limitsOf(instance, best, objective)
  const [first, second] = [traded(strict), traded(exchanged)]
  const levelsOf = (one: Spent) => clamp(measure(instance, one.meetings))
  return { ...(isBetter(objective, levelsOf(second), levelsOf(first)) ? second : first), best }
}

const toleranceOf = ({ rules }: Instance, level: Level): number => rules.tolerance[level] ?? 0

/** To be taken when all meetings have been placed; null where no shortfall can be given back for value. */
export function spareOf(agenda: Agenda, search: Search): Spare | null {
  if (!search.effort.asksEngines || mostMissing(agenda) === shortfallOf(agenda)) return null
  const copy = new Agenda(agenda.problem)
  for (const [slot, list] of agenda.inSlot.entries())
    for (const c of list) copy.put(c, slot, agenda.seating?.tableOf[c])
  return { agenda: copy, search: forkOf(search) }
}

/** The shortfall up to which value may be gained; what there is if the value does not come after it. */
function mostMissing(agenda: Agenda): number {
  const { objective } = agenda.problem.instance.rules
  const [first, then] = [objective.indexOf('shortfall'), objective.indexOf('value')]
  const missing = shortfallOf(agenda)
  if (first < 0 || then < first) return missing
  return Math.floor(missing * (1 + toleranceOf(agenda.problem.instance, 'shortfall')) + 1e-9)
}

/** What a missing meeting costs while looking, as multiples of the greatest value. */
const PRICES = [0, 0.3, 0.6, 1, 2]

/**
 * The exchanges of `rescue`, at several prices of a missing meeting, with the best value kept that stays within the
 * tolerance of the shortfall.
 */
export function exchangeForValue(agenda: Agenda, search: Search, trials: number): void {
  const most = mostMissing(agenda)
  if (most === shortfallOf(agenda)) return
  const { mandatory } = weighLevels(agenda.problem)
  const greatest = agenda.problem.value.reduce((top, one) => Math.max(top, one), 0)
  const byValue = { value: 1, shortfall: 0, mandatory }
  const goal = (now: Agenda) => (shortfallOf(now) <= most ? scoreOf(now, byValue) : -Infinity)
  for (const price of PRICES)
    rescue(agenda, search, trials, { worth: { ...byValue, shortfall: price * greatest }, goal })
}

/** The stages once more, after the exchanges; null if what they leave keeps not every rule. */
async function arrangeForValue(
  { agenda, search }: Spare,
  selection: Selection,
  strict: Measured,
  onRound: (agenda: Agenda) => void,
): Promise<Spent | null> {
  const { instance } = agenda.problem
  const fewest = Math.min(shortfallOf(agenda), strict.shortfall as number)
  exchangeForValue(agenda, search, trialsAfterDives(agenda.problem))
  const incumbent = new Incumbent(agenda.problem)
  const tidied = await compactAgendas(agenda, selection, search, incumbent, () => onRound(agenda))
  if ('reason' in tidied) return null
  const meetings = await new Seating(search).end(agenda)
  if (checkRules(instance, meetings).length > 0) return null
  return { meetings, tidied, best: { ...measure(instance, meetings), shortfall: fewest } }
}

/**
 * Meetings are left out, or exchanged for others in the same slot, as long as that helps.
 * @param best every level before anything of it was given back
 */
export function trade(instance: Instance, meetings: Meeting[], best: Measured, search: Search): Meeting[] {
  const limits = limitsOf(instance, best, instance.rules.objective)
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

/** The worst a level may become; anything between that and its best counts the same. */
function limitsOf(instance: Instance, best: Measured, levels: readonly Level[]) {
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
