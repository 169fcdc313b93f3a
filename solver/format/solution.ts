import { readContradiction, type Contradiction } from './infeasibility.ts'
import * as read from './json-reader.ts'
import type { Node } from './json-reader.ts'
import { LEVELS, readHeader, type Level } from './instance.ts'

export interface Meeting {
  candidate: string
  slot: string
  /** Absent when the instance does not list its tables one by one. */
  table?: string
}

/** `fairness` has ascending arrays of numbers of meetings, every other level one number. */
export type LevelValue = number | number[]

export interface LevelResult {
  value: LevelValue
  /** No schedule that is as good on the earlier levels can be better than this on the level. */
  bound: LevelValue
  proven: boolean
}

/**
 * Prices that prove a bound of the selection. With π a participant and λ for a place at a table,
 * every schedule satisfies  Σ worth ≤ Σ_c max(0, worth_c − π_a − π_b − λ) + λ·places
 * + Σ_p max_n (π_p·n − μ·missing_p(n)) + μ·shortfall + Σ_q (quota terms), where n runs over the numbers of
 * meetings that participant p can have.  For `shortfall` itself every worth is 0, μ is 1 and the sign turns.
 */
export interface Certificate {
  participants: Record<string, number>
  tables: number
  /** μ, the price of one missing guaranteed meeting; absent is 0. */
  shortfall?: number
  /** Prices of the quotas: positive presses on max, negative on min. */
  quotas?: Record<string, number>
  /**
   * Prices y ≥ 0 of being busy in a slot and ν ≥ 0 of a table in it, besides: a candidate pays those of its cheapest
   * slot, and Σ_p max_day Σ_busy y + Σ ν·tables stands in the bound, where the days of p are all those without more
   * meetings in a row than p may have. They sharpen it where people are there at different times or have to pause.
   */
  days?: DayCertificate
}

/**
 * Prices that prove a bound of `breaks`. With μ a participant and slot and ν a slot, every schedule has at least
 * Σ_p min_day (breaks + Σ_busy μ) + Σ_c min_slot (ν − μ_a − μ_b) − tables·Σ ν breaks, where the days of p are all
 * those with as many meetings as p has, and c runs over the candidates that are held.
 */
export interface DayCertificate {
  participants: Record<string, Record<string, number>>
  tables: Record<string, number>
}

export const STATUSES = ['optimal', 'feasible', 'infeasible', 'unknown'] as const

export interface Solution {
  format: 'incontro/solution'
  version: 1
  /** SHA-256 of the RFC 8785 form of the instance as given. */
  instance: string
  seed: number
  status: (typeof STATUSES)[number]
  meetings: Meeting[]
  objective: Partial<Record<Level, LevelResult>>
  certificate: Partial<Record<'shortfall' | 'value', Certificate>> & { breaks?: DayCertificate }
  infeasible?: Contradiction
  stats: { ms: number; iterations: number }
}

const KEYS = 'format version instance seed status meetings objective certificate infeasible stats'.split(' ')
const MOST = Number.MAX_SAFE_INTEGER

/**
 * Reads a solution file. Whether it fits its instance (known ids, rules, claims) is for `validate` to say.
 * @throws FormatError with a JSON pointer for every problem found
 */
export function parseSolution(json: unknown): Solution {
  const node = read.root(json)
  if (!read.isRecord(node, KEYS)) read.throwIfWrong(node)
  readHeader(node, 'incontro/solution')
  const solution = readParts(node)
  read.throwIfWrong(node)
  return solution
}

function readParts(node: Node): Solution {
  const at = (key: string) => read.child(node, key)
  const infeasible = at('infeasible')
  return {
    format: 'incontro/solution',
    version: 1,
    instance: read.text(at('instance')),
    seed: read.integer(at('seed'), { min: 0, max: MOST, default: 1 }),
    status: read.oneOf(at('status'), STATUSES),
    meetings: read.items(at('meetings')).map(readMeeting),
    objective: readLevels(at('objective')),
    certificate: readCertificates(at('certificate')),
    ...(read.isAbsent(infeasible) ? {} : { infeasible: readContradiction(infeasible) }),
    stats: readStats(at('stats')),
  }
}

function readMeeting(node: Node): Meeting {
  read.isRecord(node, ['candidate', 'slot', 'table'])
  const meeting = {
    candidate: read.text(read.child(node, 'candidate')),
    slot: read.text(read.child(node, 'slot')),
  }
  const table = read.optionalText(read.child(node, 'table'))
  return table === null ? meeting : { ...meeting, table }
}

function readLevels(node: Node): Partial<Record<Level, LevelResult>> {
  if (!read.isRecord(node, LEVELS)) return {}
  return Object.fromEntries(read.entries(node).map(([level, given]) => [level, readLevel(given, level)]))
}

function readLevel(node: Node, level: string): LevelResult {
  read.isRecord(node, ['value', 'bound', 'proven'])
  const number = level === 'fairness' ? readCounts : readNumber
  return {
    value: number(read.child(node, 'value')),
    bound: number(read.child(node, 'bound')),
    proven: read.flag(read.child(node, 'proven'), false),
  }
}

const readNumber = (node: Node): LevelValue => read.decimal(node, { min: 0, max: MOST })
const readCounts = (node: Node): LevelValue =>
  read.items(node).map((item) => read.integer(item, { min: 0, max: MOST }))

function readCertificates(node: Node): Solution['certificate'] {
  if (read.isAbsent(node) || !read.isRecord(node, ['shortfall', 'value', 'breaks'])) return {}
  return Object.fromEntries(
    read
      .entries(node)
      .map(([level, given]) => [level, level === 'breaks' ? readDays(given) : readCertificate(given)]),
  )
}

function readDays(node: Node, min = -MOST): DayCertificate {
  read.isRecord(node, ['participants', 'tables'])
  const people = read.entries(read.child(node, 'participants'))
  return {
    participants: Object.fromEntries(people.map(([id, given]) => [id, readPrices(given, min)])),
    tables: readPrices(read.child(node, 'tables'), min),
  }
}

function readCertificate(node: Node): Certificate {
  read.isRecord(node, ['participants', 'tables', 'shortfall', 'quotas', 'days'])
  const [shortfall, quotas, days] = ['shortfall', 'quotas', 'days'].map((key) => read.child(node, key))
  return {
    participants: readPrices(read.child(node, 'participants')),
    tables: read.decimal(read.child(node, 'tables'), { min: 0, max: MOST }),
    ...(read.isAbsent(shortfall) ? {} : { shortfall: read.decimal(shortfall, { min: 0, max: MOST }) }),
    ...(read.isAbsent(quotas) ? {} : { quotas: readPrices(quotas) }),
    ...(read.isAbsent(days) ? {} : { days: readDays(days, 0) }),
  }
}

function readPrices(node: Node, min = -MOST): Record<string, number> {
  const prices = read.entries(node).map(([id, price]) => [id, read.decimal(price, { min, max: MOST })])
  return Object.fromEntries(prices)
}

function readStats(node: Node): { ms: number; iterations: number } {
  if (read.isAbsent(node)) return { ms: 0, iterations: 0 }
  read.isRecord(node, ['ms', 'iterations'])
  const count = (key: string) => read.decimal(read.child(node, key), { min: 0, max: MOST, default: 0 })
  return { ms: count('ms'), iterations: count('iterations') }
}
