import type { Transaction } from '../../database/client.ts'
import { invalidInput } from '../../errors.ts'
import { nameOf } from '../../naming.ts'
import type { NewProject, ProjectPatch } from '../../schemas/programme.ts'
import type { Call } from '../../write.ts'
import { ensureMembers } from '../identity/service.ts'
import { checkPerson, personFrom, updatePeople, type ChangedPerson } from '../participants/persons.ts'
import { refreshSeats } from '../participants/seats.ts'
import { deleteIdlePeople, deleteMemberships, insertPeople, replaceTeams } from './bulk.ts'
import type { PersonRow } from './repository.ts'

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
