import { infeasibility } from './infeasibility.ts'
import { readDocument } from './json-reader.ts'
import { meeting } from './meeting.ts'
import { LEVELS } from './rules.ts'
import {
  byKey,
  described,
  list,
  named,
  optional,
  record,
  recordOf,
  some,
  withDefault,
  type Given,
  type Read,
  type Schema,
} from './schema.ts'
import { decimal, flag, header, integer, MOST, oneOf, text } from './values.ts'

export type { Meeting } from './meeting.ts'

/** `fairness` has ascending arrays of numbers of meetings, every other level one number. */
export type LevelValue = number | number[]

const amount = decimal(0, MOST)
const counts = list(integer(0, MOST))

const levelOf = (value: Schema<LevelValue>) =>
  record({
    value,
    /** No schedule that is as good on the earlier levels can be better than this on the level. */
    bound: value,
    proven: withDefault(flag, false, 'Whether the bound is reached and every earlier level is proven.'),
  })
const [level, fairness] = [named('level', levelOf(amount)), named('fairness', levelOf(counts))]
export type LevelResult = Read<typeof level>

const prices = named('priceList', byKey(decimal(-MOST, MOST)))
const pricesFromZero = named('priceListFromZero', byKey(decimal(0, MOST)))
const daysOf = (prices: Schema<Record<string, number>>) =>
  record({ participants: byKey(prices), tables: prices })

/**
 * Prices that prove a bound of `breaks`. With μ a participant and slot and ν a slot, every schedule has at least
 * Σ_p min_day (breaks + Σ_busy μ) + Σ_c min_slot (ν − μ_a − μ_b) − tables·Σ ν breaks, where the days of p are all
 * those with as many meetings as p has, and c runs over the candidates that are held.
 */
export type DayCertificate = Read<ReturnType<typeof daysOf>>

const certificate = named(
  'prices',
  record({
    participants: prices,
    tables: amount,
    /** μ, the price of one missing guaranteed meeting. */
    shortfall: optional(amount, '0', 'Price of one missing guaranteed meeting.'),
    quotas: optional(prices, '0 each', 'Prices of the quotas, positive on max, negative on min.'),
    /**
     * Prices y ≥ 0 of being busy in a slot and ν ≥ 0 of a table in it, besides: a candidate pays those of its
     * cheapest slot, and Σ_p max_day Σ_busy y + Σ ν·tables stands in the bound, where the days of p are all those
     * without more meetings in a row than p may have. They sharpen it where people are there at different times or
     * have to pause.
     */
    days: optional(
      daysOf(pricesFromZero),
      'none',
      'Prices of being busy and of a table in each slot, besides: a candidate pays those of its cheapest slot.',
    ),
  }),
)

/**
 * Prices that prove a bound of the selection. With π a participant and λ for a place at a table,
 * every schedule satisfies  Σ worth ≤ Σ_c max(0, worth_c − π_a − π_b − λ) + λ·places
 * + Σ_p max_n (π_p·n − μ·missing_p(n)) + μ·shortfall + Σ_q (quota terms), where n runs over the numbers of
 * meetings that participant p can have.  For `shortfall` itself every worth is 0, μ is 1 and the sign turns.
 */
export type Certificate = Read<typeof certificate>

const certificates = some({
  shortfall: certificate,
  value: certificate,
  breaks: described(
    daysOf(prices),
    'Prices of being busy, by participant and slot, and of a table, by slot.',
  ),
})

const stats = record({
  ms: withDefault(amount, 0, 'Milliseconds.'),
  iterations: withDefault(amount, 0, 'Steps.'),
})

/** The file of a schedule (open file format, version 1). */
export const solutionFile = record({
  ...header('incontro/solution'),
  instance: described(text, 'SHA-256 (lower-case hex) of the RFC 8785 form of the instance as given.'),
  seed: withDefault(integer(0, MOST), 1, 'The seed it was made with.'),
  status: oneOf(['optimal', 'feasible', 'infeasible', 'unknown']),
  meetings: list(meeting),
  objective: some(recordOf(LEVELS, (one) => (one === 'fairness' ? fairness : level))),
  certificate: withDefault(certificates, {}, 'Prices that prove the bound of a level.'),
  infeasible: optional(infeasibility, 'absent', 'Why no schedule can exist, and the ids that show it.'),
  stats: withDefault(stats, {}, 'Time and steps it took.'),
})
export type SolutionFile = Given<typeof solutionFile>
export type Solution = Read<typeof solutionFile>

/**
 * Reads a solution file. Whether it fits its instance (known ids, rules, claims) is for `validate` to say.
 * @throws FormatError with a JSON pointer for every problem found
 */
export const parseSolution = (json: unknown): Solution => readDocument(json, solutionFile.read)
