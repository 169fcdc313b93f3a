import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { emptyPlaces, meetingsAt, placesOf } from '../../../solver/model/assignment.ts'
import { isBetter, isBetterOrEqual, isSame } from '../../../solver/spec/level-order.ts'
import { dualBound, excessOf, priceOfSlot, type Prices } from '../../../solver/bounds/dual-bound.ts'
import { isInKept, keepMeetings, scopeOf } from '../../../solver/model/fix-meetings.ts'
import { boundOf, shortfallWithin } from '../../../solver/bounds/level-bound.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom, shuffle } from '../../../solver/model/random.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { splitSides } from '../../../solver/model/bipartition.ts'
import { emptyPrices, readSlotPrices, toGrain, writeSlotPrices } from '../../../solver/bounds/slot-prices.ts'
import { gainOf, scoreOf, shortfallOf, weighLevels, worthOf } from '../../../solver/model/score.ts'
import { meetings, people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

const prices = (parts: Partial<Prices> = {}): Prices => ({
  participants: new Float64Array(4),
  tables: 0,
  shortfall: 0,
  quotas: new Float64Array(2),
  days: null,
  ...parts,
})
const of = (...numbers: number[]) => Float64Array.from(numbers)

describe('a bound by prices', () => {
  const bound = (event: ReturnType<typeof tiny>, parts: Partial<Prices> = {}) => {
    const problem = compile(event)
    return dualBound(problem, prices(parts), problem.value)
  }

  test('is all there is where nothing has a price', () => {
    expect(bound(tiny())).toBe(14)
  })

  test('counts what must be held even at a loss, and what can never be held not at all', () => {
    const participants = { participants: of(9, 0, 0, 0) }
    // 2 and 4 for p2, and p1 pays 9 twice.
    expect(bound(tiny(), participants)).toBe(24)
    expect(bound(changed({ c11: { required: true } }), participants)).toBe(20)
    expect(bound(changed({ c11: { slots: [] } }))).toBe(9)
  })

  test('has a place at the tables for the price of a table', () => {
    expect(bound(tiny(), { tables: 2 })).toBe(3 + 1 + 2 + 16)
    expect(bound(tiny({ tables: undefined }), { tables: 0 })).toBe(14)
    expect(bound(tiny(), { tables: -1 })).toBe(18)
  })

  test('has for everybody the number of meetings that pays most', () => {
    const owed = (minMeetings: number, more: object = {}) =>
      tiny({ participants: people({ id: 'p1', minMeetings, ...more } as never) })
    // Meetings at 5 + 1 and 3 + 1, and p1 would rather have none.
    expect(bound(tiny(), { participants: of(-1, 0, 0, 0) })).toBe(16)
    // Two meetings are worth a missing one less each.
    expect(bound(owed(2), { participants: of(-1, 0, 0, 0), shortfall: 3 })).toBe(16 - 2)
    expect(bound(owed(1), { participants: of(-1, 0, 0, 0), shortfall: 3 })).toBe(16 - 1)
    expect(bound(owed(4), { participants: of(-1, 0, 0, 0), shortfall: 3 })).toBe(16 - 2 - 6)
    expect(bound(owed(2), { participants: of(-4, 0, 0, 0), shortfall: 3 })).toBe(22 - 6)
    expect(bound(owed(2, { maxMeetings: 1 }), { participants: of(1, 0, 0, 0), shortfall: 3 })).toBe(
      12 + 1 - 3,
    )
    expect(bound(owed(2), { participants: of(-1, 0, 0, 0) })).toBe(16)
  })

  test('has the most of a quota at its price, and the least at a negative one', () => {
    const quotas = [
      { id: 'q', candidates: ['c11', 'c12'], min: 1, max: 1 },
      { id: 'r', candidates: ['c11', 'c22'], min: 0 },
    ]
    expect(bound(tiny({ quotas }), { quotas: of(2, 0) })).toBe(3 + 1 + 2 + 4 + 2)
    expect(bound(tiny({ quotas }), { quotas: of(-2, 0) })).toBe(7 + 5 + 2 + 4 - 2)
    expect(bound(tiny({ quotas }), { quotas: of(2, 3) })).toBe(0 + 1 + 2 + 1 + 2 + 6)
  })

  test('has the cheapest slot of a meeting and the dearest day of everybody', () => {
    const event = tiny({ participants: people({ id: 'p1', maxConsecutive: 1 } as never) })
    const problem = compile(event)
    const busy = new Float64Array(16)
    busy.set([1, 5, 2, 0])
    busy.set([0, 1, 1, 3], 8)
    const days = { busy, tables: of(1, 0, 0, 2) }
    expect([0, 1, 2, 3].map((c) => priceOfSlot(problem, days, c))).toEqual([
      { slot: 0, price: 2 },
      { slot: 0, price: 2 },
      { slot: 0, price: 1 },
      { slot: 1, price: 0 },
    ])
    const all = prices({ days })
    expect([0, 1, 2, 3].map((c) => excessOf(problem, all, problem.value, c))).toEqual([3, 1, 1, 4])
    // Of p1 the second slot, or the first and the third, all four of h1, two tables at 1 and two at 2.
    expect(dualBound(problem, all, problem.value)).toBe(9 + 5 + 5 + 6)
    const none = compile(changed({ c11: { slots: [] } }))
    expect(priceOfSlot(none, days, 0)).toEqual({ slot: -1, price: Infinity })
    const some = compile(changed({ c11: { slots: ['s2', 's4'] } }))
    expect(priceOfSlot(some, days, 0)).toEqual({ slot: 3, price: 5 })
  })

  test('of a level is whole', () => {
    const problem = compile(tiny({ participants: people({ id: 'p1', minMeetings: 4 } as never) }))
    const own = { participants: of(-1, 0, 0, 0), shortfall: 1 }
    expect(boundOf(problem, 'shortfall', prices(own), 7)).toBe(2)
    expect(boundOf(problem, 'shortfall', prices({ ...own, participants: of(-0.75, 0, 0, 0) }), 0)).toBe(2)
    expect(boundOf(problem, 'shortfall', prices(), 0)).toBe(0)
    expect(boundOf(problem, 'value', prices(), 3)).toBe(14)
    expect(boundOf(problem, 'value', prices({ shortfall: 2 }), 3)).toBe(14 - 8 + 6 + 4)
    expect(boundOf(problem, 'value', prices({ participants: of(0.25, 0, 0, 0) }), 0)).toBe(14)
    expect(boundOf(problem, 'value', prices({ participants: of(0, 0, 0, 0), tables: 0.3 }), 0)).toBe(15)
  })

  test('speaks of as much shortfall as there is or as the tolerance leaves', () => {
    const within = (share: number, measured: number, bound: number) =>
      shortfallWithin(tiny({ rules: { tolerance: { shortfall: share } } }), measured, bound)
    expect([within(0.5, 2, 4), within(0.5, 7, 4), within(0.5, 0, 3), within(0, 2, 4)]).toEqual([6, 7, 4, 4])
    expect(shortfallWithin(tiny(), 1, 3)).toBe(3)
  })
})

describe('prices by slot', () => {
  const event = tiny()

  test('are written by id without those that are 0, and read again', () => {
    const days = emptyPrices(compile(event))
    expect([days.busy.length, days.tables.length]).toEqual([16, 4])
    days.busy[1] = 0.5
    days.busy[11] = -2
    days.tables[3] = 1
    const written = { participants: { p1: { s2: 0.5 }, h1: { s4: -2 } }, tables: { s4: 1 } }
    expect(writeSlotPrices(event, days)).toEqual(written)
    expect(readSlotPrices(event, written)).toEqual(days)
    expect(
      readSlotPrices(event, { participants: { px: { s1: 1 }, p1: { sx: 1 } }, tables: { sx: 1 } }),
    ).toEqual(emptyPrices(compile(event)))
  })

  test('are multiples of 1/1024', () => {
    expect([toGrain(1 / 3), toGrain(-0.7), toGrain(2)]).toEqual([341 / 1024, -717 / 1024, 2])
  })
})

describe('the worth of a meeting', () => {
  const owed = people({ id: 'p1', minMeetings: 2 } as never, { id: 'h1', minMeetings: 1 } as never)
  const weigh = (...objective: string[]) =>
    weighLevels(compile(tiny({ participants: owed, rules: { objective } })))

  test('is weighed so that the earlier level outweighs the later', () => {
    expect(weigh('shortfall', 'value')).toEqual({ value: 1, shortfall: 15, mandatory: 2 * (15 + 15 * 8) })
    expect(weigh('value', 'shortfall')).toEqual({ value: 4, shortfall: 1, mandatory: 2 * (60 + 8) })
    expect(weigh('value')).toEqual({ value: 4, shortfall: 0, mandatory: 120 })
    expect(weigh('shortfall')).toEqual({ value: 0, shortfall: 1, mandatory: 16 })
    expect(weigh('breaks')).toEqual({ value: 0, shortfall: 0, mandatory: 0 })
  })

  test('is what is lost without it and won with it', () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c22'], min: 1 }]
    const problem = compile(changed({ c12: { required: true } }, { participants: owed, quotas }))
    const agenda = new Agenda(problem)
    const worth = { value: 1, shortfall: 10, mandatory: 100 }
    const gains = () => [0, 1, 2, 3].map((c) => gainOf(agenda, worth, c))
    expect(gains()).toEqual([5 + 20 + 100, 3 + 10 + 100, 2 + 10, 4 + 100])
    expect(scoreOf(agenda, worth)).toBe(-30 - 200)
    agenda.put(0, 0)
    expect(gains().slice(1)).toEqual([3 + 10 + 100, 2, 4])
    expect(worthOf(agenda, worth, 0)).toBe(5 + 20 + 100)
    expect(scoreOf(agenda, worth)).toBe(5 - 10 - 100)
    agenda.put(3, 0)
    expect([worthOf(agenda, worth, 0), worthOf(agenda, worth, 3)]).toEqual([25, 4])
    agenda.put(1, 1)
    agenda.put(2, 1)
    expect([0, 1, 2].map((c) => worthOf(agenda, worth, c))).toEqual([15, 113, 2])
    expect(scoreOf(agenda, worth)).toBe(14)
    expect(shortfallOf(agenda)).toBe(0)
    agenda.remove(0)
    agenda.remove(2)
    expect(shortfallOf(agenda)).toBe(2)
  })
})

