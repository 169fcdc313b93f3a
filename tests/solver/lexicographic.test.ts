import { describe, expect, test } from 'vitest'
import { isBetter, isBetterOrEqual, isSame } from '../../solver/spec/level-order.ts'
import {
  measure,
  repair,
  parseDisruption,
  solve,
  validate,
  type Instance,
  type Level,
  type LevelValue,
  type Solution,
} from '../../solver/index.ts'
import { randomEvent, schedules, type EventOptions } from './events.ts'
import { people, tiny } from './tiny.ts'

type Measured = Record<Level, LevelValue>

/** The best of all schedules, level after level; the moves between tables depend on more than is tried. */
function bestOf(instance: Instance, all: Measured[]): Measured {
  const levels = instance.rules.objective.filter((level) => level !== 'tableMoves')
  return all.reduce((best, one) => (isBetter(levels, one, best) ? one : best))
}

/** No schedule that is as good on the levels before is better than the bound of a level. */
function expectBounds(instance: Instance, { objective }: Solution, all: Measured[]): void {
  let left = all
  for (const level of instance.rules.objective) {
    const { value, bound } = objective[level]!
    if (level !== 'tableMoves')
      for (const one of left)
        expect([level, isBetterOrEqual(level, bound, one[level])]).toEqual([level, true])
    left = left.filter((one) => isSame(one[level], value))
  }
}

const KINDS: [string, EventOptions][] = [
  ['few rules', { tables: 'none' }],
  ['few tables', { tables: 'counted' }],
  ['limits', { limits: true, tables: 'none' }],
  ['limits and locks', { limits: true, locks: true, required: 0.2 }],
  ['an order and quotas', { order: true, quotas: true }],
  ['tables that differ', { tables: 'listed', candidates: 4 }],
  ['several days', { days: true, limits: true, tables: 'none' }],
]
const ORDERS = [
  undefined,
  ['value', 'shortfall', 'breaks'],
  ['shortfall', 'fairness', 'value'],
  ['breaks', 'value'],
  ['value', 'idle'],
  ['fairness', 'value', 'breaks', 'idle'],
]

describe('a tiny event', () => {
  test.each(KINDS)(
    'with %s is solved as well as by trying everything, with bounds that hold',
    async (_, options) => {
      let [best, seen] = [0, 0]
      for (let seed = 1; seed <= 14; seed++) {
        const instance = randomEvent(seed, {
          slots: 3,
          candidates: 5,
          people: 4,
          ...options,
          objective: ORDERS[seed % 6],
        })
        const all = [...schedules(instance)].map((held) => measure(instance, held))
        const solution = await solve(instance, { seed, maxIterations: 3_000 })
        expect(validate(instance, solution).violations).toEqual([])
        expect([seed, ['optimal', 'feasible'].includes(solution.status)]).toEqual([seed, all.length > 0])
        if (all.length === 0) continue
        const truth = bestOf(instance, all)
        const levels = instance.rules.objective.filter((level) => level !== 'tableMoves')
        seen++
        if (levels.every((level) => isSame(solution.objective[level]!.value, truth[level]))) best++
        expectBounds(instance, solution, all)
        if (solution.status === 'optimal')
          for (const level of levels) expect(solution.objective[level]!.value).toEqual(truth[level])
        // The first level, or the value after the guarantee, is always the best.
        const first = levels[0]
        if (first === 'value' || first === 'shortfall')
          expect([seed, solution.objective[first]!.value]).toEqual([seed, truth[first]])
      }
      expect(best / seen).toBeGreaterThan(0.7)
    },
  )

  test('near a base changes no more than it has to, with bounds that hold', async () => {
    let [best, seen] = [0, 0]
    for (let seed = 1; seed <= 24; seed++) {
      const kind = KINDS[seed % 5][1]
      const event = randomEvent(seed, {
        slots: 3,
        candidates: 5,
        people: 4,
        ...kind,
        objective: ['shortfall', 'value'],
      })
      const before = await solve(event, { maxIterations: 2_000 })
      if (before.meetings.length === 0) continue
      const [lost] = before.meetings
      const parts =
        seed % 2
          ? { slotsLost: [lost.slot] }
          : { absent: [{ participant: event.participants[seed % 4].id, from: 's2' }] }
      const disruption = parseDisruption({ format: 'incontro/disruption', version: 1, ...parts }, event)
      const order = seed % 3 ? ('fewest-changes' as const) : ('fewest-losses' as const)
      const { instance, solution } = await repair(event, before, disruption, { order })
      const all = [...schedules(instance)].map((held) => measure(instance, held))
      expect(validate(instance, solution).violations).toEqual([])
      if (all.length === 0) continue
      const truth = bestOf(instance, all)
      seen++
      if (instance.rules.objective.every((level) => isSame(solution.objective[level]!.value, truth[level])))
        best++
      expectBounds(instance, solution, all)
      expect([seed, solution.objective.shortfall!.value]).toEqual([seed, truth.shortfall])
    }
    expect(best / seen).toBeGreaterThan(0.85)
  })
})

