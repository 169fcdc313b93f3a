import { randomUUID } from 'node:crypto'
import type { Transaction } from '../../database/client.ts'
import { invalidInput } from '../../errors.ts'
import { nameOf } from '../../naming.ts'
import type { NewPerson, NewProject, ProjectPatch } from '../../schemas/programme.ts'
import type { Call } from '../../write.ts'
import { ensureMembers } from '../identity/service.ts'
import {
  deleteIdlePeople,
  deleteMemberships,
  insertPeople,
  refreshSeats,
  replaceTeams,
  updatePeople,
  type ChangedPerson,
} from './bulk.ts'
import type { PersonRow } from './repository.ts'

/** Somebody new, or somebody known with what is said anew; what is not said stays. */
export function personFrom(said: NewPerson, known?: PersonRow): ChangedPerson {
  const blank = { firstName: '', lastName: '', title: '', email: null, phone: null, language: null }
  const before = known ?? { id: randomUUID(), ...blank }
  const { firstName, lastName, title, email, phone, language } = said
  return {
    id: before.id,
    firstName: (firstName ?? before.firstName).trim(),
    lastName: (lastName ?? before.lastName).trim(),
    title: (title ?? before.title).trim(),
    email: email === undefined ? before.email : lower(email),
    phone: phone === undefined ? before.phone : phone?.trim() || null,
    language: language === undefined ? before.language : language,
  }
}

/** Somebody of whom nothing is known cannot be told apart from anybody. */
export function checkPerson(
  call: Call,
  { firstName, lastName, title, email }: Pick<ChangedPerson, 'firstName' | 'lastName' | 'title' | 'email'>,
  at: string,
): void {
  const isKnown = [firstName, lastName, title].some((words) => words.trim() !== '') || lower(email) !== null
  if (!isKnown) throw invalidInput(call, `${at}/lastName`, 'field_required')
}

/** A team names nobody twice, and nobody of whom nothing is known. */
export function checkTeam(call: Call, { team = [] }: ProjectPatch, before: PersonRow[] = []): void {
  const known = new Map(before.map((person) => [person.id, person]))
  const seen = new Set<string>()
  team.forEach(({ id, ...said }, index) => {
    if (id !== undefined && seen.has(id)) throw invalidInput(call, `/team/${index}/id`, 'field_uniqueItems')
    if (id !== undefined) seen.add(id)
    checkPerson(call, personFrom(said, known.get(id ?? '')), `/team/${index}`)
  })
}

type Team = { projectId: string; before: PersonRow[]; team: NonNullable<NewProject['team']> }

/** The whole teams of some projects: who is known stays the same person, who is left out goes. */
export async function writeTeams(tx: Transaction, programmeId: string, teams: Team[]): Promise<void> {
  if (teams.length === 0) return
  const written = teams.map(({ projectId, before, team }) => {
    const known = new Map(before.map((person) => [person.id, person]))
    const after = team.map(({ id, ...said }) => personFrom(said, known.get(id ?? '')))
    return { projectId, subject: { projectId }, before, after, known }
  })
  const all = written.flatMap(({ after, known }) => after.map((one) => ({ one, isNew: !known.has(one.id) })))
  const those = (isNew: boolean) => all.filter((each) => each.isNew === isNew).map(({ one }) => one)
  await updatePeople(tx, those(false))
  await insertPeople(
    tx,
    those(true).map((one) => ({ ...one, programmeId })),
  )
  await replaceTeams(
    tx,
    written.flatMap(({ projectId, after }) =>
      after.map(({ id: personId }, position) => ({ projectId, personId, position })),
    ),
    teams.map(({ projectId }) => projectId),
  )
  await moveAddresses(tx, programmeId, written)
  await refreshSeats(
    tx,
    written.flatMap(({ before, after }) => [...before, ...after].map(({ id }) => id)),
    teams.map(({ projectId }) => projectId),
  )
  if (teams.some(({ before }) => before.length > 0)) await deleteIdlePeople(tx, programmeId)
}

type Subject = { projectId: string } | { hostId: string }
type Moved = { subject: Subject; before: ChangedPerson[]; after: ChangedPerson[] }

const addressesOf = (persons: ChangedPerson[]) =>
  new Map(persons.flatMap((person) => (person.email ? [[person.email, nameOf(person)]] : [])))

/**
 * Whoever reads a mailbox that belongs to somebody of a project, or to a host, may sign in for it; whoever reads one
 * that no longer does may not.
 */
export async function moveAddresses(tx: Transaction, programmeId: string, moved: Moved[]): Promise<void> {
  const changes = moved.map(({ subject, before, after }) => {
    const [old, now] = [addressesOf(before), addressesOf(after)]
    const gone = [...old.keys()].filter((email) => !now.has(email))
    const come = [...now].filter(([email]) => !old.has(email))
    return { subject, gone, come }
  })
  await deleteMemberships(
    tx,
    changes.flatMap(({ subject, gone }) => gone.map((email) => ({ email, ...subject }))),
  )
  await ensureMembers(
    tx,
    changes.flatMap(({ subject, come }) =>
      come.map(([email, name]) => ({
        ...{ programmeId, email, name: name || email, ...subject },
        role: 'hostId' in subject ? ('host' as const) : ('project' as const),
      })),
    ),
  )
}

export const lower = (email: string | null): string | null => email?.trim().toLowerCase() || null
