import type { Actor } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { PublicView } from '../../schemas/programme.ts'
import type { PublicityView } from '../../schemas/publicity.ts'
import { readShownCalls } from '../applications/call.ts'
import { findGridSlots, findProgramme } from '../events/repository.ts'
import {
  countFinanced,
  findApproved,
  findEventsOf,
  findPublicEvents,
  findPublicProgrammes,
  findRanking,
} from './repository.ts'

/** What anybody may read, each by a decision of the organisers: the financed projects and where to meet them. */
export async function readPublic(reader: Reader): Promise<PublicView> {
  const [programmes, financed, calls, announced] = await Promise.all([
    findPublicProgrammes(reader),
    findRanking(reader),
    readShownCalls(reader),
    findPublicEvents(reader).then((events) =>
      Promise.all(events.map((event) => presentEvent(reader, event))),
    ),
  ])
  return {
    programmes: programmes.map(({ id, name, phase, city, timezone, call, sample }) => ({
      ...{ id, name, phase, city, timezone, call, sample },
      openCall: calls.has(id),
      events: announced.filter(({ programmeId }) => programmeId === id).map(({ shown }) => shown),
      financedProjects: financed.filter(({ programmeId }) => programmeId === id).map(({ shown }) => shown),
    })),
  }
}

/** A camp starts with its first slot, and ends with its last one. */
async function presentEvent(reader: Reader, event: Awaited<ReturnType<typeof findPublicEvents>>[number]) {
  const { id, programmeId, kind, title, date, venue } = event
  const slots = await findGridSlots(reader, id)
  const startsAt = event.startsAt ?? slots.at(0)?.startsAt ?? null
  const endsAt = event.endsAt ?? slots.at(-1)?.endsAt ?? null
  const lastDate = slots.at(-1)?.day ?? date
  const hours = { startsAt: startsAt?.toISOString() ?? null, endsAt: endsAt?.toISOString() ?? null }
  return { programmeId, shown: { id, kind, title, date, lastDate, venue, ...hours } }
}

/** What has been decided, and what could be shown. */
export async function readPublicity(
  reader: Reader,
  actor: Actor,
  programmeId: string,
): Promise<PublicityView> {
  const programme = await findProgramme(reader, programmeId)
  if (!programme) throw notFound()
  allow(actor, 'programme.edit', { programmeId })
  const [events, approved, financed] = await Promise.all([
    findEventsOf(reader, programmeId),
    findApproved(reader, programmeId),
    countFinanced(reader, programmeId),
  ])
  const { name, rankingPublic } = programme
  return {
    programme: { id: programmeId, name, public: programme.public, rankingPublic, financed },
    events: events.map(({ id, kind, title, date, rehearsal, ...event }) => ({
      ...{ id, kind, title, date, rehearsal },
      public: event.public,
    })),
    proposals: approved.map(({ project, proposal }) => ({
      projectId: project.id,
      project: project.name,
      summary: proposal.content.summary,
      public: proposal.public,
    })),
  }
}
