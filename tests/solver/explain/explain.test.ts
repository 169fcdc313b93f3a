import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  applyChange,
  checkRules,
  explain,
  measure,
  parseInstance,
  solve,
  type Instance,
  type Meeting,
  type Reason,
} from '../../../solver/index.ts'
import { generateCamp, type CampOptions } from '../generate.ts'
import { claimless, meetings, people, tiny, tinyJson } from '../tiny.ts'

/** Every remedy holds the meeting, breaks no rule of the event as changed, and costs what it says. */
function checkRemedies(instance: Instance, held: Meeting[], reason: Reason): void {
  for (const remedy of [reason.remedy, reason.instead]) {
    if (!remedy) continue
    const changed = applyChange(instance, remedy.change)
    expect(checkRules(changed, remedy.meetings)).toEqual([])
    const then = new Set(remedy.meetings.map(({ candidate }) => candidate))
    expect(then.has(reason.candidate)).toBe(true)
    const lost = remedy.change.kind === 'instead' ? remedy.change.candidates : []
    expect(
      held
        .filter(({ candidate }) => !then.has(candidate))
        .map(({ candidate }) => candidate)
        .sort(),
    ).toEqual([...lost].sort())
    const value = (list: Meeting[]) => measure(changed, list).value as number
    expect(remedy.cost.value ?? 0).toBe(value(remedy.meetings) - value(held))
    expect(parseInstance(JSON.parse(JSON.stringify(changed.source)))).toEqual({
      ...changed,
      source: expect.anything(),
    })
  }
}

async function why(instance: Instance, candidate: string, ...lines: string[]): Promise<Reason> {
  const held = meetings(...lines)
  expect(checkRules(instance, held)).toEqual([])
  const reason = await explain(instance, claimless(held), candidate)
  checkRemedies(instance, held, reason)
  return reason
}

const one = (change: object) => people({ id: 'p1', ...change })
const candidate = (id: string, change: object) =>
  tinyJson().candidates.map((other) => (other.id === id ? { ...other, ...change } : other))

