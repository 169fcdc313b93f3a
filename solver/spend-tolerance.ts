import { compactAgendas, NOTHING_KNOWN, type Tidied } from './compact/compact.ts'
import type { Candidate, Instance, Level } from './format/instance.ts'
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

const hasTolerance = (instance: Instance): boolean =>
  instance.rules.objective.some((level) => toleranceOf(instance, level) > 0)

/** Whether meetings may be given up for a level that is known once they have a time: that takes time of its own. */
export const spends = (instance: Instance): boolean =>
  hasTolerance(instance) || levelsBefore(instance).length > 0

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

type TidyUp = (meetings: Meeting[], steps: number) => Promise<Meeting[] | null>

/** Meetings are traded and agendas tidied in turns, as long as there are breaks and steps. */
async function spendIn(instance: Instance, { meetings, best }: Spent, search: Search, tidyUp: TidyUp) {
  const { clamp } = limitsOf(instance, best, instance.rules.objective)
  const levelsOf = (held: Meeting[]) => clamp(measure(instance, held))
  let now = trade(instance, meetings, best, search)
  if (instance.base || !instance.rules.objective.some((level) => level === 'breaks' || level === 'idle'))
    return now
  let taken = -1
  for (let steps = SPENDING.steps; levelsOf(now).idle !== 0 && !search.isOver(); steps *= 2) {
    // Where a round takes no steps there is nothing left to try.
    if (taken === search.iterations) break
    taken = search.iterations
    const tidied = await tidyUp(now, steps)
    const isBest = tidied !== null && isBetter(instance.rules.objective, levelsOf(tidied), levelsOf(now))
    now = trade(instance, isBest ? tidied : now, best, search)
  }
  return now
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

/**
 * Meetings are left out, or exchanged for others in the same slot, as long as that helps; then what has room beside them
 * is added, so that no more is given back than helps.
 * @param best every level before anything of it was given back
 */
export function trade(instance: Instance, meetings: Meeting[], best: Measured, search: Search): Meeting[] {
  const { objective } = instance.rules
  const { clamp } = limitsOf(instance, best, objective)
  const helps = (one: Measured, other: Measured) => isBetter(objective, clamp(one), clamp(other))
  const traded = improve(instance, meetings, { neighbours: exchanges, isBetter: helps }, search)
  if (traded === meetings) return meetings
  const isMore = (one: Measured, other: Measured) =>
    helps(one, other) || (!helps(other, one) && isBetter(objective, one, other))
  return improve(instance, traded, { neighbours: additions, isBetter: isMore }, search)
}

type Climb = {
  neighbours: (instance: Instance, now: () => Meeting[]) => Iterable<Meeting[]>
  isBetter: (one: Measured, other: Measured) => boolean
}

/** From neighbour to better neighbour, as long as there is one. */
function improve(instance: Instance, meetings: Meeting[], climb: Climb, search: Search): Meeting[] {
  const most = search.horizon === Infinity ? Infinity : SPENDING.schedules
  let now = { meetings, measured: measure(instance, meetings) }
  let trials = 0
  for (let before: Meeting[] | null = null; before !== now.meetings;) {
    before = now.meetings
    for (const other of climb.neighbours(instance, () => now.meetings)) {
      if (++trials > most || search.isStopped()) return now.meetings
      const measured = measure(instance, other)
      if (climb.isBetter(measured, now.measured) && checkRules(instance, other).length === 0)
        now = { meetings: other, measured }
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
function* exchanges(instance: Instance, now: () => Meeting[]): Generator<Meeting[]> {
  const byId = new Map(instance.candidates.map((one) => [one.id, one]))
  const order = now().toSorted(
    (one, other) => byId.get(one.candidate)!.value - byId.get(other.candidate)!.value,
  )
  for (const meeting of order) {
    const [from, candidate] = [now(), byId.get(meeting.candidate)!]
    if (candidate.required || candidate.lock || !from.includes(meeting)) continue
    const rest = from.filter((one) => one !== meeting)
    const held = new Set(from.map((one) => one.candidate))
    yield rest
    for (const other of instead(instance, candidate, held)) {
      if (now() !== from) break
      yield [...rest, { ...meeting, candidate: other.id }]
    }
  }
}

/** Schedules with one meeting more, the most worth first, in a slot and at a table that are free. */
function* additions(instance: Instance, now: () => Meeting[]): Generator<Meeting[]> {
  const { candidates, participants } = instance
  const pairs = new Map(candidates.map((one) => [one.id, one.participants]))
  const away = new Map(participants.map(({ id, unavailable }) => [id, new Set(unavailable)]))
  for (const { id: candidate, participants: pair } of candidates.toSorted((a, b) => b.value - a.value)) {
    const from = now()
    if (from.some((one) => one.candidate === candidate)) continue
    const near = from.filter((one) => pairs.get(one.candidate)!.some((id) => pair.includes(id)))
    const busy = new Set(near.map(({ slot }) => slot))
    const free = instance.slots.filter(
      ({ id }) => !busy.has(id) && !pair.some((one) => away.get(one)!.has(id)),
    )
    for (const { id: slot } of free)
      for (const seat of seatsIn(instance, from, slot)) {
        if (now() !== from) break
        yield [...from, { candidate, slot, ...seat }]
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
