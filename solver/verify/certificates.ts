import { isBetterOrEqual, isSame } from '../spec/level-order.ts'
import { isDayLevel, lowerBounds, type DayLevel } from '../bounds/day-level-bounds.ts'
import type { Prices } from '../bounds/dual-bound.ts'
import type { Instance, Level } from '../format/instance.ts'
import { compile, type Problem } from '../model/problem.ts'
import { isInKept, scopeOf } from '../model/fix-meetings.ts'
import { boundOf, shortfallWithin } from '../bounds/level-bound.ts'
import type { Certificate, LevelResult, LevelValue, Solution } from '../format/solution.ts'
import { readSlotPrices } from '../bounds/slot-prices.ts'
import type { Violation } from '../spec/rules.ts'

export interface CheckedLevel {
  level: Level
  result: LevelResult
  /** `checked` if the bound was recomputed here, `claimed` if it has to be believed. */
  check: 'checked' | 'claimed'
}

interface Claims {
  violations: Violation[]
  levels: CheckedLevel[]
}

/** Compares what a solution says of itself with what its meetings and its certificates give. */
export function checkClaims(
  instance: Instance,
  solution: Solution,
  measured: Record<Level, LevelValue>,
): Claims {
  const violations: Violation[] = []
  const levels: CheckedLevel[] = []
  const wrong = (message: string, path: string) => violations.push({ rule: 'claim', message, path, ids: [] })
  if (solution.status === 'infeasible' || solution.status === 'unknown') return { violations, levels }
  const scopes = new Map<Instance, Scope>()
  const inScope = scopeFinder(instance, measured.changes as number, (one) => {
    const scope = scopes.get(one) ?? openScope(compile(one), solution, measured)
    scopes.set(one, scope)
    return scope
  })
  for (const level of Object.keys(solution.objective) as Level[])
    if (!instance.rules.objective.includes(level))
      wrong(`${level} is not a level of the objective.`, `/objective/${level}`)
  for (const level of instance.rules.objective) {
    const result = solution.objective[level]
    if (!result) wrong(`The level ${level} is not reported.`, '/objective')
    else levels.push(checkLevel(inScope(level), solution, level, result, measured, wrong))
  }
  checkProven(instance, solution, wrong)
  return { violations, levels }
}

/** A problem that bounds are about, and its bounds of breaks, idle slots and moves. */
interface Scope {
  problem: Problem
  dayBound: (level: DayLevel) => number
}

function openScope(problem: Problem, { certificate }: Solution, measured: Record<Level, LevelValue>): Scope {
  const { value, breaks } = certificate
  const prices = value ? readPrices(problem, value, 'value', '', () => {}) : null
  const days = breaks ? readSlotPrices(problem.instance, breaks) : null
  return { problem, dayBound: lowerBounds(problem, measured, () => prices, days) }
}

/** Scopes by level; those that keep the whole base are one. */
function scopeFinder(instance: Instance, changes: number, open: (instance: Instance) => Scope) {
  let kept: Instance | null = null
  return (level: Level): Scope => {
    if (!isInKept(instance, level, changes)) return open(instance)
    return open((kept ??= scopeOf(instance, level, changes)))
  }
}

type Wrong = (message: string, path: string) => void

function checkLevel(
  { problem, dayBound }: Scope,
  solution: Solution,
  level: Level,
  result: LevelResult,
  measured: Record<Level, LevelValue>,
  wrong: Wrong,
): CheckedLevel {
  const path = `/objective/${level}`
  const { value, bound } = result
  if (!isSame(value, measured[level]))
    wrong(`${level} is ${show(measured[level])}, not ${show(value)}.`, `${path}/value`)
  if (!isBetterOrEqual(level, bound, value))
    wrong(`The bound of ${level} is worse than its value.`, `${path}/bound`)
  const certified = certifiedBound(problem, solution, level, measured, wrong)
  if (certified !== null && !isSame(bound, certified))
    wrong(`The prices prove ${show(certified)} for ${level}, not ${show(bound)}.`, `${path}/bound`)
  const isChecked =
    certified !== null ||
    isTrivial(level, bound) ||
    (isDayLevel(level) && (bound as number) <= dayBound(level))
  return { level, result, check: isChecked ? 'checked' : 'claimed' }
}

const show = (value: LevelValue): string => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value))

/** Sums that count something cannot be less than 0. */
const isTrivial = (level: Level, bound: LevelValue): boolean => level !== 'value' && bound === 0

function certifiedBound(
  problem: Problem,
  { certificate, objective }: Solution,
  level: Level,
  measured: Record<Level, LevelValue>,
  wrong: Wrong,
): number | null {
  if (level !== 'shortfall' && level !== 'value') return null
  const given = certificate[level]
  if (!given) return null
  const prices = readPrices(problem, given, level, `/certificate/${level}`, wrong)
  if (!prices) return null
  const fewest = (objective.shortfall?.bound as number | undefined) ?? 0
  return boundOf(
    problem,
    level,
    prices,
    shortfallWithin(problem.instance, measured.shortfall as number, fewest),
  )
}

function readPrices(
  problem: Problem,
  given: Certificate,
  level: Level,
  path: string,
  wrong: Wrong,
): Prices | null {
  const { participants, quotas, rules } = problem.instance
  const known = new Set(participants.map(({ id }) => id))
  const stranger = Object.keys(given.participants).find((id) => !known.has(id))
  if (stranger !== undefined) wrong(`There is no participant “${stranger}”.`, `${path}/participants`)
  if (given.tables > 0 && problem.places === Infinity)
    wrong('Tables without limit have no price.', `${path}/tables`)
  const shortfall = level === 'shortfall' ? 1 : (given.shortfall ?? 0)
  const order = rules.objective.indexOf('value') - rules.objective.indexOf('shortfall')
  if (level === 'value' && shortfall > 0 && (order < 0 || !rules.objective.includes('shortfall')))
    wrong('The shortfall can have a price only where it comes before the value.', `${path}/shortfall`)
  if (stranger !== undefined || (given.tables > 0 && problem.places === Infinity)) return null
  const price = (prices: Record<string, number>, id: string) => (Object.hasOwn(prices, id) ? prices[id] : 0)
  return {
    participants: Float64Array.from(participants, ({ id }) => price(given.participants, id)),
    tables: given.tables,
    shortfall,
    quotas: Float64Array.from(quotas, ({ id }) => price(given.quotas ?? {}, id)),
    days: given.days ? readSlotPrices(problem.instance, given.days) : null,
  }
}

/** Whether a level reaches its bound, but for the share that later levels may give back. */
function isWithin(level: Level, { value, bound }: LevelResult, share: number): boolean {
  if (isSame(value, bound)) return true
  if (Array.isArray(value) || Array.isArray(bound) || share === 0) return false
  const limit = level === 'value' ? bound * (1 - share) : bound * (1 + share)
  return isBetterOrEqual(level, value, limit)
}

/** A level is proven only if the levels before it are and its value reaches its bound. */
function checkProven({ rules }: Instance, { objective, status }: Solution, wrong: Wrong): void {
  let before = true
  for (const level of rules.objective) {
    const result = objective[level]
    if (!result) continue
    const reached = isWithin(level, result, rules.tolerance[level] ?? 0)
    if (result.proven && !(reached && before))
      wrong(
        `${level} is not proven: ${reached ? 'an earlier level is open' : 'its bound is not reached'}.`,
        `/objective/${level}/proven`,
      )
    before &&= result.proven
  }
  if (status === 'optimal' && !before)
    wrong('The status is optimal, but not every level is proven.', '/status')
}
