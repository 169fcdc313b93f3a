import { describe, expect, test } from 'vitest'
import { parseInstance, parseSolution, solve, validate } from '../../../solver/index.ts'

const required = (id: string, one: string, other: string) => ({
  id,
  participants: [one, other],
  required: true,
})

/** Three people who all meet each other need three slots; the other meetings have nothing to do with it. */
const triangle = {
  format: 'incontro/instance',
  version: 1,
  slots: [{ id: 's1' }, { id: 's2' }],
  participants: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ({ id })),
  candidates: [
    required('de', 'd', 'e'),
    required('ab', 'a', 'b'),
    required('fg', 'f', 'g'),
    required('bc', 'b', 'c'),
    required('ca', 'c', 'a'),
    required('ef', 'e', 'f'),
  ],
}

describe('required meetings that do not fit together', () => {
  test('are named, and no others', async () => {
    const { status, infeasible } = await solve(parseInstance(triangle))
    expect([status, infeasible]).toEqual([
      'infeasible',
      {
        reason: {
          code: 'noTimetable',
          candidates: ['ab', 'bc', 'ca'],
          rules: [],
          count: 3,
          minimal: true,
        },
        core: ['ab', 'bc', 'ca'],
      },
    ])
  })

  test.each(['ab', 'bc', 'ca'])('fit once %s is no longer required', async (id) => {
    const candidates = triangle.candidates.map((one) => (one.id === id ? { ...one, required: false } : one))
    const { infeasible, meetings } = await solve(parseInstance({ ...triangle, candidates }))
    expect([infeasible, meetings.length]).toEqual([undefined, 5])
  })

  test('are named beside others that need not be held', async () => {
    const optional = { id: 'dg', participants: ['d', 'g'] }
    const event = { ...triangle, candidates: [...triangle.candidates, optional] }
    const { infeasible } = await solve(parseInstance(event))
    expect(infeasible!.core).toEqual(['ab', 'bc', 'ca'])
  })
})

/** Pairs a–b, c–d, e–f, … that must meet, in two slots; parts of the event may be replaced. */
const pairs = (parts: Record<string, unknown> = {}, ids = ['ab', 'cd', 'ef']) => ({
  format: 'incontro/instance',
  version: 1,
  slots: [{ id: 's1' }, { id: 's2' }],
  participants: [...ids.join('')].map((id) => ({ id })),
  candidates: ids.map((id) => required(id, id[0], id[1])),
  ...parts,
})

const refusal = async (json: unknown) => {
  const instance = parseInstance(json)
  const solution = await solve(instance)
  expect(validate(instance, solution).violations).toEqual([])
  expect(parseSolution(JSON.parse(JSON.stringify(solution)))).toEqual(solution)
  return solution.infeasible?.reason
}

/** Somebody who may or has to sit at certain tables. */
const seated = (limits: Record<string, object>) => [...'abcdef'].map((id) => ({ id, ...limits[id] }))

const TABLES = [{ id: 't1', features: ['quiet'] }, { id: 't2' }, { id: 't3' }]