describe('a meeting that is not held', () => {
  test('is possible where nothing is in the way', async () => {
    expect(await why(tiny(), 'c11')).toMatchObject({
      kind: 'possible',
      remedy: { change: { kind: 'none' }, moved: 0, cost: { value: 5 } },
      instead: null,
    })
  })

  test('is possible if others only have to move', async () => {
    const instance = tiny({ candidates: candidate('c11', { slots: ['s1'] }) })
    expect(await why(instance, 'c11', 'c12 s1 t1')).toMatchObject({ kind: 'possible', remedy: { moved: 1 } })
  })

  test('needs its two people at the same time', async () => {
    const instance = tiny({
      participants: people({ id: 'p1', unavailable: ['s1', 's2'] }, { id: 'h1', unavailable: ['s3', 's4'] }),
    })
    expect(await why(instance, 'c11')).toMatchObject({
      kind: 'availability',
      ids: ['p1', 'h1'],
      words: 'p1 and h1 are never both free when the other is there.',
      remedy: {
        change: { kind: 'available', participants: ['p1'], slot: 's1' },
        words: 'Have p1 come in slot s1; 5 more in value.',
      },
    })
  })

  test('needs somebody with a full agenda to come for longer', async () => {
    const instance = tiny({ participants: one({ unavailable: ['s2', 's3', 's4'] }) })
    expect(await why(instance, 'c11', 'c12 s1 t1')).toMatchObject({
      kind: 'fullAgenda',
      ids: ['p1'],
      remedy: { change: { kind: 'available', participants: ['p1'], slot: 's2' } },
      instead: { change: { kind: 'instead', candidates: ['c12'] }, cost: { value: 2 } },
    })
  })

  test('needs one more meeting to be allowed', async () => {
    expect(await why(tiny({ participants: one({ maxMeetings: 1 }) }), 'c11', 'c12 s1 t1')).toMatchObject({
      kind: 'maxMeetings',
      ids: ['p1'],
      remedy: {
        change: { kind: 'maxMeetings', participant: 'p1', to: 2 },
        words: 'Allow p1 2 meetings; 5 more in value.',
      },
    })
  })

  test('needs one more meeting to be allowed in some slots', async () => {
    const halfDay = one({ limits: [{ slots: ['s1', 's2'], max: 1 }], unavailable: ['s3', 's4'] })
    expect(await why(tiny({ participants: halfDay }), 'c11', 'c12 s1 t1')).toMatchObject({
      kind: 'limits',
      ids: ['p1'],
      words: 'p1 has as many meetings as allowed in some slots.',
      remedy: {
        change: { kind: 'limit', participant: 'p1', slots: ['s1', 's2'], to: 2 },
        words: 'Allow p1 2 meetings in s1 and s2; 5 more in value.',
      },
      instead: { change: { kind: 'instead', candidates: ['c12'] } },
    })
    const never = one({ limits: [{ slots: ['s1', 's2', 's3', 's4'], max: 0 }] })
    expect(await why(tiny({ participants: never }), 'c11')).toMatchObject({
      kind: 'limits',
      remedy: { words: 'Allow p1 1 meeting in s1, s2, s3 and s4; 5 more in value.' },
      instead: null,
    })
  })

  test('needs a table', async () => {
    const instance = tiny({ slots: [{ id: 's1' }], tables: [{ id: 't1' }] })
    expect(await why(instance, 'c11', 'c22 s1 t1')).toMatchObject({
      kind: 'tables',
      remedy: { change: { kind: 'table' }, words: 'Add a table (2 in all); 5 more in value.' },
    })
  })

  test('needs the table of somebody who has one to suit both, or another table for them', async () => {
    const own = { id: 'h1', tables: ['t2'] }
    const away = tiny({ participants: people({ id: 'p1', needs: ['step-free'] }, own) })
    expect(await why(away, 'c11')).toMatchObject({
      kind: 'tables',
      remedy: { change: { kind: 'features', table: 't2', features: ['step-free'] }, cost: { value: 5 } },
    })
    // Where their table is not there, another would do.
    const gone = tiny({
      participants: people(own),
      tables: [{ id: 't1' }, { id: 't2', unavailable: ['s1', 's2', 's3', 's4'] }],
    })
    expect(await why(gone, 'c11')).toMatchObject({
      kind: 'tables',
      remedy: { change: { kind: 'ownTable', participant: 'h1', table: 't1' } },
    })
    const taken = tiny({
      slots: [{ id: 's1' }],
      participants: people({ id: 'h1', tables: ['t1'] }, { id: 'h2', tables: ['t1'] }),
    })
    expect(await why(taken, 'c11', 'c22 s1 t1')).toMatchObject({
      kind: 'tables',
      remedy: { change: { kind: 'ownTable', participant: 'h1', table: 't2' }, moved: 0 },
    })
  })

  test('needs a longer row to be allowed', async () => {
    const instance = tiny({
      slots: [{ id: 's1' }, { id: 's2' }],
      participants: one({ maxConsecutive: 1 }),
    })
    expect(await why(instance, 'c11', 'c12 s1 t1')).toMatchObject({
      kind: 'maxConsecutive',
      remedy: { change: { kind: 'maxConsecutive', participant: 'p1', to: 2 } },
    })
  })

  test('needs room in its quota', async () => {
    const instance = tiny({ quotas: [{ id: 'q', candidates: ['c11', 'c12'], max: 1 }] })
    expect(await why(instance, 'c11', 'c12 s1 t1')).toMatchObject({
      kind: 'quotas',
      ids: ['q'],
      remedy: { change: { kind: 'quota', quota: 'q', to: 2 } },
    })
  })

  test('needs a lock to give way', async () => {
    const candidates = candidate('c12', { lock: { slot: 's1' } }).map((other) =>
      other.id === 'c11' ? { ...other, slots: ['s1'] } : other,
    )
    expect(await why(tiny({ candidates }), 'c11', 'c12 s1 t1')).toMatchObject({
      kind: 'locked',
      ids: ['c12'],
      remedy: { change: { kind: 'slot', candidate: 'c11', slot: 's2' } },
    })
  })

  test('that is worth less takes the place of another', async () => {
    const instance = tiny({
      slots: [{ id: 's1' }],
      participants: one({ maxMeetings: 1 }),
    })
    expect(await why(instance, 'c12', 'c11 s1 t1')).toMatchObject({
      kind: 'lowerValue',
      ids: ['c11'],
      words: 'It would take the place of c11.',
      remedy: null,
      instead: { change: { candidates: ['c11'] }, cost: { value: -2 } },
    })
  })

  test('is told from one that is held', async () => {
    expect(await why(tiny(), 'c11', 'c11 s1 t1')).toMatchObject({ kind: 'held', remedy: null, instead: null })
  })

  test('must exist', async () => {
    await expect(explain(tiny(), claimless([]), 'cx')).rejects.toThrow('There is no candidate “cx”.')
  })
})

