import { randomUUID } from 'node:crypto'
import type { Inverse } from '../../change-catalogue.ts'
import type { Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { HostKind, Side } from '../../schemas/common.ts'
import type { HostPersonPatch, NewHost, NewProject, ProjectPatch } from '../../schemas/programme.ts'
import type { WriteContext } from '../../write.ts'
import { ensureMembers } from '../identity/service.ts'
import {
  countInUse,
  deleteIdleOrganisations,
  deleteMemberships,
  deletePeople,
  insertHosts,
  insertParticipants,
  insertProjects,
  replaceCarriers,
  updateHosts,
  updateProjects,
  upsertOrganisations,
  type ChangedProject,
} from './bulk.ts'
import { codesAfter } from './next-codes.ts'
import { findEventsToJoin, findHosts, findProjects } from './repository.ts'

/** Projects with their organisations, an empty proposal and a place in the events still open; answers their ids. */
export async function createProjects(
  tx: Transaction,
  programmeId: string,
  inputs: NewProject[],
): Promise<string[]> {
  const taken = (await findProjects(tx, programmeId)).map(({ code }) => code)
  const codes = codesAfter('P', taken, inputs)
  const rows = inputs.map(({ name, financed = false, rank = null, email = null, notes = '' }, index) => ({
    ...{ id: randomUUID(), programmeId, code: codes[index], name, financed, rank, notes },
    email: lower(email),
  }))
  await insertProjects(tx, rows)
  const carried = inputs.map(({ organisations = [] }, index) => ({
    projectId: rows[index].id,
    organisations,
  }))
  await carryProjects(tx, programmeId, carried)
  return welcome(tx, programmeId, 'project', rows)
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
  const rows = inputs.map(({ name, organisation, email = null, notes = '' }, index) => ({
    ...{ id: randomUUID(), programmeId, code: codes[index], name, email: lower(email), notes },
    organisationId: organisations.get(organisation) as string,
  }))
  await insertHosts(tx, rows)
  return welcome(tx, programmeId, 'host', rows)
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

type Newcomer = { id: string; name: string; email: string | null }

/** Newcomers take part in the events still open, and may sign in. */
async function welcome(tx: Transaction, programmeId: string, side: Side, rows: Newcomer[]) {
  const events = await findEventsToJoin(tx, programmeId)
  const subject = side === 'project' ? 'projectId' : 'hostId'
  await insertParticipants(
    tx,
    events.flatMap((eventId) => rows.map(({ id }) => ({ eventId, side, [subject]: id }))),
  )
  const moved = rows.map((row) => ({ ...row, before: null }))
  await moveAddresses(tx, programmeId, side, moved)
  return rows.map(({ id }) => id)
}

type Edit<Row, Patch> = { before: Row; patch: Patch }

export async function changeProjects(
  tx: Transaction,
  programmeId: string,
  edits: Edit<ChangedProject, ProjectPatch>[],
): Promise<void> {
  const changed = edits.map(({ before, patch: { organisations: _, email, code, ...values } }) => ({
    ...before,
    ...values,
    code: code || before.code,
    email: email === undefined ? before.email : lower(email),
  }))
  await updateProjects(tx, changed)
  const carried = edits.flatMap(({ before: { id: projectId }, patch: { organisations } }) =>
    organisations ? [{ projectId, organisations }] : [],
  )
  await carryProjects(tx, programmeId, carried)
  const moved = changed.map((row, index) => ({ ...row, before: edits[index].before.email }))
  await moveAddresses(tx, programmeId, 'project', moved)
}

export type KnownHost = {
  id: string
  code: string
  name: string
  organisation: string
  email: string | null
  notes: string
}

export async function changeHosts(
  tx: Transaction,
  programmeId: string,
  edits: Edit<KnownHost, HostPersonPatch>[],
): Promise<void> {
  const nameOf = ({ before, patch }: Edit<KnownHost, HostPersonPatch>) =>
    patch.organisation ?? before.organisation
  const kinds = new Map(edits.map((edit) => [nameOf(edit), edit.patch.kind ?? null]))
  const organisations = await upsertOrganisations(tx, programmeId, kinds)
  const changed = edits.map((edit) => {
    const { before, patch } = edit
    return {
      id: before.id,
      code: patch.code || before.code,
      name: patch.name ?? before.name,
      email: patch.email === undefined ? before.email : lower(patch.email),
      notes: patch.notes ?? before.notes,
      organisationId: organisations.get(nameOf(edit)) as string,
    }
  })
  await updateHosts(tx, changed)
  const moved = changed.map((row, index) => ({ ...row, before: edits[index].before.email }))
  await moveAddresses(tx, programmeId, 'host', moved)
}

/** Whoever holds the new address is a member, and whoever held the old one no longer is. */
async function moveAddresses(
  tx: Transaction,
  programmeId: string,
  side: Side,
  rows: (Newcomer & { before: string | null })[],
): Promise<void> {
  const subject = side === 'project' ? 'projectId' : 'hostId'
  const moved = rows.filter(({ before, email }) => before !== email)
  await deleteMemberships(
    tx,
    moved.flatMap(({ id, before }) => (before ? [{ email: before, [subject]: id }] : [])),
  )
  const members = moved.flatMap(({ id, name, email }) => (email ? [{ email, name, [subject]: id }] : []))
  await ensureMembers(
    tx,
    members.map((member) => ({ ...member, programmeId, role: side })),
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
    [...new Set(organisations)].map((name, position) => ({
      ...{ projectId, position },
      organisationId: ids.get(name) as string,
    })),
  )
  await replaceCarriers(
    tx,
    carriers,
    carried.map(({ projectId }) => projectId),
  )
}

export const lower = (email: string | null): string | null => email?.trim().toLowerCase() || null