describe('the rules that required meetings cannot keep', () => {
  test('are the tables that three of them share, in two slots', async () => {
    const tables = { tables: ['t1'] }
    const event = pairs({ tables: TABLES, participants: seated({ a: tables, c: tables, e: tables }) })
    expect(await refusal(event)).toEqual({
      code: 'noTimetable',
      participants: ['a', 'c', 'e'],
      candidates: ['ab', 'cd', 'ef'],
      rules: ['tables', 'ownTables'],
      count: 3,
      minimal: true,
    })
  })

  test('are the features that only one table has', async () => {
    const needs = { needs: ['quiet'] }
    const event = pairs({ tables: TABLES, participants: seated({ b: needs, d: needs, f: needs }) })
    expect(await refusal(event)).toMatchObject({
      participants: ['b', 'd', 'f'],
      rules: ['tables', 'ownTables'],
    })
  })

  test('are not the tables where two can sit at another one', async () => {
    const needs = { needs: ['quiet'] }
    expect(await refusal(pairs({ tables: TABLES, participants: seated({ b: needs, d: needs }) }))).toBe(
      undefined,
    )
  })

  test('are the locks at one table', async () => {
    const candidates = pairs().candidates.map((one) => ({ ...one, required: false, lock: { table: 't1' } }))
    expect(await refusal(pairs({ tables: TABLES, candidates }))).toEqual({
      code: 'noTimetable',
      candidates: ['ab', 'cd', 'ef'],
      rules: ['tables'],
      count: 3,
      minimal: true,
    })
  })

  test('are the tables that cannot be used', async () => {
    const tables = [
      { id: 't1', unavailable: ['s1'] },
      { id: 't2', unavailable: ['s1'] },
    ]
    const candidates = pairs().candidates.map((one) => ({ ...one, slots: ['s1', 's2'] }))
    expect(await refusal(pairs({ tables, candidates }))).toMatchObject({
      code: 'tooFewPlaces',
      count: 3,
      most: 2,
    })
  })

  test('are the meetings that somebody may have in a row', async () => {
    const candidates = [
      { ...required('ab', 'a', 'b'), slots: ['s1', 's2'] },
      { ...required('bc', 'b', 'c'), slots: ['s1', 's2'] },
      required('ac', 'a', 'c'),
      { id: 'bd', participants: ['b', 'd'] },
    ]
    const participants = [...'abcd'].map((id) => ({ id, ...(id === 'b' ? { maxConsecutive: 1 } : {}) }))
    const slots = ['s1', 's2', 's3', 's4'].map((id) => ({ id }))
    expect(await refusal(pairs({ slots, participants, candidates }))).toMatchObject({
      code: 'noTimetable',
      participants: ['b'],
      candidates: ['ab', 'bc'],
      rules: ['maxConsecutive'],
      minimal: true,
    })
  })

  test('are the order of two that share a person with a third', async () => {
    const event = {
      ...triangle,
      slots: [{ id: 's1' }, { id: 's2' }, { id: 's3' }],
      candidates: [
        { ...required('ab', 'a', 'b'), after: ['fg'] },
        { ...required('bc', 'b', 'c'), after: ['fg'] },
        { ...required('ca', 'c', 'a'), after: ['fg'] },
        required('fg', 'f', 'g'),
        required('de', 'd', 'e'),
      ],
    }
    const reason = await refusal(event)
    expect(reason).toMatchObject({ code: 'noTimetable', rules: ['after'], minimal: true })
    expect(reason!.candidates!.toSorted()).toEqual(['ab', 'bc', 'ca', 'fg'])
  })

  test('are quotas that spread over several people', async () => {
    const candidates = ['ab', 'cd', 'ef'].map((id) => ({ id, participants: [id[0], id[1]] }))
    const quotas = [
      { id: 'two', candidates: ['ab', 'cd'], min: 2 },
      { id: 'also two', candidates: ['cd', 'ef'], min: 2 },
      { id: 'only two', candidates: ['ab', 'cd', 'ef'], max: 2 },
    ]
    expect(await refusal(pairs({ candidates, quotas }))).toEqual({
      code: 'noTimetable',
      candidates: [],
      quotas: ['two', 'also two', 'only two'],
      rules: ['quotas'],
      count: 0,
      minimal: true,
    })
  })

  test('are the most meetings of somebody whom quotas ask for', async () => {
    const ids = ['ab', 'ac', 'de', 'df']
    const candidates = ids.map((id) => ({ id, participants: [id[0], id[1]] }))
    const quotas = [
      { id: 'three', candidates: ids, min: 3 },
      { id: 'one', candidates: ['de', 'df'], max: 1 },
    ]
    const participants = [...'abcdef'].map((id) => ({ id, ...(id === 'a' ? { maxMeetings: 1 } : {}) }))
    expect(await refusal(pairs({ candidates, quotas, participants }))).toMatchObject({
      participants: ['a'],
      quotas: ['three', 'one'],
      rules: ['maxMeetings', 'quotas'],
      minimal: true,
    })
  })

  test('are breaks that may not differ', async () => {
    const candidates = [
      { ...required('ab', 'a', 'b'), slots: ['s1'] },
      { ...required('ac', 'a', 'c'), slots: ['s3'] },
    ]
    const slots = [{ id: 's1' }, { id: 's2' }, { id: 's3' }]
    const rules = { maxBreakSpread: 0 }
    expect(await refusal(pairs({ slots, candidates, rules }))).toEqual({
      code: 'noTimetable',
      candidates: ['ab', 'ac'],
      rules: ['maxBreakSpread'],
      count: 2,
      minimal: true,
    })
  })

  test('let an event be that only the exact search can place, with what else there is room for', async () => {
    const ids = ['ab', 'cd', 'ef']
    const quotas = [
      { id: 'one', candidates: ['ab', 'cd'], min: 1, max: 1 },
      { id: 'other', candidates: ['cd', 'ef'], min: 1, max: 1 },
    ]
    const candidates = ids.map((id) => ({ id, participants: [id[0], id[1]], value: id === 'cd' ? 9 : 5 }))
    const instance = parseInstance(pairs({ candidates, quotas }))
    const solution = await solve(instance)
    expect(validate(instance, solution).violations).toEqual([])
    expect(solution.meetings.map(({ candidate }) => candidate)).toEqual(['ab', 'ef'])
  })
})
