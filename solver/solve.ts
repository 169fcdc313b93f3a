import { Agenda } from './model/partial-schedule.ts'
import { approach, chart, isOutOfReach } from './place/large-neighbourhood.ts'
import { digest } from './format/digest.ts'
import { contradiction, type Contradiction } from './format/infeasibility.ts'
import { findContradiction } from './presolve/presolve.ts'
import type { Sea } from './place/lp-diving.ts'
import { evenOut } from './compact/break-spread.ts'
import { loadHighs } from './engines/highs.ts'
import type { Instance } from './format/instance.ts'
import { compact } from './compact/annealing.ts'
import { measure } from './spec/objective.ts'
import { shortfallWithin } from './spec/scope.ts'
import { place } from './place/insertion.ts'
import { compile, type Problem } from './model/problem.ts'
import { rescue } from './place/threshold-exchange.ts'
import { loosen, shortfallOf } from './place/shortfall-tolerance.ts'
import { announcer, type Tell } from './progress.ts'
import { report, slackOf, type Measured } from './report.ts'
import type { FromNothing } from './repair/from-nothing.ts'
import { mend, type Mended } from './repair/repair-search.ts'
import { breathe, startSearch, type Search, type SolveOptions } from './model/search-limits.ts'
import { seat } from './seat/seat.ts'
import { select, type Selection } from './select/flow-selection.ts'
import { isShort, settle } from './exact/feasible-timetable.ts'
import { hasSideRules, selectBySideRules } from './select/lp-selection.ts'
import type { Meeting, Solution } from './format/solution.ts'
import { tidy, type Tidied } from './compact/compact.ts'
import { trade } from './spend-tolerance.ts'
import { checkRules } from './spec/rules.ts'
import { scoreOf, weighLevels } from './model/score.ts'

/**
 * Solves an instance: selects what to hold, puts it in slots, tidies the agendas, seats the meetings, and reports
 * value and bound of every level. Infeasible and stopped early are results. Ended by itself or by
 * `maxIterations`, the same instance and seed give the same solution but for `stats.ms`.
 */
export async function solve(instance: Instance, options: SolveOptions = {}): Promise<Solution> {
  const now = options.now ?? (() => 0)
  const started = now()
  const problem = compile(instance)
  const search = startSearch(options, usualEffort(problem))
  if (instance.base) search.maxIterations = options.maxIterations ?? MENDING_EFFORT
  const head = {
    format: 'incontro/solution',
    version: 1,
    instance: await digest(instance.source),
    seed: options.seed ?? 1,
  } as const
  const finish = (
    rest: Pick<Solution, 'status' | 'meetings' | 'objective' | 'certificate' | 'infeasible'>,
  ): Solution => ({
    ...head,
    ...rest,
    stats: { ms: now() - started, iterations: search.iterations },
  })
  const empty = { meetings: [], objective: {}, certificate: {} }
  const tell = announcer(problem, options.onProgress, () => now() - started)
  const found = instance.base ? await buildNear(problem, search) : await build(problem, search, tell)
  if ('reason' in found) return finish({ status: 'infeasible', ...empty, infeasible: found })
  const meetings = 'agenda' in found ? readMeetings(found.agenda, seat(found.agenda, search)) : found.meetings
  if (checkRules(instance, meetings).length > 0) return finish({ status: 'unknown', ...empty })
  const best = bestOf(instance, meetings, 'fewest' in found ? found.fewest : null)
  const traded = trade(instance, meetings, best, search)
  const levels = report(problem, found.selection, traded, { ...found, best })
  tell('prove', found.selection, traded)
  return finish({
    status: levels.proven ? 'optimal' : 'feasible',
    meetings: traded,
    ...levels.results,
  })
}

/** What was measured, but for the shortfall before its tolerance was used, if nothing else was given up since. */
function bestOf(instance: Instance, meetings: Meeting[], fewest: number | null): Measured {
  const measured = measure(instance, meetings)
  const isKept = fewest !== null && (measured.shortfall as number) <= shortfallWithin(instance, 0, fewest)
  return isKept ? { ...measured, shortfall: fewest } : measured
}

/** More where every meeting is given, since then the breaks can be settled for good. */
const usualEffort = ({ candidateCount, mandatory }: Problem): number =>
  (120_000 + 20 * candidateCount) * (candidateCount > 0 && mandatory.every((one) => one) ? 10 : 1)

/** Selections that are tried before prices by slot tell whether any can be placed. */
const ROUNDS_BEFORE_PRICES = 1
const DIVES = { rounds: 24, patience: 24 }
/** With time there are more dives, once the agendas are tidy enough in case it ends. */
const DIVES_WITH_TIME = { rounds: 100, patience: 40 }
const PASSES = 4
const TIDY_ENOUGH = 100_000
const RESCUE_WORK = 4_000_000

/** Steps of the search around a base, where only a few meetings can move. */
export const MENDING_EFFORT = 10_000

