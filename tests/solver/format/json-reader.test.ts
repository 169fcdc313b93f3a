import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError, parseInstance, parseSolution } from '../../../solver/index.ts'
import { damage, junk } from '../damage.ts'
import { generateCamp } from '../generate.ts'
import { errorsOf } from '../refused.ts'
import { claimless, meetings, tiny, tinyJson } from '../tiny.ts'

describe('a document is refused', () => {
  test('with at most fifty of its problems', () => {
    const participants = Array.from({ length: 60 }, (_, index) => ({ id: `x${index}`, side: 1 }))
    expect(errorsOf(() => parseInstance(tinyJson({ participants, candidates: [] })))).toHaveLength(50)
  })

  test('as an error with every path in its message', () => {
    const refuse = (json: unknown) => {
      try {
        parseInstance(json)
      } catch (error) {
        return error as FormatError
      }
    }
    expect(refuse(null)).toMatchObject({ name: 'FormatError', message: 'document: must be an object' })
    expect(refuse(undefined)).toMatchObject({ message: 'document: is missing' })
    expect(refuse(tinyJson({ name: 1, tables: -1 }))!.message).toBe(
      '/name: must be a text\n/tables: must be a whole number, 0 to 1000000',
    )
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
