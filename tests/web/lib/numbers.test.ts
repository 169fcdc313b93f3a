import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { NumberText } from '../../../web/lib/number-text.svelte.ts'
import { readNumber, writeNumber, type NumberKind } from '../../../web/lib/numbers.ts'

// The page's language, which numbers are written in, is told to the document.
vi.hoisted(() =>
  Object.assign(globalThis, { document: { documentElement: {}, cookie: 'PARAGLIDE_LOCALE=it' } }),
)

/** Numbers as people type them, in Italian and in English: what is meant is what is kept. */

describe('reads', () => {
  test.each<[NumberKind, string, number | null]>([
    ['money', '', null],
    ['money', '1.500', 1500],
    ['money', '12.500', 12_500],
    ['money', '1,500', 1500],
    ['money', '1.234,50', 1234.5],
    ['money', '1,234.50', 1234.5],
    ['money', '1.234.567,8', 1_234_567.8],
    ['money', '1234,5', 1234.5],
    ['money', '0,500', 0.5],
    ['money', '1.', 1],
    ['money', ',5', 0.5],
    ['money', '1.50', 1.5],
    ['money', '1.500,00', 1500],
    ['money', '€ 8.000', 8000],
    ['money', '8000 euro', 8000],
    ['money', '8 000,00 €', 8000],
    ['money', '8’000', 8000],
    ['money', '８０００', 8000],
    ['euros', '1.500,00', 1500],
    ['share', '33,333', 33.333],
    ['share', '33.333', 33.333],
    ['share', '1.234', 1.234],
    ['share', '12,5 %', 12.5],
    ['share', '100', 100],
    ['count', '12', 12],
    ['count', ' 12 ', 12],
  ])('%s %j', (kind, text, value) => expect(readNumber(text, kind)).toEqual({ value }))

  test.each<[NumberKind, string, string]>([
    ['money', 'abc', 'text'],
    ['money', '10k', 'text'],
    ['money', 'euro', 'text'],
    ['money', '-5', 'text'],
    ['money', '1.23.456', 'text'],
    ['money', '1,2.3,4', 'text'],
    ['money', '12.34,5', 'text'],
    ['money', '1e5', 'text'],
    ['money', ',', 'text'],
    ['money', '1.5000,1', 'text'],
    ['money', '1,2345', 'decimals'],
    ['money', '100.000.001', 'most'],
    ['euros', '1.234,50', 'decimals'],
    ['share', '100,5', 'most'],
    ['share', '1,2345', 'decimals'],
    ['count', '1,5', 'decimals'],
    ['count', 'dodici', 'text'],
  ])('%s %j is none: %s', (kind, text, problem) => expect(readNumber(text, kind)).toEqual({ problem }))
})

const amounts = fc.oneof(
  fc.integer({ min: 0, max: 100_000_000 }),
  fc.integer({ min: 0, max: 9_999_999_999 }).map((cents) => cents / 100),
)
const forms = ['it-IT', 'en-GB'].flatMap((locale) =>
  [true, false].map((useGrouping) => (value: number) => {
    const minimumFractionDigits = Number.isInteger(value) ? 0 : 2
    return new Intl.NumberFormat(locale, {
      useGrouping: useGrouping && 'always',
      minimumFractionDigits,
    }).format(value)
  }),
)

describe('any amount', () => {
  test('typed key by key, with edits in between, is the amount that is kept', () => {
    const slips = fc.array(fc.tuple(fc.nat(20), fc.constantFrom('0', '7', '.', ',', 'x', ' ')), {
      maxLength: 4,
    })
    fc.assert(
      fc.property(
        amounts,
        fc.constantFrom(...forms),
        slips,
        fc.option(amounts),
        (amount, write, slipped, before) => {
          const meant = write(amount)
          const field = new NumberText('money', before)
          let value = before
          // The page hears of every value on its way, rounded or not: what is typed must stay as typed.
          const type = (text: string) => {
            value = field.type(text)
            field.hear(value === null ? null : Math.round(value))
            expect(field.text).toBe(text)
          }
          for (let keys = 1; keys <= meant.length; keys++) {
            const typed = meant.slice(0, keys)
            for (const [at, key] of slipped)
              if (at === keys)
                for (const text of [typed.slice(0, at - 1) + key + typed.slice(at - 1), typed]) type(text)
            type(typed)
          }
          field.leave()
          expect(value).toBe(amount)
          expect(field.problem).toBeNull()
          expect(readNumber(field.text, 'money')).toEqual({ value: amount })
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('is written so that it is read back', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(readNumber(writeNumber(amount, 'money'), 'money')).toEqual({ value: amount })
      }),
    )
    const shares = fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000)
    fc.assert(
      fc.property(shares, (share) => {
        expect(readNumber(writeNumber(share, 'share'), 'share')).toEqual({ value: share })
      }),
    )
  })
})

describe('a text that is no number', () => {
  test('stays where it was typed, and the value stays what it was', () => {
    const field = new NumberText('money', 5000)
    expect([field.type('abc'), field.text]).toEqual([5000, 'abc'])
    field.leave()
    expect([field.text, field.problem]).toEqual(['abc', 'text'])
    field.hear(5000)
    expect(field.text).toBe('abc')
  })

  test.each(['15mila', '12k', '2 milioni', '1.23.4'])('leaves nothing of its beginning: %j', (text) => {
    const field = new NumberText('money', 8000)
    const values = [...text].map((_, at) => field.type(text.slice(0, at + 1)))
    field.leave()
    expect(values.at(-1)).toBe(8000)
    expect(field.text).toBe(text)
  })

  test('gives way to a value from elsewhere, once nobody types', () => {
    const field = new NumberText('money', 5000)
    field.type('abc')
    field.hear(700)
    expect(field.text).toBe('abc')
    field.leave()
    field.hear(700)
    expect([field.text, field.problem]).toEqual(['700', null])
  })
})
