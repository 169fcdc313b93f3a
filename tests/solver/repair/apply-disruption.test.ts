import { describe, expect, test } from 'vitest'
import { placesOf } from '../../../solver/model/assignment.ts'
import { disrupt } from '../../../solver/repair/apply-disruption.ts'
import {
  parseDisruption,
  parseInstance,
  type Instance,
  type InstanceFile,
  type Meeting,
} from '../../../solver/index.ts'
import { startFrom } from '../../../solver/repair/local-repair.ts'
import { compile, leastShortfall } from '../../../solver/model/problem.ts'
import { heldIn } from '../events.ts'
import { claimless, meetings, people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

const BASE = meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2')

describe('an event after a disruption', () => {
  const after = (parts: object, event: Instance = tiny(), base: Meeting[] = BASE) => {
    const json = { format: 'incontro/disruption', version: 1, ...parts }
    const found = disrupt(event, claimless(base), parseDisruption(json, event))
    return found as Required<InstanceFile>
  }
  const candidate = (found: ReturnType<typeof after>, id: string) =>
    found.candidates.find((one) => one.id === id)!

  test('is the same event with a base where nothing happens', () => {
    expect(after({})).toEqual({ ...tinyJson(), base: BASE })
    expect(Object.keys(after({}))).not.toContain('quotas')
    expect(parseInstance(after({})).base).toEqual(BASE)
  })

  test('locks what has passed, and leaves the rest of the day to the others', () => {
    const found = after(
      { now: 's2' },
      changed({ c22: { slots: ['s1', 's3'] }, c21: { slots: ['s1', 's4'] } }),
    )
    expect(candidate(found, 'c11')).toEqual({
      ...tinyJson().candidates[0],
      lock: { slot: 's1', table: 't1' },
    })
    expect(candidate(found, 'c12')).toMatchObject({ slots: ['s2', 's3', 's4'] })
    expect(candidate(found, 'c21')).toMatchObject({ slots: ['s4'] })
    expect(candidate(found, 'c22')).toMatchObject({ slots: ['s1', 's3'], lock: { slot: 's1', table: 't2' } })
    expect(found.base.map(({ candidate }) => candidate)).toEqual(['c11', 'c22', 'c12'])
    const counted = after({ now: 's2' }, tiny({ tables: 2 }), meetings('c11 s1'))
    expect(candidate(counted, 'c11').lock).toEqual({ slot: 's1' })
  })

  test('has people and tables away from now on', () => {
    const event = tiny({
      participants: people({ id: 'p1', unavailable: ['s4'] }),
      tables: [{ id: 't1', unavailable: ['s3'] }, { id: 't2' }],
    })
    const found = after(
      {
        now: 's2',
        absent: [{ participant: 'p1', from: 's1', to: 's2' }, { participant: 'n' }],
        tablesOut: [{ table: 't1', from: 's1', to: 's2' }],
        slotsLost: ['s1', 's3'],
        newParticipants: [{ id: 'n', unavailable: ['s1'] }],
        newCandidates: [{ id: 'cn', participants: ['n', 'p2'] }],
      },
      event,
      [],
    )
    expect(found.participants).toEqual([
      { id: 'p1', unavailable: ['s4', 's3', 's2'] },
      { id: 'p2', unavailable: ['s3'] },
      { id: 'h1', unavailable: ['s3'] },
      { id: 'h2', unavailable: ['s3'] },
      { id: 'n', unavailable: ['s1', 's3', 's2', 's4'] },
    ])
    expect(found.tables).toEqual([{ id: 't1', unavailable: ['s3', 's2'] }, { id: 't2' }])
    expect(candidate(found, 'cn')).toEqual({ id: 'cn', participants: ['n', 'p2'], slots: ['s2', 's3', 's4'] })
    expect(after({}, tiny({ tables: 3 })).tables).toBe(3)
    expect(Object.keys(after({}, tiny({ tables: undefined })))).not.toContain('unavailable')
  })

  test('has the locks that are asked for', () => {
    const locks = [
      { candidate: 'c11', slot: 's3', table: 't2' },
      { candidate: 'c12', table: 't2' },
      { candidate: 'c21' },
      { candidate: 'c22', slot: 's4' },
    ]
    const found = after({ locks })
    expect(found.candidates.map((one) => one.lock)).toEqual([
      { slot: 's3', table: 't2' },
      { table: 't2' },
      {},
      { slot: 's4' },
    ])
    // What is locked elsewhere leaves the base; at another table it keeps its slot there.
    expect(found.base).toEqual([{ candidate: 'c12', slot: 's2' }, ...meetings('c21 s2 t2')])
  })

  test('lets go of locks and of what is required where nothing else can be', () => {
    const required = { required: true }
    const event = changed({
      c11: { ...required, lock: { slot: 's1' } },
      c12: { ...required, lock: { slot: 's2', table: 't1' } },
      c21: { ...required, slots: ['s1'] },
      c22: { lock: { slot: 's1' } },
    })
    const found = after({ slotsLost: ['s1'] }, event, [])
    expect(candidate(found, 'c11')).toEqual({ ...tinyJson().candidates[0], required: true })
    expect(candidate(found, 'c12')).toEqual({
      ...tinyJson().candidates[1],
      required: true,
      lock: { slot: 's2', table: 't1' },
    })
    expect(candidate(found, 'c21')).toEqual({ ...tinyJson().candidates[2], slots: ['s1'] })
    expect(candidate(found, 'c22')).toEqual(tinyJson().candidates[3])
    const out = after({ tablesOut: [{ table: 't1', from: 's2' }] }, event, [])
    expect(candidate(out, 'c12')).toEqual({ ...tinyJson().candidates[1], required: true })
    expect(candidate(out, 'c11')).toMatchObject({ lock: { slot: 's1' } })
    const late = after({ now: 's3' }, event, [])
    expect(candidate(late, 'c21')).toEqual({ ...tinyJson().candidates[2], slots: [] })
    const passed = after({ now: 's3', absent: [{ participant: 'p1' }] }, event, meetings('c11 s1 t1'))
    expect(candidate(passed, 'c11')).toMatchObject({ required: true, lock: { slot: 's1', table: 't1' } })
    expect(candidate(passed, 'c12')).not.toMatchObject({ required: true })
  })

  test('lets go of what is required where no table is left that suits both', () => {
    const event = changed(
      { c11: { required: true }, c22: { required: true } },
      { participants: people({ id: 'h1', needs: ['step-free'] }) },
    )
    const isRequired = (parts: object, id: string) => candidate(after(parts, event, []), id).required === true
    expect(isRequired({ tablesOut: [{ table: 't1' }] }, 'c11')).toBe(false)
    expect(isRequired({ tablesOut: [{ table: 't1' }] }, 'c22')).toBe(true)
    expect(isRequired({ tablesOut: [{ table: 't1', to: 's3' }] }, 'c11')).toBe(true)
    expect(isRequired({ tablesOut: [{ table: 't2' }] }, 'c11')).toBe(true)
  })

  test('lets go of what is required where limits of 0 leave nothing else, and writes no absence for them', () => {
    const limits = [{ slots: ['s2', 's3'], max: 0 }]
    const event = changed(
      { c11: { required: true, slots: ['s1', 's2'] }, c12: { required: true, lock: { slot: 's2' } } },
      { participants: people({ id: 'h1', limits }, { id: 'h2', limits: [{ slots: ['s2'], max: 1 }] }) },
    )
    const found = after({ slotsLost: ['s1'] }, event, [])
    expect(candidate(found, 'c11')).toEqual({ ...tinyJson().candidates[0], slots: ['s1', 's2'] })
    expect(candidate(found, 'c12')).toMatchObject({ required: true, lock: { slot: 's2' } })
    expect(found.participants[2]).toEqual({ id: 'h1', limits, unavailable: ['s1'] })
    expect(candidate(after({}, event, []), 'c11')).toMatchObject({ required: true })
    const joins = {
      now: 's2',
      newParticipants: [{ id: 'n', limits: [{ slots: ['s2', 's3', 's4'], max: 0 }] }],
      newCandidates: [{ id: 'cn', participants: ['n', 'p2'], required: true }],
    }
    expect(candidate(after(joins, event, []), 'cn')).not.toHaveProperty('required')
  })

  test('asks quotas for no more than there can be', () => {
    const quotas = [
      { id: 'q', candidates: ['c11', 'c12', 'c22'], min: 2 },
      { id: 'r', candidates: ['c22'], min: 1, max: 1 },
      { id: 's', candidates: ['c11'] },
      { id: 'e' },
    ]
    const found = after({ absent: [{ participant: 'p1' }] }, tiny({ quotas }))
    expect(found.quotas).toEqual([{ ...quotas[0], min: 1 }, quotas[1], quotas[2], quotas[3]])
    const never = people({ id: 'h2', limits: [{ slots: ['s1', 's2', 's3', 's4'], max: 0 }] })
    const barred = after({ absent: [{ participant: 'p1' }] }, tiny({ participants: never, quotas }), [])
    expect(barred.quotas[0]).toEqual({ ...quotas[0], min: 0 })
  })

  test('keeps in the base what can stay, without a table if that is out', () => {
    const parts = { now: 's2', tablesOut: [{ table: 't1' }], absent: [{ participant: 'p2', from: 's1' }] }
    expect(after(parts).base).toEqual([
      ...meetings('c11 s1 t1', 'c22 s1 t2'),
      { candidate: 'c12', slot: 's2' },
    ])
    expect(after({ slotsLost: ['s2'] }).base).toEqual(meetings('c11 s1 t1', 'c22 s1 t2'))
    expect(after({}, tiny(), meetings('cx s1 t1', 'c11 s1 t1')).base).toEqual(meetings('c11 s1 t1'))
    expect(after({}, changed({ c11: { slots: ['s2'] } }), meetings('c11 s1 t1')).base).toEqual([])
  })
})

describe('a schedule near its base', () => {
  test('keeps what can stay, and gives up what is worth least', () => {
    const start = (event: Instance, ...lines: string[]) => {
      const problem = compile(event)
      const { agenda, pushedOut } = startFrom(problem, placesOf(event, meetings(...lines)))
      const held = heldIn(agenda).map(({ candidate, slot }) => `${candidate} ${slot}`)
      return [held, pushedOut.map((c) => event.candidates[c].id)]
    }
    expect(start(tiny(), 'c11 s1 t1', 'c22 s1 t2')).toEqual([['c11 s1', 'c22 s1'], []])
    expect(start(tiny({ tables: 1 }), 'c22 s1', 'c11 s1')).toEqual([['c11 s1'], ['c22']])
    const equal = changed({ c22: { value: 5 } }, { tables: 1 })
    expect(start(equal, 'c22 s1', 'c11 s1')).toEqual([['c11 s1'], ['c22']])
    const seats = tiny({ tables: [{ id: 't1' }] })
    expect(start(seats, 'c11 s1', 'c22 s1 t1')).toEqual([['c11 s1'], ['c22']])
    const locked = changed({ c12: { lock: { slot: 's1' } } }, { tables: 1 })
    expect(start(locked, 'c11 s1', 'c12 s1')).toEqual([['c12 s1'], ['c11']])
    expect(start(changed({ c11: { slots: ['s2'] } }), 'c11 s1 t1')).toEqual([[], ['c11']])
  })

  test('owes what nobody can have', () => {
    const participants = people({ id: 'p1', minMeetings: 5 }, { id: 'h1', minMeetings: 2 })
    expect(leastShortfall(compile(tiny({ participants })))).toBe(3)
    expect(leastShortfall(compile(tiny()))).toBe(0)
  })
})
