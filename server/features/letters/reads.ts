import { versionOf } from '../../content-version.ts'
import type { Reader } from '../../database/client.ts'
import { LANGUAGES } from '../../schemas/common.ts'
import {
  EVENT_KINDS,
  FIELDS,
  LETTER_KINDS,
  type LetterTexts,
  type LetterKind,
  type RecipientsView,
} from '../../schemas/letters.ts'
import type { Call } from '../../write.ts'
import { todayOf } from '../events/clock.ts'
import { defaultText, readText } from '../mail/templates.ts'
import { openProgramme } from './open.ts'
import { findEventOf, findRecipients, presentRecipient } from './recipients.ts'
import { findEvents } from './repository.ts'

export async function readTexts(reader: Reader, call: Call, programmeId: string): Promise<LetterTexts> {
  await openProgramme(reader, call, programmeId, 'mail.read')
  const keys = LETTER_KINDS.flatMap((kind) => LANGUAGES.map((language) => ({ kind, language })))
  const texts = await Promise.all(
    keys.map(async (key) => {
      const { own, ...text } = await readText(reader, programmeId, key.kind, key.language)
      const first = defaultText(key.kind, key.language)
      return { ...key, ...text, own, first, version: versionOf(text) }
    }),
  )
  return { texts, fields: Object.values(FIELDS) }
}

/** Whom a mail of that kind can go to. Where it has to be about an event and none is named, about the usual one. */
export async function readRecipients(
  reader: Reader,
  call: Call,
  { programmeId, kind }: { programmeId: string; kind: LetterKind },
  asked: string | undefined,
): Promise<RecipientsView> {
  const programme = await openProgramme(reader, call, programmeId, 'mail.read')
  const found = await findEvents(reader, programmeId)
  const events = found.filter((one) => one.kind === 'camp' || one.kind === 'tutoring')
  const id =
    asked ?? (EVENT_KINDS.includes(kind) ? usualEvent(events, kind, todayOf(programme))?.id : undefined)
  const event = await findEventOf(reader, programmeId, id)
  const people = await findRecipients(reader, { programme, event, kind })
  return {
    recipients: people.map((one) => presentRecipient(one, programme)),
    events: events.map(({ id, title, date }) => ({ id, title, date })),
    event: event?.id ?? null,
  }
}

type Dated = { id: string; lastDate: string }

/** Thanks are for the last event that is over, all else is about the one that is on or comes next. */
function usualEvent(events: Dated[], kind: LetterKind, today: string): Dated | undefined {
  const over = events.filter(({ lastDate }) => lastDate < today)
  const next = events.find(({ lastDate }) => lastDate >= today)
  const last = over.toSorted((one, other) => one.lastDate.localeCompare(other.lastDate)).at(-1)
  return kind === 'thanks' ? (last ?? next) : (next ?? last)
}
