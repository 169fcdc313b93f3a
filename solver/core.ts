import type { Certain } from './certain.ts'
import type { Problem } from './problem.ts'
import { startSat, type SatEngine } from './sat.ts'
import { breathe, type Search } from './search.ts'
import { writeTimetable } from './timetable.ts'

/** Meetings that cannot all be held. */
export interface Core {
  meetings: number[]
  /** Whether any one of them less would be enough for the others of them. */
  minimal: boolean
}

const FIRST_CONFLICTS = 50_000
const CONFLICTS_A_TRIAL = 2_000
/** Questions without an answer after which the core is left as it is. */
const MOST_OPEN = 10

/**
 * Of meetings that do not fit together, few that do not either: each has to be held under an assumption, the SAT
 * engine says which assumptions it used, and one after the other is left out as long as the rest is still refused
 * (deletion: Marques-Silva, Minimal unsatisfiability, ISMVL 2010).
 */
export async function findCore(problem: Problem, certain: Certain, search: Search): Promise<Core> {
  const meetings = [...certain.state.keys()].filter((c) => certain.state[c] === 2)
  const sat = await startSat(search.isStopped)
  try {
    const isHeld = new Map(meetings.map((c) => [c, sat.newVariable()]))
    const fewest = new Int32Array(problem.participantCount)
    writeTimetable(sat, problem, certain.allowed, meetings, fewest, 0, isHeld)
    return await shrink(sat, isHeld, search)
  } finally {
    sat.dispose()
  }
}

async function shrink(sat: SatEngine, isHeld: Map<number, number>, search: Search): Promise<Core> {
  const ask = (meetings: number[], conflicts: number) =>
    sat.solve(
      meetings.map((c) => isHeld.get(c)!),
      conflicts,
    )
  const used = (meetings: number[]) => {
    const failed = new Set(sat.failed())
    return meetings.filter((c) => failed.has(isHeld.get(c)!))
  }
  let core = [...isHeld.keys()]
  if (ask(core, FIRST_CONFLICTS) !== 'unsatisfiable') return { meetings: core, minimal: false }
  core = used(core)
  let open = 0
  for (const c of [...core]) {
    if (!core.includes(c)) continue
    if (open === MOST_OPEN || search.isStopped()) return { meetings: core, minimal: false }
    const rest = core.filter((one) => one !== c)
    const answer = ask(rest, CONFLICTS_A_TRIAL)
    if (answer === 'unsatisfiable') core = used(rest)
    else if (answer === 'unknown') open++
    await breathe()
  }
  return { meetings: core, minimal: open === 0 }
}
