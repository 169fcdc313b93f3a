import { attemptsOf } from './attempts.ts'
import { compactAgendas, type Tidied } from './compact/compact.ts'
import { digest } from './format/digest.ts'
import type { Contradiction } from './format/infeasibility.ts'
import type { Instance, Level } from './format/instance.ts'
import type { Solution } from './format/solution.ts'
import { COMPACTING, FULL_EFFORT, NEAR_BASE_EFFORT, SPENDING, type Effort } from './model/effort.ts'
import { Incumbent } from './model/incumbent.ts'
import { meetingsOf, type Agenda } from './model/partial-schedule.ts'
import { compile, type Problem } from './model/problem.ts'
import { breathe, forkOf, startSearch, type Search, type SolveOptions } from './model/search-limits.ts'
import { placeMeetings } from './place/place.ts'
import { findContradiction } from './presolve/presolve.ts'
import { announcer, type Tell } from './progress.ts'
import { arrangeNearBase } from './repair/near-base.ts'
import { report } from './report.ts'
import { Seating } from './seat/seating.ts'
import type { Selection } from './select/flow-selection.ts'
import { selectMeetings } from './select/select.ts'
import { isBetter } from './spec/level-order.ts'
import { measure } from './spec/objective.ts'
import { checkRules } from './spec/rules.ts'
import { spareOf, spends, spendTolerance, type Arranged, type Spare, type Spent } from './spend-tolerance.ts'

/**
 * Solves an instance: selects what to hold, puts it in slots, compacts the agendas, seats the meetings, spends what
 * the tolerance allows, and reports value and bound of every level; near the base of the instance, if it has one.
 * Infeasible and stopped early are results. Ended by itself or by `maxIterations`, the same instance and seed give
 * the same solution but for `stats.ms`. With the same seed a later `stop`, or a higher `maxIterations`, never gives a
 * worse schedule in the order of the levels: a shorter search is the beginning of a longer one, and what is handed over
 * is the best that both pass. That is not promised for what a tolerance gives back, and where `maxBreakSpread` has
 * meetings given up. Where breaks or changes of table are asked for before meetings, a share of the usual steps is
 * always taken: see `attemptsOf`.
 */
export async function solve(instance: Instance, options: SolveOptions = {}): Promise<Solution> {
  const now = options.now ?? (() => 0)
  const started = now()
  const hash = await digest(instance.source)
  const { iterations, ...found } = await findSchedule(compile(instance), {
    ...options,
    now: () => now() - started,
  })
  const head = { format: 'incontro/solution', version: 1, instance: hash, seed: options.seed ?? 1 } as const
  return { ...head, ...found, stats: { ms: now() - started, iterations } }
}

/** A solution without what only a file needs, and the steps it took. */
export type Found = Pick<Solution, 'status' | 'meetings' | 'objective' | 'certificate' | 'infeasible'> & {
  iterations: number
}

/**
 * What `solve` finds for a compiled problem, checked by every rule.
 * @param options whose `now` begins with 0 when the search does
 * @param levels those that are reported: the first of the objective
 */
export async function findSchedule(
  problem: Problem,
  options: SolveOptions,
  levels: readonly Level[] = problem.instance.rules.objective,
  effort: Effort = problem.instance.base ? NEAR_BASE_EFFORT : FULL_EFFORT,
): Promise<Found> {
  const { instance } = problem
  const search = startSearch(options, effort.steps(problem), effort, effort.horizon(problem))
  const tell = announcer(problem, options.onProgress, options.now ?? (() => 0))
  const finish = (found: Omit<Found, 'iterations'>): Found => ({ ...found, iterations: search.iterations })
  const known = instance.base
    ? await nearBase(problem, search, tell)
    : await bestOfAttempts(problem, search, tell)
  if (!known) return finish({ status: 'unknown', ...EMPTY })
  if ('reason' in known) return finish({ status: 'infeasible', ...EMPTY, infeasible: known })
  const { meetings, selection } = known
  const { proven, results } = report(problem, selection, meetings, known, effort, levels)
  tell('prove', selection, meetings)
  return finish({ status: proven ? 'optimal' : 'feasible', meetings, ...results })
}

