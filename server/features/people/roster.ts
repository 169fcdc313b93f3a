import { randomUUID } from 'node:crypto'
import type { Inverse } from '../../change-catalogue.ts'
import type { Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { HostKind, Side } from '../../schemas/common.ts'
import type {
  HostPersonPatch,
  NewHost,
  NewPerson,
  NewProject,
  ProjectPatch,
} from '../../schemas/programme.ts'
import type { WriteContext } from '../../write.ts'
import { todayOf } from '../events/clock.ts'
import { findProgramme } from '../events/repository.ts'
import { personFrom, updatePeople } from '../participants/persons.ts'
import { refreshSeats } from '../participants/seats.ts'
import {
  countInUse,
  deleteIdleOrganisations,
  deletePeople,
  insertHosts,
  insertParticipants,
  insertPeople,
  insertProjects,
  replaceCarriers,
  updateHosts,
  updateProjects,
  upsertOrganisations,
  type ChangedProject,
} from './bulk.ts'
import { moveAddresses, writeTeams } from './persons.ts'
import { codesAfter } from './next-codes.ts'
import { findEventsToJoin, findHosts, findProjects, type FoundHost, type PersonRow } from './repository.ts'

/** Projects with their organisations, an empty proposal and a place in the events still open; answers their ids. */
export async function createProjects(
  tx: Transaction,
  programmeId: string,
  inputs: NewProject[],
): Promise<string[]> {
  const taken = (await findProjects(tx, programmeId)).map(({ code }) => code)
  const codes = codesAfter('P', taken, inputs)
  const rows = inputs.map(({ name, shortName = '', financed = false, rank = null, notes = '' }, index) => ({
    ...{ id: randomUUID(), programmeId, code: codes[index], name, shortName, financed, rank, notes },
  }))
  await insertProjects(tx, rows)
  const carried = inputs.map(({ organisations = [] }, index) => ({
    projectId: rows[index].id,
    organisations,
  }))
  await carryProjects(tx, programmeId, carried)
  await welcome(tx, programmeId, 'project', rows)
  const teams = inputs.map(({ team = [] }, index) => ({ projectId: rows[index].id, before: [], team }))
  await writeTeams(tx, programmeId, teams)
  return rows.map(({ id }) => id)
}

export async function createHosts(
  tx: Transaction,
  programmeId: string,
  inputs: NewHost[],
): Promise<string[]> {
  const taken = (await findHosts(tx, programmeId)).map(({ code }) => code)
  const codes = codesAfter('H', taken, inputs)
  const kinds = new Map<string, HostKind | null>(inputs.map(({ organisation, kind }) => [organisation, kind]))
  const organisations = await upsertOrganisations(tx, programmeId, kinds)
  const persons = inputs.map((input) => ({ ...personFrom(input), programmeId }))
  await insertPeople(tx, persons)
  const rows = inputs.map(({ organisation, label = '', notes = '' }, index) => ({
    ...{ id: randomUUID(), programmeId, code: codes[index], label, notes, personId: persons[index].id },
    organisationId: organisations.get(organisation) as string,
  }))
  await insertHosts(tx, rows)
  await welcome(tx, programmeId, 'host', rows)
  const held = rows.map(({ id }, index) => ({ subject: { hostId: id }, before: [], after: [persons[index]] }))
  await moveAddresses(tx, programmeId, held)
  return rows.map(({ id }) => id)
}

/** Takes newcomers away again, as long as nothing hangs on them. */
export async function newcomersBack(
  { tx, record }: WriteContext,
  programmeId: string,
  { kind, created }: Inverse<'project.added'>,
): Promise<void> {
  const inUse = await countInUse(tx, created)
  if (inUse > 0) throw new DomainError('people-in-use', { count: String(inUse) })
  const removed = await deletePeople(tx, kind, created)
  if (removed === 0) throw new DomainError('moved-on')
  await deleteIdleOrganisations(tx, programmeId)
  await record({ type: 'people.removed', payload: { kind, removed } })
}

/** Newcomers take part in the events to come of which nothing is published; who is to join another is chosen there. */
async function welcome(tx: Transaction, programmeId: string, side: Side, rows: { id: string }[]) {
  const programme = await findProgramme(tx, programmeId)
  if (!programme) throw notFound()
  const events = await findEventsToJoin(tx, { id: programmeId, today: todayOf(programme) })
  const subject = side === 'project' ? 'projectId' : 'hostId'
  await insertParticipants(
    tx,
    events.flatMap((eventId) => rows.map(({ id }) => ({ eventId, side, [subject]: id }))),
  )
}

type Edit<Row, Patch> = { before: Row; patch: Patch }
export type KnownProject = ChangedProject & { team: PersonRow[] }

export async function changeProjects(
  tx: Transaction,
  programmeId: string,
  edits: Edit<KnownProject, ProjectPatch>[],
): Promise<void> {
  const changed = edits.map(({ before, patch: { organisations: _, team: __, code, ...values } }) => ({
    ...before,
    ...values,
    code: code || before.code,
  }))
  await updateProjects(tx, changed)
  const carried = edits.flatMap(({ before: { id: projectId }, patch: { organisations } }) =>
    organisations ? [{ projectId, organisations }] : [],
  )
  await carryProjects(tx, programmeId, carried)
  const teams = edits.flatMap(({ before, patch: { team } }) =>
    team ? [{ projectId: before.id, before: before.team, team }] : [],
  )
  await writeTeams(tx, programmeId, teams)
}

export type KnownHost = Pick<FoundHost, 'id' | 'code' | 'label' | 'notes' | 'organisation' | 'person'>

export async function changeHosts(
  tx: Transaction,
  programmeId: string,
  edits: Edit<KnownHost, HostPersonPatch>[],
): Promise<void> {
  const ofEdit = ({ before, patch }: Edit<KnownHost, HostPersonPatch>) =>
    patch.organisation ?? before.organisation
  const kinds = new Map<string, HostKind | null>(edits.map((edit) => [ofEdit(edit), null]))
  // Who says nothing of the kind does not take back what another says.
  for (const edit of edits) if (edit.patch.kind) kinds.set(ofEdit(edit), edit.patch.kind)
  const organisations = await upsertOrganisations(tx, programmeId, kinds)
  const changed = edits.map((edit) => {
    const { before, patch } = edit
    return {
      id: before.id,
      code: patch.code || before.code,
      label: patch.label ?? before.label,
      notes: patch.notes ?? before.notes,
      organisationId: organisations.get(ofEdit(edit)) as string,
    }
  })
  await updateHosts(tx, changed)
  await changePersons(
    tx,
    programmeId,
    edits.map(({ before: { id, person }, patch }) => ({ subject: { hostId: id }, person, patch })),
  )
}

type PersonEdit = { subject: { hostId: string }; person: PersonRow; patch: NewPerson }

/** Names and addresses of hosts, who keep the right to sign in by the address that is theirs now. */
export async function changePersons(
  tx: Transaction,
  programmeId: string,
  edits: PersonEdit[],
): Promise<void> {
  const persons = edits.map(({ person, patch }) => personFrom(patch, person))
  await updatePeople(tx, persons)
  const held = edits.map(({ subject, person }, index) => ({
    ...{ subject, before: [person], after: [persons[index]] },
  }))
  await moveAddresses(tx, programmeId, held)
  await refreshSeats(
    tx,
    persons.map(({ id }) => id),
  )
}

async function carryProjects(
  tx: Transaction,
  programmeId: string,
  carried: { projectId: string; organisations: string[] }[],
): Promise<void> {
  const names = new Set(carried.flatMap(({ organisations }) => organisations))
  const ids = await upsertOrganisations(tx, programmeId, new Map([...names].map((name) => [name, null])))
  const carriers = carried.flatMap(({ projectId, organisations }) =>
    // Two names may be one organisation since they were merged.
    [...new Set(organisations.map((name) => ids.get(name) as string))].map((organisationId, position) => ({
      ...{ projectId, position, organisationId },
    })),
  )
  await replaceCarriers(
    tx,
    carriers,
    carried.map(({ projectId }) => projectId),
  )
}
