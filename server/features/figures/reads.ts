import type { Actor } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { FiguresView, PublishedPlan } from '../../schemas/figures.ts'
import { openEvent } from '../events/open.ts'
import { findProgramme, findSlots, findTables, type EventRow } from '../events/repository.ts'
import { findParticipants } from '../participants/repository.ts'
import { countPeople, findEventSummaries } from '../programmes/repository.ts'
import { findMeetings, findPublished, findWishes } from '../schedules/repository.ts'
import { countWishes } from '../schedules/wishes.ts'

/** The figures of a programme, for whoever follows it from outside. */
export async function readFigures(reader: Reader, actor: Actor, programmeId: string): Promise<FiguresView> {
  const programme = await findProgramme(reader, programmeId)
  if (!programme) throw notFound()
  allow(actor, 'figures.read', { programmeId })
  const summaries = await findEventSummaries(reader, programmeId)
  const real = summaries.filter(({ event }) => !event.rehearsal)
  const { id, name, phase, city, timezone } = programme
  return {
    programme: { id, name, phase, city, timezone },
    counts: await countPeople(reader, programmeId),
    events: await Promise.all(real.map(({ event, answered }) => readEvent(reader, event, answered))),
  }
}

async function readEvent(
  reader: Reader,
  { id, kind, title, date, lastDate, venue }: EventRow,
  answered: number,
): Promise<FiguresView['events'][number]> {
  const [people, published] = await Promise.all([findParticipants(reader, id), readPublished(reader, id)])
  const count = (side: 'project' | 'host') =>
    people.filter((one) => one.side === side && !one.withdrawn).length
  const sides = new Map(people.map((person) => [person.id, person.side]))
  return {
    ...{ id, kind, title, date, lastDate, venue, answered },
    projects: count('project'),
    hosts: count('host'),
    published: published && {
      number: published.number,
      meetings: published.held.length,
      wishes: countWishes(await findWishes(reader, id), published.held, sides),
    },
  }
}

/** The meetings of the schedule in force that have not been cancelled; null where nothing is published. */
async function readPublished(reader: Reader, eventId: string) {
  const published = await findPublished(reader, eventId)
  if (!published) return null
  const meetings = await findMeetings(reader, published.live.id)
  return { number: published.live.number ?? 0, held: meetings.filter(({ state }) => state !== 'cancelled') }
}

/** Which project meets which organisation, when and where. */
export async function readPublishedPlan(
  reader: Reader,
  actor: Actor,
  eventId: string,
): Promise<PublishedPlan> {
  const { event, programme } = await openEvent(reader, actor, eventId, 'figures.read')
  const published = event.rehearsal ? null : await readPublished(reader, eventId)
  if (!published) throw notFound()
  const [people, slots, tables] = await Promise.all([
    findParticipants(reader, eventId),
    findSlots(reader, eventId),
    findTables(reader, eventId),
  ])
  const [personOf, slotOf, tableOf] = [byId(people), byId(slots), byId(tables)]
  const place = ({ slotId, tableId }: (typeof published.held)[number]) =>
    (slotOf.get(slotId)?.position ?? 0) * 1_000 + (tableOf.get(tableId ?? '')?.position ?? 0)
  return {
    title: event.title,
    timezone: programme.timezone,
    meetings: published.held
      .toSorted((one, other) => place(one) - place(other))
      .map(({ candidateId, slotId, tableId, projectId, hostId }) => ({
        id: candidateId,
        startsAt: slotOf.get(slotId)?.startsAt.toISOString() ?? '',
        endsAt: slotOf.get(slotId)?.endsAt.toISOString() ?? '',
        table: tableOf.get(tableId ?? '')?.name ?? null,
        room: tableOf.get(tableId ?? '')?.room ?? '',
        project: personOf.get(projectId)?.short ?? '',
        organisation: personOf.get(hostId)?.organisations[0] ?? '',
      })),
  }
}

const byId = <Row extends { id: string }>(rows: Row[]) => new Map(rows.map((row) => [row.id, row]))
