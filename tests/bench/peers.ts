import loader, { type LegacyHighs } from 'highs'
import { loadJavascriptLpSolver, selectionModel, type LinearModel } from '../../solver/engines/lp.ts'
import type { Problem } from '../../solver/model/problem.ts'

/** Other solvers on the same problems. Both are asked for value, the guarantee weighing more than all values. */

// The package's types describe its CommonJS build; under ESM the default export is the loader itself.
const loadHighs = loader as unknown as () => Promise<LegacyHighs>
let highs: Promise<LegacyHighs> | null = null

const outweighing = (problem: Problem) => problem.value.reduce((sum, one) => sum + one, 1)

/** Which meetings to hold, slots aside: what the flow solves. */
export const selectionOf = (problem: Problem): LinearModel =>
  selectionModel(problem, { candidate: problem.value, missing: outweighing(problem) })

/** Which meetings to hold and when, a variable for each meeting in each slot: what a general solver needs. */
export function timetableModel(problem: Problem): LinearModel {
  const { slotCount, participantCount, candidateCount, first, second, allowed, value, block } = problem
  const rows: LinearModel['rows'] = []
  const row = (max: number) => rows.push({ max }) - 1
  const once = Array.from(value, () => row(1))
  const busy = Array.from({ length: participantCount * slotCount }, () => row(1))
  const tables = Array.from(problem.tablesIn, (max) => (Number.isFinite(max) ? row(max) : -1))
  const most = problem.instance.participants.map(({ maxMeetings }) => row(maxMeetings))
  const rowsOf = problem.instance.participants.map(({ maxConsecutive }) => {
    const starts = [...Array(slotCount).keys()].filter(
      (slot) => slot + maxConsecutive < slotCount && block[slot] === block[slot + maxConsecutive],
    )
    return new Map(starts.map((slot) => [slot, row(maxConsecutive)]))
  })
  const missing = Array.from(problem.guarantee, (min) => rows.push({ min }) - 1)
  const columns: LinearModel['columns'] = []
  for (let at = 0; at < candidateCount * slotCount; at++) {
    if (!allowed[at]) continue
    const [c, slot] = [Math.floor(at / slotCount), at % slotCount]
    const used = [once[c], ...(tables[slot] < 0 ? [] : [tables[slot]])]
    for (const p of [first[c], second[c]]) {
      used.push(busy[p * slotCount + slot], most[p], missing[p])
      for (const [start, index] of rowsOf[p])
        if (start <= slot && slot <= start + problem.maxConsecutive[p]) used.push(index)
    }
    columns.push({ gain: value[c], most: 1, entries: used.map((index) => [index, 1]) })
  }
  missing.forEach((index, p) =>
    columns.push({ gain: -outweighing(problem), most: problem.guarantee[p], entries: [[index, 1]] }),
  )
  return { rows, columns }
}

/** The model as text in the CPLEX LP format, in short lines: longer ones are refused. */
function write({ rows, columns }: LinearModel, whole: boolean): string {
  const terms: string[][] = rows.map(() => [])
  columns.forEach(({ entries }, x) =>
    entries.forEach(([row, coefficient]) => terms[row].push(`+ ${coefficient} x${x}`)),
  )
  const wrap = (list: string[]) =>
    list.map((term, index) => (index % 20 === 19 ? `${term}\n` : term)).join(' ')
  const limits = rows.flatMap(({ min, max }, row) => {
    if (terms[row].length === 0) return []
    const sum = wrap(terms[row])
    return [
      ...(max === undefined ? [] : [`u${row}: ${sum} <= ${max}`]),
      ...(min === undefined ? [] : [`l${row}: ${sum} >= ${min}`]),
    ]
  })
  return [
    'Maximize',
    `gain: ${wrap(columns.map(({ gain }, x) => `${gain < 0 ? '-' : '+'} ${Math.abs(gain)} x${x}`))}`,
    'Subject To',
    ...limits,
    'Bounds',
    ...columns.map(({ most }, x) => `0 <= x${x} <= ${most}`),
    ...(whole ? ['General', wrap(columns.map((_, x) => `x${x}`))] : []),
    'End',
  ].join('\n')
}

export async function byHighs(model: LinearModel, whole: boolean, seconds: number): Promise<number | null> {
  const engine = await (highs ??= loadHighs())
  const result = engine.solve(write(model, whole), { time_limit: seconds, output_flag: false })
  return result.Status === 'Optimal' ? result.ObjectiveValue : null
}

export async function byJavascriptLpSolver(model: LinearModel): Promise<number | null> {
  const found = (await loadJavascriptLpSolver())(model, false)
  return found.status === 'optimal' ? found.total : null
}

/** As much of CP-SAT's builder as is used here; the package is too large to be one of the project's own. */
interface CpSat {
  CpModel: new () => {
    newIntVar(least: number, most: number): unknown
    addLinearConstraint(sum: unknown, least: number, most: number): unknown
    maximize(sum: unknown): void
  }
  CpSolver: new () => {
    solve(model: unknown, parameters: object): Promise<unknown>
    statusName(): string
    objectiveValue(): number
  }
  LinearExpr: { weightedSum(variables: unknown[], coefficients: number[]): unknown }
}

const CP_SAT = 'or-tools-wasm/cp-sat'
/** CP-SAT, if somebody has installed it: `npm install --no-save or-tools-wasm`. */
export const loadCpSat = async (): Promise<CpSat | null> => import(CP_SAT).catch(() => null)

const FAR = 1e9

export async function byCpSat(cpSat: CpSat, model: LinearModel, seconds: number): Promise<number | null> {
  const { CpModel, CpSolver, LinearExpr } = cpSat
  const program = new CpModel()
  const variables = model.columns.map(({ most }) => program.newIntVar(0, most))
  const terms = model.rows.map((): { variables: unknown[]; coefficients: number[] } => ({
    variables: [],
    coefficients: [],
  }))
  model.columns.forEach(({ entries }, x) =>
    entries.forEach(([row, coefficient]) => {
      terms[row].variables.push(variables[x])
      terms[row].coefficients.push(coefficient)
    }),
  )
  model.rows.forEach(({ min = -FAR, max = FAR }, row) => {
    const sum = LinearExpr.weightedSum(terms[row].variables, terms[row].coefficients)
    if (terms[row].variables.length > 0) program.addLinearConstraint(sum, min, Math.min(FAR, max))
  })
  const gains = model.columns.map(({ gain }) => gain)
  program.maximize(LinearExpr.weightedSum(variables, gains))
  const solver = new CpSolver()
  await solver.solve(program, { maxTimeInSeconds: seconds, numSearchWorkers: 2 })
  return solver.statusName() === 'OPTIMAL' ? solver.objectiveValue() : null
}
