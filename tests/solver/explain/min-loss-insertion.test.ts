import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { leastLoss } from '../../../solver/explain/min-loss-insertion.ts'
import { type Meeting } from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { scoreOf, weighLevels } from '../../../solver/model/score.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, type EventOptions } from '../events.ts'
import { tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

describe('what has to be given up for a meeting', () => {
  test.each<[string, EventOptions]>([
    ['few rules', {}],
    ['limits', { limits: true, tables: 'none' }],
    ['locks', { locks: true }],
    ['quotas', { quotas: true }],
    ['several days', { days: true, tables: 'none' }],
  ])('is the least of all, if others only go where there is room, in an event with %s', (_, options) => {
    let counted = 0
    for (let seed = 1; seed <= 20; seed++) {
      const instance = randomEvent(seed, {
        slots: 3,
        candidates: 6,
        people: 4,
        objective: ['shortfall', 'value'],
        ...options,
      })
      const agenda = filledAgenda(instance, seededRandom(seed))
      const { problem } = agenda
      const c = [...agenda.slotOf.keys()].find((one) => agenda.slotOf[one] < 0)
      if (c === undefined) continue
      const before = heldIn(agenda)
      const score = scoreOf(agenda, weighLevels(problem))
      const lost = leastLoss(agenda, c)
      if (!lost) {
        expect(heldIn(agenda)).toEqual(before)
        const bare = {
          ...instance,
          candidates: instance.candidates.map((one) => ({ ...one, required: false })),
        }
        const locked = before.filter(({ candidate }) => instance.candidates[Number(candidate.slice(1))].lock)
        expect(
          instance.slots.some(
            ({ id }) =>
              problem.allowed[c * 3 + Number(id.slice(1)) - 1] &&
              canBeHeld(bare, [...locked, { candidate: `c${c}`, slot: id }]),
          ),
        ).toBe(false)
        continue
      }
      counted++
      const after = heldIn(agenda)
      expect(canBeHeld(instance, after)).toBe(true)
      const ids = (list: Meeting[]) => list.map(({ candidate }) => candidate)
      expect(ids(after).sort()).toEqual(
        [...ids(before).filter((id) => !lost.includes(Number(id.slice(1)))), `c${c}`].sort(),
      )
      // No single meeting that goes would have cost less.
      const least = ids(before)
        .filter((id) => !instance.candidates[Number(id.slice(1))].lock)
        .flatMap((id) => {
          const rest = before.filter(({ candidate }) => candidate !== id)
          return instance.slots.flatMap((slot) => {
            const list = [...rest, { candidate: `c${c}`, slot: slot.id }]
            if (!canBeHeld(instance, list)) return []
            const trial = new Agenda(problem)
            for (const one of list) trial.put(Number(one.candidate.slice(1)), Number(one.slot.slice(1)) - 1)
            return [scoreOf(trial, weighLevels(problem))]
          })
        })
      if (lost.length > 0 && options.limits === undefined)
        expect(scoreOf(agenda, weighLevels(problem))).toBeGreaterThanOrEqual(Math.max(-Infinity, ...least))
      if (lost.length === 0) expect(scoreOf(agenda, weighLevels(problem))).toBeGreaterThanOrEqual(score)
    }
    expect(counted).toBeGreaterThan(3)
  })

  test('is counted only of those that find no room', () => {
    const agenda = new Agenda(
      compile(
        changed(
          {
            c11: { slots: ['s1', 's2'] },
            c12: { value: 9, slots: ['s1', 's3'] },
            c21: { value: 1, slots: ['s2'] },
          },
          { slots: ['s1', 's2', 's3'].map((id) => ({ id })) },
        ),
      ),
    )
    agenda.put(1, 0)
    agenda.put(2, 1)
    expect(leastLoss(agenda, 0)).toEqual([])
    expect([...agenda.slotOf]).toEqual([0, 2, 1, -1])
  })

  test('is one of two where there is room for one', () => {
    const tables = [{ id: 't1' }, { id: 't2', unavailable: ['s2'] }]
    const event = changed({ c11: { slots: ['s1'] } }, { slots: [{ id: 's1' }, { id: 's2' }], tables })
    const agenda = new Agenda(compile(event))
    agenda.put(1, 0)
    agenda.put(2, 0)
    expect(leastLoss(agenda, 0)).toEqual([2])
    expect([...agenda.slotOf]).toEqual([0, 1, -1, -1])
  })

  test('is nothing where others find room', () => {
    const agenda = new Agenda(compile(changed({ c11: { slots: ['s1'] } })))
    agenda.put(1, 0)
    agenda.put(2, 1)
    expect(leastLoss(agenda, 0)).toEqual([])
    expect([...agenda.slotOf]).toEqual([0, 1, 1, -1].map((slot, c) => (c === 1 ? agenda.slotOf[1] : slot)))
    expect(agenda.slotOf[1]).toBeGreaterThan(0)
  })
})
