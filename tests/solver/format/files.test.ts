import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digest, parseInstance, parseSolution } from '../../../solver/index.ts'
import { damage, junk } from '../damage.ts'
import { generateCamp } from '../generate.ts'
import { errorsOf } from '../refused.ts'
import { claimless, meetings, tiny, tinyJson } from '../tiny.ts'

const wrong = (parts: Record<string, unknown>) => errorsOf(() => parseInstance(tinyJson(parts)))

describe('the instance format', () => {
  test('fills in every default', () => {
    const minimal = {
      format: 'incontro/instance',
      version: 1,
      slots: [{ id: 's' }],
      participants: [{ id: 'a' }, { id: 'b' }],
      candidates: [{ id: 'c', participants: ['a', 'b'] }],
    }
    const person = {
      side: null,
      unavailable: [],
      minMeetings: 0,
      maxMeetings: 1,
      maxConsecutive: 1,
      needs: [],
      tables: null,
      fairnessGroup: null,
    }
    expect(parseInstance(minimal)).toEqual({
      name: '',
      slots: [{ id: 's', start: null, end: null, block: 0 }],
      tables: null,
      participants: [
        { id: 'a', ...person },
        { id: 'b', ...person },
      ],
      candidates: [
        { id: 'c', participants: ['a', 'b'], value: 1, required: false, slots: null, after: [], lock: null },
      ],
      quotas: [],
      base: null,
      rules: {
        objective: ['shortfall', 'value', 'fairness', 'breaks', 'idle', 'tableMoves'],
        breakScope: 'block',
        maxBreakSpread: null,
        tolerance: {},
        repair: 'fewest-changes',
      },
      source: minimal,
    })
  })

  test.each([
    [{ format: 'x' }, '/format: must be “incontro/instance”'],
    [{ version: 2 }, '/version: must be 1, the only version there is'],
    [{ extra: 1 }, '/extra: is not a known key'],
    [{ slots: [{ id: 's1' }, { id: 's1' }] }, '/slots/1/id: “s1” is there twice'],
    [
      { slots: [{ id: 's1' }, { id: 's2', block: 1 }, { id: 's3' }, { id: 's4' }] },
      '/slots/2/block: the slots of block 0 must follow each other',
    ],
    [{ slots: [{ id: 's1', start: 'noon' }] }, '/slots/0/start: must be a date and time with its offset'],
    [{ tables: -1 }, '/tables: must be a whole number, 0 to 1000000'],
    [{ tables: 1.5 }, '/tables: must be a whole number'],
    [
      { participants: [{ id: 'p1', unavailable: ['sx'] }] },
      '/participants/0/unavailable/0: there is no slot “sx”',
    ],
    [
      { tables: 2, participants: [{ id: 'p1', needs: ['lift'] }] },
      '/participants/0/needs: needs the tables to be listed',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1'] }] },
      '/candidates/0/participants: must name two participants',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'p1'] }] },
      '/candidates/0/participants/1: “p1” is there twice',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'h1'], value: 1.5 }] },
      '/candidates/0/value: must be a whole number',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'h1'], value: 1_000_001 }] },
      '/candidates/0/value: must be a whole number, 0 to 1000000',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'h1'], after: ['c'] }] },
      '/candidates/0/after: a candidate cannot come after itself',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'h1'], lock: { slot: 'sx' } }] },
      '/candidates/0/lock/slot: there is no slot “sx”',
    ],
    [
      { quotas: [{ id: 'q', candidates: ['c11'], min: 2, max: 1 }] },
      '/quotas/0/min: must not be more than max',
    ],
    [{ rules: { objective: ['value', 'value'] } }, '/rules/objective/1: “value” is there twice'],
    [{ rules: { objective: ['changes'] } }, '/rules/objective/0: must be one of shortfall, value'],
    [{ tables: [{ id: 't', unavailable: ['sx'] }] }, '/tables/0/unavailable/0: there is no slot “sx”'],
    [{ base: [{ candidate: 'c0', slot: 's1' }] }, '/base/0/candidate: there is no candidate “c0”'],
    [
      {
        base: [
          { candidate: 'c11', slot: 's1' },
          { candidate: 'c11', slot: 's2' },
        ],
      },
      '/base/1/candidate: “c11” is there twice',
    ],
    [{ tables: 2, base: [{ candidate: 'c11', slot: 's1', table: 't1' }] }, '/base/0/table: needs the tables'],
    [{ rules: { tolerance: { fairness: 0.1 } } }, '/rules/tolerance/fairness: is not a known key'],
    [{ participants: [{ id: '\ud800' }] }, '/participants/0/id: has half a character'],
  ])('refuses %j', (parts, expected) => {
    expect(wrong(parts).some((error) => error.startsWith(expected))).toBe(true)
  })

  test('puts the level of changes where rules.repair says if there is a base', () => {
    const order = (rules: unknown) => parseInstance(tinyJson({ base: [], rules })).rules.objective
    expect(order({})).toEqual(['shortfall', 'changes', 'value', 'fairness', 'breaks', 'idle', 'tableMoves'])
    expect(order({ repair: 'fewest-losses' }).indexOf('changes')).toBe(2)
    expect(order({ objective: ['value', 'changes'] })).toEqual(['value', 'changes'])
    expect(order({ objective: ['breaks'] })).toEqual(['changes', 'breaks'])
  })

  test('has the same hash whatever the order of keys and the spaces', async () => {
    const json = tinyJson()
    const turned = Object.fromEntries(Object.entries(json).reverse())
    expect(await digest(JSON.parse(JSON.stringify(turned, null, 4)))).toBe(await digest(json))
    expect(await digest({ ...json, name: 'other' })).not.toBe(await digest(json))
  })
})

describe('damaged files', () => {
  const camp = generateCamp(1, { projects: 3, hosts: 3, slots: 4, tables: 2, wishes: [1, 3] })
  const full = {
    ...camp,
    quotas: [{ id: 'q', candidates: ['c1'], max: 1 }],
    rules: { tolerance: { value: 0.1 }, maxBreakSpread: 1 },
  }

  test('of instances are read or refused with paths, never a crash', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), junk, (seed, value) => {
        errorsOf(() => parseInstance(damage(full, seed, value)))
      }),
      { numRuns: 2000 },
    )
  })

  test('of solutions are read or refused with paths, never a crash', () => {
    const solution = {
      ...claimless(meetings('c1 s1 t1')),
      objective: { value: { value: 1, bound: 1, proven: true } },
      certificate: { value: { participants: { p1: 1 }, tables: 0 } },
    }
    fc.assert(
      fc.property(fc.nat(1_000_000), junk, (seed, value) => {
        errorsOf(() => parseSolution(damage(solution, seed, value)))
      }),
      { numRuns: 2000 },
    )
  })

  test('that are not objects at all are refused', () => {
    for (const json of [null, 1, 'x', [], true, undefined])
      expect(errorsOf(() => parseInstance(json))).toHaveLength(1)
  })

  test('of any JSON are refused', () => {
    expect(tiny().slots).toHaveLength(4)
    fc.assert(fc.property(fc.jsonValue(), (json) => errorsOf(() => parseInstance(json)).length > 0))
  })
})