describe('a solution', () => {
  const level = (value: LevelValue, bound = value, proven = true) => ({ value, bound, proven })

  test('has every level with its bound, and prices that prove them', async () => {
    const { meetings: held, objective, certificate, status } = await solve(tiny())
    expect(held).toHaveLength(4)
    expect(status).toBe('feasible')
    expect(objective).toMatchObject({
      shortfall: level(0),
      value: level(14),
      fairness: level([]),
      breaks: level(0),
      idle: level(0),
    })
    expect(certificate.shortfall).toEqual({ participants: {}, tables: 0 })
    expect(Object.keys(certificate.value!)).toEqual(['participants', 'tables'])
    const { tableMoves: _, ...others } = objective
    expect(Object.values(others).every(({ proven }) => proven)).toBe(true)
    const bare = await solve(tiny({ tables: 2 }))
    expect([bare.status, bare.objective.tableMoves]).toEqual(['optimal', level(0)])
  })

  test('says how many are owed who cannot be given what they are promised', async () => {
    const participants = people({ id: 'p1', minMeetings: 5 })
    const { objective, certificate } = await solve(tiny({ participants }))
    expect(objective).toMatchObject({ shortfall: level(3), value: level(14) })
    expect(certificate.shortfall).toEqual({ participants: {}, tables: 0 })
  })

  test('has the price of a guarantee that costs value', async () => {
    const participants = people({ id: 'p2', minMeetings: 1 })
    const event = tiny({ slots: [{ id: 's1' }], tables: 1, participants })
    const { objective, certificate } = await solve(event)
    expect(objective).toMatchObject({ shortfall: level(0), value: level(4) })
    expect(certificate.value!.shortfall).toBeGreaterThan(0)
    const second = tiny({
      slots: [{ id: 's1' }],
      tables: 1,
      participants,
      rules: { objective: ['value', 'shortfall'] },
    })
    expect((await solve(second)).objective).toEqual({ value: level(5), shortfall: level(1, 0, false) })
  })

  test('has a place less for a price of tables', async () => {
    const { certificate, objective } = await solve(tiny({ slots: [{ id: 's1' }], tables: 1 }))
    expect(objective.value).toEqual(level(5))
    const { tables, participants } = certificate.value!
    expect(tables + Object.values(participants).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0)
  })

  test('is told as it comes', async () => {
    const told: string[] = []
    let clock = 100
    const found = await solve(tiny(), {
      onProgress: ({ stage, elapsedMs }) => told.push(`${stage} ${elapsedMs}`),
      now: () => clock++,
    })
    expect(told.map((one) => one.split(' ')[0])).toEqual(['select', 'place', 'compact', 'seat', 'prove'])
    expect(told.map((one) => Number(one.split(' ')[1]))).toEqual([1, 2, 3, 4, 5])
    expect(found.stats.ms).toBe(6)
    const levels: object[] = []
    await solve(tiny(), { onProgress: ({ incumbent, bound }) => levels.push({ incumbent, bound }) })
    const bounds = { shortfall: 0, value: 14, fairness: [] }
    const reached = { shortfall: 0, value: 14, fairness: [], breaks: 0, idle: 0 }
    expect(levels).toEqual([
      { incumbent: {}, bound: bounds },
      { incumbent: { ...reached, breaks: expect.anything(), idle: expect.anything() }, bound: bounds },
      { incumbent: reached, bound: bounds },
      { incumbent: { ...reached, tableMoves: expect.anything() }, bound: bounds },
      { incumbent: { ...reached, tableMoves: expect.anything() }, bound: bounds },
    ])
  })

  test('is the file of its event, for its seed', async () => {
    const found = await solve(tiny(), { seed: 7 })
    expect(found).toMatchObject({ format: 'incontro/solution', version: 1, seed: 7 })
    expect((await solve(tiny())).seed).toBe(1)
    expect((await solve(tiny())).stats.ms).toBe(0)
    expect(found.instance).toMatch(/^[0-9a-f]{64}$/)
    expect(Object.keys(found)).not.toContain('infeasible')
  })

  test('names quotas that cannot be had together, and no others', async () => {
    const quotas = [
      { id: 'free', candidates: ['c22'], min: 1 },
      { id: 'other', candidates: ['c11'], min: 1 },
      { id: 'more', candidates: ['c12'], min: 1 },
    ]
    const event = tiny({ quotas, participants: people({ id: 'p1', maxMeetings: 1 }) })
    const why = { reason: { code: 'quotasTogether', quotas: ['other', 'more'] }, core: ['other', 'more'] }
    expect(await solve(event)).toMatchObject({
      status: 'infeasible',
      infeasible: why,
      meetings: [],
      objective: {},
      certificate: {},
    })
    expect(
      (await solve(tiny({ quotas, participants: people({ id: 'p1', maxMeetings: 1 }), base: [] })))
        .infeasible,
    ).toEqual(why)
    const many = [
      ...quotas.slice(1),
      ...Array.from({ length: 49 }, (_, i) => ({ id: `q${i}`, candidates: ['c22'] })),
    ]
    const crowd = await solve(tiny({ quotas: many, participants: people({ id: 'p1', maxMeetings: 1 }) }))
    expect(crowd.infeasible!.reason.code).toBe('quotasTogether')
    expect(crowd.infeasible!.reason.quotas!.every((id) => ['other', 'more'].includes(id))).toBe(true)
  })
})
