import { compactAgendas, NOTHING_KNOWN, type Tidied } from './compact/compact.ts'
import { loadHighs } from './engines/highs.ts'
import type { Instance, Level } from './format/instance.ts'
import type { Meeting } from './format/solution.ts'
import { SPENDING } from './model/effort.ts'
import { Incumbent } from './model/incumbent.ts'
import { indexOf } from './model/assignment.ts'
import { Agenda } from './model/partial-schedule.ts'
import { compile } from './model/problem.ts'
import { scoreOf, shortfallOf, weighLevels } from './model/score.ts'
import { forkOf, type Search } from './model/search-limits.ts'
import { trialsAfterDives } from './place/place.ts'
import { rescue } from './place/threshold-exchange.ts'
import { Seating } from './seat/seating.ts'
import type { Selection } from './select/flow-selection.ts'
import { isBetter } from './spec/level-order.ts'
import { measure, type Measured } from './spec/objective.ts'
import { checkRules } from './spec/rules.ts'
import { fewestMeetings } from './spend/fewest-meetings.ts'
import { limitsOf, toleranceOf, trade } from './spend/trade.ts'

export interface Spent {
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
 * are left out or exchanged for the good of later levels, and the better one is taken. Without a tolerance only the
 * order is kept: see `keepOrder`.
 */
export async function spendTolerance(
  instance: Instance,
  { meetings, selection, spare }: Arranged,
  search: Search,
  onRound: (agenda: Agenda) => void,
): Promise<Spent> {
  const tidyUp: TidyUp = (held, steps) =>
    arrangeAnew(instance, held, selection(), forkOf(search, steps), onRound)
  const spend = (one: Spent, by: Instance) => spendIn(by, one, search, tidyUp)
  const { objective } = instance.rules
  const strict = await keepOrder(instance, meetings, spend)
  if (!hasTolerance(instance)) return strict
  const traded = async (one: Spent) => ({ ...one, meetings: await spend(one, instance) })
  const exchanged = spare ? await arrangeForValue(spare, selection(), strict.best, onRound) : null
  if (!exchanged) return traded(strict)
  const shortfallOnly = limitsOf(instance, strict.best, ['shortfall'])
  const isMore = isBetter(objective, shortfallOnly.clamp(exchanged.best), shortfallOnly.clamp(strict.best))
  const best = isMore ? exchanged.best : strict.best
  const { clamp } = limitsOf(instance, best, objective)
  const [first, second] = [await traded(strict), await traded(exchanged)]
  const levelsOf = (one: Spent) => clamp(measure(instance, one.meetings))
  return { ...(isBetter(objective, levelsOf(second), levelsOf(first)) ? second : first), best }
}

export const hasTolerance = (instance: Instance): boolean =>
  instance.rules.objective.some((level) => toleranceOf(instance, level) > 0)

/** Whether meetings may be given up for a level that is known once they have a time: that takes time of its own. */
export const spends = (instance: Instance): boolean => hasTolerance(instance) || asksForTimesFirst(instance)

/** Whether breaks or changes of table are asked for before meetings. */
export const asksForTimesFirst = (instance: Instance): boolean => levelsBefore(instance).length > 0

/** Breaks and changes of table that are asked for before meetings are. */
function levelsBefore({ base, rules: { objective } }: Instance): Level[] {
  // Near a base, what is given up counts as a change, which comes first.
  if (base) return []
  const chosen = objective.indexOf(objective.includes('value') ? 'value' : 'fairness')
  return objective.slice(0, Math.max(0, chosen)).filter(isOfTimes)
}

/**
 * Meetings are chosen before they have a time: where breaks or changes of table are asked for before them and there
 * are any, meetings are left out or exchanged for the good of those levels.
 */
async function keepOrder(
  instance: Instance,
  meetings: Meeting[],
  spend: (one: Spent, by: Instance) => Promise<Meeting[]>,
): Promise<Spent> {
  const strict = { meetings, best: measure(instance, meetings) }
  if (levelsBefore(instance).every((level) => strict.best[level] === 0)) return strict
  const kept = await spend(strict, { ...instance, rules: { ...instance.rules, tolerance: {} } })
  if (kept === meetings) return strict
  // What was found out of breaks spoke of schedules with as good a choice of meetings.
  return { meetings: kept, best: measure(instance, kept), tidied: NOTHING_KNOWN }
}

const isOfTimes = (level: Level): boolean =>
  level === 'breaks' || level === 'idle' || level === 'seatedMoves' || level === 'tableMoves'

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

type TidyUp = (meetings: Meeting[], steps: number) => Promise<Meeting[] | null>

/**
 * Meetings are traded and agendas tidied in turns, as long as there are breaks and steps: from where all that may be
 * given back is given back at once, if that is the better beginning.
 */
async function spendIn(instance: Instance, { meetings, best }: Spent, search: Search, tidyUp: TidyUp) {
  const { clamp } = limitsOf(instance, best, instance.rules.objective)
  const levelsOf = (held: Meeting[]) => clamp(measure(instance, held))
  let now = trade(instance, meetings, best, search)
  if (instance.base || !instance.rules.objective.some((level) => level === 'breaks' || level === 'idle'))
    return now
  const isBest = (one: Meeting[] | null): one is Meeting[] =>
    one !== null && isBetter(instance.rules.objective, levelsOf(one), levelsOf(now))
  const fewer =
    isForTimes(instance, 'value') && levelsOf(now).idle !== 0
      ? await leaveOut(instance, meetings, best, search)
      : null
  const rested = fewer && (await tidyUp(fewer, SPENDING.steps))
  if (isBest(rested)) now = trade(instance, rested, best, search)
  let taken = -1
  for (let steps = SPENDING.steps; levelsOf(now).idle !== 0 && !search.isOver(); steps *= 2) {
    // Where a round takes no steps there is nothing left to try.
    if (taken === search.iterations) break
    taken = search.iterations
    const tidied = await tidyUp(now, steps)
    // Where more time is never to be worse, a round counts as a whole or not at all.
    if (!hasTolerance(instance) && search.isStopped()) break
    now = trade(instance, isBest(tidied) ? tidied : now, best, search)
  }
  return now
}

/** Whether what may be given back of a level is for breaks, before it is for who has few meetings. */
function isForTimes(instance: Instance, level: Level): boolean {
  const { objective } = instance.rules
  const after = objective.slice(objective.indexOf(level) + 1)
  const first = after.find((one) => one === 'fairness' || isOfTimes(one))
  return toleranceOf(instance, level) > 0 && first !== undefined && first !== 'fairness'
}

/** As few of the meetings as the tolerance allows; null where that cannot be told. */
async function leaveOut(instance: Instance, meetings: Meeting[], best: Measured, search: Search) {
  if (!search.effort.asksEngines || search.isOver()) return null
  const floor = (best.value as number) * (1 - toleranceOf(instance, 'value'))
  return fewestMeetings(compile(instance), meetings, floor, await loadHighs(), search.isOver)
}

/** The same meetings at other times; null if that keeps not every rule. */
async function arrangeAnew(
  instance: Instance,
  meetings: Meeting[],
  selection: Selection,
  search: Search,
  onRound: (agenda: Agenda) => void,
): Promise<Meeting[] | null> {
  const agenda = new Agenda(compile(instance))
  const [candidates, slots] = [indexOf(instance.candidates), indexOf(instance.slots)]
  for (const { candidate, slot } of meetings) agenda.put(candidates.get(candidate)!, slots.get(slot)!)
  const tidied = await compactAgendas(agenda, selection, search, new Incumbent(agenda.problem), () =>
    onRound(agenda),
  )
  if ('reason' in tidied) return null
  const seated = await new Seating(search).end(agenda)
  return checkRules(instance, seated).length > 0 ? null : seated
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
