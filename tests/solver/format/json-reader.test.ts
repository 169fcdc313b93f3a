import { describe, expect, test } from 'vitest'
import { parseInstance } from '../../../solver/index.ts'
import { errorsOf } from '../refused.ts'
import { tinyJson } from '../tiny.ts'

const ofInstance = (parts: Record<string, unknown>) => errorsOf(() => parseInstance(tinyJson(parts)))

const [c11, c12, ...others] = tinyJson().candidates
const first = (change: object) => ({ candidates: [{ ...c11, ...change }, c12, ...others] })

describe('an instance is read', () => {
  test('with every key as given', () => {
    const time = (hour: string) => `2026-11-22T${hour}+01:00`
    const json = tinyJson({
      name: 'Camp',
      slots: [
        { id: 's1', start: time('09:30'), end: time('09:50:30.250'), block: 4 },
        { id: 's2', start: '2026-11-22T09:30Z', block: 1_000_000 },
      ],
      tables: [{ id: 't1', features: ['b', 'a'], unavailable: ['s2'] }],
      participants: [
        {
          id: 'p1',
          side: 'project',
          unavailable: ['s2', 's1'],
          minMeetings: 1_000_000,
          maxMeetings: 0,
          maxConsecutive: 1_000_000,
          needs: ['a'],
          tables: ['t1'],
          fairnessGroup: 'x',
        },
        { id: 'h1', tables: [], unavailable: [] },
      ],
      candidates: [
        {
          id: 'a',
          participants: ['h1', 'p1'],
          value: 1_000_000,
          required: true,
          slots: ['s2'],
          after: ['b'],
        },
        { id: 'b', participants: ['p1', 'h1'], value: 0, required: false, slots: [], lock: { table: 't1' } },
        { id: 'c', participants: ['p1', 'h1'], lock: { slot: 's1' } },
        { id: 'd', participants: ['p1', 'h1'], lock: {} },
      ],
      quotas: [
        { id: 'q', candidates: ['a', 'b', 'c'], min: 1 },
        { id: 'r', candidates: ['a'], min: 5 },
        { id: 's', min: 2, max: 2 },
      ],
      base: [
        { candidate: 'b', slot: 's1', table: 't1' },
        { candidate: 'a', slot: 's2' },
      ],
      rules: {
        objective: ['value', 'breaks'],
        breakScope: 'event',
        maxBreakSpread: 1_000_000,
        tolerance: { value: 1, breaks: 0, idle: 0.5 },
        repair: 'fewest-losses',
      },
    })
    const instance = parseInstance(json)
    expect(instance.source).toBe(json)
    expect({ ...instance, source: null }).toEqual({
      name: 'Camp',
      slots: [
        { id: 's1', start: time('09:30'), end: time('09:50:30.250'), block: 4 },
        { id: 's2', start: '2026-11-22T09:30Z', end: null, block: 1_000_000 },
      ],
      tables: [{ id: 't1', features: ['b', 'a'], unavailable: ['s2'] }],
      participants: [
        json.participants[0],
        {
          id: 'h1',
          side: null,
          unavailable: [],
          minMeetings: 0,
          maxMeetings: 2,
          maxConsecutive: 2,
          needs: [],
          tables: [],
          fairnessGroup: null,
        },
      ],
      candidates: [
        { ...json.candidates[0], lock: null },
        { ...json.candidates[1], after: [], lock: { slot: null, table: 't1' } },
        {
          ...json.candidates[2],
          value: 1,
          required: false,
          slots: null,
          after: [],
          lock: { slot: 's1', table: null },
        },
        {
          ...json.candidates[3],
          value: 1,
          required: false,
          slots: null,
          after: [],
          lock: { slot: null, table: null },
        },
      ],
      quotas: [
        { id: 'q', candidates: ['a', 'b', 'c'], min: 1, max: 3 },
        { id: 'r', candidates: ['a'], min: 5, max: 1 },
        { id: 's', candidates: [], min: 2, max: 2 },
      ],
      base: (json as { base?: unknown }).base,
      rules: { ...(json as { rules?: object }).rules, objective: ['value', 'changes', 'breaks'] },
      source: null,
    })
  })

  test('with what may be left out left out', () => {
    const instance = parseInstance(tinyJson({ slots: [], participants: [], candidates: [], rules: {} }))
    expect(instance.rules).toEqual({
      objective: ['shortfall', 'value', 'fairness', 'breaks', 'idle', 'tableMoves'],
      breakScope: 'block',
      maxBreakSpread: null,
      tolerance: {},
      repair: 'fewest-changes',
    })
    const alone = parseInstance(tinyJson({ slots: [], participants: [{ id: 'p' }], candidates: [] }))
    expect(alone.participants[0]).toMatchObject({ maxMeetings: 0, maxConsecutive: 1 })
    expect(parseInstance(tinyJson({ tables: 0 })).tables).toBe(0)
    expect(parseInstance(tinyJson({ tables: 1_000_000 })).tables).toBe(1_000_000)
  })

  test('with changes after the guarantee, or after the value too, whichever is last', () => {
    const order = (repair: string, ...objective: string[]) =>
      parseInstance(tinyJson({ base: [], rules: { repair, objective } })).rules.objective.join(' ')
    expect(order('fewest-changes', 'value', 'shortfall', 'breaks')).toBe('value shortfall changes breaks')
    expect(order('fewest-losses', 'shortfall', 'breaks', 'value')).toBe('shortfall breaks value changes')
    expect(order('fewest-losses', 'value', 'idle', 'shortfall')).toBe('value idle shortfall changes')
    expect(order('fewest-losses', 'idle')).toBe('changes idle')
    expect(order('fewest-changes', 'value', 'changes')).toBe('value changes')
  })

  test('with ids such as those that every object has', () => {
    const participants = [{ id: 'constructor' }, { id: '__proto__' }]
    const candidates = [{ id: 'toString', participants: ['constructor', '__proto__'] }]
    expect(parseInstance(tinyJson({ participants, candidates })).candidates[0].participants).toEqual([
      'constructor',
      '__proto__',
    ])
    const inherited = Object.assign(Object.create({ name: 'inherited' }), tinyJson())
    expect(parseInstance(inherited).name).toBe('')
  })

  test('with lists that several places share, each checked by what it is a list of', () => {
    const shared = ['s1', 's2', 's3']
    const unavailable = (list: string[]) => ({
      participants: [
        { id: 'p1', unavailable: list },
        { id: 'p2', unavailable: list },
        { id: 'h1', unavailable: list },
        { id: 'h2' },
      ],
    })
    const read = parseInstance(tinyJson(unavailable(shared)))
    expect(read.participants.map((one) => one.unavailable)).toEqual([shared, shared, shared, []])
    expect(read.participants[1].unavailable).toBe(read.participants[0].unavailable)
    const wrong = ['s1', 's2', 'sx']
    expect(ofInstance(unavailable(wrong))).toEqual(
      [0, 1, 2].map((p) => `/participants/${p}/unavailable/2: there is no slot “sx”`),
    )
    const short = parseInstance(tinyJson(unavailable(['s1', 's2']))).participants
    expect(short[0].unavailable).not.toBe(short[1].unavailable)
    const both = { ...unavailable(shared), ...first({ after: shared }) }
    expect(ofInstance(both)).toEqual(
      [0, 1, 2].map((i) => `/candidates/0/after/${i}: there is no candidate “s${i + 1}”`),
    )
  })
})
