import type { Reader } from '../../database/client.ts'
import type { ToldMeeting } from '../../database/schema.ts'
import { changesBetween, onDate, type AgendaChange } from '../../schemas/agenda-changes.ts'
import { clockOf } from '../events/clock.ts'
import type { FoundEvent } from '../events/open.ts'
import { findEvent } from '../events/repository.ts'
import { findWithdrawn } from '../participants/repository.ts'
import { readInForce, type Meetings } from './in-force.ts'
import { findTold, type ToldRow } from './repository.ts'

/** Somebody whose agenda is not as they were told last: what changed, all taken together. */
export type Concerned = {
  participantId: string
  /** They were never told any: all of it is new to them. */
  first: boolean
  changes: AgendaChange<ToldMeeting>[]
  meetings: Meetings
}

/**
 * Those who have something to be told of the agendas given, or of those in force. Of a first publication that is
 * whoever has meetings; those whom it leaves without are not written to by the service, as there is nothing in it for
 * them to do and how to say so is the organisers' to choose. Of a rehearsal nobody hears, and of those who have left
 * neither.
 */
export const readConcerned = async (
  reader: Reader,
  found: FoundEvent,
  given: Map<string, Meetings> | null = null,
): Promise<Concerned[]> => stillAhead(await readDiffering(reader, found, given), found)

/** Those whose agenda differs from what they were told, be it of what is over by now: the clock alone changes none of it. */
export async function readDiffering(
  reader: Reader,
  { event, programme }: FoundEvent,
  given: Map<string, Meetings> | null = null,
): Promise<Concerned[]> {
  const agendas = given ?? (await readInForce(reader, event.id))
  if (!agendas || event.rehearsal) return []
  const told = await findTold(reader, event.id)
  const gone = await findWithdrawn(reader, event.id)
  const day = { date: event.date, zone: programme.timezone, sample: programme.sample }
  return [...new Set([...agendas.keys(), ...told.keys()])]
    .filter((id) => !gone.has(id))
    .toSorted()
    .flatMap((id) => concerned(id, told.get(id), agendas.get(id) ?? {}, day) ?? [])
}

/** Participants of an event whose agenda has changed since they were told last. */
export async function readUntold(reader: Reader, eventId: string): Promise<Set<string>> {
  const found = await findEvent(reader, eventId)
  const people = found ? await readConcerned(reader, found) : []
  return new Set(people.filter(({ first }) => !first).map(({ participantId }) => participantId))
}

type Day = { date: string; zone: string; sample: boolean }

function concerned(
  participantId: string,
  told: ToldRow | undefined,
  meetings: Meetings,
  day: Day,
): Concerned | null {
  const { date, zone } = day
  // The sample moves along with the calendar, which is no news.
  const known = told && day.sample ? { date, meetings: onDate(told, date, zone) } : told
  const before = known ?? { date, meetings: {} }
  const changes = changesBetween<ToldMeeting>(before, { date, meetings }, zone)
  return changes.length > 0 ? { participantId, first: !told, changes, meetings } : null
}

/** Of those, whom something concerns that is still to come. */
export function stillAhead(differing: Concerned[], { programme }: FoundEvent): Concerned[] {
  const now = clockOf(programme).toISOString()
  return differing.flatMap((one) => {
    const changes = one.changes.filter((change) => isAhead(change, now))
    return changes.length > 0 ? { ...one, changes } : []
  })
}

/** What was to begin, and begins, before now: everybody who was there knows. */
const isAhead = ({ kind, now, before }: AgendaChange<ToldMeeting>, time: string): boolean =>
  kind === 'date' || [now, before].some((place) => place !== null && place.startsAt > time)
