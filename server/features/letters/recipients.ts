import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import type { Attendance, Rsvp } from '../../schemas/common.ts'
import { EVENT_KINDS, type LetterKind, type Recipient } from '../../schemas/letters.ts'
import { findEvent, type EventRow, type ProgrammeRow } from '../events/repository.ts'
import { languageFor } from '../mail/compose.ts'
import { readContacts, readReachable, type Addressee } from '../mail/service.ts'
import { readUntold } from '../told/concerned.ts'
import { filtersOf, meantFor, type Facts } from './filters.ts'
import { findLastWritten, findRefusing, findSignedIn, findSubmitted, findTaking } from './repository.ts'

/** Somebody who can be written to, with what decides whether they are. */
export type Reachable = {
  person: Addressee
  participantId: string | null
  attendance: Attendance | null
  rsvp: Rsvp | null
  facts: Facts
  lastAt: Date | null
  refuses: boolean
}

export type About = { programme: ProgrammeRow; event: EventRow | null; kind: LetterKind }

/** Null where none is named; one of another programme is not there. */
export async function findEventOf(
  reader: Reader,
  programmeId: string,
  eventId: string | undefined,
): Promise<EventRow | null> {
  if (eventId === undefined) return null
  const found = await findEvent(reader, eventId)
  if (found?.programme.id !== programmeId) throw notFound()
  return found.event
}

/** Whom a mail can go to: of a kind that is about an event its contacts, else everybody with an address, of the event if one is named. */
export async function findRecipients(
  reader: Reader,
  { programme, event, kind }: About,
): Promise<Reachable[]> {
  const taking = new Map(event ? (await findTaking(reader, event.id)).map((one) => [one.of, one]) : [])
  const everybody = EVENT_KINDS.includes(kind)
    ? [...(event ? await readContacts(reader, event.id) : new Map<string, Addressee>()).values()]
    : await readReachable(reader, programme.id)
  const people = everybody.filter((person) => !event || taking.has(subjectOf(person)))
  const [signedIn, submitted, lastOf, refusing, untold] = await Promise.all([
    findSignedIn(
      reader,
      people.map(({ email }) => email.toLowerCase()),
    ),
    findSubmitted(
      reader,
      people.flatMap(({ projectId }) => projectId ?? []),
    ),
    findLastWritten(reader, programme.id, [kind, 'invitation']),
    findRefusing(reader, programme.id),
    event ? readUntold(reader, event.id) : new Set<string>(),
  ])
  const found = people.map((person) => {
    const { role, projectId, email } = person
    const here = taking.get(subjectOf(person))
    return {
      person,
      participantId: here?.id ?? null,
      attendance: here?.attendance ?? null,
      rsvp: here?.rsvp ?? null,
      facts: {
        side: role,
        invited: lastOf('invitation', person) !== null,
        isIn: signedIn.has(email.toLowerCase()),
        answered: here ? here.answeredAt !== null : null,
        submitted: projectId === null ? null : submitted.has(projectId),
        said: here ? here.rsvp !== null : null,
        untold: here !== undefined && untold.has(here.id),
      },
      lastAt: lastOf(kind, person),
      refuses: refusing.has(email),
    }
  })
  const only = meantFor[kind]
  return only ? found.filter(({ facts }) => filtersOf(facts).includes(only)) : found
}

export const subjectOf = ({ projectId, hostId }: Pick<Addressee, 'projectId' | 'hostId'>): string =>
  (projectId ?? hostId)!

export const presentRecipient = (
  { person, facts, lastAt, refuses }: Reachable,
  programme: ProgrammeRow,
): Recipient => ({
  ...{ of: subjectOf(person), person: person.personId, email: person.email },
  ...{ name: person.name, organisation: person.organisation },
  language: languageFor(person, programme),
  filters: filtersOf(facts),
  lastAt: lastAt?.toISOString() ?? null,
  refuses,
})
