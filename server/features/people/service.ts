import { findProgramme } from '../events/repository.ts'
import type { Actor } from '../../actor.ts'
import { expectContent, versionOf, type Edits } from '../../content-version.ts'
import type { Database, Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { nameOf } from '../../naming.ts'
import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type {
  HostPersonPatch,
  HostRow,
  NewHost,
  NewProject,
  PeopleView,
  PersonRow,
  ProjectPatch,
} from '../../schemas/programme.ts'
import { write, type Call, type Owner, type WriteContext } from '../../write.ts'
import {
  findHost,
  findHosts,
  findProject,
  findProjects,
  type FoundHost,
  type FoundProject,
  type PersonRow as StoredPerson,
} from './repository.ts'
import { inverseOf, insertKept, keeping } from '../former-rows/keeping.ts'
import { checkPerson, personFrom } from '../participants/persons.ts'
import { checkTeam } from './persons.ts'
import { changeHosts, changeProjects, createHosts, createProjects } from './roster.ts'

export async function readPeople(reader: Reader, actor: Actor, programmeId: string): Promise<PeopleView> {
  if (!(await findProgramme(reader, programmeId))) throw notFound()
  allow(actor, 'people.read', { programmeId })
  const [projects, hosts] = await Promise.all([
    findProjects(reader, programmeId),
    findHosts(reader, programmeId),
  ])
  const shown = hosts.filter(({ mergedIntoId }) => mergedIntoId === null)
  return { programmeId, projects: projects.map(presentProject), hosts: shown.map(presentHost) }
}

const presentProject = (project: FoundProject): PeopleView['projects'][number] => {
  const { id, sample, proposalStatus } = project
  const content = projectContent(project)
  const withdrawn = project.withdrawnAt !== null
  return { id, version: versionOf(content), ...content, sample, withdrawn, proposalStatus }
}

/** What the form of a project changes. */
const projectContent = ({
  code,
  name,
  shortName,
  financed,
  rank,
  organisations,
  team,
  notes,
}: FoundProject) => ({
  ...{ code, name, shortName, financed, rank, organisations, notes },
  team: team.map(presentPerson),
})

const presentHost = (host: FoundHost): HostRow => {
  const { id, sample } = host
  const content = hostContent(host)
  const supportForms = host.supportForms as HostRow['supportForms']
  const withdrawn = host.withdrawnAt !== null
  return { id, version: versionOf(content), ...content, sample, withdrawn, supportForms }
}

/** What the organisers' form of a host changes. */
const hostContent = ({ code, organisation, kind, label, notes, person }: FoundHost) => ({
  ...{ code, organisation, kind: kind ?? ('other' as const), label, notes },
  person: presentPerson(person),
})

const presentPerson = (person: StoredPerson): PersonRow => {
  const { id, firstName, lastName, title, email, phone, language } = person
  return { id, name: nameOf(person), firstName, lastName, title, email, phone, language }
}

const ofProject = (id: string) => async (reader: Reader) =>
  (await findProject(reader, id))?.programmeId ?? null

/** The programme of a project or of a host, whichever is given; null where there is none. */
export const findProgrammeOfPerson = (
  reader: Reader,
  { projectId, hostId }: { projectId: string | null; hostId: string | null },
) => (projectId ? ofProject(projectId) : ofHost(hostId ?? ''))(reader)

const ofHost = (id: string) => async (reader: Reader) => (await findHost(reader, id))?.programmeId ?? null

export async function addProject(db: Database, call: Call, programmeId: string, input: NewProject) {
  return writePeople(db, call, programmeId, async ({ tx, record }) => {
    checkTeam(call, input)
    const [projectId] = await createProjects(tx, programmeId, [input])
    const inverse = { kind: 'projects' as const, created: [projectId] }
    await record({ type: 'project.added', payload: { projectId }, inverse })
    return { id: projectId }
  })
}

export async function addHost(db: Database, call: Call, programmeId: string, input: NewHost) {
  return writePeople(db, call, programmeId, async ({ tx, record }) => {
    checkPerson(call, personFrom(input), '')
    const [hostId] = await createHosts(tx, programmeId, [input])
    const inverse = { kind: 'hosts' as const, created: [hostId] }
    await record({ type: 'host.added', payload: { hostId }, inverse })
    return { id: hostId }
  })
}

/** What changes the content of the forms of people. */
const EDITS: Edits['kinds'] = [
  ...(['project.edited', 'host.corrected', 'host.edited', 'host.merged', 'organisation.edited'] as const),
  ...(['organisation.merged', 'people.imported', 'people.undone'] as const),
]

export async function editProject(db: Database, call: Call, projectId: string, patch: ProjectPatch) {
  return writePeople(db, call, ofProject(projectId), async (context) => {
    const { tx, programmeId, record } = context
    const before = await findProject(tx, projectId)
    if (!before) throw notFound()
    const of = [projectId, ...before.team.map(({ id }) => id)]
    await expectContent(context, projectContent(before), { kinds: EDITS, of })
    checkTeam(call, patch, before.team)
    const edited = { projects: [projectId] }
    const kept = await keeping(tx, { programmeId, edited }, () =>
      changeProjects(tx, programmeId, [{ before, patch }]),
    )
    const seq = await record({ type: 'project.edited', payload: { projectId }, inverse: inverseOf(kept) })
    await insertKept(tx, programmeId, seq, kept)
    return { id: projectId }
  })
}

/** Who takes part for a host, as its organisers keep it; the profile is the host's own. */
export async function correctHost(db: Database, call: Call, hostId: string, patch: HostPersonPatch) {
  return writePeople(db, call, ofHost(hostId), async (context) => {
    const { tx, programmeId, record } = context
    const before = await findHost(tx, hostId)
    if (!before) throw notFound()
    const of = [hostId, before.personId, before.organisationId]
    await expectContent(context, hostContent(before), { kinds: EDITS, of })
    checkPerson(call, personFrom(patch, before.person), '')
    const kept = await keeping(tx, { programmeId, edited: { hosts: [hostId] } }, () =>
      changeHosts(tx, programmeId, [{ before, patch }]),
    )
    const seq = await record({ type: 'host.corrected', payload: { hostId }, inverse: inverseOf(kept) })
    await insertKept(tx, programmeId, seq, kept)
    return { id: hostId }
  })
}

export async function writePeople<Reply extends Written>(
  db: Database,
  call: Call,
  owner: Owner,
  act: (context: WriteContext) => Promise<Reply>,
): Promise<Reply> {
  return write(db, call, owner, async (context) => {
    allow(context.call.actor, 'people.edit', context)
    return act(context)
  })
}