describe('values of a level', () => {
  test('are the same or better by the first difference', () => {
    expect([isSame(1, 1), isSame([1, 2], [1, 2]), isSame(1, 2), isSame([1], [1, 2]), isSame(1, [1])]).toEqual(
      [true, true, false, false, true],
    )
    expect(isBetterOrEqual('fairness', [1, 2], [1])).toBe(true)
    expect(isBetterOrEqual('fairness', [1], [1, 2])).toBe(false)
    expect(isBetterOrEqual('fairness', [2], [1, 9])).toBe(true)
    expect(isBetterOrEqual('value', 2, 2)).toBe(true)
    expect(isBetterOrEqual('value', 1, 2)).toBe(false)
    expect([
      isBetterOrEqual('idle', 1, 2),
      isBetterOrEqual('idle', 2, 2),
      isBetterOrEqual('idle', 3, 2),
    ]).toEqual([true, true, false])
    const all = (value: number, idle: number) => ({ value, idle }) as never
    expect(isBetter(['value', 'idle'], all(2, 9), all(1, 0))).toBe(true)
    expect(isBetter(['value', 'idle'], all(1, 9), all(1, 0))).toBe(false)
    expect(isBetter(['value', 'idle'], all(1, 0), all(1, 9))).toBe(true)
    expect(isBetter(['value', 'idle'], all(1, 1), all(1, 1))).toBe(false)
  })
})

