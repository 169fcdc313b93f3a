import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { leastLoss } from '../../../solver/explain/min-loss-insertion.ts'
import {
  applyChange,
  explain,
  measure,
  parseInstance,
  type Instance,
  type Meeting,
} from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import type { Change } from '../../../solver/explain/relaxation.ts'
import { likelyChanges, whyNever } from '../../../solver/explain/relaxations.ts'
import { scoreOf, weighLevels } from '../../../solver/model/score.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, schedules, type EventOptions } from '../events.ts'
import { claimless, meetings, people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })
const persons = (...limits: object[]) => ({ participants: people(...(limits as { id: string }[])) })
const never = (instance: Instance, c = 0) => whyNever({ instance, problem: compile(instance), c })

describe('why a meeting can never be held', () => {
  test.each<[string, Instance, ReturnType<typeof never>]>([
    ['is nothing if it can', tiny(), null],
    [
      'is that somebody may have none',
      changed({}, persons({ id: 'h1', maxMeetings: 0 })),
      { kind: 'maxMeetings', ids: ['h1'] },
    ],
    [
      'is a quota of none',
      tiny({
        quotas: [
          { id: 'o', candidates: ['c12'], max: 0 },
          { id: 'r', candidates: ['c11'], max: 1 },
          { id: 'q', candidates: ['c12', 'c11'], max: 0 },
        ],
      }),
      { kind: 'quotas', ids: ['q'] },
    ],
    [
      'is that no table suits',
      changed({}, persons({ id: 'p1', needs: ['quiet'] })),
      { kind: 'tables', ids: ['p1', 'h1'] },
    ],
    ['is that there are no tables', tiny({ tables: 0 }), { kind: 'tables', ids: ['p1', 'h1'] }],
    [
      'is that they are never there together',
      changed({}, persons({ id: 'p1', unavailable: ['s1', 's2'] }, { id: 'h1', unavailable: ['s3', 's4'] })),
      { kind: 'availability', ids: ['p1', 'h1'] },
    ],
    [
      'is its own slots',
      changed({ c11: { slots: ['s1'] } }, persons({ id: 'p1', unavailable: ['s1'] })),
      { kind: 'slots', ids: ['c11'] },
    ],
    [
      'is the slot of its lock',
      changed({ c11: { slots: ['s1', 's2'], lock: { slot: 's3' } } }),
      { kind: 'slots', ids: ['c11'] },
    ],
    [
      'is what is locked when it could be',
      changed({
        c11: { slots: ['s1', 's2'] },
        c12: { lock: { slot: 's1' } },
        c21: { lock: { slot: 's2' } },
        c22: { lock: { slot: 's3' } },
      }),
      { kind: 'locked', ids: ['c12', 'c21'] },
    ],
    [
      'is that the tables are out then',
      changed({ c11: { slots: ['s1', 's2'] } }, { tables: [{ id: 't', unavailable: ['s1', 's2'] }] }),
      { kind: 'tables', ids: ['s1', 's2'] },
    ],
    [
      'is that others are locked at the tables then',
      changed({ c11: { slots: ['s1'] }, c22: { lock: { slot: 's1' } } }, { tables: 1 }),
      { kind: 'tables', ids: ['s1'] },
    ],
  ])('%s', (_, instance, ruling) => {
    expect(never(instance)).toEqual(ruling)
  })
})

