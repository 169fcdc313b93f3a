import type { Instance, Level } from '../format/instance.ts'
import type { LevelResult, LevelValue, Solution } from '../format/solution.ts'
import { isBetterOrEqual, isSame } from '../spec/level-order.ts'
import type { Violation } from '../spec/rules.ts'
import { findProofs, type Proofs } from './certificates.ts'

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
  const proofs = findProofs(instance, solution, measured)
  for (const level of Object.keys(solution.objective) as Level[])
    if (!instance.rules.objective.includes(level))
      wrong(`${level} is not a level of the objective.`, `/objective/${level}`)
  for (const level of instance.rules.objective) {
    const result = solution.objective[level]
    if (!result) wrong(`The level ${level} is not reported.`, '/objective')
    else levels.push(checkLevel(proofs(level), level, result, measured, wrong))
  }
  checkProven(instance, solution, wrong)
  return { violations, levels }
}

type Wrong = (message: string, path: string) => void

function checkLevel(
  proofs: Proofs,
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
  const certified = proofs.certified(level, wrong)
  if (certified !== null && !isSame(bound, certified))
    wrong(`The prices prove ${show(certified)} for ${level}, not ${show(bound)}.`, `${path}/bound`)
  const isChecked = certified !== null || isLeast(level, bound, proofs)
  return { level, result, check: isChecked ? 'checked' : 'claimed' }
}

/** Sums that count something cannot be less than 0, nor than what the rules and the certificates ask for. */
const isLeast = (level: Level, bound: LevelValue, proofs: Proofs): boolean =>
  level !== 'value' && !Array.isArray(bound) && (bound === 0 || bound <= proofs.least(level))

const show = (value: LevelValue): string => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value))

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
