import { sql } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Transaction } from '../../database/client.ts'
import { given } from '../../database/given.ts'
import {
  candidates,
  hosts,
  memberships,
  organisations,
  participants,
  people,
  preferences,
  projectOrganisations,
  projects,
  proposals,
  teamMembers,
  unavailableSlots,
  users,
} from '../../database/schema.ts'
import type { HostKind, Side } from '../../schemas/common.ts'
import type { ChangedPerson } from '../participants/persons.ts'
import { EMPTY_PROPOSAL } from '../proposals/content.ts'

/** Writes of many rows, each as one statement: a table of ten thousand is no more statements than one of ten. */

export type NewProjectRow = ChangedProject & { programmeId: string }
export type NewHostRow = ChangedHost & { programmeId: string; personId: string }
export type ChangedProject = {
  id: string
  code: string
  name: string
  shortName: string
  rank: number | null
  financed: boolean
  notes: string
}
export type ChangedHost = { id: string; code: string; label: string; notes: string; organisationId: string }
export type NewPersonRow = ChangedPerson & { programmeId: string }

/** Each with an empty proposal. */
export async function insertProjects(tx: Transaction, rows: NewProjectRow[]): Promise<void> {
  await tx.execute(sql`
    insert into ${projects} (id, programme_id, code, name, short_name, rank, financed, notes)
    select id, "programmeId", code, name, "shortName", rank, financed, notes
    from ${given(rows)} (id uuid, "programmeId" uuid, code text, name text, "shortName" text, rank integer,
      financed boolean, notes text)`)
  await tx.execute(sql`
    insert into ${proposals} (project_id, content)
    select id, ${JSON.stringify(EMPTY_PROPOSAL)}::jsonb from ${given(rows.map(({ id }) => ({ id })))} (id uuid)`)
}

export async function insertHosts(tx: Transaction, rows: NewHostRow[]): Promise<void> {
  await tx.execute(sql`
    insert into ${hosts} (id, programme_id, organisation_id, person_id, code, label, notes)
    select id, "programmeId", "organisationId", "personId", code, label, notes
    from ${given(rows)} (id uuid, "programmeId" uuid, "organisationId" uuid, "personId" uuid, code text, label text, notes text)`)
}

export async function insertPeople(tx: Transaction, rows: NewPersonRow[]): Promise<void> {
  await tx.execute(sql`
    insert into ${people} (id, programme_id, first_name, last_name, title, email, phone, language)
    select id, "programmeId", "firstName", "lastName", title, email, phone, language
    from ${given(rows)} (id uuid, "programmeId" uuid, "firstName" text, "lastName" text, title text,
      email text, phone text, language text)`)
}

/** Who is of each team, in that order. */
export async function replaceTeams(
  tx: Transaction,
  members: { projectId: string; personId: string; position: number }[],
  projectIds: string[],
): Promise<void> {
  const teams = projectIds.map((id) => ({ id }))
  await tx.execute(sql`
    delete from ${teamMembers} where project_id in (select id from ${given(teams)} (id uuid))`)
  await tx.execute(sql`
    insert into ${teamMembers} (project_id, person_id, position)
    select "projectId", "personId", position
    from ${given(members)} ("projectId" uuid, "personId" uuid, position integer)`)
}

/** People who stand neither for a project nor for an organisation any more. */
export async function deleteIdlePeople(tx: Transaction, programmeId: string): Promise<void> {
  await tx.execute(sql`
    delete from ${people} where programme_id = ${programmeId}
      and not exists (select 1 from ${teamMembers} where person_id = ${people.id})
      and not exists (select 1 from ${hosts} where person_id = ${people.id})
      and not exists (select 1 from ${participants} where stand_in_id = ${people.id})`)
}

export async function updateProjects(tx: Transaction, rows: ChangedProject[]): Promise<void> {
  const picked = rows.map(({ id, code, name, shortName, rank, financed, notes }) => ({
    ...{ id, code, name, shortName, rank, financed, notes },
  }))
  await tx.execute(sql`
    update ${projects} set code = given.code, name = given.name, short_name = given."shortName",
      rank = given.rank, financed = given.financed, notes = given.notes
    from ${given(picked)} (id uuid, code text, name text, "shortName" text, rank integer, financed boolean, notes text)
    where ${projects.id} = given.id`)
}

export async function updateHosts(tx: Transaction, rows: ChangedHost[]): Promise<void> {
  await tx.execute(sql`
    update ${hosts} set code = given.code, label = given.label, notes = given.notes,
      organisation_id = given."organisationId", version = ${hosts.version} + 1
    from ${given(rows)} (id uuid, code text, label text, notes text, "organisationId" uuid)
    where ${hosts.id} = given.id`)
}

