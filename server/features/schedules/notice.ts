import type { Locale } from '../../actor.ts'
import type { Transaction } from '../../database/client.ts'
import { say } from '../../messages.ts'
import type { Services } from '../../services.ts'
import type { EventRow } from '../events/repository.ts'
import { enqueueMail, readContacts, signInLink } from '../mail/service.ts'

export type Notice = { event: EventRow; number: number; note: string; locale: Locale }

/**
 * Writes to those whose agenda changed and who have an address. What changed they read after signing in. Of a rehearsal
 * nobody hears.
 */
export async function tellAffected(
  tx: Transaction,
  services: Services,
  affected: Set<string>,
  { event, number, note, locale: asked }: Notice,
): Promise<void> {
  if (event.rehearsal) return
  for (const [id, person] of await readContacts(tx, event.id)) {
    if (!affected.has(id)) continue
    const locale = person.language ?? asked
    const link = signInLink(services.config, person)
    const values = { name: person.who, event: event.title, number, link }
    const body = say(locale, 'mail_publication_body', values)
    await enqueueMail(tx, services, {
      programmeId: event.programmeId,
      to: person.email,
      kind: 'publication',
      subject: say(locale, 'mail_publication_subject', values),
      body: note === '' ? body : `${body}\n\n${note}`,
    })
  }
}
