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
import { checkRules } from './spec/rules.ts'
import { spareOf, spends, spendTolerance, type Spare } from './spend-tolerance.ts'

/**
 * Solves an instance: selects what to hold, puts it in slots, compacts the agendas, seats the meetings, spends what
 * the tolerance allows, and reports value and bound of every level; near the base of the instance, if it has one.
 * Infeasible and stopped early are results. Ended by itself or by `maxIterations`, the same instance and seed give
 * the same solution but for `stats.ms`. With the same seed a later `stop`, or a higher `maxIterations`, never gives a
 * worse schedule in the order of the levels: a shorter search is the beginning of a longer one, and what is handed over
 * is the best that both pass. That is not promised for what a tolerance gives back, where `maxBreakSpread` has meetings
 * given up, and where few breaks or changes of table are asked for before meetings.
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
  const seating = new Seating(search)
  const arranged = instance.base
    ? await arrangeNearBase(problem, search, fromNothing(search))
    : await arrange(problem, search, tell, seating)
  if ('reason' in arranged) return finish({ status: 'infeasible', ...EMPTY, infeasible: arranged })
  const { selection } = arranged
  const meetings = 'agenda' in arranged ? await seating.end(arranged.agenda) : arranged.meetings
  if (checkRules(instance, meetings).length > 0) return finish({ status: 'unknown', ...EMPTY })
  tell('seat', selection, meetings)
  const spent = await spendTolerance(instance, { ...arranged, meetings }, search, (agenda) =>
    tell('compact', selection, meetingsOf(agenda)),
  )
  const known = { ...arranged, ...spent }
  const { proven, results } = report(problem, selection, spent.meetings, known, effort, levels)
  tell('prove', selection, spent.meetings)
  return finish({ status: proven ? 'optimal' : 'feasible', meetings: spent.meetings, ...results })
}

const EMPTY = { meetings: [], objective: {}, certificate: {} }

/** The stages from nothing, in their order; who sits where is for whoever asked. */
async function arrange(
  problem: Problem,
  search: Search,
  tell: Tell,
  seating?: Seating,
): Promise<Placed | Contradiction> {
  const impossible = findContradiction(problem)
  if (impossible) return impossible
  const selection = await selectMeetings(problem, search)
  if ('reason' in selection) return selection
  const chosen = () => selection
  tell('select', chosen, null)
  await breathe()
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

/** Arranges what is open near a base, with the effort of the whole. */
const fromNothing = (search: Search) => async (part: Problem) => {
  const arranged = await arrange(part, search, () => {})
  return 'reason' in arranged ? null : arranged.agenda
}