/** Near the base of the instance; without meetings if nothing was found. */
async function buildNear(
  problem: Problem,
  search: Search,
): Promise<(Mended & { selection: () => Selection }) | Contradiction> {
  const contradiction = findContradiction(problem)
  if (contradiction) return contradiction
  const selection = selectOnce(problem)
  if (problem.quotas.some(({ min }) => min > 0) && selection().unmetQuotas.length > 0)
    return quotasTooHigh(problem, selection().unmetQuotas)
  const mended = await mend(problem, search, arrangeBy(search))
  return { meetings: mended?.meetings ?? [], changes: mended?.changes ?? 0, selection }
}

/** Arranges parts of an event from nothing. */
export const arrangeBy =
  (search: Search): FromNothing =>
  async (part) => {
    const found = await build(part, search, () => {})
    return 'reason' in found ? null : found.agenda
  }

interface Built {
  agenda: Agenda
  selection: () => Selection
  tidied: Tidied
  /** The shortfall before anything of it was given back. */
  fewest: number
}

/** The best selection, found when it is first asked for: close to a base it hardly ever is. */
function selectOnce(problem: Problem): () => Selection {
  let selection: Selection | null = null
  return () => (selection ??= select(problem, problem.instance.rules.objective))
}

async function build(problem: Problem, search: Search, tell: Tell): Promise<Built | Contradiction> {
  const contradiction = findContradiction(problem)
  if (contradiction) return contradiction
  const flow = select(problem, problem.instance.rules.objective)
  if (flow.unmetQuotas.length > 0) return quotasTooHigh(problem, flow.unmetQuotas)
  const selection = await heedSideRules(problem, flow, search)
  const chosen = () => selection
  const agenda = new Agenda(problem)
  tell('select', chosen, null)
  await breathe()
  const isOpen = await arrange(agenda, selection, search)
  if (isOpen && search.maxIterations === Infinity) await goOn(agenda, selection, search)
  const fewest = shortfallOf(agenda)
  loosen(agenda, search, trialsAfterDives(problem))
  tell('place', chosen, readMeetings(agenda, null))
  if (problem.instance.base) {
    await compact(agenda, search, { lower: 0, steps: MENDING_EFFORT / 2 }, () => {})
    return { agenda, selection: chosen, tidied: { breaks: 0, prices: null }, fewest }
  }
  const refusal = await holdWhatMust(agenda, search)
  if (refusal) return refusal
  const uneven = await spreadBreaks(agenda, search)
  if (uneven) return uneven
  const slack = slackOf(problem, selection, readMeetings(agenda, null))
  const tidied = await tidy(agenda, search, slack, () => tell('compact', chosen, readMeetings(agenda, null)))
  if ('reason' in tidied) return tidied
  const held = agenda.slotOf.slice()
  evenOut(agenda)
  const isSame = held.every((slot, c) => slot === agenda.slotOf[c])
  // What was found out of breaks spoke of schedules as good as the one before.
  return { agenda, selection: chosen, tidied: isSame ? tidied : { breaks: 0, prices: null }, fewest }
}

/**
 * Gives up meetings where numbers of breaks differ too much, then tidies the agendas to find room for others, as
 * long as some come in; by exact search where what is in the way must be held.
 */
async function spreadBreaks(agenda: Agenda, search: Search): Promise<Contradiction | null> {
  if (agenda.problem.instance.rules.maxBreakSpread === null || isAllGiven(agenda.problem)) return null
  const held = () => agenda.slotOf.reduce((sum, slot) => sum + (slot >= 0 ? 1 : 0), 0)
  for (let before = -1; held() > before && !search.isOver();) {
    await compact(agenda, search, { lower: 0, steps: SPREADING_STEPS }, () => {})
    before = before < 0 ? 0 : held()
    if (evenOut(agenda)) continue
    const answer = await settle(agenda, search)
    if (answer !== 'settled') return answer
    evenOut(agenda)
  }
  return null
}

/** Near a base most is decided: there the flow and the search are enough. */
async function heedSideRules(problem: Problem, flow: Selection, search: Search): Promise<Selection> {
  if (problem.instance.base || !hasSideRules(flow)) return flow
  const { objective } = problem.instance.rules
  return selectBySideRules(problem, objective, flow, await loadHighs(), search.isStopped) ?? flow
}

const SPREADING_STEPS = 200_000

/** Where nothing but what must be held can be: tidying asks the SAT engine itself, with more that is known. */
const isAllGiven = ({ mandatory, possible }: Problem): boolean =>
  mandatory.every((one, c) => one || !possible[c])

/** Where something that must be held is not: any schedule in which it is, filled up, or why there is none. */
async function holdWhatMust(agenda: Agenda, search: Search): Promise<Contradiction | null> {
  if (isAllGiven(agenda.problem) || !isShort(agenda)) return null
  const answer = await settle(agenda, search)
  if (answer === 'settled') rescue(agenda, search, 20 * (agenda.problem.candidateCount + 1_000))
  return answer === 'settled' ? null : answer
}