const EMPTY = { meetings: [], objective: {}, certificate: {} }

/** A schedule that keeps every rule, with all that is known of its levels. */
type Known = Spent & { selection: () => Selection; changes?: number }

async function nearBase(problem: Problem, search: Search, tell: Tell): Promise<Known | Contradiction | null> {
  const arranged = await arrangeNearBase(problem, search, fromNothing(search))
  return 'reason' in arranged ? arranged : spend(problem.instance, arranged, search, tell)
}

/** Arranges what is open near a base, with the effort of the whole. */
const fromNothing = (search: Search) => async (part: Problem) => {
  const selection = await choose(part, search)
  const arranged = 'reason' in selection ? selection : await arrange(part, selection, search, () => {})
  return 'reason' in arranged ? null : arranged.agenda
}

/** The best by the whole order that the attempts come to; while one goes on, the best before it is told. */
async function bestOfAttempts(
  problem: Problem,
  search: Search,
  tell: Tell,
): Promise<Known | Contradiction | null> {
  const { instance } = problem
  const selection = await choose(problem, search)
  if ('reason' in selection) return selection
  tell('select', () => selection, null)
  await breathe()
  let best: Known | null = null
  const tellBest: Tell = (stage, chosen, meetings) => tell(stage, chosen, best?.meetings ?? meetings)
  for (const attempt of attemptsOf(problem, search)) {
    const seating = new Seating(attempt.placing)
    const placed = await arrange(problem, selection, attempt.placing, tellBest, seating)
    if (attempt.isBroken()) break
    if ('reason' in placed) return best ?? placed
    const meetings = await seating.end(placed.agenda)
    const known = await spend(instance, { ...placed, meetings }, attempt.spending, tellBest)
    if (known && isBetterKnown(instance, known, best)) best = known
  }
  return best
}

const isBetterKnown = (instance: Instance, one: Known, other: Known | null): boolean =>
  !other ||
  isBetter(instance.rules.objective, measure(instance, one.meetings), measure(instance, other.meetings))

/** Which meetings to hold, or why there is no schedule. */
async function choose(problem: Problem, search: Search): Promise<Selection | Contradiction> {
  return findContradiction(problem) ?? (await selectMeetings(problem, search))
}

/** The stages after the choice, in their order; who sits where is for whoever asked. */
async function arrange(
  problem: Problem,
  selection: Selection,
  search: Search,
  tell: Tell,
  seating?: Seating,
): Promise<Placed | Contradiction> {
  const chosen = () => selection
  const incumbent = new Incumbent(problem)
  // Whatever is given up afterwards takes some of the time, too.
  const isSpent = spends(problem.instance)
  const placing = isSpent ? forkOf(search, search.effort.steps(problem)) : search
  const agenda = await placeMeetings(problem, selection, placing, incumbent)
  if ('reason' in agenda) return agenda
  const tellHeld = (stage: string) => tell(stage, chosen, meetingsOf(agenda))
  tellHeld('place')
  const spare = spareOf(agenda, search)
  const most = spare ? COMPACTING.tidyEnough : SPENDING.steps
  const steps = spare || isSpent ? forkOf(search, most) : search
  const tidied = await compactAgendas(agenda, selection, steps, incumbent, async () => {
    tellHeld('compact')
    const better = await seating?.turn(agenda)
    if (better) tell('seat', chosen, better)
  })
  return 'reason' in tidied ? tidied : { agenda, selection: chosen, tidied, spare }
}

interface Placed {
  agenda: Agenda
  selection: () => Selection
  tidied: Tidied
  /** The meetings before they were compacted, if some may still be exchanged for value. */
  spare: Spare | null
}

/** What the order and the tolerances give up for later levels; null if the schedule does not keep every rule. */
async function spend(
  instance: Instance,
  arranged: Arranged & { changes?: number },
  search: Search,
  tell: Tell,
): Promise<Known | null> {
  const { meetings, selection } = arranged
  if (checkRules(instance, meetings).length > 0) return null
  tell('seat', selection, meetings)
  const spent = await spendTolerance(instance, arranged, search, (agenda) =>
    tell('compact', selection, meetingsOf(agenda)),
  )
  return { ...arranged, ...spent }
}
