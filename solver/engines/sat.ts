import type { Cadical, SolverOptions } from 'cadical-wasm'

/** What a SAT engine is asked: clauses of whole numbers, −v the opposite of v. */
export interface SatEngine {
  newVariable(): number
  addClause(literals: readonly number[]): void
  /** `unknown` after so many conflicts or when `stop` says so; what was learned is kept for the next call. */
  solve(assumptions: readonly number[], conflicts: number): SatAnswer
  /** After `satisfiable`: whether the variable is true. */
  isTrue(variable: number): boolean
  /** After `unsatisfiable`: the assumptions that cannot hold together. */
  failed(): number[]
  dispose(): void
}

export type SatAnswer = 'satisfiable' | 'unsatisfiable' | 'unknown'

/** Few of our variables are true, and the answers come soonest from few restarts: measured on timetables. */
const OPTIONS: SolverOptions = { quiet: true, phase: false, stabilizeonly: true, walk: false }

/** CaDiCaL (Armin Biere and others, MIT) as WebAssembly; loaded only when it is needed, since it takes 1 MB. */
export async function startSat(stop: () => boolean): Promise<SatEngine> {
  const { Cadical, createModule } = await import('cadical-wasm')
  const engine = new Cadical(await createModule(), OPTIONS)
  engine.setTerminate(stop)
  return wrap(engine)
}

function wrap(engine: Cadical): SatEngine {
  let variables = 0
  return {
    newVariable: () => ++variables,
    addClause: (literals) => engine.addClause(literals),
    solve: (assumptions, conflicts) => engine.solve({ assumptions, conflicts }),
    isTrue: (variable) => engine.value(variable),
    failed: () => engine.failedAssumptions(),
    dispose: () => engine.dispose(),
  }
}