/** Of quotas that cannot be reached together, few that cannot either: one after the other is left out. */
function quotasTooHigh({ instance }: Problem, unmet: number[]): Contradiction {
  const isUnmet = (quotas: typeof instance.quotas) =>
    select(compile({ ...instance, quotas }), []).unmetQuotas.length > 0
  let core = instance.quotas
  if (core.length <= MOST_QUOTAS)
    for (const quota of instance.quotas) {
      const rest = core.filter((one) => one !== quota)
      if (isUnmet(rest)) core = rest
    }
  else core = unmet.map((quota) => instance.quotas[quota])
  return contradiction({ code: 'quotasTogether', quotas: core.map(({ id }) => id) })
}

/** Each is a choice of all meetings. */
const MOST_QUOTAS = 50

/**
 * Places the selection; what cannot be placed is exchanged at equal value first, then at the least loss. Returns
 * whether it came to that.
 */
async function arrange(agenda: Agenda, selection: Selection, search: Search): Promise<boolean> {
  const { problem } = agenda
  const size = problem.candidateCount
  // Near a base most meetings are locked: what finds no place at once has none.
  const patience = problem.instance.base ? 1 : 20
  const isOver = shareOf(search, 1 / 4)
  const penalty = new Float64Array(size)
  let share = selection.share
  let sea: Sea | null = null
  for (let round = 0; round < Math.min(12, 2 * patience) && !isOver(); round++) {
    const left = place(agenda, whatToPlace(agenda, share), search, patience * (size + 25))
    if (left.length === 0) break
    if (round === ROUNDS_BEFORE_PRICES && isWeighed(problem, selection)) sea = chart(agenda, selection)
    if (sea && isOutOfReach(problem, selection, sea)) break
    for (const c of left) penalty[c]++
    share = selection.reselect(penalty)
    for (const [c, slot] of agenda.slotOf.entries()) if (slot >= 0 && share[c] < 1) agenda.remove(c)
    await breathe()
  }
  const isShort = share.some((part, c) => part > 0 && agenda.slotOf[c] < 0)
  if (!isShort && selection.looseQuotas.length === 0) return false
  if (!isWeighed(problem, selection) || search.isStopped()) {
    rescue(agenda, search, patience * (size + 1_000))
    return false
  }
  sea ??= chart(agenda, selection)
  await approach(agenda, sea, DIVES, search, shareOf(search, 1 / 2))
  rescue(agenda, search, trialsAfterDives(problem))
  return true
}

/** Looks further for a better value; what finds none leaves the agendas as tidy as they are. */
async function goOn(agenda: Agenda, selection: Selection, search: Search): Promise<void> {
  const worth = weighLevels(agenda.problem)
  await compact(agenda, search, { lower: 0, steps: TIDY_ENOUGH }, () => {})
  const before = { slotOf: agenda.slotOf.slice(), score: scoreOf(agenda, worth) }
  for (let pass = 0; pass < PASSES && !search.isOver(); pass++)
    await approach(agenda, chart(agenda, selection), DIVES_WITH_TIME, search, search.isOver)
  if (scoreOf(agenda, worth) === before.score) agenda.restore(before.slotOf)
}

/** Whether it is a matter of worth which meetings are held, of which prices speak. */
const isWeighed = ({ instance, mandatory, possible }: Problem, { prices }: Selection): boolean =>
  !instance.base &&
  (prices.shortfall ?? prices.value) !== undefined &&
  possible.some((one, c) => one === 1 && mandatory[c] === 0)

/** Whether the steps that are left now are used up to this share, or the search has been stopped. */
function shareOf(search: Search, share: number): () => boolean {
  const last = search.iterations + (search.maxIterations - search.iterations) * share
  return () => search.iterations >= last || search.isStopped()
}

/** More where there are rules of which the prices do not know. */
function trialsAfterDives({ candidateCount, slotCount, isOrdered, suitable }: Problem): number {
  const trials = 20 * (candidateCount + 1_000)
  const isKnown = !isOrdered && suitable.every((tables) => tables === null)
  return isKnown ? Math.min(trials, RESCUE_WORK / Math.max(1, candidateCount * slotCount)) : trials
}

const whatToPlace = ({ slotOf }: Agenda, share: Float64Array): number[] =>
  [...share.keys()].filter((c) => share[c] === 1 && slotOf[c] < 0)

function readMeetings({ problem, slotOf }: Agenda, tableOf: Int32Array | null): Meeting[] {
  const { candidates, slots, tables } = problem.instance
  const inOrder = [...slotOf.keys()].filter((c) => slotOf[c] >= 0)
  return inOrder.map((c) => {
    const meeting = { candidate: candidates[c].id, slot: slots[slotOf[c]].id }
    return tableOf && Array.isArray(tables) ? { ...meeting, table: tables[tableOf[c]].id } : meeting
  })
}
