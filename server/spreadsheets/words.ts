/** Words as people write them: how they are compared, and how a cell becomes one line. */

/** Without accents, case, punctuation and double spaces; what stands in brackets explains and is no part of it. */
export const plainWords = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\([^()]*\)/g, ' ')
    .toLowerCase()
    .replace(/(?<=\p{L})[.'’](?=\p{L})/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Names hold no line breaks and no double spaces. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** The same name written with other spaces, case or punctuation. */
export const sameKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim() || name.trim()

const TITLES = new Set(
  'dott dottssa dottoressa dr drssa prof profssa ing avv arch rag geom sig sigra signor signora mr mrs ms'.split(
    ' ',
  ),
)

/** What a name has in common with itself without accents and titles, and with surname and name exchanged. */
export function likeKey(name: string): string {
  const words = plainWords(name).split(' ').filter(Boolean)
  const kept = words.filter((word) => !TITLES.has(word))
  return (kept.length > 0 ? kept : words).toSorted().join(' ') || name.trim()
}
