import { describe, expect, test } from 'vitest'
import { parseInstance, solve, type Instance } from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { withoutPeople } from '../../../solver/repair/absent-people.ts'
import { disrupt } from '../../../solver/repair/apply-disruption.ts'
import { anyEventOrDays, isChosen, readDisruption } from '../any-event.ts'
import { claimless, meetings, people, tiny, tinyJson } from '../tiny.ts'

/** The same event by way of a file, as `repair` makes it. */
function byFile(instance: Instance, absent: number[]): Instance {
  const parts = { absent: absent.map((p) => ({ participant: instance.participants[p].id })) }
  const file = disrupt(instance, claimless(instance.base!), readDisruption(parts, instance)!)
  return parseInstance(file)
}

/** Without what may differ: the file itself, and in which order absences are named. */
const comparable = ({ source: _, participants, ...rest }: Instance) => ({
  ...rest,
  participants: participants.map((one) => ({ ...one, unavailable: one.unavailable.toSorted() })),
})

describe('an event without some of its people', () => {
  test('is the one that a file of their absence describes, as a whole and compiled', async () => {
    let seen = 0
    for (let seed = 1; seed <= 300; seed++) {
      const { random, instance } = anyEventOrDays(seed)
      const { meetings: base } = await solve(instance, { maxIterations: 300 })
      if (base.length === 0) continue
      const event = parseInstance({ ...instance.source, base })
      const absent = [...event.participants.keys()].filter(() => isChosen(random, 3))
      const problem = withoutPeople(compile(event), new Set(absent))
      const expected = byFile(event, absent)
      expect([seed, comparable(problem.instance)]).toEqual([seed, comparable(expected)])
      const { instance: _, ...compiled } = compile(expected)
      const { instance: __, ...found } = problem
      expect([seed, found]).toEqual([seed, compiled])
      seen++
    }
    expect(seen).toBeGreaterThan(150)
  })

  test('lets others be where a lock was', () => {
    const candidates = tinyJson().candidates.map((one) =>
      one.id === 'c11' ? { ...one, lock: { slot: 's1', table: 't1' } } : { ...one, slots: ['s1'] },
    )
    const event = tiny({ candidates, tables: [{ id: 't1' }], base: meetings('c11 s1 t1') })
    const problem = compile(event)
    expect([...problem.possible]).toEqual([1, 0, 0, 0])
    expect([...withoutPeople(problem, new Set([0])).possible]).toEqual([0, 0, 1, 1])
  })

  test('asks quotas for no more than limits of 0 allow', () => {
    const event = tiny({
      participants: people({ id: 'h2', limits: [{ slots: ['s1', 's2', 's3', 's4'], max: 0 }] }),
      quotas: [{ id: 'q', candidates: ['c11', 'c21', 'c22'], min: 2 }],
      base: meetings('c11 s1 t1', 'c21 s2 t1'),
    })
    const problem = withoutPeople(compile(event), new Set([0]))
    expect(problem.quotas[0].min).toBe(1)
    expect(comparable(problem.instance)).toEqual(comparable(byFile(event, [0])))
  })

  test('leaves the event as it was', () => {
    const event = tiny({ participants: people({ id: 'p1', minMeetings: 1 }), base: meetings('c11 s1 t1') })
    const problem = compile(event)
    withoutPeople(problem, new Set([0, 2]))
    expect(problem).toEqual(compile(event))
  })
})
