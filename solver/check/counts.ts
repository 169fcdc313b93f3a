import type { Cause } from '../format/infeasibility.ts'
import { splitSides } from '../model/bipartition.ts'
import type { Problem } from '../model/problem.ts'
import { whyNever } from '../presolve/impossible.ts'

/** What counting finds besides why there is no schedule. The ids and numbers that go with each are listed beside it. */
export const COUNTED = [
  /** A participant whose needs or own tables leave none of all tables, and those whom they could meet (candidates). */
  'noTableForPerson',
  /** A participant that is promised `count` meetings and can have `most`. */
  'guaranteeTooHigh',
  /** Guarantees that take `count` meetings, and `most` places at the tables. */
  'guaranteesTooMany',
  /** `count` meetings that people could have, and `most` places at the tables. */
  'wishesTooMany',
  /** A participant that must have `count` meetings and can have `most`, the same. */
  'slotsJustEnough',
  /** A participant that is promised `count` meetings and can have `most`, the same. */
  'guaranteeJustEnough',
  /** `count` meetings that must be held, and as many places. */
  'placesJustEnough',
  /** Guarantees that take `count` meetings, and as many places. */
  'guaranteesJustEnough',
  /** A quota that asks for `count` meetings of which `most` are possible, the same. */
  'quotaJustEnough',
] as const

/** What does not hold together, or only just. */
export type Count = Omit<Cause, 'code'> & { code: Cause['code'] | (typeof COUNTED)[number] }

export interface Counted {
  /** `unreachable`: something that is asked for can be had in no schedule; `tight`: there is not one to spare. */
  severity: 'unreachable' | 'tight'
  count: Count
}

/** Everything that counting shows of schedules, if there are any. */
export function countAll(problem: Problem): Counted[] {
  const unreachable = [...neverHeld(problem), ...guarantees(problem), ...places(problem)]
  return [...unreachable, ...justEnough(problem)]
}

const lost = (count: Count): Counted => ({ severity: 'unreachable', count })
const tight = (count: Count): Counted => ({ severity: 'tight', count })

/** Wishes that no schedule holds, but for those that a limit of 0 rules out on purpose. */
function neverHeld(problem: Problem): Counted[] {
  const { instance, incident, possible, mandatory } = problem
  const { participants, candidates } = instance
  const hopeless = new Set(participants.filter((_, p) => hasNoTable(problem, p)).map(({ id }) => id))
  const people = participants.flatMap(({ id }, p) => {
    const wishes = incident[p].filter((c) => !mandatory[c]).map((c) => candidates[c].id)
    return hopeless.has(id) && wishes.length > 0
      ? [lost({ code: 'noTableForPerson', participants: [id], candidates: wishes })]
      : []
  })
  const pairs = candidates.flatMap((candidate, c) => {
    const isTold = possible[c] || mandatory[c] || candidate.participants.some((id) => hopeless.has(id))
    const count = isTold ? null : neverCount(problem, c)
    return count ? [lost(count)] : []
  })
  return [...people, ...pairs]
}

function hasNoTable({ instance, suitable, incident }: Problem, p: number): boolean {
  const { tables, participants } = instance
  const { needs, tables: own } = participants[p]
  if (!Array.isArray(tables) || (needs.length === 0 && own === null)) return false
  const fits = tables.filter(
    ({ id, features }) => (own?.includes(id) ?? true) && needs.every((need) => features.includes(need)),
  )
  return fits.length === 0 && incident[p].every((c) => suitable[c]?.length === 0)
}

function neverCount(problem: Problem, c: number): Count | null {
  const { id, participants } = problem.instance.candidates[c]
  const { kind, ids } = whyNever(problem, c)!
  const about = { participants, candidates: [id] }
  if (kind === 'availability') return { code: 'neverTogether', ...about }
  if (kind === 'slots') return { code: 'noSlot', ...about }
  // What limits of 0 rule out, they rule out on purpose, as those of a whole day.
  if (kind === 'locked') return { code: 'takenByLocks', participants, candidates: [id, ...ids] }
  return kind === 'tables' ? { code: 'noTable', ...about } : null
}

