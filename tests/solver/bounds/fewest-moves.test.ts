import { describe, expect, test } from 'vitest'
import { lowerBounds } from '../../../solver/bounds/day-level-bounds.ts'
import { fewestMovesAt } from '../../../solver/bounds/stays-of-times.ts'
import { measure, solve, type Instance } from '../../../solver/index.ts'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { compile } from '../../../solver/model/problem.ts'
import { generateCamp } from '../generate.ts'
import { people, tiny } from '../tiny.ts'

const slots = (...blocks: number[]) => blocks.map((block, index) => ({ id: `s${index + 1}`, block }))
const meetingsOf = (pairs: string[], parts: object = { required: true }) =>
  pairs.map((pair, index) => ({ id: `c${index}`, participants: pair.split(' '), ...parts }))

const bound = (event: Instance, level: 'seatedMoves' | 'tableMoves', breaks = 0) =>
  lowerBounds(compile(event), { ...measure(event, []), breaks }, () => null, null)(level)

describe('over all schedules', () => {
  const square = ['p1 h1', 'p1 h2', 'p2 h1', 'p2 h2']

  test('nobody stays over a pause who has no choice but one block', () => {
    const event = (parts: object = {}) =>
      tiny({ slots: slots(0, 0, 1, 1), candidates: meetingsOf(square), ...parts })
    // Each of four people may stay over the pause, and two tables in one of the blocks.
    expect(bound(event(), 'tableMoves')).toBe(0)
    const morning = people(...['p1', 'p2', 'h1'].map((id) => ({ id, unavailable: ['s3', 's4'] })))
    expect(bound(event({ participants: morning }), 'tableMoves')).toBe(2)
    expect(bound(event({ participants: morning }), 'tableMoves', 1)).toBe(1)
  })

  test('a table is stayed at in each block once less than it has meetings', () => {
    // Two meetings of each of two blocks of two slots: one stay in each, where one block would have three.
    const pairs = ['p1 h1', 'p1 h2', 'p2 h1', 'p2 h2']
    const one = (...blocks: number[]) =>
      tiny({ slots: slots(...blocks), tables: [{ id: 't' }], candidates: meetingsOf(pairs), rules: {} })
    expect(bound(one(0, 0, 0, 0), 'tableMoves')).toBe(1)
    const atHome = people({ id: 'p1', unavailable: ['s3', 's4'] }, { id: 'p2', unavailable: ['s1', 's2'] })
    const two = tiny({
      slots: slots(0, 0, 1, 1),
      tables: [{ id: 't' }],
      participants: atHome,
      candidates: meetingsOf(pairs),
    })
    expect(bound(two, 'tableMoves')).toBe(0)
  })

  test('of those who keep a table no two share one who need it for more than half of the day', () => {
    const hosts = ['h1', 'h2', 'h3'].map((id) => ({ id, side: 'host' }))
    const projects = ['p1', 'p2', 'p3'].map((id) => ({ id }))
    const event = (parts: object) =>
      tiny({
        slots: slots(0, 0, 0),
        participants: [...hosts, ...projects],
        candidates: meetingsOf(['p1 h1', 'p2 h1', 'p2 h2', 'p3 h2', 'p3 h3', 'p1 h3']),
        rules: { seated: ['host'] },
        ...parts,
      })
    expect(bound(event({}), 'seatedMoves')).toBe(1)
    expect(bound(event({ slots: slots(0, 0, 0, 0) }), 'seatedMoves')).toBe(0)
    expect(bound(event({ tables: [{ id: 't1' }, { id: 't2' }, { id: 't3' }] }), 'seatedMoves')).toBe(0)
    expect(bound(event({ tables: 2 }), 'seatedMoves')).toBe(0)
    expect(bound(event({ rules: {} }), 'seatedMoves')).toBe(0)
    // Two who meet each other may both be at the table.
    const together = meetingsOf(['p1 h1', 'h2 h1', 'p2 h2', 'p3 h2', 'p3 h3', 'p1 h3'])
    expect(bound(event({ candidates: together }), 'seatedMoves')).toBe(0)
  })

  test('those of given times count where all times are certain', async () => {
    const lock = (slot: string, table?: string) => ({ lock: { slot, ...(table && { table }) } })
    const [a, b, c, d] = meetingsOf(square, {})
    const candidates = [
      { ...a, ...lock('s1', 't1') },
      { ...b, ...lock('s2', 't2') },
      { ...c, ...lock('s2') },
      { ...d, ...lock('s3') },
    ]
    const { objective } = await solve(tiny({ slots: slots(0, 0, 0), candidates }))
    // p1 has to change, and then h1 or h2 need not; of p2 and h2 both may stay only if they are at one table before.
    expect(objective.tableMoves).toEqual({ value: 2, bound: 2, proven: true })
    const free = [{ ...a, required: true }, ...candidates.slice(1)]
    expect(bound(tiny({ slots: slots(0, 0, 0, 0), candidates: free }), 'tableMoves')).toBe(1)
  })

  test('more than four fifths of the moves of a camp are certain', async () => {
    const { objective } = await solve(tiny(generateCamp(1)))
    const { value, bound } = objective.tableMoves!
    expect((bound as number) / (value as number)).toBeGreaterThan(0.8)
  })
})

