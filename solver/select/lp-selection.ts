import { withoutPrices, type Prices } from '../bounds/dual-bound.ts'
import type { Level } from '../format/instance.ts'
import {
  selectionModel,
  type Basis,
  type LinearModel,
  type LinearResult,
  type LpEngine,
} from '../engines/lp.ts'
import type { Problem } from '../model/problem.ts'
import type { Selection } from './flow-selection.ts'
import { SELECTING } from '../model/effort.ts'
import { raiseAndFreeze } from './leximin.ts'

/** Whether rules that are no part of the flow have a say in what is held: quotas over several people, odd cycles. */
export const hasSideRules = ({ looseQuotas, share }: Selection): boolean =>
  looseQuotas.length > 0 || share.some((part) => !Number.isInteger(part))

/**
 * The best selection where such rules count: level by level as a linear program, in whole numbers where it is not
 * whole by itself. What a level reaches is a row of the levels after it, and the prices of its rows prove its
 * bound (duality). Null if the engine stops, or where not all rules can hold: then the flow is all there is.
 */
export function selectBySideRules(
  problem: Problem,
  levels: readonly Level[],
  flow: Selection,
  engine: LpEngine,
  isOver: () => boolean,
): Selection | null {
  const state: State = {
    problem,
    engine,
    isOver,
    model: unpaid(problem),
    reached: {},
    held: null,
    basis: null,
  }
  const prices: Selection['prices'] = {}
  let fairness: number[] | null = null
  for (const level of levels) {
    if (level === 'shortfall' && problem.guarantee.every((one) => one === 0)) {
      prices.shortfall = withoutPrices(problem)
    } else if (level === 'shortfall' || level === 'value') {
      const found = reach(state, level)
      if (!found) return null
      prices[level] = found
    }
    if (level === 'fairness') fairness = raise(state)
  }
  const { held } = state
  if (!held) return null
  return {
    ...flow,
    share: held,
    prices,
    fairness,
    whole: !levels.includes('fairness') || fairness !== null,
    looseQuotas: [],
    reselect: (penalty) => chooseAgain(state, penalty) ?? held,
  }
}

interface State {
  problem: Problem
  engine: LpEngine
  isOver: () => boolean
  /** With a row for each level that was reached. */
  model: LinearModel
  /** Rows of the levels so far. */
  reached: Partial<Record<Level, number>>
  held: Float64Array | null
  basis: Basis | null
}

const NOTHING = 1e-6

const unpaid = (problem: Problem): LinearModel =>
  selectionModel(problem, { candidate: new Float64Array(problem.candidateCount), missing: 0 })

/** Does the best for a level and keeps it; returns the prices that prove how good that is. */
function reach(state: State, level: 'shortfall' | 'value'): Prices | null {
  const { candidateCount, participantCount, value } = state.problem
  const gains = new Array<number>(state.model.columns.length).fill(0)
  if (level === 'value') value.forEach((one, c) => (gains[c] = one))
  else gains.fill(-1, candidateCount, candidateCount + participantCount)
  const relaxed = relax(state, gains)
  const best = relaxed && wholeOf(state, gains, relaxed)
  if (!relaxed || best === null) return null
  const prices = readPrices(state, relaxed.prices, level)
  keep(state, gains, best)
  state.reached[level] = state.model.rows.length - 1
  return prices
}

/** Without asking for whole numbers, which is where the prices are from. */
function relax(state: State, gains: number[]): Relaxed | null {
  const { engine, isOver, basis } = state
  const found = engine(paid(state, gains), false, { isOver, start: basis })
  if (found.status !== 'optimal' || !found.proof) return null
  state.basis = found.proof.basis
  return { total: found.total, values: found.values, prices: found.proof.prices }
}

interface Relaxed {
  total: number
  values: number[]
  prices: number[]
}

/** The same in whole numbers: as it is if it is whole already. */
function wholeOf(state: State, gains: number[], { total, values }: Relaxed): number | null {
  const isWhole = values.every((one) => isNear(one, Math.round(one)))
  if (!isWhole && values.length > SELECTING.columnsInWhole) return null
  const best = isWhole ? { status: 'optimal' as const, total, values } : wholeByEngine(state, gains)
  if (best.status !== 'optimal') return null
  state.held = Float64Array.from(best.values.slice(0, state.problem.candidateCount), Math.round)
  return Math.round(best.total)
}