describe('what could make room for a meeting', () => {
  const suspects = (instance: Instance, ...lines: string[]) =>
    likelyChanges({ instance, problem: compile(instance), meetings: meetings(...lines), c: 0 }).map(
      ({ kind, ids, change }) => [kind, ids, change],
    )
  const table = (id = 'one more table') => ['tables', [], { kind: 'table', table: id }]

  test('is a table, if they are limited, by a name that is not taken', () => {
    expect(suspects(tiny())).toEqual([table()])
    expect(suspects(tiny({ tables: 3 }))).toEqual([table()])
    expect(suspects(tiny({ tables: undefined }))).toEqual([])
    const taken = ['one more table', 'one more table more'].map((id) => ({ id }))
    expect(suspects(tiny({ tables: taken }))).toEqual([table('one more table more more')])
  })

  test('is one meeting more, or one more in a row', () => {
    const limited = changed(
      {},
      {
        ...persons(
          { id: 'p1', maxMeetings: 1, maxConsecutive: 2 },
          { id: 'h1', maxMeetings: 2, maxConsecutive: 4 },
        ),
        tables: undefined,
      },
    )
    const row = ['maxConsecutive', ['p1'], { kind: 'maxConsecutive', participant: 'p1', to: 3 }]
    expect(suspects(limited)).toEqual([row])
    expect(suspects(limited, 'c12 s1')).toEqual([
      ['maxMeetings', ['p1'], { kind: 'maxMeetings', participant: 'p1', to: 2 }],
      row,
    ])
    expect(suspects(limited, 'c12 s1', 'c21 s2', 'c22 s3').map(([kind]) => kind)).toEqual([
      'maxMeetings',
      'maxConsecutive',
    ])
  })

  test('is one more of a quota that is used up', () => {
    const quotas = [
      { id: 'q', candidates: ['c11', 'c12', 'c22'], max: 2 },
      { id: 'r', candidates: ['c12'], max: 1 },
      { id: 's', candidates: ['c11', 'c12'], max: 2 },
    ]
    const more = ['quotas', ['q'], { kind: 'quota', quota: 'q', to: 3 }]
    expect(suspects(tiny({ quotas, tables: undefined }), 'c12 s1')).toEqual([])
    expect(suspects(tiny({ quotas, tables: undefined }), 'c12 s1', 'c22 s1')).toEqual([more])
  })

  test('is somebody who comes in another slot, first where nobody has to move', () => {
    const event = changed(
      {},
      {
        ...persons({ id: 'p1', unavailable: ['s1', 's2'] }, { id: 'h1', unavailable: ['s2', 's4'] }),
        tables: undefined,
      },
    )
    const come = (slot: string, kind: string, ...ids: string[]) => [
      kind,
      ids,
      { kind: 'available', participants: ids, slot },
    ]
    expect(suspects(event)).toEqual([
      come('s1', 'availability', 'p1'),
      come('s4', 'availability', 'h1'),
      come('s2', 'availability', 'p1', 'h1'),
    ])
    expect(suspects(event, 'c21 s1')[0]).toEqual(come('s4', 'availability', 'h1'))
    // h1 is in a meeting whenever it is there.
    expect(suspects(event, 'c21 s1', 'c21 s3')).toEqual([
      come('s4', 'fullAgenda', 'h1'),
      come('s1', 'availability', 'p1'),
      come('s2', 'fullAgenda', 'p1', 'h1'),
    ])
    const away = changed(
      {},
      { ...persons({ id: 'p1', unavailable: ['s1', 's2', 's3', 's4'] }), tables: undefined },
    )
    expect(suspects(away)).toHaveLength(3)
  })

  test('is another slot of its own', () => {
    const event = changed(
      { c11: { slots: ['s2'] } },
      { ...persons({ id: 'h1', unavailable: ['s3'] }), tables: undefined },
    )
    const allow = (slot: string) => ['slots', ['c11'], { kind: 'slot', candidate: 'c11', slot }]
    expect(suspects(event)).toEqual([allow('s1'), allow('s4')])
    expect(suspects(event, 'c12 s1')).toEqual([allow('s4'), allow('s1')])
  })

  test('is a lock that gives way', () => {
    const event = changed({
      c12: { lock: { slot: 's1' } },
      c21: { lock: { table: 't1' } },
      c22: { lock: { slot: 's1' } },
    })
    const unlock = (id: string) => ['locked', [id], { kind: 'unlock', candidate: id }]
    expect(suspects(event)).toEqual([table(), unlock('c12')])
    const many = Array.from({ length: 5 }, (_, i) => ({
      id: `x${i}`,
      participants: ['p1', 'h2'],
      lock: { slot: `s${(i % 4) + 1}` },
    }))
    const found = suspects(tiny({ candidates: [tinyJson().candidates[0], ...many] }))
    expect(found.slice(1)).toEqual(['x0', 'x1', 'x2'].map(unlock))
  })
})

