// Letters that no normal form takes apart into a plain one and a mark.
const PLAIN: Record<string, string> = {
  ...{ ł: 'l', đ: 'd', ð: 'd', ø: 'o', ħ: 'h', ı: 'i', ŋ: 'n' },
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th' },
}

/** A text as one hears it: without accents and case. */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[łđðøħıŋßæœþ]/g, (letter) => PLAIN[letter]!)

const split = (text: string) => text.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
const join = (text: string) => text.replace(/(?<=\p{L})[.'’](?=\p{L})/gu, '')

/** Words of a text, those around an apostrophe joined and apart: `D’Angiò` is found by `dangio` and by `angio`. */
const wordsOf = (text: string) => [...split(text), ...split(join(text))]

/**
 * Looks for what somebody types: each word of it begins a word of the texts, in whatever order. Null while nothing is
 * sought, for then everybody is shown.
 */
export function seek(typed: string): ((texts: string[]) => boolean) | null {
  const sought = split(join(fold(typed)))
  if (sought.length === 0) return null
  return (texts) => {
    const words = wordsOf(fold(texts.join(' ')))
    return sought.every((one) => words.some((word) => word.startsWith(one)))
  }
}

/** Those of whom the texts hold what is typed; all while nothing is. */
export function searched<T>(all: T[], typed: string, textsOf: (one: T) => string[]): T[] {
  const holds = seek(typed)
  return holds ? all.filter((one) => holds(textsOf(one))) : all
}
