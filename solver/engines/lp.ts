import type { SolverAPI } from 'javascript-lp-solver'
import type { Problem } from '../model/problem.ts'

/** A linear program over variables between 0 and `most`; rows are `min ≤ Σ coefficient · variable ≤ max`. */
export interface LinearModel {
  rows: { min?: number; max?: number }[]
  columns: { gain: number; most: number; entries: [row: number, coefficient: number][] }[]
}

export type LinearResult =
  | {
      status: 'optimal'
      total: number
      values: number[]
      /** Of a model whose variables need not be whole, where the engine tells it. */
      proof: { prices: number[]; basis: Basis } | null
    }
  | { status: 'infeasible' | 'stopped' }

/** Where the simplex method ended, to go on from with other gains and more rows and columns at the end. */
export interface Basis {
  columns: ArrayLike<number>
  rows: ArrayLike<number>
}

export interface LpOptions {
  /** Asked between the steps of an engine that can be interrupted. */
  isOver?: () => boolean
  start?: Basis | null
}

/**
 * Maximises a linear model; `whole` asks for whole variables. The prices tell what one more unit in each row would
 * bring.
 */
export type LpEngine = (model: LinearModel, whole: boolean, options?: LpOptions) => LinearResult

/**
 * The engine of javascript-lp-solver, loaded when first used. Good for up to about a thousand columns: beyond
 * that it takes seconds. It cannot be interrupted, so that it belongs in a thread that can be ended.
 */
export async function loadJavascriptLpSolver(): Promise<LpEngine> {
  // The package's types describe its CommonJS build; under ESM the default export is the solver itself.
  const { default: solver } = (await import('javascript-lp-solver')) as unknown as { default: SolverAPI }
  return (model, whole) => solveBy(solver, model, whole)
}

function solveBy(solver: SolverAPI, model: LinearModel, whole: boolean): LinearResult {
  const limited = { ...model, rows: [...model.rows] }
  const columns = limited.columns.map((column) => {
    const row = limited.rows.push({ max: column.most }) - 1
    return { ...column, entries: [...column.entries, [row, 1] as [number, number]] }
  })
  const names = columns.map((_, index) => `x${index}`)
  const result = solver.Solve({
    optimize: 'gain',
    opType: 'max',
    constraints: Object.fromEntries(limited.rows.map((row, index) => [`r${index}`, row])),
    variables: Object.fromEntries(
      columns.map(({ gain, entries }, index) => [
        names[index],
        { gain, ...Object.fromEntries(entries.map(([row, coefficient]) => [`r${row}`, coefficient])) },
      ]),
    ),
    ...(whole ? { ints: Object.fromEntries(names.map((name) => [name, 1])) } : {}),
  }) as unknown as Record<string, number | boolean>
  const values = names.map((name) => Number(result[name] ?? 0))
  if (result.feasible !== true) return { status: 'infeasible' }
  return { status: 'optimal', total: Number(result.result), values, proof: null }
}

/**
 * The selection of meetings as a linear model: one column a candidate, then one a participant for its missing
 * guaranteed meetings; rows for capacities, guarantees, places (where they are limited), quotas and required
 * meetings, in this order.
 * @param gain what a candidate and what a missing meeting is worth
 */
export function selectionModel(
  problem: Problem,
  gain: { candidate: Float64Array; missing: number },
): LinearModel {
  const rows: LinearModel['rows'] = []
  const capacity = Array.from(problem.capacity, (max) => rows.push({ max }) - 1)
  const guarantee = Array.from(problem.guarantee, (min) => rows.push({ min }) - 1)
  const places = Number.isFinite(problem.places) ? rows.push({ max: problem.places }) - 1 : -1
  const quotas = problem.quotas.map(({ min, max }) => rows.push({ min, max }) - 1)
  const columns: LinearModel['columns'] = [...problem.value.keys()].map((c) => {
    const ends = [problem.first[c], problem.second[c]]
    const used = [...ends.map((p) => capacity[p]), ...ends.map((p) => guarantee[p])]
    used.push(...(places < 0 ? [] : [places]), ...problem.quotasOf[c].map((quota) => quotas[quota]))
    if (problem.mandatory[c]) used.push(rows.push({ min: 1 }) - 1)
    return { gain: gain.candidate[c], most: problem.possible[c], entries: used.map((row) => [row, 1]) }
  })
  guarantee.forEach((row, p) => {
    columns.push({ gain: -gain.missing, most: problem.guarantee[p], entries: [[row, 1]] })
  })
  return { rows, columns }
}
