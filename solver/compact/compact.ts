import { meetingsOf, type Agenda } from '../model/partial-schedule.ts'
import { BreakPricing } from '../bounds/break-relaxation.ts'
import { findCertain, type Certain, type Slack } from '../bounds/reduced-cost-fixing.ts'
import { compact, type OnRound } from './annealing.ts'
import { evenOut } from './break-spread.ts'
import { settle } from '../exact/feasible-timetable.ts'
import type { Incumbent } from '../model/incumbent.ts'
import { isAllGiven } from '../model/problem.ts'
import { slackOf } from '../select/best-prices.ts'
import type { Selection } from '../select/flow-selection.ts'
import type { Contradiction } from '../format/infeasibility.ts'
import { findCore } from '../exact/unsat-core.ts'
import { fewestBreaks } from '../bounds/min-breaks.ts'
import { DayCosts } from './break-costs.ts'
import { ExactTimetable } from '../exact/break-sat.ts'
import type { Search } from '../model/search-limits.ts'
import type { SlotPrices } from '../bounds/slot-prices.ts'
import { BREAK_BOUNDS, COMPACTING } from '../model/effort.ts'

/** What is known of the breaks in the end. */
export interface Tidied {
  /** No schedule that is as good on the earlier levels has fewer breaks. */
  breaks: number
  /** Prices that prove at least a part of it. */
  prices: SlotPrices | null
}

/**
 * Fewer breaks, then fewer idle slots, with the same meetings; only where numbers of breaks differ by more than they
 * may are some given up and others taken in. Says what is proven of the breaks, or why there is no schedule. Begins and
 * ends with the best schedule there is.
 */
export async function compactAgendas(
  agenda: Agenda,
  selection: Selection,
  search: Search,
  incumbent: Incumbent,
  onRound: OnRound,
): Promise<Tidied | Contradiction> {
  incumbent.handOver(agenda)
  const tidied = await tidyEvenly(agenda, selection, search, onRound)
  if ('reason' in tidied) return tidied
  // From here on each schedule is better than the one before, so that wherever it ends, more time is no worse.
  incumbent.offer(agenda)
  const held = agenda.slotOf.slice()
  if (search.effort.asksEngines) evenOut(agenda)
  if (!search.isOver() || !incumbent.isFound) incumbent.offer(agenda)
  incumbent.handOver(agenda)
  // What was found out of breaks spoke of schedules with as good a choice of meetings as the one before.
  return held.every((slot, c) => slot < 0 === agenda.slotOf[c] < 0) ? tidied : NOTHING_KNOWN
}

async function tidyEvenly(
  agenda: Agenda,
  selection: Selection,
  search: Search,
  onRound: OnRound,
): Promise<Tidied | Contradiction> {
  if (!search.effort.asksEngines) {
    await compact(agenda, search, { lower: 0, steps: search.effort.annealing }, onRound)
    return NOTHING_KNOWN
  }
  const uneven = await spreadBreaks(agenda, search)
  if (uneven) return uneven
  const slack = slackOf(agenda.problem, selection, meetingsOf(agenda))
  return tidy(agenda, search, slack, onRound)
}

export const NOTHING_KNOWN: Tidied = { breaks: 0, prices: null }

/**
 * Gives up meetings where numbers of breaks differ too much, then tidies the agendas to find room for others, as
 * long as some come in; by exact search where what is in the way must be held.
 */
async function spreadBreaks(agenda: Agenda, search: Search): Promise<Contradiction | null> {
  if (agenda.problem.instance.rules.maxBreakSpread === null || isAllGiven(agenda.problem)) return null
  const held = () => agenda.slotOf.reduce((sum, slot) => sum + (slot >= 0 ? 1 : 0), 0)
  for (let before = -1; held() > before && !search.isOver();) {
    await compact(agenda, search, { lower: 0, steps: COMPACTING.spreading }, () => {})
    before = before < 0 ? 0 : held()
    if (evenOut(agenda)) continue
    const answer = await settle(agenda, search)
    if (answer !== 'settled') return answer
    evenOut(agenda)
  }
  return null
}

/**
 * Tidies the agendas and bounds their breaks: annealing, then prices, and where it is certain which meetings are
 * held, SAT until both meet. If required meetings could not be placed, SAT places them or proves that nothing can.
 */
