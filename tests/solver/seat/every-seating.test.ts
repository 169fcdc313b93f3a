import { expect, test } from 'vitest'
import { fewestMovesAt } from '../../../solver/bounds/stays-of-times.ts'
import { measure, solve, verify, type Instance, type Level, type Meeting } from '../../../solver/index.ts'
import { placesOf } from '../../../solver/model/assignment.ts'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { isBetterOrEqual, isSame } from '../../../solver/spec/level-order.ts'
import { isSeated, type Measured } from '../../../solver/spec/objective.ts'
import { isChosen, pick } from '../any-event.ts'
import { randomEvent, seatedSchedules } from '../events.ts'

/**
 * Small events with tables that differ, solved and held against every schedule with every choice of tables. More of
 * them with `EVENTS=5000 npm test -- tests/solver/seat/every`: some 40 a second.
 */
const EVENTS = Number(process.env.EVENTS ?? 60)

const ORDERS: (Level[] | undefined)[] = [
  undefined,
  undefined,
  ['breaks', 'tableMoves'],
  ['value', 'breaks', 'tableMoves', 'seatedMoves'],
  ['seatedMoves', 'value'],
  ['tableMoves', 'value', 'seatedMoves'],
]

function eventOf(seed: number): Instance {
  const random = seededRandom(seed * 104_729 + 7)
  return randomEvent(seed, {
    slots: 2 + random.below(3),
    people: 3 + random.below(3),
    candidates: 3 + random.below(2),
    tables: 'listed',
    limits: isChosen(random, 2),
    locks: isChosen(random, 3),
    days: isChosen(random, 4),
    required: pick(random, [0, 0.5, 1]),
    objective: pick(random, ORDERS),
    rules: {
      seated: pick(random, [[], ['host'], ['project'], ['host', 'project']]),
      ...(isChosen(random, 3) ? { breakScope: 'event' } : {}),
    },
  })
}

/** A run that only ends when it has asked so often whether to, and may exchange times as well. */
function untilAsked(times: number) {
  let asked = 0
  return { stop: () => ++asked > times }
}

type Trial = { meetings: Meeting[]; levels: Measured }

/** Levels of which some schedule beats the bound that is as good on the levels before. */
function beaten(instance: Instance, objective: Awaited<ReturnType<typeof solve>>['objective'], all: Trial[]) {
  let left = all
  return instance.rules.objective.filter((level) => {
    const { value, bound } = objective[level]!
    const isBeaten = left.some(({ levels }) => !isBetterOrEqual(level, bound, levels[level]))
    left = left.filter(({ levels }) => isSame(levels[level], value))
    return isBeaten
  })
}

const timesOf = (meetings: Meeting[]) =>
  JSON.stringify(meetings.map(({ candidate, slot }) => [candidate, slot]).sort())

/** Whether some seating has fewer moves than are said to be the fewest of its times. */
function isBelow(instance: Instance, { meetings, levels }: Trial): boolean {
  const agenda = new Agenda(compile(instance))
  placesOf(instance, meetings).slots.forEach((slot, c) => slot >= 0 && agenda.put(c, slot))
  const side = (p: number) => instance.participants[p].side
  return (
    fewestMovesAt(agenda, () => true) > (levels.tableMoves as number) ||
    fewestMovesAt(agenda, (p) => isSeated(side(p), instance.rules)) > (levels.seatedMoves as number)
  )
}

test('nothing is claimed of tables that some seating of some schedule does not keep', async () => {
  let [best, seen] = [0, 0]
  for (let seed = 1; seed <= EVENTS; seed++) {
    const instance = eventOf(seed)
    const all = [...seatedSchedules(instance)].map((meetings) => ({
      meetings,
      levels: measure(instance, meetings),
    }))
    const solution = await solve(instance, {
      seed,
      ...(seed % 2 ? { maxIterations: 2_000 } : untilAsked(20)),
    })
    if (all.length === 0 || solution.meetings.length === 0) continue
    expect([seed, beaten(instance, solution.objective, all)]).toEqual([seed, []])
    expect([seed, (await verify(instance, solution)).violations]).toEqual([seed, []])
    expect([seed, all.filter((one) => isBelow(instance, one))]).toEqual([seed, []])
    const same = all.filter(({ meetings }) => timesOf(meetings) === timesOf(solution.meetings))
    seen++
    if (same.every(({ levels }) => isNoBetter(instance, levels, measure(instance, solution.meetings)))) best++
  }
  // The seating itself is hardly ever other than the best of its times.
  expect(best / seen).toBeGreaterThan(0.99)
})

/** Whether a seating is no better than another one on the first level of tables in which they differ. */
function isNoBetter({ rules }: Instance, one: Measured, other: Measured): boolean {
  const level = rules.objective.find((level) => !isSame(one[level], other[level]))
  return level === undefined || isBetterOrEqual(level, other[level], one[level])
}
