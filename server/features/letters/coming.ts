import type { Reader } from '../../database/client.ts'
import type { FoundEvent } from '../events/open.ts'
import { readAsked } from '../rsvp/links.ts'
import { findRecipients, type Reachable } from './recipients.ts'

/** Who has not said whether they come and was never asked by a mail. */
export async function findToAsk(reader: Reader, found: FoundEvent): Promise<Reachable[]> {
  const silent = await findRecipients(reader, { ...found, kind: 'coming' })
  const asked = await readAsked(
    reader,
    silent.flatMap(({ participantId }) => participantId ?? []),
  )
  return silent.filter(({ participantId }) => participantId !== null && !asked.has(participantId))
}