describe('at given times', () => {
  const fewest = (event: Instance, places: number[], counts: (id: string) => boolean = () => true) => {
    const agenda = new Agenda(compile(event))
    places.forEach((slot, c) => agenda.put(c, slot))
    return fewestMovesAt(agenda, (p) => counts(event.participants[p].id))
  }
  const event = (pairs: string[], parts: object = {}) =>
    tiny({ slots: slots(0, 0, 0), candidates: meetingsOf(pairs, {}), ...parts })

  test('one of two stays who leave a meeting for the next slot, or come to one from the slot before', () => {
    const fork = event(['p1 h1', 'p1 h2', 'p2 h1'])
    expect(fewest(fork, [0, 1, 1])).toBe(1)
    expect(fewest(fork, [0, 1, 2])).toBe(0)
    expect(fewest(fork, [0, 1, 1], (id) => id === 'p1')).toBe(0)
    expect(fewest(event(['p1 h1', 'p1 h2', 'p2 h1']), [2, 1, 1])).toBe(1)
  })

  test('half of a ring stays', () => {
    const ring = event(['p1 h1', 'p2 h2', 'p1 h2', 'p2 h1'])
    expect(fewest(ring, [0, 0, 1, 1])).toBe(2)
  })

  test('a pair that meets again stays together', () => {
    expect(fewest(event(['p1 h1', 'p1 h1']), [0, 1])).toBe(0)
    const participants = ['p1', 'p2', 'h1', 'h2', 'h3', 'h4'].map((id) => ({ id }))
    // Two go together; the others would have two stays only without them.
    const path = event(['p1 h1', 'p1 h1', 'p2 h2'], { participants })
    expect(fewest(path, [0, 1, 1])).toBe(0)
  })

  test('nobody stays where no table suits both meetings', () => {
    const pairs = ['p1 h1', 'p1 h2']
    const own = people({ id: 'h1', tables: ['t1'] }, { id: 'h2', tables: ['t2'] })
    expect(fewest(event(pairs, { participants: own }), [0, 1])).toBe(1)
    const either = people({ id: 'h1', tables: ['t1'] }, { id: 'h2', tables: ['t1', 't2'] })
    expect(fewest(event(pairs, { participants: either }), [0, 1])).toBe(0)
    const out = [
      { id: 't1', unavailable: ['s2'] },
      { id: 't2', unavailable: ['s1'] },
    ]
    expect(fewest(event(pairs, { tables: out }), [0, 1])).toBe(1)
  })
})