/** Makes the organisations that are missing, a merged one leading on; a kind that is given replaces the one before. */
export async function upsertOrganisations(
  tx: Transaction,
  programmeId: string,
  kinds: Map<string, HostKind | null>,
): Promise<Map<string, string>> {
  const rows = [...kinds].map(([name, kind]) => ({ name, kind }))
  const found = await tx.execute<{ id: string; name: string }>(sql`
    insert into ${organisations} (programme_id, name, kind)
    select ${programmeId}, name, kind from ${given(rows)} (name text, kind text)
    on conflict (programme_id, name) do update set kind = coalesce(excluded.kind, ${organisations.kind})
    returning coalesce(merged_into_id, id) as id, name`)
  return new Map(found.map(({ id, name }) => [name, id]))
}

export async function replaceCarriers(
  tx: Transaction,
  carriers: { projectId: string; organisationId: string; position: number }[],
  projectIds: string[],
): Promise<void> {
  const carried = projectIds.map((id) => ({ id }))
  await tx.execute(sql`
    delete from ${projectOrganisations} where project_id in (select id from ${given(carried)} (id uuid))`)
  await tx.execute(sql`
    insert into ${projectOrganisations} (project_id, organisation_id, position)
    select "projectId", "organisationId", position
    from ${given(carriers)} ("projectId" uuid, "organisationId" uuid, position integer)`)
}

/** Each by its own side, so that nothing but being there already keeps somebody out. */
export async function insertParticipants(
  tx: Transaction,
  rows: { eventId: string; side: Side; projectId?: string; hostId?: string }[],
): Promise<void> {
  for (const [side, subject] of [
    ['project', 'project_id'],
    ['host', 'host_id'],
  ] as const)
    await tx.execute(sql`
      insert into ${participants} (event_id, side, project_id, host_id)
      select "eventId", side, "projectId", "hostId"
      from ${given(rows.filter((row) => row.side === side))}
        ("eventId" uuid, side text, "projectId" uuid, "hostId" uuid)
      on conflict (event_id, ${sql.identifier(subject)}) do nothing`)
}

/** How many of these projects and hosts have been used: a proposal or profile, an answer, a wish, a meeting. */
export async function countInUse(tx: Transaction, ids: string[]): Promise<number> {
  const [{ used }] = await tx.execute<{ used: number }>(sql`
    with chosen as (select id from ${given(ids.map((id) => ({ id })))} (id uuid)),
    taking as (
      select part.*, chosen.id as subject from ${participants} part
      join chosen on chosen.id in (part.project_id, part.host_id))
    select count(*)::int as used from chosen
    where exists (select 1 from ${proposals} where project_id = chosen.id and version > 1)
      or exists (select 1 from ${hosts} where hosts.id = chosen.id and version > 1)
      or exists (
        select 1 from taking where subject = chosen.id and (
          answered_at is not null or max_meetings is not null
          or exists (select 1 from ${preferences} where taking.id in (from_id, to_id))
          or exists (select 1 from ${unavailableSlots} where participant_id = taking.id)
          or exists (
            select 1 from ${candidates} where taking.id in (project_participant_id, host_participant_id))))`)
  return used
}

/** Their proposals, places and memberships go with them, and open pages of theirs close. */
export async function deletePeople(
  tx: Transaction,
  kind: 'projects' | 'hosts',
  ids: string[],
): Promise<number> {
  const table = kind === 'projects' ? projects : hosts
  const gone = await tx.execute<{ programme_id: string }>(sql`
    delete from ${table} where id in (select id from ${given(ids.map((id) => ({ id })))} (id uuid))
    returning programme_id`)
  if (gone.length > 0) await deleteIdlePeople(tx, gone[0].programme_id)
  await ringSessions(tx)
  return gone.length
}

/** Organisations that neither carry a project nor send a host. */
export async function deleteIdleOrganisations(tx: Transaction, programmeId: string): Promise<void> {
  await tx.execute(sql`
    delete from ${organisations} where programme_id = ${programmeId}
      and not exists (select 1 from ${projectOrganisations} where organisation_id = ${organisations.id})
      and merged_into_id is null
      and not exists (select 1 from ${organisations} twin where twin.merged_into_id = ${organisations.id})
      and not exists (select 1 from ${hosts} where organisation_id = ${organisations.id})`)
}

/** An address that no longer belongs to anybody of a project or host no longer opens it; its open pages close. */
export async function deleteMemberships(
  tx: Transaction,
  rows: { email: string; projectId?: string; hostId?: string }[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.execute(sql`
    delete from ${memberships} using ${users}, ${given(rows)} (email text, "projectId" uuid, "hostId" uuid)
    where ${users.id} = ${memberships.userId} and ${users.email} = given.email
      and (${memberships.projectId} = given."projectId" or ${memberships.hostId} = given."hostId")`)
  await ringSessions(tx)
}
