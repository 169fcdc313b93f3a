import { describe, expect, test } from 'vitest'
import { parseInstance, solve, validate } from '../../../solver/index.ts'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { evenOut } from '../../../solver/compact/break-spread.ts'
import { compile } from '../../../solver/model/problem.ts'
import { generateCamp } from '../generate.ts'
import { tiny, tinyJson } from '../tiny.ts'

/** The agenda that holds candidates in slots, each written as “c11 0”. */
function agendaOf(parts: Record<string, unknown>, ...held: string[]) {
  const instance = tiny({ slots: ['s1', 's2', 's3', 's4'].map((id) => ({ id })), ...parts })
  const agenda = new Agenda(compile(instance))
  const index = (id: string) => instance.candidates.findIndex((one) => one.id === id)
  for (const line of held) agenda.put(index(line.split(' ')[0]), Number(line.split(' ')[1]))
  const read = () =>
    instance.candidates.flatMap(({ id }, c) => (agenda.slotOf[c] < 0 ? [] : [`${id} ${agenda.slotOf[c]}`]))
  return { agenda, read }
}
const spread = (maxBreakSpread: number, rules = {}) => ({ rules: { maxBreakSpread, ...rules } })
const candidates = (parts: Record<string, object>) =>
  tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] }))

describe('breaks that may not differ', () => {
  test('are left alone where no rule speaks of them, or where they are even', () => {
    for (const rules of [{}, spread(1)]) {
      const { agenda, read } = agendaOf(rules, 'c11 0', 'c12 2')
      expect(evenOut(agenda)).toBe(true)
      expect(read().filter((line) => /c11 0|c12 2/.test(line))).toEqual(['c11 0', 'c12 2'])
    }
  })

  test('cost the meeting that is worth least, which comes back where it makes no break', () => {
    const { agenda, read } = agendaOf(
      {
        ...spread(0),
        candidates: candidates({
          c12: { slots: ['s2', 's3'] },
          c21: { slots: ['s3'] },
          c22: { slots: [] },
        }),
      },
      'c11 0',
      'c12 2',
    )
    expect(evenOut(agenda)).toBe(true)
    expect(read()).toEqual(['c11 0', 'c12 1'])
  })

  test('count across blocks where the scope is the event', () => {
    const slots = [{ id: 's1' }, { id: 's2' }, { id: 's3', block: 1 }, { id: 's4', block: 1 }]
    const only = candidates({
      c11: { slots: ['s1'] },
      c12: { slots: ['s3'] },
      c21: { slots: [] },
      c22: { slots: [] },
    })
    const within = agendaOf({ ...spread(0), slots, candidates: only }, 'c11 0', 'c12 2')
    expect([evenOut(within.agenda), within.read()]).toEqual([true, ['c11 0', 'c12 2']])
    const across = agendaOf(
      { ...spread(0, { breakScope: 'event' }), slots, candidates: only },
      'c11 0',
      'c12 2',
    )
    expect([evenOut(across.agenda), across.read()]).toEqual([true, ['c11 0']])
  })

  test('spare meetings that must be held, and those that a quota needs', () => {
    const limits = { c21: { slots: [] }, c22: { slots: [] }, c11: { slots: ['s1'] }, c12: { slots: ['s3'] } }
    const required = candidates({ ...limits, c12: { ...limits.c12, required: true } })
    const spared = agendaOf({ ...spread(0), candidates: required }, 'c11 0', 'c12 2')
    expect([evenOut(spared.agenda), spared.read()]).toEqual([true, ['c12 2']])
    const quotas = [{ id: 'q', candidates: ['c12'], min: 1 }]
    const needed = agendaOf({ ...spread(0), candidates: candidates(limits), quotas }, 'c11 0', 'c12 2')
    expect([evenOut(needed.agenda), needed.read()]).toEqual([true, ['c12 2']])
  })

  test('cannot be had where all must be held: nothing changes', () => {
    const both = candidates({ c11: { required: true }, c12: { required: true } })
    const { agenda, read } = agendaOf({ ...spread(0), candidates: both }, 'c11 0', 'c12 2', 'c22 1')
    expect([evenOut(agenda), read()]).toEqual([false, ['c11 0', 'c12 2', 'c22 1']])
  })

  test.each([
    ['0, half-day hosts', { halfDay: 0.3 }, { maxBreakSpread: 0 }],
    ['2, gaps in availability', { availability: 0.8 }, { maxBreakSpread: 2 }],
    [
      '1 in the whole event, short rows',
      { availability: 0.7, maxConsecutive: 4 },
      { maxBreakSpread: 1, breakScope: 'event' },
    ],
  ])('by more than %s give a schedule of a whole camp', async (_, options, rules) => {
    const instance = parseInstance({ ...generateCamp(3, options), rules })
    const solution = await solve(instance, { maxIterations: 300_000 })
    expect(validate(instance, solution).violations).toEqual([])
    expect(solution.status).toBe('feasible')
    const most = solution.objective.value!.bound as number
    expect(solution.objective.value!.value as number).toBeGreaterThan(most / 2)
  })
})
