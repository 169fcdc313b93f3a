import { parseDisruption, type Disruption, type Instance, type Level } from '../../solver/index.ts'
import { seededRandom, type Random } from '../../solver/model/random.ts'
import { randomEvent, withDaysAndLimits } from './events.ts'

const LEVELS: Level[] = ['shortfall', 'value', 'fairness', 'breaks', 'idle', 'tableMoves']

export interface Trial {
  random: Random
  instance: Instance
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]
export const isChosen = (random: Random, oneIn: number) => random.below(oneIn) === 0

/** A small event with any mixture of rules, the same for the same seed, and the chance that goes on from it. */
export function anyEvent(seed: number): Trial {
  const random = seededRandom(seed * 7919 + 13)
  const shuffled = LEVELS.map((level) => [random.unit(), level] as const).sort(
    ([one], [other]) => one - other,
  )
  const objective = shuffled.map(([, level]) => level).slice(0, 1 + random.below(4))
  const tables = pick(random, ['none', 'counted', 'counted', 'listed'] as const)
  const options = {
    slots: 2 + random.below(3),
    people: 3 + random.below(3),
    candidates: 3 + random.below(tables === 'listed' ? 2 : 3),
    tables,
    limits: isChosen(random, 2),
    order: isChosen(random, 3),
    quotas: isChosen(random, 3),
    locks: isChosen(random, 3),
    required: pick(random, [0, 0, 0.2, 0.5]),
    objective: isChosen(random, 3) ? undefined : objective,
  }
  const breakScope = isChosen(random, 3) ? { breakScope: 'event' } : {}
  const rules = { ...breakScope, ...(isChosen(random, 4) ? { maxBreakSpread: random.below(3) } : {}) }
  return { random, instance: randomEvent(seed, { ...options, rules }) }
}

/** The same, every third of several days and with limits of meetings in some slots. */
export function anyEventOrDays(seed: number): Trial {
  const { random, instance } = anyEvent(seed)
  return { random, instance: seed % 3 === 0 ? withDaysAndLimits(instance, random) : instance }
}

export function anyDisruption({
  random,
  instance: { slots, participants, candidates, tables },
}: Trial): Record<string, unknown> {
  const slot = () => pick(random, slots).id
  const person = () => pick(random, participants).id
  const isWithFrom = (oneIn: number) => (isChosen(random, oneIn) ? {} : { from: slot() })
  const parts: Record<string, unknown> = {}
  if (isChosen(random, 3)) parts.slotsLost = [slot()]
  if (isChosen(random, 2)) parts.absent = [{ participant: person(), ...isWithFrom(2) }]
  if (isChosen(random, 3)) parts.locks = [{ candidate: pick(random, candidates).id, slot: slot() }]
  if (isChosen(random, 4)) parts.now = slot()
  if (Array.isArray(tables) && isChosen(random, 2))
    parts.tablesOut = [{ table: pick(random, tables).id, ...isWithFrom(2) }]
  if (isChosen(random, 4)) {
    parts.newParticipants = [{ id: 'z' }]
    parts.newCandidates = [{ id: 'cz', participants: ['z', person()], value: random.below(6) }]
  }
  return parts
}

/** Null where it contradicts itself. */
export function readDisruption(parts: object, instance: Instance): Disruption | null {
  try {
    return parseDisruption({ format: 'incontro/disruption', version: 1, ...parts }, instance)
  } catch {
    return null
  }
}
