import { DateTime } from 'luxon'
import type { Transaction } from '../../database/client.ts'
import { regionOf, say, type MessageKey } from '../../messages.ts'
import { knownAs } from '../../naming.ts'
import { commonShift } from '../../schemas/agenda-changes.ts'
import type { Language } from '../../schemas/common.ts'
import type { Telling, ToldChange } from '../../schemas/telling.ts'
import type { Services } from '../../services.ts'
import { byClockOf, clockOf, timeSaid } from '../events/clock.ts'
import type { FoundEvent } from '../events/open.ts'
import { findGridSlots } from '../events/repository.ts'
import { composeMail, languageFor } from '../mail/compose.ts'
import { enqueueMails, readContacts, replaceNews, type NewMail } from '../mail/service.ts'
import { textsOf } from '../mail/templates.ts'
import { findParticipants } from '../participants/repository.ts'
import { readAgendaLetters } from '../told/agenda-letter.ts'
import type { Concerned } from '../told/concerned.ts'
import { presentChanges } from './present.ts'

export type Decision = { how: Telling; note: string; by: string | null }
export type Means = Pick<Services, 'config' | 'queue'>

/** Writes to each of them who has an address: what changed for them, and their agenda as it is now. */
export async function mailConcerned(
  tx: Transaction,
  means: Means,
  { event, programme }: FoundEvent,
  concerned: Concerned[],
  note: string,
): Promise<number> {
  const contacts = await readContacts(tx, event.id)
  const people = await findParticipants(tx, event.id)
  const names = new Map(people.map((one) => [one.id, knownAs(one)]))
  const letterOf = await readAgendaLetters(tx, means.config, { event, programme })
  const reached = concerned.filter(({ participantId }) => contacts.has(participantId))
  const textOf = textsOf(tx, programme.id)
  const expiresAt = await lastUseOf(tx, { event, programme })
  const mails: NewMail[] = []
  for (const { participantId, first, changes } of reached) {
    const person = contacts.get(participantId)!
    const locale = languageFor(person, programme)
    const by = { locale, zone: programme.timezone, days: event.lastDate !== event.date }
    const { lines, calendar } = letterOf(participantId, locale, changes)
    const kind = first ? ('publication' as const) : ('change' as const)
    const values = {
      agenda: lines,
      changes: first ? [] : changesIn(presentChanges(changes, names), by),
      note: note.split('\n'),
    }
    const text = await textOf(kind, locale)
    const mail = await composeMail(tx, means, { programme, event, kind, person, values, calendar, text })
    mails.push({ ...mail, expiresAt })
  }
  await replaceNews(tx, {
    programmeId: programme.id,
    personIds: reached.map(({ participantId }) => contacts.get(participantId)!.personId),
    pairs: new Set(reached.flatMap(pairsOf)),
  })
  await enqueueMails(tx, means, programme.id, mails)
  return reached.length
}

/** All that an earlier mail to them can have had. */
const pairsOf = ({ meetings, changes }: Concerned) => [
  ...Object.keys(meetings),
  ...changes.map(({ id }) => id),
]

/** When the event is over nobody needs it any more; what is written later than that is sent all the same. */
async function lastUseOf(tx: Transaction, { event, programme }: FoundEvent): Promise<Date | undefined> {
  const ends = (await findGridSlots(tx, event.id)).map(({ endsAt }) => endsAt.getTime())
  const over = new Date(Math.max(0, ...ends))
  return over > clockOf(programme) ? byClockOf({ clockOffsetMs: -programme.clockOffsetMs }, over) : undefined
}

type Reader = { locale: Language; zone: string; days: boolean }

/** What changed, a line each. */
function changesIn(changes: ToldChange[], by: Reader): string[] {
  const shift = commonShift(changes)
  if (shift !== null)
    return [say(by.locale, shift > 0 ? 'told_later' : 'told_earlier', { minutes: Math.abs(shift) })]
  return changes.map((one) => {
    if (one.kind === 'date')
      return say(by.locale, 'told_date', { now: dayIn(one.now, by), before: dayIn(one.before, by) })
    const { kind, name, now, before } = one
    const key: MessageKey = `told_${kind}`
    return say(by.locale, key, {
      name,
      time: now ? timeSaid(new Date(now.startsAt), by) : '',
      before: before ? timeSaid(new Date(before.startsAt), by) : '',
      table: tableIn(now, by),
      beforeTable: tableIn(before, by),
    })
  })
}

const tableIn = (at: { table: string | null } | null, { locale }: Reader) =>
  at?.table ?? say(locale, 'told_no_table')

const dayIn = (day: string, { locale }: Reader) =>
  DateTime.fromISO(day, { locale: regionOf(locale) }).toLocaleString(DateTime.DATE_HUGE)
