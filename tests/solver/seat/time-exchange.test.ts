import { describe, expect, test } from 'vitest'
import {
  checkRules,
  measure,
  parseInstance,
  solve,
  type Instance,
  type Progress,
} from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { Agenda, meetingsOf } from '../../../solver/model/partial-schedule.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { seat } from '../../../solver/seat/seat.ts'
import { exchangeTimes } from '../../../solver/seat/time-exchange.ts'
import { isBetter } from '../../../solver/spec/level-order.ts'
import type { Measured } from '../../../solver/spec/objective.ts'
import { canBeHeld, filledAgenda, KINDS, randomEvent } from '../events.ts'
import { generateCamp, type CampOptions } from '../generate.ts'

const search = () => startSearch({ seed: 1 }, 1e9)

/** The same agenda with and without its times exchanged, both seated. */
async function arranged(instance: Instance, agenda: Agenda) {
  const chairs = seat(agenda, search())
  const before = meetingsOf(agenda, chairs)
  const tables = chairs && (await exchangeTimes(agenda, chairs, search()))
  return {
    before,
    after: meetingsOf(agenda, tables),
    levels: [before, meetingsOf(agenda, tables)].map((one) => measure(instance, one)),
  }
}

describe('times that are exchanged', () => {
  test('save changes of table, and leave all earlier levels as they are', async () => {
    for (const seated of [[], ['host']]) {
      const size = { projects: 10, hosts: 16, slots: 8, tables: 8, wishes: [5, 9] as [number, number] }
      const camp = parseInstance({ ...generateCamp(3, size), rules: { seated } })
      const { before, after, levels } = await arranged(camp, filledAgenda(camp, seededRandom(3)))
      const [{ tableMoves, seatedMoves, ...rest }, { tableMoves: fewer, seatedMoves: kept, ...same }] = levels
      expect(same).toEqual(rest)
      expect([seated, checkRules(camp, after)]).toEqual([seated, []])
      expect(fewer).toBeLessThan(tableMoves as number)
      expect(kept).toBeLessThanOrEqual(seatedMoves as number)
      expect(after.map(({ candidate }) => candidate)).toEqual(before.map(({ candidate }) => candidate))
    }
  })

  test.each(KINDS)('keep every rule of an event with %s', async (_, options) => {
    for (let seed = 1; seed <= 15; seed++) {
      const event = randomEvent(seed, { ...options, tables: 'listed' })
      const { after, levels } = await arranged(event, filledAgenda(event, seededRandom(seed)))
      const [before, now] = levels
      expect([seed, canBeHeld(event, after)]).toEqual([seed, true])
      expect([seed, now.breaks, now.idle]).toEqual([seed, before.breaks, before.idle])
      expect(now.tableMoves).toBeLessThanOrEqual(before.tableMoves as number)
    }
  })

  test('are none where breaks may be spread only so far, or no level counts tables', async () => {
    const times = async (rules: object) => {
      const event = randomEvent(4, { tables: 'listed', rules })
      const { before, after } = await arranged(event, filledAgenda(event, seededRandom(4)))
      return after.every((one, index) => one.slot === before[index].slot)
    }
    expect(await times({ maxBreakSpread: 1 })).toBe(true)
    expect(await times({ objective: ['value'] })).toBe(true)
    const counted = randomEvent(4, { tables: 'counted' })
    expect(await exchangeTimes(new Agenda(compile(counted)), new Int32Array(0), search())).toEqual(
      new Int32Array(0),
    )
  })

  test('are tried the less often the more there is to look at', async () => {
    const steps = async (slots: number) => {
      const camp = parseInstance(
        generateCamp(2, { projects: 8, hosts: 10, slots, tables: 8, wishes: [5, 7] }),
      )
      const agenda = filledAgenda(camp, seededRandom(2))
      const [tables, times] = [seat(agenda, search())!, search()]
      await exchangeTimes(agenda, tables, times)
      return times.iterations / agenda.slotOf.filter((slot) => slot >= 0).length
    }
    expect(await steps(40)).toBeLessThan((await steps(10)) * 0.7)
  })

  test('make no level worse for more time, whoever keeps a table', async () => {
    const size: CampOptions = { projects: 8, hosts: 12, slots: 8, tables: 6, wishes: [4, 7] }
    for (const tables of ['alike', 'that differ']) {
      const file = generateCamp(1, size)
      if (tables !== 'alike')
        file.tables = file.tables.map((one, t) => ({ ...one, unavailable: [`s${t + 1}`] }))
      const camp = parseInstance({ ...file, rules: { seated: ['host'] } })
      const runs = []
      for (const limit of [1, 4, 16, 64, 256])
        runs.push(measure(camp, (await solve(camp, { stop: untilAsked(limit) })).meetings))
      for (const [index, one] of runs.slice(1).entries())
        expect([tables, isBetter(camp.rules.objective, runs[index], one)]).toEqual([tables, false])
    }
  })
})

describe('with time', () => {
  const size: CampOptions = { projects: 10, hosts: 16, slots: 8, tables: 8, wishes: [5, 9] }

  test('the tables have their turns while the agendas are compacted, and need fewer changes after each', async () => {
    const camp = parseInstance({ ...generateCamp(3, size), rules: { seated: ['host'] } })
    const told: Progress[] = []
    const { meetings } = await solve(camp, { stop: untilAsked(1_500), onProgress: (one) => told.push(one) })
    const seatings = told
      .filter(({ stage }) => stage === 'seat')
      .map(({ incumbent }) => incumbent as Measured)
    expect(seatings.length).toBeGreaterThan(1)
    for (const [index, one] of seatings.slice(1).entries())
      expect(isBetter(camp.rules.objective, seatings[index], one)).toBe(false)
    const [first, last] = [seatings[0], seatings.at(-1)!]
    expect(last.breaks).toBeLessThanOrEqual(first.breaks as number)
    expect(last.tableMoves).toBeLessThan(first.tableMoves as number)
    expect([checkRules(camp, meetings), measure(camp, meetings).tableMoves]).toEqual([[], last.tableMoves])
  })

  test('a stop in the middle of a turn keeps the best of it', async () => {
    const camp = parseInstance({ ...generateCamp(3, size), rules: { seated: ['host'] } })
    const runs = []
    for (let limit = 20; limit < 60; limit += 2)
      runs.push(measure(camp, (await solve(camp, { stop: untilAsked(limit) })).meetings))
    for (const [index, one] of runs.slice(1).entries())
      expect([index, isBetter(camp.rules.objective, runs[index], one)]).toEqual([index, false])
  })
})

/** True from the given question on. */
function untilAsked(times: number) {
  let asked = 0
  return () => ++asked > times
}
