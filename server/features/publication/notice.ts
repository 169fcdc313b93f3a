import { DateTime } from 'luxon'
import type { Locale } from '../../actor.ts'
import type { Transaction } from '../../database/client.ts'
import { say, type MessageKey } from '../../messages.ts'
import { shownAs } from '../../naming.ts'
import { commonShift } from '../../schemas/agenda-changes.ts'
import type { Telling, ToldChange } from '../../schemas/telling.ts'
import type { Services } from '../../services.ts'
import { timeSaid } from '../events/clock.ts'
import type { FoundEvent } from '../events/open.ts'
import { enqueueMail, readContacts, signInPage } from '../mail/service.ts'
import { findParticipants, type Participant } from '../participants/repository.ts'
import type { Concerned } from '../told/concerned.ts'
import { presentChanges } from './present.ts'

export type Decision = { how: Telling; note: string; locale: Locale; by: string | null }
export type Means = Pick<Services, 'config' | 'queue'>

/** Writes to each of them who has an address: what changed for them, and their agenda as it is now. */
export async function mailConcerned(
  tx: Transaction,
  means: Means,
  { event, programme }: FoundEvent,
  concerned: Concerned[],
  { note, locale: asked }: Pick<Decision, 'note' | 'locale'>,
): Promise<number> {
  const contacts = await readContacts(tx, event.id)
  const people = await findParticipants(tx, event.id)
  const names = new Map(people.map((one) => [one.id, nameOf(one)]))
  const reached = concerned.filter(({ participantId }) => contacts.has(participantId))
  for (const one of reached) {
    const person = contacts.get(one.participantId)!
    const locale = person.language ?? asked
    const by = { locale, zone: programme.timezone, days: event.lastDate !== event.date }
    const page = person.projectId ? `/progetto/${person.projectId}` : `/referente/${person.hostId}`
    const values = {
      name: person.who,
      event: event.title,
      changes: changesIn(presentChanges(one.changes, names), by).join('\n'),
      agenda: agendaIn(one, names, by).join('\n'),
      link: signInPage(means.config, person.email, `${page}/agenda?evento=${event.id}`),
    }
    const kind = one.first ? ('publication' as const) : ('change' as const)
    const body = say(locale, `mail_${kind}_body`, values)
    await enqueueMail(tx, means, {
      programmeId: programme.id,
      to: person.email,
      kind,
      subject: say(locale, `mail_${kind}_subject`, values),
      body: note === '' ? body : `${body}\n\n${note}`,
    })
  }
  return reached.length
}

/** As those whom they meet know them. */
const nameOf = ({ side, name, organisations }: Participant) =>
  side === 'host' ? shownAs(organisations, name) : name

type Reader = { locale: Locale; zone: string; days: boolean }

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

/** The whole agenda, a line a meeting. */
function agendaIn({ meetings }: Concerned, names: Map<string, string>, by: Reader): string[] {
  const held = Object.values(meetings).toSorted((one, other) => one.startsAt.localeCompare(other.startsAt))
  if (held.length === 0) return [say(by.locale, 'told_no_meeting')]
  return held.map((meeting) =>
    say(by.locale, 'told_meeting', {
      time: timeSaid(new Date(meeting.startsAt), by),
      name: names.get(meeting.with) ?? '',
      table: tableIn(meeting, by),
    }),
  )
}

const tableIn = (at: { table: string | null } | null, { locale }: Reader) =>
  at?.table ?? say(locale, 'told_no_table')

const dayIn = (day: string, { locale }: Reader) =>
  DateTime.fromISO(day, { locale: locale === 'en' ? 'en-GB' : 'it' }).toLocaleString(DateTime.DATE_HUGE)