function guarantees({ instance, guarantee, capacity }: Problem): Counted[] {
  return instance.participants.flatMap(({ id }, p) =>
    guarantee[p] > capacity[p]
      ? [lost({ code: 'guaranteeTooHigh', participants: [id], count: guarantee[p], most: capacity[p] })]
      : [],
  )
}

function places(problem: Problem): Counted[] {
  const count = meetingsFor(problem, (p) => Math.min(problem.guarantee[p], problem.capacity[p]), Math.max)
  const most = problem.places
  return count > most ? [lost({ code: 'guaranteesTooMany', count, most })] : []
}

/**
 * How many meetings it takes that everybody has so many (with `Math.max`), or how many there can be if nobody has more
 * (with `Math.min`): where pairs have two sides, as many as the larger or the smaller side of what hangs together.
 */
function meetingsFor(
  problem: Problem,
  of: (p: number) => number,
  choose: (one: number, other: number) => number,
): number {
  const side = splitSides(problem)
  const sums = new Map<number, [number, number]>()
  const group = groupsOf(problem)
  for (let p = 0; p < problem.participantCount; p++) {
    const sum = sums.get(group[p]) ?? [0, 0]
    sum[side?.[p] ?? 0] += of(p)
    sums.set(group[p], sum)
  }
  const round = choose === Math.max ? Math.ceil : Math.floor
  return [...sums.values()].reduce(
    (total, [one, other]) => total + (side ? choose(one, other) : round((one + other) / 2)),
    0,
  )
}

/** A number for each participant, the same for those that possible candidates connect. */
function groupsOf({ participantCount, candidateCount, possible, first, second }: Problem): Int32Array {
  const parent = Int32Array.from({ length: participantCount }, (_, p) => p)
  const root = (p: number): number => {
    while (parent[p] !== p) p = parent[p] = parent[parent[p]]
    return p
  }
  for (let c = 0; c < candidateCount; c++) if (possible[c]) parent[root(first[c])] = root(second[c])
  return parent.map((_, p) => root(p))
}

function justEnough(problem: Problem): Counted[] {
  const { instance, guarantee, capacity, fewest, quotas, possible, mandatory, places: most } = problem
  const people = instance.participants.flatMap(({ id }, p): Counted[] => {
    const numbers = { participants: [id], most: capacity[p] }
    if (fewest[p] > 0 && fewest[p] === capacity[p] && hasOtherWishes(problem, p))
      return [tight({ code: 'slotsJustEnough', ...numbers, count: fewest[p] })]
    const isTight = guarantee[p] > 0 && guarantee[p] === capacity[p]
    return isTight ? [tight({ code: 'guaranteeJustEnough', ...numbers, count: guarantee[p] })] : []
  })
  const held = mandatory.reduce((sum, one) => sum + one, 0)
  const promised = meetingsFor(problem, (p) => Math.min(guarantee[p], capacity[p]), Math.max)
  const wished = Math.min(
    possible.reduce((sum, one) => sum + one, 0),
    meetingsFor(problem, (p) => capacity[p], Math.min),
  )
  const ofQuotas = quotas.flatMap(({ members, min }, q): Counted[] => {
    const able = members.filter((c) => possible[c]).length
    const numbers = { quotas: [instance.quotas[q].id], count: min, most: able }
    return min > 0 && min === able ? [tight({ code: 'quotaJustEnough', ...numbers })] : []
  })
  return [
    ...people,
    ...(held > 0 && held === most ? [tight({ code: 'placesJustEnough', count: held, most })] : []),
    ...(promised > 0 && promised === most
      ? [tight({ code: 'guaranteesJustEnough', count: promised, most })]
      : []),
    ...(wished > most ? [tight({ code: 'wishesTooMany', count: wished, most })] : []),
    ...ofQuotas,
  ]
}

/** Whether some wish of a participant is not required: with what must be held alone, nothing can be spared anyway. */
const hasOtherWishes = ({ incident, possible, mandatory }: Problem, p: number): boolean =>
  incident[p].some((c) => possible[c] && !mandatory[c])
