import { anyOf, count } from '../engines/cardinality.ts'
import type { Rule, Under } from './assumptions.ts'
import type { Problem } from '../model/problem.ts'
import type { SatEngine } from '../engines/sat.ts'

/**
 * Tables that differ: whoever may sit only at some of them sits at one, and none of them has two meetings. Tables
 * that suit the same meetings are counted together. That the others find a table is for the number of tables.
 */
export function writeSeats(
  sat: SatEngine,
  problem: Problem,
  variables: Int32Array,
  meetings: readonly number[],
  under: Under,
): void {
  const { suitable, slotCount, tablesPerSlot, tableOut } = problem
  const bound = meetings.filter((c) => suitable[c])
  const kinds = tablesByUse(problem, bound)
  for (let slot = 0; slot < slotCount; slot++) {
    const isOpen = (table: number) => !tableOut?.[slot * tablesPerSlot + table]
    const open = kinds.map((tables) => tables.filter(isOpen))
    const here = bound.filter((c) => variables[c * slotCount + slot] > 0)
    const seats = here.map((c) => writeChoice(problem, c, variables[c * slotCount + slot], open, under))
    open.forEach((tables, kind) => {
      const seated = here.map((c, index) => ({ c, literal: seats[index][kind] })).filter((one) => one.literal)
      writeLimit(problem, seated, tables.length, sat, under({ kind: 'tables' }))
    })
  }
}

/** The tables that any of the meetings may not sit at or has to, in groups that suit the same of them. */
function tablesByUse({ suitable, tablesPerSlot }: Problem, bound: number[]): number[][] {
  if (bound.length === 0) return []
  const uses = new Map<string, number[]>()
  const sets = bound.map((c) => new Set(suitable[c]))
  for (let table = 0; table < tablesPerSlot; table++) {
    const use = sets.map((set) => (set.has(table) ? 1 : 0)).join('')
    if (use.includes('1')) uses.set(use, [...(uses.get(use) ?? []), table])
  }
  return [...uses.values()]
}

/** If the meeting is here, it is at one kind of table; its literal for each kind, 0 for those it may not have. */
function writeChoice(problem: Problem, c: number, isHere: number, open: number[][], under: Under): number[] {
  const engine = under(...limitsOf(problem, c))
  const own = new Set(problem.suitable[c])
  const literals = open.map((tables) => (tables.some((table) => own.has(table)) ? engine.newVariable() : 0))
  engine.addClause([-isHere, ...literals.filter((literal) => literal > 0)])
  return literals
}

function limitsOf({ instance, first, second }: Problem, c: number): Rule[] {
  const people = [first[c], second[c]].filter((p) => {
    const { tables, needs } = instance.participants[p]
    return tables !== null || needs.length > 0
  })
  const rules: Rule[] = people.map((participant) => ({ kind: 'ownTables', participant }))
  return instance.candidates[c].lock?.table ? [...rules, { kind: 'held', candidate: c }] : rules
}

/** At most so many of them; those of one participant are never there together and count as one. */
function writeLimit(
  { first, second }: Problem,
  seated: { c: number; literal: number }[],
  most: number,
  sat: SatEngine,
  engine: SatEngine,
): void {
  const frequent = (p: number) => seated.filter(({ c }) => first[c] === p || second[c] === p).length
  const busiest = new Map(
    [...new Set(seated.flatMap(({ c }) => [first[c], second[c]]))].map((p) => [p, frequent(p)]),
  )
  const hub = (c: number) => (busiest.get(first[c])! >= busiest.get(second[c])! ? first[c] : second[c])
  const groups = Map.groupBy(seated, ({ c }) => hub(c))
  if (groups.size <= most) return
  const literals = [...groups.values()].map((group) =>
    anyOf(
      sat,
      group.map(({ literal }) => literal),
    ),
  )
  engine.addClause([-count(sat, literals, most + 1, false)[most]])
}