describe('an event with a change', () => {
  const event = changed(
    { c11: { slots: ['s1', 's3'], lock: { slot: 's1' } } },
    {
      ...persons({ id: 'p1', unavailable: ['s1', 's2'], maxMeetings: 1 }),
      quotas: [
        { id: 'q', candidates: ['c11'], max: 0 },
        { id: 'r', candidates: ['c12'] },
      ],
    },
  )
  type Source = { participants: unknown[]; candidates: unknown[]; quotas: unknown[]; tables: unknown }
  const both = (change: Change, instance = event) => {
    const after = applyChange(instance, change)
    // The file says the same as the event.
    expect({ ...parseInstance(JSON.parse(JSON.stringify(after.source))), source: null }).toEqual({
      ...after,
      source: null,
    })
    return { after, source: after.source as Source }
  }

  test('is the same where nothing changes', () => {
    expect(applyChange(event, { kind: 'none' })).toBe(event)
    expect(applyChange(event, { kind: 'instead', candidates: ['c11'] })).toBe(event)
  })

  test('has one limit changed', () => {
    const more = both({ kind: 'maxMeetings', participant: 'p1', to: 2 })
    expect(more.after.participants.map(({ maxMeetings }) => maxMeetings)).toEqual([2, 4, 4, 4])
    expect(more.source.participants[0]).toEqual({ id: 'p1', unavailable: ['s1', 's2'], maxMeetings: 2 })
    expect(more.source.participants[1]).toEqual({ id: 'p2' })
    expect(
      both({ kind: 'maxConsecutive', participant: 'h1', to: 1 }).after.participants.map(
        ({ maxConsecutive }) => maxConsecutive,
      ),
    ).toEqual([4, 4, 1, 4])
    expect(both({ kind: 'quota', quota: 'q', to: 3 }).after.quotas.map(({ max }) => max)).toEqual([3, 1])
  })

  test('has somebody there in a slot more', () => {
    const { after } = both({ kind: 'available', participants: ['p1', 'h1'], slot: 's1' })
    expect(after.participants.map(({ unavailable }) => unavailable)).toEqual([['s2'], [], [], []])
  })

  test('has a slot more for a meeting, in the order of slots', () => {
    const { after } = both({ kind: 'slot', candidate: 'c11', slot: 's2' })
    expect(after.candidates[0].slots).toEqual(['s1', 's2', 's3'])
    expect(after.candidates[1].slots).toBe(null)
  })

  test('has a table more, with all that tables have', () => {
    expect(both({ kind: 'table', table: 'x' }, tiny({ tables: 2 })).after.tables).toBe(3)
    const tables = [
      { id: 'a', features: ['x', 'y'], unavailable: ['s1'] },
      { id: 'b', features: ['y', 'z'] },
      { id: 'c' },
    ]
    const { after } = both({ kind: 'table', table: 'new' }, tiny({ tables }))
    expect((after.tables as unknown[]).at(-1)).toEqual({
      id: 'new',
      features: ['x', 'y', 'z'],
      unavailable: [],
    })
    expect(after.tables).toHaveLength(4)
  })

  test('has a lock less, and the meeting required', () => {
    const { after } = both({ kind: 'unlock', candidate: 'c11' })
    expect(after.candidates[0]).toMatchObject({ lock: null, required: true })
    const free = both({ kind: 'unlock', candidate: 'c12' })
    expect(free.after.candidates[1]).toEqual(event.candidates[1])
  })
})