export async function tidy(
  agenda: Agenda,
  search: Search,
  slack: Slack | null,
  onRound: OnRound,
): Promise<Tidied | Contradiction> {
  const { problem } = agenda
  // Prices speak of schedules as good as this one, if this is one at all.
  const isHeld = problem.mandatory.every((one, c) => !one || agenda.slotOf[c] >= 0)
  const certain = findCertain(problem, isHeld ? slack : null)
  const fewest = fewestBreaks(problem, certain)
  if (fewest.includes(-1)) return findCore(problem, certainOf(certain), search)
  // With a limit of iterations SAT pays only where it may settle everything; with time it always does.
  const isClosed = search.maxIterations === Infinity || isAllGiven(problem)
  const isSure = isClosed && !certain.state.includes(1)
  const state: Tidying = { agenda, search, certain, fewest, exact: null, onRound }
  try {
    const contradiction = isSure ? await placeAll(state) : null
    return contradiction ?? (await lessen(state, isSure))
  } finally {
    state.exact?.end()
  }
}

interface Tidying {
  agenda: Agenda
  search: Search
  certain: Certain
  fewest: Int32Array
  exact: ExactTimetable | null
  onRound: OnRound
}

const certainOf = ({ state }: Certain): number[] => [...state.keys()].filter((c) => state[c] === 2)

/** Places the meetings that the search could not place. */
async function placeAll(state: Tidying): Promise<Contradiction | null> {
  const { agenda, certain } = state
  const isPlaced = !certain.state.some((one, c) => one === 2 && agenda.slotOf[c] < 0)
  return isPlaced ? null : findAny(state)
}

/** Any timetable that keeps all rules, or that there is none. */
async function findAny(state: Tidying): Promise<Contradiction | null> {
  const answer = await (await exactOf(state)).findAny()
  // Of meetings that only a good value asks for, a refusal says nothing about other schedules.
  const isAsked = state.certain.state.every((one, c) => one < 2 || state.agenda.problem.mandatory[c])
  if (answer !== 'unsatisfiable' || !isAsked) return null
  return findCore(state.agenda.problem, certainOf(state.certain), state.search)
}

async function exactOf(state: Tidying, upper = Infinity): Promise<ExactTimetable> {
  const { agenda, search, certain, fewest } = state
  state.exact ??= await ExactTimetable.start(agenda, search, certain, fewest, upper)
  return state.exact
}

async function lessen(state: Tidying, isSure: boolean): Promise<Tidied | Contradiction> {
  const { agenda, search, fewest, onRound } = state
  const own = fewest.reduce((sum, one) => sum + one, 0)
  const costs = new DayCosts(agenda)
  const count = () => {
    costs.reset()
    return costs.breaksInAll()
  }
  const isCounted = agenda.problem.instance.rules.objective.includes('breaks')
  await compact(
    agenda,
    search,
    { lower: own, steps: isSure ? stepsBeforeSat(agenda, search) : Infinity },
    onRound,
  )
  const isUneven = isSure && count() === Infinity
  const contradiction = isUneven ? await findAny(state) : null
  if (contradiction) return contradiction
  const { bound, prices } = isCounted
    ? price(state, own, count(), isSure || search.maxIterations === Infinity)
    : { bound: 0, prices: null }
  const isPlaced = agenda.slotOf.every((slot, c) => slot >= 0 || state.certain.state[c] < 2)
  if (!isSure || !isPlaced || !isCounted || bound >= count()) return { breaks: bound, prices }
  const meanwhile = () =>
    compact(agenda, search, { lower: bound, steps: stepsBetweenSat(agenda, search) }, onRound)
  const exact = await exactOf(state, count())
  return { breaks: await exact.close(bound, count, meanwhile), prices }
}

/** As many steps as are shared out in all; more than that SAT takes before it lets the annealing have its turn. */
const stepsBetweenSat = ({ slotOf }: Agenda, { horizon }: Search): number =>
  Math.min(COMPACTING.stepsPerMeeting * slotOf.length, horizon)

/** Some of them; the others are for SAT. */
const stepsBeforeSat = (agenda: Agenda, search: Search): number =>
  Math.floor(stepsBetweenSat(agenda, search) / (search.horizon < Infinity ? 3 : 1))

function price({ agenda, certain, fewest }: Tidying, own: number, upper: number, isWorthIt: boolean) {
  if (own >= upper || !isWorthIt) return { bound: own, prices: null }
  const { participantCount, slotCount } = agenda.problem
  const meetings = certain.high.reduce((sum, one) => sum + one, 0) + participantCount
  const steps = Math.min(
    BREAK_BOUNDS.priceSteps,
    Math.floor(BREAK_BOUNDS.priceWork / (3 * meetings * slotCount)),
  )
  const pricing = new BreakPricing(agenda.problem, certain, fewest)
  pricing.improve(steps, Math.min(upper, own + 8))
  const { bound, prices } = pricing.best
  return bound > own ? { bound, prices } : { bound: own, prices: null }
}