const wholeByEngine = (state: State, gains: number[]): LinearResult =>
  state.engine(paid(state, gains), true, { isOver: state.isOver })

const paid = ({ model }: State, gains: number[]): LinearModel => ({
  ...model,
  columns: model.columns.map((column, x) => ({ ...column, gain: gains[x] })),
})

const isNear = (one: number, other: number): boolean => Math.abs(one - other) < NOTHING

function keep(state: State, gains: number[], total: number): void {
  const row = state.model.rows.length
  state.model = {
    rows: [...state.model.rows, { min: total }],
    columns: state.model.columns.map((column, x) =>
      gains[x] === 0 ? column : { ...column, entries: [...column.entries, [row, gains[x]]] },
    ),
  }
}

/** The prices of the model's rows, as those of people, tables, quotas and missing meetings. */
function readPrices({ problem, reached }: State, rows: number[], level: 'shortfall' | 'value'): Prices {
  const { participantCount, places, quotas } = problem
  const afterPeople = 2 * participantCount
  const hasPlaces = Number.isFinite(places)
  const ofQuotas = afterPeople + (hasPlaces ? 1 : 0)
  const ofShortfall = reached.shortfall === undefined ? 0 : Math.max(0, -rows[reached.shortfall])
  return {
    participants: Float64Array.from(
      { length: participantCount },
      (_, p) => rows[p] + rows[participantCount + p],
    ),
    tables: hasPlaces ? Math.max(0, rows[afterPeople]) : 0,
    shortfall: level === 'shortfall' ? 1 : ofShortfall,
    quotas: Float64Array.from(quotas, (_, quota) => rows[ofQuotas + quota]),
    days: null,
  }
}

/** The ascending numbers of meetings of the fairest selection; null where it takes too long, with it as it was. */
function raise(state: State): number[] | null {
  const { problem, held, model } = state
  const fair = [...problem.fair.keys()].filter((p) => problem.fair[p])
  const most = fair.reduce((top, p) => Math.max(top, problem.capacity[p]), 0)
  const least = held ? fair.reduce((low, p) => Math.min(low, meetingsOf(problem, held, p)), Infinity) : 0
  const columns = countMeetings(state, fair)
  const fairness = raiseAndFreeze(fair.length, most, (n) => {
    const gains = state.model.columns.map((_, x): number => (columns.get(x) === n ? 1 : 0))
    const isGiven = n <= least && n < most
    const best = isGiven ? fair.length : mostRaised(state, gains, n === most)
    if (best !== null) keep(state, gains, best)
    return best
  })
  if (!fairness) Object.assign(state, { held, model, basis: null })
  return fairness
}

/** How many people can have that many meetings at most, in whole meetings at the end. */
function mostRaised(state: State, gains: number[], isLast: boolean): number | null {
  const relaxed = gains.length > SELECTING.columnsToRaise ? null : relax(state, gains)
  if (!relaxed) return null
  // What is not a whole number of people is not had by whole meetings either.
  const isEnough = !isLast && isNear(relaxed.total, Math.round(relaxed.total))
  return isEnough ? Math.round(relaxed.total) : wholeOf(state, gains, relaxed)
}

/** A column for the n-th meeting of each of them; returns n by column. */
function countMeetings(state: State, fair: number[]): Map<number, number> {
  const { problem } = state
  const nth = new Map<number, number>()
  const model = { rows: [...state.model.rows], columns: state.model.columns.map((one) => ({ ...one })) }
  for (const p of fair) {
    const row = model.rows.push({ max: 0 }) - 1
    for (const c of problem.incident[p]) model.columns[c].entries = [...model.columns[c].entries, [row, -1]]
    for (let n = 1; n <= problem.capacity[p]; n++)
      nth.set(model.columns.push({ gain: 0, most: 1, entries: [[row, 1]] }) - 1, n)
  }
  state.model = model
  return nth
}

const meetingsOf = ({ incident }: Problem, held: Float64Array, p: number): number =>
  incident[p].reduce((sum, c) => sum + held[c], 0)

/** Another selection that reaches the same, with as little of what is to be avoided as possible. */
function chooseAgain(state: State, penalty: Float64Array): Float64Array | null {
  const before = state.held
  const gains = state.model.columns.map((_, x) => (x < penalty.length ? -penalty[x] : 0))
  const relaxed = relax(state, gains)
  const found = relaxed && wholeOf(state, gains, relaxed) !== null ? state.held : null
  state.held = before
  return found
}
