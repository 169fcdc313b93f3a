import { contradiction, PREMISES, type Contradiction, type Premise } from '../format/infeasibility.ts'
import { Premises, type Rule } from './assumptions.ts'
import type { Problem } from '../model/problem.ts'
import { startSat, type SatAnswer, type SatEngine } from '../engines/sat.ts'
import { breathe, type Search } from '../model/search-limits.ts'
import { readTimetable, writeTimetable } from './timetable-encoding.ts'
import { SAT } from '../model/effort.ts'

/** Rules that cannot hold together. */
interface Core {
  rules: Rule[]
  /** Whether any one of them less would be enough for the others of them. */
  minimal: boolean
}

/**
 * Of meetings that do not fit together, and of the rules they have to keep, few that do not either.
 * @param meetings all to be held, proven not to fit
 */
export async function findCore(problem: Problem, meetings: number[], search: Search): Promise<Contradiction> {
  return withRules(problem, meetings, search, async ({ sat, premises }) => {
    const all = [...premises.rules.keys()]
    const isRefused = sat.solve(all, SAT.conflictsToRefuse) === 'unsatisfiable'
    if (isRefused) return sayCore(problem, await shrink(sat, premises, search))
    const rules = meetings.map((candidate): Rule => ({ kind: 'held', candidate }))
    return sayCore(problem, { rules, minimal: false })
  })
}

/**
 * Any slots that keep every rule, for the meetings that must be held and those that quotas may need; or why there
 * are none. Null if it could not be told before the search was over.
 */
export async function findAnyTimetable(
  problem: Problem,
  search: Search,
): Promise<{ slotOf: Int32Array } | Contradiction | null> {
  const meetings = neededMeetings(problem)
  return withRules(problem, meetings, search, async ({ sat, premises, timetable }) => {
    const answer = await ask(sat, [...premises.rules.keys()], search)
    if (answer === 'satisfiable') return { slotOf: readTimetable(sat, problem, timetable, meetings) }
    return answer === 'unknown' ? null : sayCore(problem, await shrink(sat, premises, search))
  })
}

/** Everything that may have to be held: with a spread of breaks, any meeting may help to keep it. */
function neededMeetings({ instance, mandatory, possible, quotas, candidateCount }: Problem): number[] {
  const isAny = instance.rules.maxBreakSpread !== null
  const wanted = new Set(quotas.filter(({ min }) => min > 0).flatMap(({ members }) => members))
  return [...Array(candidateCount).keys()].filter(
    (c) => possible[c] && (isAny || mandatory[c] || wanted.has(c)),
  )
}

interface Rules {
  sat: SatEngine
  premises: Premises
  timetable: ReturnType<typeof writeTimetable>
}

async function withRules<T>(
  problem: Problem,
  meetings: number[],
  search: Search,
  run: (rules: Rules) => Promise<T>,
): Promise<T> {
  const sat = await startSat(search.isStopped)
  try {
    const premises = new Premises(sat)
    const fewest = new Int32Array(problem.participantCount)
    return await run({
      sat,
      premises,
      timetable: writeTimetable(sat, problem, problem.allowed, meetings, fewest, 0, premises),
    })
  } finally {
    sat.dispose()
  }
}

async function ask(sat: SatEngine, assumptions: number[], search: Search): Promise<SatAnswer> {
  while (!search.isOver()) {
    const left = Math.ceil((search.maxIterations - search.iterations) / SAT.stepsPerConflict)
    const conflicts = Math.min(SAT.conflictsARound, left)
    search.iterations += conflicts * SAT.stepsPerConflict
    const answer = sat.solve(assumptions, conflicts)
    if (answer !== 'unknown') return answer
    await breathe()
  }
  return 'unknown'
}

/**
 * After a refusal: the rules it used, and of them, one after the other left out as long as the rest is still
 * refused (deletion: Marques-Silva, Minimal unsatisfiability, ISMVL 2010).
 */
async function shrink(sat: SatEngine, { rules }: Premises, search: Search): Promise<Core> {
  const usedOf = (asked: number[]) => {
    const failed = new Set(sat.failed())
    return asked.filter((one) => failed.has(one))
  }
  let core = usedOf([...rules.keys()])
  const isMeeting = (one: number) => (rules.get(one)!.kind === 'held' ? 1 : 0)
  // Rules first: a refusal that needs meetings alone is the plainest.
  const inOrder = core.toSorted((one, other) => isMeeting(one) - isMeeting(other))
  let open = 0
  let isWhole = true
  for (const one of inOrder) {
    if (!core.includes(one)) continue
    if (open === SAT.openTrials || search.isStopped()) isWhole = false
    if (!isWhole) break
    const rest = core.filter((other) => other !== one)
    const answer = sat.solve(rest, SAT.conflictsATrial)
    if (answer === 'unsatisfiable') core = usedOf(rest)
    else if (answer === 'unknown') open++
    await breathe()
  }
  return { rules: core.map((one) => rules.get(one)!), minimal: isWhole && open === 0 }
}

function sayCore({ instance }: Problem, { rules, minimal }: Core): Contradiction {
  const candidates = rules.flatMap((rule) =>
    rule.kind === 'held' ? [instance.candidates[rule.candidate].id] : [],
  )
  const people = rules.flatMap((rule) =>
    'participant' in rule ? [instance.participants[rule.participant].id] : [],
  )
  const quotas = rules.flatMap((rule) => (rule.kind === 'quotas' ? [instance.quotas[rule.quota].id] : []))
  const kinds = new Set<Premise | 'held'>(rules.map(({ kind }) => kind))
  return contradiction({
    code: 'noTimetable',
    ...(people.length > 0 ? { participants: [...new Set(people)] } : {}),
    candidates,
    ...(quotas.length > 0 ? { quotas } : {}),
    rules: PREMISES.filter((premise) => kinds.has(premise)),
    count: candidates.length,
    minimal,
  })
}
