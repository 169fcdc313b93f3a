import type { BasisStatus, Highs, Model } from 'highs'
import type { Basis, LinearModel, LinearResult, LpEngine, LpOptions } from './lp.ts'
import { SELECTING } from '../model/effort.ts'

let loading: Promise<Highs> | null = null

/**
 * The engine of HiGHS (Q. Huangfu and J. Hall, Mathematical Programming Computation 2018) in WebAssembly, loaded when
 * first used. It can be interrupted between its steps, and goes on from where it ended before.
 */
export async function loadHighs(): Promise<LpEngine> {
  const highs = await (loading ??= load().catch(tryAgain))
  return (model, whole, options = {}) =>
    highs.withModel(asArrays(highs, model, whole), (native) => run(highs, native, whole, options))
}

/** One failure is not the last word on whether there is an engine. */
function tryAgain(error: unknown): never {
  loading = null
  throw error
}

async function load(): Promise<Highs> {
  // The package's types describe its CommonJS build; under ESM the default export is the loader itself.
  const { default: start } = (await import('highs')) as unknown as { default: () => Promise<Highs> }
  return start()
}

function run(
  { constants }: Highs,
  native: Model,
  whole: boolean,
  { isOver, start }: LpOptions,
): LinearResult {
  const { callbackType, modelStatus } = constants
  native.options.set({ output_flag: false, mip_max_nodes: SELECTING.nodes, mip_rel_gap: 0 })
  // On selections of some thousand meetings it takes longer than the simplex method without it, and is deaf.
  if (!whole) native.options.set({ presolve: 'off' })
  if (start) goOnFrom(native, start)
  const interrupt = (event: { interrupt(): void }) =>
    (isOver?.() ? event.interrupt() : undefined) as undefined
  native.run({ [callbackType.simplexInterrupt]: interrupt, [callbackType.mipInterrupt]: interrupt })
  const status = native.getModelStatus()
  if (status === modelStatus.infeasible) return { status: 'infeasible' }
  if (status !== modelStatus.optimal) return { status: 'stopped' }
  const { colValue, rowDual } = native.getSolution()
  const { colStatus, rowStatus } = native.getBasis()
  const proof = { prices: [...rowDual], basis: { columns: colStatus, rows: rowStatus } }
  return {
    status: 'optimal',
    total: native.getObjectiveValue(),
    values: [...colValue],
    proof: whole ? null : proof,
  }
}

const [LOWER, BASIC] = [0, 1] as const

/** New columns start at 0, new rows as they are. */
function goOnFrom(native: Model, { columns, rows }: Basis): void {
  const { numCols, numRows } = native.getDimensions()
  const grown = (given: ArrayLike<number>, size: number, fresh: BasisStatus) =>
    Array.from({ length: size }, (_, index) => (index < given.length ? given[index] : fresh) as BasisStatus)
  native.setBasis({ colStatus: grown(columns, numCols, LOWER), rowStatus: grown(rows, numRows, BASIC) })
}

/** The model as HiGHS takes it, column after column. */
function asArrays({ constants, infinity }: Highs, { rows, columns }: LinearModel, whole: boolean) {
  const starts = [0]
  for (const { entries } of columns) starts.push(starts.at(-1)! + entries.length)
  const flat = columns.flatMap(({ entries }) => entries)
  const { integer } = constants.variableType
  return {
    numCols: columns.length,
    numRows: rows.length,
    sense: constants.objectiveSense.maximize,
    colCost: columns.map(({ gain }) => gain),
    colLower: columns.map(() => 0),
    colUpper: columns.map(({ most }) => most),
    rowLower: rows.map(({ min }) => min ?? -infinity),
    rowUpper: rows.map(({ max }) => max ?? infinity),
    matrix: {
      format: 'csc' as const,
      numCols: columns.length,
      numRows: rows.length,
      starts,
      indices: flat.map(([row]) => row),
      values: flat.map(([, coefficient]) => coefficient),
    },
    ...(whole ? { integrality: columns.map(() => integer) } : {}),
  }
}
