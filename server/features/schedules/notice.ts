import type { Transaction } from '../../database/client.ts'
import type { Services } from '../../services.ts'
import type { EventRow, ProgrammeRow } from '../events/repository.ts'
import { composeMail, languageFor } from '../mail/compose.ts'
import { enqueueMail, readContacts } from '../mail/service.ts'
import { readAgendaLetters } from './agenda-letter.ts'

export type Notice = { event: EventRow; programme: ProgrammeRow; note: string }

/** Writes to those whose agenda changed and who have an address, with the agenda. Of a rehearsal nobody hears. */
export async function tellAffected(
  tx: Transaction,
  services: Services,
  affected: Set<string>,
  { event, programme, note }: Notice,
): Promise<void> {
  if (event.rehearsal) return
  const letterOf = await readAgendaLetters(tx, services.config, { event, programme })
  for (const [id, person] of await readContacts(tx, event.id)) {
    if (!affected.has(id)) continue
    const { lines, calendar } = letterOf(id, languageFor(person, programme))
    const values = { agenda: lines, note: note.split('\n') }
    const about = { programme, event, kind: 'publication', person } as const
    await enqueueMail(tx, services, await composeMail(tx, services, { ...about, values, calendar }))
  }
}
