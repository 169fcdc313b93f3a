import { describe, expect, test } from 'vitest'
import { parseInstance } from '../../../solver/index.ts'
import { DayCosts } from '../../../solver/compact/break-costs.ts'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { place } from '../../../solver/place/insertion.ts'
import { ShiftTimes } from '../../../solver/seat/shift-times.ts'
import { dealShifts, withinShifts } from '../../../solver/seat/shifts.ts'
import { heldIn } from '../events.ts'
import { checkRules } from '../../../solver/spec/rules.ts'
import { generateCamp, type CampOptions } from '../generate.ts'

const SIZE: CampOptions = { projects: 10, hosts: 14, slots: 10, tables: 7, wishes: [4, 7] }
/** A camp with all that finds room by itself in its slots. */
function placed(seed: number, options: CampOptions = {}, rules: object = { seated: ['host'] }): Agenda {
  const agenda = new Agenda(compile(parseInstance({ ...generateCamp(seed, { ...SIZE, ...options }), rules })))
  place(agenda, [...agenda.slotOf.keys()], startSearch({ seed }, 1e9), 2_000)
  return agenda
}

describe('shifts of those who keep a table', () => {
  test('are as long as they have meetings, when they are there, and never more at once than there are tables', () => {
    for (const options of [{}, { halfDay: 0.5 }, { tables: 10 }, { availability: 0.9 }])
      for (const seed of [1, 2, 3]) {
        const agenda = placed(seed, options)
        const { instance, slotCount, tablesPerSlot } = agenda.problem
        const shifts = dealShifts(agenda, seededRandom(seed))
        const atOnce = new Int32Array(slotCount)
        for (const [p, { from, to }] of shifts) {
          const { side, unavailable } = instance.participants[p]
          expect([side, to - from]).toEqual(['host', agenda.count[p]])
          for (let slot = from; slot < to; slot++) {
            expect(unavailable).not.toContain(instance.slots[slot].id)
            atOnce[slot]++
          }
        }
        expect(Math.max(...atOnce)).toBeLessThanOrEqual(tablesPerSlot)
      }
  })

  test('are for most of them in a camp, and for nobody where most cannot have one', () => {
    expect(dealShifts(placed(1), seededRandom(1)).size).toBeGreaterThanOrEqual(7)
    expect(dealShifts(placed(1, { maxConsecutive: 1 }), seededRandom(1)).size).toBe(0)
    expect(dealShifts(placed(1, {}, {}), seededRandom(1)).size).toBe(0)
  })

  test('leave a meeting no slot out of them', () => {
    const agenda = placed(1)
    const shifts = dealShifts(agenda, seededRandom(1))
    const { first, second, allowed, slotCount } = withinShifts(agenda, shifts).problem
    for (const [at, isAllowed] of allowed.entries()) {
      const [c, slot] = [Math.floor(at / slotCount), at % slotCount]
      const own = [first[c], second[c]].flatMap((p) => shifts.get(p) ?? [])
      const isInside = own.every(({ from, to }) => slot >= from && slot < to)
      expect(isAllowed).toBe(isInside ? agenda.problem.allowed[at] : 0)
    }
  })
})

describe('times inside the shifts', () => {
  const breaksAt = (agenda: Agenda, slotOf: Int32Array) => {
    const other = new Agenda(agenda.problem)
    other.restore(slotOf)
    const costs = new DayCosts(other)
    costs.reset()
    const broken = checkRules(agenda.problem.instance, heldIn(other))
    return { breaks: costs.breaksInAll(), broken, held: other.slotOf.map((slot) => +(slot >= 0)) }
  }

  test('are of the same meetings, keep every rule and become no worse from turn to turn', async () => {
    const agenda = placed(3, { tables: 9 })
    const search = startSearch({ stop: () => false }, 1e9)
    const times = new ShiftTimes(search)
    const one = breaksAt(agenda, (await times.turn(agenda, 2_000))!)
    const two = breaksAt(agenda, (await times.turn(agenda, 20_000))!)
    expect([one.broken, two.broken]).toEqual([[], []])
    expect(two.held).toEqual(agenda.slotOf.map((slot) => +(slot >= 0)))
    expect(two.breaks).toBeLessThanOrEqual(one.breaks)
  })

  test('are none where the search has been told to stop, or where nobody keeps a table', async () => {
    const stopped = new ShiftTimes(startSearch({ stop: () => true }, 1e9))
    expect(await stopped.turn(placed(3, { tables: 9 }), 2_000)).toBe(null)
    const nobody = new ShiftTimes(startSearch({ stop: () => false }, 1e9))
    expect(await nobody.turn(placed(3, {}, {}), 2_000)).toBe(null)
  })
})
