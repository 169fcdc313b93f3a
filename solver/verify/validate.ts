import { checkClaims, type CheckedLevel } from './claims.ts'
import type { Instance, Level } from '../format/instance.ts'
import type { LevelValue, Solution } from '../format/solution.ts'
import { measure } from '../spec/objective.ts'
import { checkRules, type Violation } from '../spec/rules.ts'

export interface Report {
  /** True if every rule holds and no claim is contradicted. */
  valid: boolean
  violations: Violation[]
  /** Every level, computed from the meetings. */
  objective: Record<Level, LevelValue>
  /** The claimed levels, in the order of the objective, and whether the bound could be recomputed. */
  levels: CheckedLevel[]
}

/**
 * The executable specification: checks every rule on the meetings alone and recomputes every level and every
 * bound that carries a certificate. Shares no code with the search but the definitions in format/ and spec/. Never
 * throws on a parsed solution.
 */
export function validate(instance: Instance, solution: Solution): Report {
  const unknown = checkIds(instance, solution)
  const objective = measure(instance, solution.meetings)
  const rules = hasSchedule(solution) ? checkRules(instance, solution.meetings) : checkEmpty(solution)
  const claims =
    unknown.length > 0 ? { violations: [], levels: [] } : checkClaims(instance, solution, objective)
  const violations = [...unknown, ...rules, ...claims.violations]
  return { valid: violations.length === 0, violations, objective, levels: claims.levels }
}

const hasSchedule = ({ status }: Solution): boolean => status === 'optimal' || status === 'feasible'

function checkEmpty({ status, meetings, infeasible }: Solution): Violation[] {
  const wrong = (message: string): Violation => ({ rule: 'claim', message, path: '/status', ids: [] })
  const found = meetings.length > 0 ? [wrong(`The status is ${status}, yet there are meetings.`)] : []
  return status === 'infeasible' && !infeasible
    ? [...found, wrong('Infeasible, but no reason is given.')]
    : found
}

const byId = <T extends { id: string }>(list: T[]) => new Map(list.map((item) => [item.id, item]))

function checkIds(instance: Instance, { meetings }: Solution): Violation[] {
  const slots = byId(instance.slots)
  const candidates = byId(instance.candidates)
  const tables = Array.isArray(instance.tables) ? byId(instance.tables) : null
  const seen = new Set<string>()
  return meetings.flatMap(({ candidate, slot, table }, index) => {
    const path = `/meetings/${index}`
    const found: Violation[] = []
    const add = (key: string, message: string, id: string) =>
      found.push({ rule: 'unknown', message, path: `${path}/${key}`, ids: [id] })
    if (!candidates.has(candidate)) add('candidate', `There is no candidate “${candidate}”.`, candidate)
    if (!slots.has(slot)) add('slot', `There is no slot “${slot}”.`, slot)
    if (table !== undefined && !tables?.has(table)) add('table', `There is no table “${table}”.`, table)
    if (table === undefined && tables) add('table', `The meeting of ${candidate} has no table.`, candidate)
    if (seen.has(candidate)) add('candidate', `Candidate ${candidate} is held twice.`, candidate)
    seen.add(candidate)
    return found
  })
}