describe('in a camp', () => {
  const kinds: [string, CampOptions][] = [
    ['with scarce tables', { tables: 14 }],
    ['with gaps in availability', { availability: 0.7 }],
    ['with short rows', { maxConsecutive: 3 }],
  ]
  test.each(kinds)('%s every unmet wish has a reason and remedies that hold', async (_, options) => {
    const instance = parseInstance(generateCamp(1, options))
    const solution = await solve(instance, { maxIterations: 20_000 })
    const held = new Set(solution.meetings.map((meeting) => meeting.candidate))
    const unmet = instance.candidates.filter(({ id }) => !held.has(id)).slice(0, 8)
    for (const { id } of unmet) {
      const reason = await explain(instance, solution, id)
      expect(reason.words).not.toBe('')
      expect(reason.remedy ?? reason.instead).not.toBeNull()
      checkRemedies(instance, solution.meetings, reason)
    }
  })
})

const SLOTS = ['s1', 's2']
const PAIRS = [
  ['a', 'b'],
  ['b', 'c'],
  ['a', 'c'],
  ['c', 'd'],
  ['a', 'd'],
]
const person = (id: string) =>
  fc.record({
    id: fc.constant(id),
    maxMeetings: fc.integer({ min: 0, max: 2 }),
    maxConsecutive: fc.constantFrom(1, 2, 2),
    unavailable: fc.subarray(SLOTS, { maxLength: 1 }),
    limits: fc.subarray(
      [
        { slots: SLOTS, max: 1 },
        { slots: ['s1'], max: 0 },
      ],
      { maxLength: 1 },
    ),
  })

/** Whether some schedule holds all of these candidates. */
function canHold(instance: Instance, ids: string[], held: Meeting[] = []): boolean {
  if (ids.length === 0) return checkRules(instance, held).length === 0
  const [candidate, ...rest] = ids
  return SLOTS.some((slot) => canHold(instance, rest, [...held, { candidate, slot }]))
}

describe('in a tiny event', () => {
  test('reasons agree with trying everything', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(person('a'), person('b'), person('c'), person('d')),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 2 }),
        async (participants, values, tables) => {
          const candidates = PAIRS.map((pair, c) => ({ id: `c${c}`, participants: pair, value: values[c] }))
          const slots = SLOTS.map((id) => ({ id }))
          const json = { format: 'incontro/instance', version: 1, slots, tables, participants, candidates }
          const instance = parseInstance(json)
          const solution = await solve(instance, { maxIterations: 3_000 })
          const held = solution.meetings.map(({ candidate }) => candidate)
          for (const { id } of instance.candidates.filter((one) => !held.includes(one.id))) {
            const reason = await explain(instance, solution, id)
            checkRemedies(instance, solution.meetings, reason)
            expect(reason.kind === 'possible').toBe(canHold(instance, [...held, id]))
            expect(reason.kind === 'possible' || reason.instead !== null).toBe(canHold(instance, [id]))
            if (!reason.remedy) expect(canHold(oneMoreOfAll(instance, id), [...held, id])).toBe(false)
          }
        },
      ),
      { seed: 1, numRuns: 80 },
    )
  })
})

/** One change at a time is what a remedy is; here the two people alone may meet once more. */
function oneMoreOfAll(instance: Instance, id: string): Instance {
  const [a] = instance.candidates.find((one) => one.id === id)!.participants
  const to = instance.participants.find((one) => one.id === a)!.maxMeetings + 1
  return applyChange(instance, { kind: 'maxMeetings', participant: a, to })
}
