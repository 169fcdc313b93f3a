import type { Locale } from '../../actor.ts'
import { say, type MessageKey } from '../../messages.ts'
import type { ImportField, Remark } from '../../schemas/import.ts'

/** Signs of text that was read in an encoding it was not written in. */
const GARBLED = [
  /\ufffd/,
  /[\u0080-\u009f]/,
  /[ÃÂ][\u00a0-\u00bf\u0152-\u017e\u02c6\u02dc\u2013-\u203a\u20ac\u2122]/,
  /\p{Ll}Ã/u,
  /â€|ï»¿|√[\u00a0-\u00bf†®©ßªπ∫ä]|‚Ä/,
  /\p{L}[‡˘ˆ˜∞]/u,
]
/** What a spreadsheet writes where a formula fails, in both languages. */
const FAILED = /^#(N\/[AD]|REF!|RIF!|VALUE!|VALORE!|NAME\?|NOME\?|DIV\/0!|NULL!|NULLO!|NUM!)$/
/** A code that the spreadsheet has taken for a date. */
const DATED = /^\d{1,2}[-/ .]([a-z]{3}|\d{1,2}[-/.]\d{2,4})\.?([-/ ]\d{2,4})?$/i

const NAMES: ImportField[] = ['name', 'fullName', 'firstName', 'lastName', 'organisation', 'organisations']

/** What may be wrong with a cell, in words; null of most. */
export function remarkOn(field: ImportField, cell: string, locale: Locale): string | null {
  const key = faultOf(field, cell)
  return key && say(locale, key, { value: cell.slice(0, 60) })
}

function faultOf(field: ImportField, cell: string): MessageKey | null {
  if (GARBLED.some((sign) => sign.test(cell))) return 'import_garbled'
  if (FAILED.test(cell)) return 'import_formula'
  if (field === 'code' && DATED.test(cell)) return 'import_dated'
  return NAMES.includes(field) && holdsAddress(cell) ? 'import_swapped' : null
}

/** An @ in a word, with a point further on that does not end it. */
const holdsAddress = (cell: string) =>
  cell.split(/\s/).some((word) => {
    const at = word.indexOf('@', 1)
    return at > 0 && word.lastIndexOf('.', word.length - 2) > at + 1
  })

/** Text to the right of the last heading: often a separator too many, and half a value would be lost unseen. */
export function strayCells(
  cells: string[],
  columns: { field: unknown; heading: string }[],
  locale: Locale,
): Remark[] {
  const stray = cells.filter(
    (cell, index) => cell !== '' && !columns[index]?.field && !columns[index]?.heading,
  )
  const value = stray.join(' · ').slice(0, 60)
  return stray.length > 0 ? [{ column: '', message: say(locale, 'import_stray', { value }) }] : []
}