describe('what has to be given up for a meeting', () => {
  test.each<[string, EventOptions]>([
    ['few rules', {}],
    ['limits', { limits: true, tables: 'none' }],
    ['locks', { locks: true }],
    ['quotas', { quotas: true }],
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

describe('a reason', () => {
  const why = (instance: Instance, id: string, ...lines: string[]) =>
    explain(instance, claimless(meetings(...lines)), id)

  test('comes with what each change costs on every level', async () => {
    const guaranteed = persons({ id: 'p1', maxMeetings: 1, minMeetings: 2 })
    expect(await why(changed({}, guaranteed), 'c11', 'c12 s1 t1')).toEqual({
      candidate: 'c11',
      kind: 'maxMeetings',
      ids: ['p1'],
      words: 'p1 has as many meetings as allowed.',
      remedy: {
        change: { kind: 'maxMeetings', participant: 'p1', to: 2 },
        words: 'Allow p1 2 meetings; 5 more in value.',
        cost: { shortfall: -1, value: 5 },
        moved: 0,
        meetings: meetings('c11 s2 t1', 'c12 s1 t1'),
      },
      instead: {
        change: { kind: 'instead', candidates: ['c12'] },
        words: 'Give up c12; 2 more in value.',
        cost: { value: 2 },
        moved: 0,
        meetings: meetings('c11 s1 t1'),
      },
    })
  })

  test('is the change that moves fewest, and of equals the first', async () => {
    // One more meeting allowed would take a move, one more table none.
    const instance = tiny({ slots: [{ id: 's1' }, { id: 's2' }], tables: [{ id: 't1' }] })
    expect(await why(instance, 'c11', 'c22 s1 t1', 'c12 s2 t1')).toMatchObject({
      kind: 'tables',
      remedy: {
        change: { kind: 'table', table: 'one more table' },
        moved: 0,
        meetings: [
          { candidate: 'c11', slot: 's1', table: 'one more table' },
          ...meetings('c12 s2 t1', 'c22 s1 t1'),
        ],
      },
      instead: { change: { candidates: ['c12'] }, cost: { value: 2 } },
    })
  })

  test('is a later change if an earlier one moves more', async () => {
    const tight = { c11: { slots: ['s1'] }, c12: { slots: ['s2'] }, c22: { slots: ['s1', 's3'] } }
    const rows = (limits: object = {}) =>
      changed(tight, { tables: [{ id: 't1' }], ...persons({ id: 'p1', maxConsecutive: 1, ...limits }) })
    // Two in a row would have c22 move, the fourth slot nobody.
    expect(await why(rows(), 'c11', 'c12 s2 t1', 'c22 s1 t1')).toMatchObject({
      kind: 'slots',
      remedy: { change: { kind: 'slot', candidate: 'c11', slot: 's4' }, moved: 0, cost: { value: 5 } },
      instead: { change: { kind: 'instead', candidates: ['c12'] }, moved: 1, cost: { value: 2 } },
    })
    expect(await why(rows({ unavailable: ['s4'] }), 'c11', 'c12 s2 t1', 'c22 s1 t1')).toMatchObject({
      kind: 'maxConsecutive',
      ids: ['p1'],
      remedy: { change: { kind: 'maxConsecutive', to: 2 }, moved: 1 },
    })
  })

  test('is that nothing keeps them from meeting', async () => {
    expect(await why(tiny(), 'c11', 'c12 s1 t1')).toEqual({
      candidate: 'c11',
      kind: 'possible',
      ids: [],
      words: 'Nothing keeps p1 and h1 from meeting: this schedule just does not hold it.',
      remedy: {
        change: { kind: 'none' },
        words: 'It can be held as things are; 5 more in value.',
        cost: { value: 5 },
        moved: 0,
        meetings: meetings('c11 s2 t1', 'c12 s1 t1'),
      },
      instead: null,
    })
  })

  test('has no remedy where not even one change helps', async () => {
    const participants = people({ id: 'p1', maxMeetings: 0, unavailable: ['s1', 's2', 's3', 's4'] } as never)
    expect(await why(tiny({ participants }), 'c11')).toMatchObject({
      kind: 'maxMeetings',
      ids: ['p1'],
      remedy: null,
      instead: null,
    })
    const full = tiny({
      slots: [{ id: 's1' }],
      tables: 1,
      participants: persons({ id: 'h2', maxMeetings: 1 }).participants,
    })
    expect(await why(full, 'c11', 'c12 s1')).toMatchObject({
      kind: 'lowerValue',
      ids: ['c12'],
      words: 'It would take the place of c12.',
      remedy: null,
    })
  })

  test('speaks of the schedule as it is, even if it does not fit the event', async () => {
    expect(await why(tiny(), 'c11', 'c12 sx t1')).toMatchObject({
      kind: 'lowerValue',
      ids: [],
      words: 'There is no room for it.',
      remedy: null,
      instead: null,
    })
    expect(await why(tiny(), 'c11', 'c11 s1 t1')).toEqual({
      candidate: 'c11',
      kind: 'held',
      ids: [],
      words: 'c11 is held.',
      remedy: null,
      instead: null,
    })
    await expect(why(tiny(), 'cx')).rejects.toThrow(new RangeError('There is no candidate “cx”.'))
  })

  test('lets a lock give way', async () => {
    const event = changed(
      { c12: { lock: { slot: 's1', table: 't1' } }, c11: { slots: ['s1'] } },
      persons({ id: 'h1', unavailable: ['s2', 's3', 's4'] }),
    )
    const found = await why(event, 'c11', 'c12 s1 t1')
    expect(found).toMatchObject({
      kind: 'locked',
      ids: ['c12'],
      words: 'c12 is locked when p1 and h1 could meet.',
      instead: null,
    })
    expect(found.remedy!.meetings.find(({ candidate }) => candidate === 'c11')!.slot).toBe('s1')
    expect(found.remedy!.cost.value).toBe(5)
    expect(measure(event, found.remedy!.meetings).value).toBe(8)
    expect(schedules(event).next().done).toBe(false)
  })
})