describe('a schedule by index', () => {
  test('is read and written', () => {
    const list = meetings('c12 s3 t2', 'c21 s1 t1')
    const places = placesOf(tiny(), list)
    expect(places).toEqual({ slots: Int32Array.of(-1, 2, 0, -1), tables: Int32Array.of(-1, 1, 0, -1) })
    expect(meetingsAt(tiny(), places)).toEqual(list)
    const counted = tiny({ tables: 2 })
    const bare = meetings('c12 s3')
    expect(placesOf(counted, bare)).toEqual({
      slots: Int32Array.of(-1, 2, -1, -1),
      tables: Int32Array.of(-1, -1, -1, -1),
    })
    expect(meetingsAt(counted, placesOf(counted, bare))).toEqual(bare)
    expect(emptyPlaces(2)).toEqual({ slots: Int32Array.of(-1, -1), tables: Int32Array.of(-1, -1) })
  })
})

describe('meetings that are kept', () => {
  const base = meetings('c11 s1 t2', 'c12 s2')

  test('are locked where they are', () => {
    const event = changed({ c12: { lock: { table: 't1' } }, c22: { lock: { slot: 's3' } } }, { base })
    const locks = (instance: ReturnType<typeof tiny>) => instance.candidates.map(({ lock }) => lock)
    const kept = [{ slot: 's1', table: 't2' }, { slot: 's2', table: 't1' }, null, { slot: 's3', table: null }]
    expect(locks(keepMeetings(event, base))).toEqual(kept)
    expect(locks(scopeOf(event, 'value', 0))).toEqual(kept)
    expect(scopeOf(event, 'value', 1)).toBe(event)
    expect(scopeOf(event, 'shortfall', 0)).toBe(event)
    expect(locks(keepMeetings(tiny({ base }), base))[1]).toEqual({ slot: 's2', table: null })
  })

  test('are what later levels speak of', () => {
    const event = tiny({ base })
    expect(
      (['shortfall', 'changes', 'value', 'tableMoves'] as const).map((level) => isInKept(event, level, 0)),
    ).toEqual([false, false, true, true])
    expect(isInKept(tiny(), 'value', 0)).toBe(false)
    expect(isInKept(event, 'value', 3)).toBe(false)
  })
})

