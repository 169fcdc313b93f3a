import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { HostKind, Written } from '../../schemas/common.ts'
import type { HostRow, NewHost, NewProject, PeopleView, ProjectPatch } from '../../schemas/programme.ts'
import { write, type Call } from '../../write.ts'
import { ensureMember } from '../identity/service.ts'
import { codesAfter } from './codes.ts'
import {
  deleteMembershipOf,
  findEventsToJoin,
  findHosts,
  findProgramme,
  findProject,
  findProjects,
  insertHosts,
  insertParticipants,
  insertProjects,
  replaceCarriers,
  updateProject,
  upsertOrganisations,
  type FoundProject,
} from './repository.ts'

export async function readPeople(reader: Reader, actor: Actor, programmeId: string): Promise<PeopleView> {
  if (!(await findProgramme(reader, programmeId))) throw notFound()
  allow(actor, 'people.read', { programmeId })
  const [projects, hosts] = await Promise.all([
    findProjects(reader, programmeId),
    findHosts(reader, programmeId),
  ])
  return { programmeId, projects: projects.map(presentProject), hosts: hosts.map(presentHost) }
}

const presentProject = (project: FoundProject): PeopleView['projects'][number] => {
  const { id, code, name, financed, rank, organisations, email, sample, proposalStatus } = project
  return { id, code, name, financed, rank, organisations, email, sample, proposalStatus }
}

const presentHost = (host: Awaited<ReturnType<typeof findHosts>>[number]): HostRow => {
  const { id, code, name, organisation, email, sample } = host
  const supportForms = host.supportForms as HostRow['supportForms']
  return { id, code, name, organisation, kind: host.kind ?? 'other', email, sample, supportForms }
}

export async function addProject(db: Database, call: Call, programmeId: string, input: NewProject) {
  return writePeople(db, call, programmeId, async (tx, record) => {
    const [projectId] = await createProjects(tx, programmeId, [input])
    const inverse = { kind: 'projects', created: [projectId] }
    await record('project.added', { projectId }, inverse)
    return { id: projectId }
  })
}

export async function addHost(db: Database, call: Call, programmeId: string, input: NewHost) {
  return writePeople(db, call, programmeId, async (tx, record) => {
    const [hostId] = await createHosts(tx, programmeId, [input])
    await record('host.added', { hostId }, { kind: 'hosts', created: [hostId] })
    return { id: hostId }
  })
}

export async function editProject(db: Database, call: Call, projectId: string, patch: ProjectPatch) {
  const project = await findProject(db, projectId)
  if (!project) throw notFound()
  return writePeople(db, call, project.programmeId, async (tx, record) => {
    await changeProject(tx, project.programmeId, projectId, patch)
    await record('project.edited', { projectId }, null)
    return { id: projectId }
  })
}

type Note = (
  type: string,
  payload: Record<string, unknown>,
  inverse: Record<string, unknown> | null,
) => Promise<number>

/** Names stand on everybody's pages, so everybody's pages are told. */
export async function writePeople(
  db: Database,
  call: Call,
  programmeId: string,
  act: (tx: Transaction, record: Note) => Promise<Written>,
): Promise<Written> {
  const check = async (reader: Reader) => {
    if (!(await findProgramme(reader, programmeId))) throw notFound()
    allow(call.actor, 'people.edit', { programmeId })
  }
  await check(db)
  return write(db, call, programmeId, async ({ tx, record }) =>
    act(tx, (type, payload, inverse) => record({ type, payload, inverse, audience: [topic.everyone] })),
  )
}

/** Projects with their organisations, an empty proposal and a place in the events still open. */
export async function createProjects(
  tx: Transaction,
  programmeId: string,
  inputs: NewProject[],
): Promise<string[]> {
  const taken = (await findProjects(tx, programmeId)).map(({ code }) => code)
  const codes = codesAfter('P', taken, inputs)
  const values = inputs.map(({ name, financed = false, rank = null, email = null }, index) => ({
    ...{ programmeId, code: codes[index], name, financed, rank },
    email: lower(email),
  }))
  const ids = await insertProjects(tx, values)
  await carryProjects(
    tx,
    programmeId,
    inputs.map(({ organisations = [] }, index) => ({ projectId: ids[index], organisations })),
  )
  await join(tx, programmeId, 'project', ids)
  for (const [index, { email, name }] of values.entries())
    if (email) await ensureMember(tx, { programmeId, email, name, role: 'project', projectId: ids[index] })
  return ids
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
  const values = inputs.map(({ name, organisation, email = null }, index) => ({
    ...{ programmeId, code: codes[index], name, email: lower(email) },
    organisationId: organisations.get(organisation) as string,
  }))
  const ids = await insertHosts(tx, values)
  await join(tx, programmeId, 'host', ids)
  for (const [index, { email, name }] of values.entries())
    if (email) await ensureMember(tx, { programmeId, email, name, role: 'host', hostId: ids[index] })
  return ids
}

export async function changeProject(
  tx: Transaction,
  programmeId: string,
  projectId: string,
  { organisations, email, ...values }: ProjectPatch,
): Promise<void> {
  const before = await findProject(tx, projectId)
  if (!before) throw notFound()
  await updateProject(tx, projectId, { ...values, ...(email !== undefined && { email: lower(email) }) })
  if (organisations) await carryProjects(tx, programmeId, [{ projectId, organisations }])
  if (email === undefined || lower(email) === before.email) return
  if (before.email) await deleteMembershipOf(tx, before.email, { projectId })
  const name = values.name ?? before.name
  if (email) await ensureMember(tx, { programmeId, email, name, role: 'project', projectId })
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
      projectId,
      organisationId: ids.get(name) as string,
      position,
    })),
  )
  await replaceCarriers(
    tx,
    carriers,
    carried.map(({ projectId }) => projectId),
  )
}

async function join(tx: Transaction, programmeId: string, side: 'project' | 'host', ids: string[]) {
  const events = await findEventsToJoin(tx, programmeId)
  const subject = side === 'project' ? 'projectId' : 'hostId'
  await insertParticipants(
    tx,
    events.flatMap((eventId) => ids.map((id) => ({ eventId, side, [subject]: id }))),
  )
}

export const lower = (email: string | null): string | null => email?.trim().toLowerCase() || null
