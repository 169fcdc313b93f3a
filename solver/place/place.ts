import { compact } from '../compact/annealing.ts'
import { isShort, settle } from '../exact/feasible-timetable.ts'
import type { Contradiction } from '../format/infeasibility.ts'
import { COMPACTING, DIVES, DIVES_WITH_TIME, PLACING } from '../model/effort.ts'
import { Agenda } from '../model/partial-schedule.ts'
import type { Incumbent } from '../model/incumbent.ts'
import { isAllGiven, type Problem } from '../model/problem.ts'
import { scoreOf, weighLevels } from '../model/score.ts'
import { breathe, type Search } from '../model/search-limits.ts'
import type { Selection } from '../select/flow-selection.ts'
import { place } from './insertion.ts'
import { approach, chart, isOutOfReach } from './large-neighbourhood.ts'
import type { Sea } from './lp-diving.ts'
import { rescue } from './threshold-exchange.ts'

/**
 * Puts the selection in slots; what cannot be placed is exchanged at equal value first, then at the least loss. What
 * must be held and still is not is placed by SAT, or refused with the reason.
 */
export async function placeMeetings(
  problem: Problem,
  selection: Selection,
  search: Search,
  incumbent: Incumbent,
): Promise<Agenda | Contradiction> {
  const placing: Placing = { agenda: new Agenda(problem), selection, search, incumbent }
  const { agenda } = placing
  const { share, sea } = await placeSelections(placing)
  const isMissing = share.some((part, c) => part > 0 && agenda.slotOf[c] < 0)
  if (isMissing || selection.looseQuotas.length > 0) await exchange(placing, sea)
  const refusal = search.effort.asksEngines ? await holdWhatMust(agenda, search) : null
  offer(placing)
  return refusal ?? agenda
}

interface Placing {
  agenda: Agenda
  selection: Selection
  search: Search
  incumbent: Incumbent
}

/** What a search that is over was in the midst of is none of the schedules that a longer one passes. */
function offer({ agenda, search, incumbent }: Placing): void {
  if (!search.isOver() || !incumbent.isFound) incumbent.offer(agenda)
}

interface Tried {
  /** The selection that was placed last. */
  share: Float64Array
  /** Prices by slot, if they were asked whether it can be placed at all. */
  sea: Sea | null
}

/** One selection after the other, equally good, until one is placed: what finds no place is avoided in the next. */
async function placeSelections(placing: Placing): Promise<Tried> {
  const { agenda, selection, search } = placing
  const { problem } = agenda
  const { patience, selections } = search.effort
  const limit = patience * (problem.candidateCount + PLACING.leastInsertions)
  const isOver = shareOf(search, PLACING.shareOfSelections)
  const penalty = new Float64Array(problem.candidateCount)
  const tried: Tried = { share: selection.share, sea: null }
  for (let round = 0; round < selections && !isOver(); round++) {
    const left = place(agenda, whatToPlace(agenda, tried.share), search, limit)
    offer(placing)
    if (left.length === 0) break
    if (round === PLACING.selectionsBeforePrices && isWeighed(problem, selection, search))
      tried.sea = chart(agenda, selection, search.effort)
    if (tried.sea && isOutOfReach(problem, selection, tried.sea)) break
    for (const c of left) penalty[c]++
    tried.share = selection.reselect(penalty)
    for (const [c, slot] of agenda.slotOf.entries()) if (slot >= 0 && tried.share[c] < 1) agenda.remove(c)
    await breathe()
  }
  return tried
}

const whatToPlace = ({ slotOf }: Agenda, share: Float64Array): number[] =>
  [...share.keys()].filter((c) => share[c] === 1 && slotOf[c] < 0)

/** Whether the steps that are to be shared out now are used up to this share, or the search is over. */
function shareOf(search: Search, share: number): () => boolean {
  const last = search.iterations + (search.horizon - search.iterations) * share
  return () => search.iterations >= last || search.isOver()
}

/** Whether it is a matter of worth which meetings are held, of which prices speak. */
const isWeighed = ({ mandatory, possible }: Problem, { prices }: Selection, { effort }: Search): boolean =>
  effort.asksEngines &&
  (prices.shortfall ?? prices.value) !== undefined &&
  possible.some((one, c) => one === 1 && mandatory[c] === 0)

/** Where not everything selected can be held: dives near the bound, if prices tell where that is, then exchanges. */
async function exchange(placing: Placing, known: Sea | null): Promise<void> {
  const { agenda, selection, search } = placing
  const { problem } = agenda
  if (!isWeighed(problem, selection, search) || search.isStopped()) {
    rescue(agenda, search, search.effort.exchanges * (problem.candidateCount + PLACING.leastTrials))
    return
  }
  const sea = known ?? chart(agenda, selection, search.effort)
  await approach(agenda, sea, DIVES, search, shareOf(search, PLACING.shareOfDives), () => offer(placing))
  rescue(agenda, search, trialsAfterDives(problem))
  offer(placing)
  if (search.maxIterations === Infinity && !search.isOver()) await goOn(placing)
}

const allTrials = ({ candidateCount }: Problem): number =>
  PLACING.trialsAfterDives * (candidateCount + PLACING.leastTrials)

/** More where there are rules of which the prices do not know. */
export function trialsAfterDives(problem: Problem): number {
  const { candidateCount, slotCount, isOrdered, suitable } = problem
  const isKnown = !isOrdered && suitable.every((tables) => tables === null)
  const trials = allTrials(problem)
  return isKnown ? Math.min(trials, PLACING.workAfterDives / Math.max(1, candidateCount * slotCount)) : trials
}

/** Looks further for a better value; what finds none leaves the agendas as tidy as they are. */
async function goOn(placing: Placing): Promise<void> {
  const { agenda, selection, search, incumbent } = placing
  const worth = weighLevels(agenda.problem)
  await compact(agenda, search, { lower: 0, steps: COMPACTING.tidyEnough }, () => {})
  incumbent.offer(agenda)
  const before = { slotOf: agenda.slotOf.slice(), score: scoreOf(agenda, worth) }
  for (let pass = 0; pass < PLACING.passes && !search.isOver(); pass++)
    await approach(
      agenda,
      chart(agenda, selection, search.effort),
      DIVES_WITH_TIME,
      search,
      search.isOver,
      () => offer(placing),
    )
  if (scoreOf(agenda, worth) === before.score) agenda.restore(before.slotOf)
}

/** Where something that must be held is not: any schedule in which it is, filled up, or why there is none. */
async function holdWhatMust(agenda: Agenda, search: Search): Promise<Contradiction | null> {
  if (isAllGiven(agenda.problem) || !isShort(agenda)) return null
  const answer = await settle(agenda, search)
  if (answer === 'settled') rescue(agenda, search, allTrials(agenda.problem))
  return answer === 'settled' ? null : answer
}
