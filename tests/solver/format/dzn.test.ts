import { describe, expect, test } from 'vitest'
import { convertDzn } from '../../../solver/format/dzn.ts'
import { parseInstance } from '../../../solver/index.ts'

/** Parts of a file of the published benchmark; a part set to null is left out. */
const file = (parts: Record<string, string | null> = {}) =>
  Object.entries({
    nBusiness: '3',
    nMeetings: '3',
    nTables: '2',
    nTotalSlots: '12',
    nMorningSlots: '10',
    requested: '[|1, 2, 1,\n|2, 3, 2,\n|1, 3, 3, |]',
    forbidden: '[{0, 2, 12, 13}, {}, {11}]',
    fixed: '[0, 12, 0]',
    precedences: '[{}, {1, 3}, {}]',
    ...parts,
  })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} = ${value};\n`)
    .join('')

const slots = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `s${from + i}`)

describe('a file of the published benchmark', () => {
  test('becomes an instance', () => {
    const json = convertDzn(`% a comment = here = twice;\n${file()}`)
    expect(json).toEqual({
      format: 'incontro/instance',
      version: 1,
      slots: [
        ...slots(1, 10).map((id) => ({ id, block: 0 })),
        { id: 's11', block: 1 },
        { id: 's12', block: 1 },
      ],
      tables: 2,
      participants: [
        { id: 'p1', unavailable: ['s2', 's12'] },
        { id: 'p2' },
        { id: 'p3', unavailable: ['s11'] },
      ],
      candidates: [
        { id: 'm1', participants: ['p1', 'p2'], required: true, slots: slots(1, 10) },
        {
          id: 'm2',
          participants: ['p2', 'p3'],
          required: true,
          slots: ['s11', 's12'],
          after: ['m1', 'm3'],
          lock: { slot: 's12' },
        },
        { id: 'm3', participants: ['p1', 'p3'], required: true },
      ],
      rules: { objective: ['breaks'], breakScope: 'event', maxBreakSpread: 2 },
    })
    expect(parseInstance(json).candidates).toHaveLength(3)
  })

  test('without a morning is one session, and without limits has none', () => {
    const bare = { nMorningSlots: null, forbidden: null, fixed: null, precedences: null, requested: null }
    expect(convertDzn(file(bare))).toMatchObject({
      slots: slots(1, 12).map((id) => ({ id, block: 0 })),
      participants: [{ id: 'p1' }, { id: 'p2' }, { id: 'p3' }],
      candidates: [],
    })
    const [one] = (convertDzn(file({ ...bare, requested: '[|1, 2, 2|]' })) as { candidates: unknown[] })
      .candidates
    expect(one).toEqual({ id: 'm1', participants: ['p1', 'p2'], required: true, slots: [] })
    const [any] = (convertDzn(file({ ...bare, requested: '[|1, 2, 0|]' })) as { candidates: unknown[] })
      .candidates
    expect(any).toEqual({ id: 'm1', participants: ['p1', 'p2'], required: true })
  })

  test.each(['nBusiness', 'nTables', 'nTotalSlots', 'nMorningSlots'])(
    'says that %s must be a number',
    (name) => {
      const said = `${name} must be given as one whole number; is this a file of the published benchmark?`
      for (const value of ['many', '1.5', '-1', '2 3', 'x2', '2x'])
        expect(() => convertDzn(file({ [name]: value }))).toThrow(said)
      if (name !== 'nMorningSlots') expect(() => convertDzn(file({ [name]: null }))).toThrow(said)
    },
  )

  test('says which row is none', () => {
    expect(() => convertDzn(file({ requested: '[|1, 2, 3|\n1, 2|]' }))).toThrow(
      'requested, row 2: two participants and a session are expected.',
    )
    expect(() => convertDzn(file({ requested: '[|1, 2, 3|\n1, 2, 3, 4|]' }))).toThrow('requested, row 2: two')
    expect(() => convertDzn(file({ requested: '[|1, 2, 7|]' }))).toThrow(
      'requested, row 1: there is no session 7.',
    )
  })
})
