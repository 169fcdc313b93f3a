import { number } from './format.ts'

/**
 * What a field holds: `count` whole things, `money` euros with their cents, `euros` whole euros, `share` a part of a
 * hundred.
 */
export type NumberKind = 'count' | 'money' | 'euros' | 'share'

type Rules = {
  decimals: number
  most: number
  /** Whether a lone separator with three figures after it groups thousands; in a share it is always decimal. */
  groups: boolean
  write: (value: number) => string
}

const MOST_EUROS = 100_000_000
const RULES: Record<NumberKind, Rules> = {
  count: { decimals: 0, most: Number.MAX_SAFE_INTEGER, groups: true, write: String },
  money: {
    decimals: 2,
    most: MOST_EUROS,
    groups: true,
    write: (value) => (Number.isInteger(value) ? number(value) : number(value, 2, 2)),
  },
  euros: { decimals: 0, most: MOST_EUROS, groups: true, write: (value) => number(value) },
  share: { decimals: 3, most: 100, groups: false, write: (value) => number(value, 3) },
}

/** Why a text is no number of its kind: not one at all, too fine, or too large. */
export type NumberProblem = 'text' | 'decimals' | 'most'
export type ReadNumber = { value: number | null } | { problem: NumberProblem }

export const writeNumber = (value: number | null, kind: NumberKind) =>
  value === null ? '' : RULES[kind].write(value)

/**
 * Reads a number as people write it in Italian or English: `1.500`, `1,234.50`, `1.234,5`, `€ 8000`, `8 000 euro`.
 * An empty text is null.
 */
export function readNumber(text: string, kind: NumberKind): ReadNumber {
  const { decimals, most, groups } = RULES[kind]
  const written = text.normalize('NFKC').trim()
  if (written === '') return { value: null }
  const bare = written.replace(/€|\beuros?\b|\beur\b|%/gi, '').replace(/[\s'’]/g, '')
  const parts = partsOf(bare, groups)
  if (!parts) return { problem: 'text' }
  const fraction = parts.fraction.replace(/0+$/, '')
  if (fraction.length > decimals) return { problem: 'decimals' }
  const value = Number(`${parts.whole || '0'}.${fraction || '0'}`)
  return value > most ? { problem: 'most' } : { value }
}

/** The figures before and after the decimal separator, or null where points and commas make no number. */
function partsOf(bare: string, groups: boolean): { whole: string; fraction: string } | null {
  if (!/^[\d.,]+$/.test(bare) || !/\d/.test(bare)) return null
  const last = bare.match(/[.,](?=[^.,]*$)/)?.[0]
  if (!last) return { whole: bare, fraction: '' }
  const other = last === '.' ? ',' : '.'
  const [whole = '', ...rest] = bare.split(last)
  const isGrouped = (figures: string, by: string) =>
    figures.split(by).every((group, index) => (index === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(group))

  if (rest.length > 1)
    return isGrouped(bare, last) ? { whole: bare.replaceAll(last, ''), fraction: '' } : null
  if (whole.includes(other))
    return isGrouped(whole, other) ? { whole: whole.replaceAll(other, ''), fraction: rest[0]! } : null
  const isThousands = groups && /^[1-9]\d{0,2}$/.test(whole) && rest[0]!.length === 3
  return isThousands ? { whole: whole + rest[0]!, fraction: '' } : { whole, fraction: rest[0]! }
}
