import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { findEvent, type EventRow, type ProgrammeRow } from '../events/repository.ts'
import { findParticipant, type ParticipantRow } from './repository.ts'

export type Located = { participant: ParticipantRow; event: EventRow; programme: ProgrammeRow }

/** A participant with its event and programme. */
export async function locateParticipant(reader: Reader, participantId: string): Promise<Located> {
  const participant = await findParticipant(reader, participantId)
  const found = participant && (await findEvent(reader, participant.eventId))
  if (!found) throw notFound()
  return { participant, ...found }
}

/** The programme that a participant is of. */
export const ofParticipant =
  (participantId: string) =>
  async (reader: Reader): Promise<string | null> =>
    (await locateParticipant(reader, participantId)).programme.id

export const resourceOf = ({ participant, programme }: Located) => ({
  programmeId: programme.id,
  eventId: participant.eventId,
  projectId: participant.projectId,
  hostId: participant.hostId,
})
