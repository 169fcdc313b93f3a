import type { Locale } from './actor.ts'
import { isMessage, say, type MessageKey } from './messages.ts'

/** What a schema finds wrong, as its validator tells it. */
export type Violation = { instancePath: string; keyword: string; params: Record<string, unknown> }

/** What a person reads of it. */
export function sentenceOfViolation({ keyword, params }: Violation, locale: Locale): string {
  const known: Record<string, MessageKey> = {
    required: 'field_required',
    additionalProperties: 'field_unknown',
    pattern: 'field_format',
    'x-text': 'field_text',
  }
  const key = known[keyword] ?? `field_${keyword}`
  return say(locale, isMessage(key) ? key : 'field_invalid', { limit: Number(params.limit) })
}
