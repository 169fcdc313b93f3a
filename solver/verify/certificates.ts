import type { Instance, Level } from '../format/instance.ts'
import type { Certificate, LevelValue, Solution } from '../format/solution.ts'
import { isInKept, scopeOf, shortfallWithin } from '../spec/scope.ts'
import { leastBreaks } from './breaks.ts'
import { findCertain, type Certain, type Slack } from './certain.ts'
import { factsOf, type Facts } from './facts.ts'
import { leastMoves, leastSeatedMoves } from './moves.ts'
import { movesOfTimes } from './stays.ts'
import { leastShortfall, mostValue, provenMost, readDayPrices, readPrices, type Prices } from './prices.ts'

type Measured = Record<Level, LevelValue>
type Tell = (message: string, path: string) => void

/** What the certificates of a solution prove of the schedules that a level's bound speaks of. */
export interface Proofs {
  /** The bound that the prices of the level prove, or null without such prices. */
  certified(level: Level, wrong: Tell): number | null
  /** What the rules and the certificates leave no schedule below, of a level that counts something; 0 if nothing. */
  least(level: Level): number
}

/** The proofs of each level; those of levels that speak of the same schedules are found once. */
export function findProofs(
  instance: Instance,
  solution: Solution,
  measured: Measured,
): (level: Level) => Proofs {
  const changes = measured.changes as number
  let all: Proofs | null = null
  let kept: Proofs | null = null
  return (level) =>
    isInKept(instance, level, changes)
      ? (kept ??= proofsOf(scopeOf(instance, level, changes), solution, measured))
      : (all ??= proofsOf(instance, solution, measured))
}

function proofsOf(instance: Instance, { certificate, objective }: Solution, measured: Measured): Proofs {
  const facts = factsOf(instance)
  const shortfall = measured.shortfall as number
  const within = shortfallWithin(instance, shortfall, (objective.shortfall?.bound as number | undefined) ?? 0)
  const value = certificate.value ? usablePrices(facts, certificate.value, 'value', () => {}) : null
  const days = certificate.breaks ? readDayPrices(facts, certificate.breaks) : null
  const certain = certainFinder(facts, value, measured)
  const breaks = new Map<Certain, number>()
  const breaksOf = (known: Certain) => {
    if (!breaks.has(known)) breaks.set(known, leastBreaks(facts, known, days))
    return breaks.get(known)!
  }
  return {
    certified(level, wrong) {
      const given = level === 'shortfall' || level === 'value' ? certificate[level] : undefined
      const prices = given ? usablePrices(facts, given, level, wrong) : null
      if (!prices) return null
      return level === 'value' ? mostValue(facts, prices, within) : leastShortfall(facts, prices)
    },
    least(level) {
      // A break has at least one idle slot.
      if (level === 'breaks' || level === 'idle') return breaksOf(certain(level))
      if (level === 'seatedMoves')
        return Math.max(leastSeatedMoves(facts, certain(level)), movesOfTimes(facts, certain(level), level))
      if (level !== 'tableMoves') return 0
      const counted = hasTolerance(instance)
        ? 0
        : leastMoves(facts, certain(level), measured.breaks as number)
      return Math.max(counted, movesOfTimes(facts, certain(level), level))
    },
  }
}

/** The prices, or null where they name what is not there; says what is wrong with them. */
function usablePrices(facts: Facts, given: Certificate, level: Level, wrong: Tell): Prices | null {
  const path = `/certificate/${level}`
  const known = new Set(facts.people.map(({ id }) => id))
  const stranger = Object.keys(given.participants).find((id) => !known.has(id))
  const isUnlimited = given.tables > 0 && facts.places === Infinity
  if (stranger !== undefined) wrong(`There is no participant “${stranger}”.`, `${path}/participants`)
  if (isUnlimited) wrong('Tables without limit have no price.', `${path}/tables`)
  const missing = level === 'shortfall' ? 1 : (given.shortfall ?? 0)
  if (level === 'value' && missing > 0 && !isBefore(facts.instance, 'shortfall', 'value'))
    wrong('The shortfall can have a price only where it comes before the value.', `${path}/shortfall`)
  return stranger !== undefined || isUnlimited ? null : readPrices(facts, given, missing)
}

/** Whether a level counts before another that may not count at all. */
function isBefore({ rules }: Instance, level: Level, other: Level): boolean {
  const [at, end] = [rules.objective.indexOf(level), rules.objective.indexOf(other)]
  return at >= 0 && (end < 0 || at < end)
}

/** What schedules have in common that are as good before a level: the same for all levels after the value. */
function certainFinder(facts: Facts, value: Prices | null, measured: Measured): (level: Level) => Certain {
  const { instance } = facts
  let byRules: Certain | null = null
  let byPrices: Certain | null = null
  return (level) => {
    const isPriced = value !== null && isBefore(instance, 'value', level) && !hasTolerance(instance)
    if (!isPriced) return (byRules ??= findCertain(facts, null))
    return (byPrices ??= findCertain(facts, slackOf(facts, value, measured)))
  }
}

function slackOf(facts: Facts, prices: Prices, { value, shortfall }: Measured): Slack {
  const bound = provenMost(facts, prices, (one) => one.value) + prices.missing * (shortfall as number)
  return { prices, gap: bound - (value as number) }
}

const hasTolerance = ({ rules }: Instance): boolean =>
  rules.objective.some((level) => (rules.tolerance[level] ?? 0) > 0)
