import type { Field, Letter, LetterText } from '../../schemas/letters.ts'
import { inLine, shownOnly } from '../../text.ts'
import { partsOf, type Part } from './templates.ts'

/** What fields stand for: words, or lines of them. */
export type Values = Partial<Record<Field, string | string[]>>
type Paragraph = Letter['paragraphs'][number]
type Line = Paragraph[number]
type Words = Line[number]

/** The one source of what is sent as HTML and as plain text: a line that names a field without a value is left out. */
export function fillIn(text: LetterText, values: Values): { subject: string; paragraphs: Paragraph[] } {
  const subject = partsOf(text.subject).map((part) =>
    typeof part === 'string' ? part : inLine(linesOf(values, part.field).join(' ')),
  )
  const paragraphs = text.body
    .split(/\n[^\S\n]*\n/)
    .map((paragraph) => paragraph.split('\n').flatMap((line) => filled(partsOf(line), values)))
  return {
    subject: subject.join('').replace(/\s+/g, ' ').trim(),
    paragraphs: paragraphs.filter((lines) => lines.length > 0),
  }
}

const linesOf = (values: Values, field: Field): string[] =>
  [values[field] ?? []]
    .flat()
    .map((line) => shownOnly(line).replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')

function filled(parts: Part[], values: Values): Line[] {
  const [only] = parts.filter((part) => typeof part !== 'string' || part.trim() !== '')
  if (parts.length === 0 || only === undefined) return []
  if (typeof only !== 'string' && parts.length === 1)
    return linesOf(values, only.field).map((line) => [said(only.field, line)])
  const isMissing = (part: Part) => typeof part !== 'string' && linesOf(values, part.field).length === 0
  if (parts.some(isMissing)) return []
  return [
    parts.flatMap((part) =>
      typeof part === 'string' ? withLinks(part) : [said(part.field, linesOf(values, part.field).join('; '))],
    ),
  ]
}

/** Only what organisers wrote leads somewhere, and our own address: never what somebody calls themselves. */
const said = (field: Field, text: string): Words => (LINKS.includes(field) ? { text, href: text } : { text })
const LINKS: readonly Field[] = ['link', 'coming', 'notComing']

const withLinks = (text: string): Words[] =>
  text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/)
    .filter((part) => part !== '')
    .map((part) => (/^https?:\/\//.test(part) ? { text: part, href: part } : { text: part }))

export const plainOf = (paragraphs: Paragraph[]): string =>
  paragraphs
    .map((lines) => lines.map((line) => line.map(({ text }) => text).join('')).join('\n'))
    .join('\n\n') + '\n'

export function htmlOf(paragraphs: Paragraph[], { language, subject }: Pick<Letter, 'language' | 'subject'>) {
  const words = ({ text, href }: Words) =>
    href ? `<a href="${escaped(href)}" style="color:#1f5c4d">${escaped(text)}</a>` : escaped(text)
  const line = (one: Line) => one.map(words).join('')
  const body = paragraphs.map((lines) => `<p style="margin:0 0 1em">${lines.map(line).join('<br>\n')}</p>`)
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(subject)}</title></head>
<body style="margin:0;padding:24px;background:#fff;color:#1b1b1b;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:36em;overflow-wrap:anywhere">
${body.join('\n')}
</div></body></html>
`
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign])
