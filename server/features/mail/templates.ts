import { and, eq } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'
import { mailTemplates } from '../../database/schema.ts'
import { messageOf } from '../../messages.ts'
import { LANGUAGES, type Language } from '../../schemas/common.ts'
import {
  FIELDS,
  type ApplicationLetter,
  type Field,
  type LetterKind,
  type LetterText,
} from '../../schemas/letters.ts'

/** What a programme writes: the text of its organisers, or the one that mails of that kind have by default. */
export async function readText(
  reader: Reader,
  programmeId: string,
  kind: LetterKind | ApplicationLetter,
  language: Language,
): Promise<LetterText & { own: boolean }> {
  if (isOfApplication(kind)) return { ...defaultText(kind, language), own: false }
  const [own] = await reader
    .select({ subject: mailTemplates.subject, body: mailTemplates.body })
    .from(mailTemplates)
    .where(
      and(
        eq(mailTemplates.programmeId, programmeId),
        eq(mailTemplates.kind, kind),
        eq(mailTemplates.language, language),
      ),
    )
  return own ? { ...own, own: true } : { ...defaultText(kind, language), own: false }
}

const isOfApplication = (kind: string): kind is ApplicationLetter => kind.startsWith('application-')

/** The same for many mails: each text is read once. */
export function textsOf(reader: Reader, programmeId: string) {
  const texts = new Map<string, ReturnType<typeof readText>>()
  return (kind: LetterKind, language: Language): ReturnType<typeof readText> => {
    const key = `${kind} ${language}`
    const text = texts.get(key) ?? readText(reader, programmeId, kind, language)
    texts.set(key, text)
    return text
  }
}

export const defaultText = (kind: LetterKind | ApplicationLetter, language: Language): LetterText => ({
  subject: messageOf(language, `letter_${kind}_subject`),
  body: messageOf(language, `letter_${kind}_body`),
})

const NAMES = new Map<string, Field>(
  (Object.keys(FIELDS) as Field[]).flatMap((field) =>
    LANGUAGES.map((language) => [FIELDS[field][language], field] as const),
  ),
)

/** A text in its parts: what is written, and the fields that it names, in either language. */
export type Part = string | { field: Field }

export const partsOf = (text: string): Part[] =>
  text
    .split(/(\{[^{}\n]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const field = part.startsWith('{') ? NAMES.get(part.slice(1, -1).trim().toLowerCase()) : undefined
      return field ? { field } : part
    })

/** The first thing in braces that is no field. */
export const unknownField = (text: string): string | null =>
  partsOf(text).find((part): part is string => typeof part === 'string' && /[{}]/.test(part)) ?? null

export const namesField = (text: string, field: Field): boolean =>
  partsOf(text).some((part) => typeof part !== 'string' && part.field === field)