describe('the sides of an event', () => {
  const sides = (...pairs: string[]) =>
    splitSides(
      compile(
        tiny({
          participants: [...'abcde'].map((id) => ({ id })),
          candidates: pairs.map((pair, i) => ({
            id: `c${i}`,
            participants: [pair[0], pair[1]],
            slots: pair[2] ? [] : undefined,
          })),
        }),
      ),
    )

  test('are two if pairs go across them', () => {
    expect(sides('ab', 'cb', 'cd', 'ad')).toEqual(Uint8Array.of(0, 1, 0, 1, 0))
    expect(sides('be', 'ec', 'da')).toEqual(Uint8Array.of(0, 0, 0, 1, 1))
    expect(sides()).toEqual(new Uint8Array(5))
  })

  test('are none if pairs go around in an odd circle, unless one can never be held', () => {
    expect(sides('ab', 'bc', 'ca')).toBe(null)
    expect(sides('de', 'ab', 'bc', 'cd', 'ea')).toBe(null)
    expect(sides('ab', 'bc', 'ca-')).toEqual(Uint8Array.of(0, 1, 0, 0, 0))
  })
})

describe('chance', () => {
  test('is the same for the same seed', () => {
    const random = seededRandom(1)
    expect([random.unit(), random.unit(), random.below(1000), random.below(7)]).toEqual([
      0.6270739405881613, 0.002735721180215478, 527, 6,
    ])
    expect(shuffle([1, 2, 3, 4, 5, 6, 7, 8], seededRandom(3))).toEqual([8, 5, 2, 4, 7, 3, 1, 6])
    expect(seededRandom(-1).unit()).toBe(seededRandom(4294967295).unit())
  })

  test('is drawn from all numbers alike', () => {
    const [random, counts] = [seededRandom(5), new Array(6).fill(0)]
    for (let i = 0; i < 6000; i++) counts[random.below(6)]++
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120)
    const list = Array.from({ length: 50 }, (_, index) => index)
    expect(shuffle([...list], random).toSorted((one, other) => one - other)).toEqual(list)
    expect(shuffle([], random)).toEqual([])
  })
})

describe('a search', () => {
  test('ends after its steps, or when it is told to', () => {
    const few = startSearch({ maxIterations: 2 }, 100)
    expect([few.maxIterations, few.iterations, few.isOver(), few.isStopped()]).toEqual([2, 0, false, false])
    few.iterations = 2
    expect([few.isOver(), few.isStopped()]).toEqual([true, false])
    expect(startSearch({}, 100).maxIterations).toBe(100)
    let isTold = false
    const told = startSearch({ stop: () => isTold }, 100)
    expect([told.maxIterations, told.isOver(), told.isStopped()]).toEqual([Infinity, false, false])
    isTold = true
    expect([told.isOver(), told.isStopped()]).toEqual([true, true])
    expect(startSearch({ stop: () => false, maxIterations: 7 }, 1).maxIterations).toBe(7)
    expect(startSearch({}, 1).random.unit()).toBe(seededRandom(1).unit())
    expect(startSearch({ seed: 9 }, 1).random.unit()).toBe(seededRandom(9).unit())
  })
})
