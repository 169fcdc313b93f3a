/**
 * The one kind of text that people send: well-formed, without space around it, and without characters that nobody
 * sees: controls, marks of no width and of direction. With those a name looks like another one or like none at all.
 */
export type TextKind = 'line' | 'prose' | 'raw'

// eslint-disable-next-line no-misleading-character-class -- each of them by itself
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]/u
/** Pictures are joined from others, flags end in tags, and some scripts join or part their letters. */
const JOINED =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])(\u200d(?=\p{Extended_Pictographic})|[\u{e0020}-\u{e007f}]+)|(?<=[\p{L}\p{M}])[\u200c\u200d](?=[\p{L}\p{M}])/gu
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u

/** Other programs break lines in many ways, and leave joiners behind where there is nothing to join. */
const BREAKS = /[\v\f\u0085\u2028\u2029]/g
const LOOSE = /(?<=^|\s)[\u200c\u200d]+|[\u200c\u200d]+(?=\s|$)/g

/** The text as it is kept. */
export const tidyText = (kind: TextKind, text: string): string => {
  if (kind === 'raw') return text
  const broken = text.replace(/\r\n?/g, '\n').replace(BREAKS, kind === 'prose' ? '\n' : ' ')
  return broken.replaceAll('\t', ' ').replace(LOOSE, '').trim()
}

/** Whether a tidy text may be kept. */
export function isText(kind: TextKind, text: string): boolean {
  if (kind === 'raw' || text === '') return true
  if (!text.isWellFormed()) return false
  const shown = text.replace(JOINED, '').replaceAll('\n', kind === 'prose' ? '' : '\n')
  return !UNSEEN.test(shown) && SEEN.test(shown)
}

// eslint-disable-next-line no-misleading-character-class -- the same signs
const JOINED_OR_UNSEEN = new RegExp(`${JOINED.source}|(?<unseen>${UNSEEN.source})`, 'gu')

/** Of a text what is seen of it, for a label that nobody can be asked to mend. */
export const shownOnly = (text: string): string =>
  text.toWellFormed().replace(JOINED_OR_UNSEEN, (sign, ...rest) => {
    const { unseen } = rest.at(-1) as { unseen?: string }
    return unseen === undefined ? sign : ' '
  })

const SIGNS = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const MOST_IN_LINE = 80

/** A name in a line that has to stay short, the subject of a mail for example. */
export function inLine(text: string): string {
  const line = shownOnly(text).replace(/\s+/g, ' ').trim()
  if (line.length <= MOST_IN_LINE) return line
  let kept = ''
  for (const { segment } of SIGNS.segment(line)) {
    if (kept.length + segment.length >= MOST_IN_LINE) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}
