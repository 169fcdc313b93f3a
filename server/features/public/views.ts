import type { Reader } from '../../database/client.ts'
import type { PublicView } from '../../schemas/programme.ts'
import { findSlots } from '../events/repository.ts'
import { findAnnounced, findFinanced, findAllProgrammes } from './repository.ts'

/** What anybody may read: the financed projects and where to meet them. */
export async function readPublic(reader: Reader): Promise<PublicView> {
  const [programmes, financed, announced] = await Promise.all([
    findAllProgrammes(reader),
    findFinanced(reader),
    findAnnounced(reader).then((events) => Promise.all(events.map((event) => presentEvent(reader, event)))),
  ])
  return {
    programmes: programmes.map(({ id, name, phase, city, call, sample }) => ({
      ...{ id, name, phase, city, call, sample },
      events: announced.filter(({ programmeId }) => programmeId === id).map(({ shown }) => shown),
      financedProjects: financed.filter(({ programmeId }) => programmeId === id).map(({ shown }) => shown),
    })),
  }
}

/** A camp starts with its first slot. */
async function presentEvent(reader: Reader, event: Awaited<ReturnType<typeof findAnnounced>>[number]) {
  const { id, programmeId, kind, title, date, venue } = event
  const startsAt = event.startsAt ?? (await findSlots(reader, id)).at(0)?.startsAt ?? null
  return { programmeId, shown: { id, kind, title, date, venue, startsAt: startsAt?.toISOString() ?? null } }
}
