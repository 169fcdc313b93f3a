import { sql, type SQL } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'

/** Whose rows are looked at. Of `edited` only what a form changes; of the others everything that hangs on them. */
export type Scope = {
  programmeId: string
  edited?: { projects?: string[]; hosts?: string[] }
  projects?: string[]
  hosts?: string[]
  organisations?: string[]
  schedules?: string[]
  /** Their days, slots and tables, and what of answers and plans hangs on those. */
  events?: string[]
}

type Row = Record<string, unknown>
export type Rows = Map<string, Map<string, Row>>

const list = (ids: string[] = []) =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`

/** Tables in the order in which rows can be put in, what tells their rows apart, and which of them are in a scope. */
const TABLES: { name: string; key: string[]; within: (scope: Parts) => SQL }[] = [
  { name: 'organisations', key: ['id'], within: ({ programmeId }) => sql`t.programme_id = ${programmeId}` },
  {
    name: 'people',
    key: ['id'],
    within: ({ anyProject, anyHost, taking }) => sql`
      t.id in (select person_id from team_members where project_id in ${anyProject})
      or t.id in (select person_id from hosts where id in ${anyHost})
      or t.id in (select stand_in_id from participants where id in ${taking})`,
  },
  { name: 'projects', key: ['id'], within: ({ anyProject }) => sql`t.id in ${anyProject}` },
  {
    name: 'hosts',
    key: ['id'],
    within: ({ anyHost, organisations }) => sql`t.id in ${anyHost} or t.organisation_id in ${organisations}`,
  },
  {
    name: 'team_members',
    key: ['project_id', 'person_id'],
    within: ({ anyProject }) => sql`t.project_id in ${anyProject}`,
  },
  {
    name: 'project_organisations',
    key: ['project_id', 'organisation_id'],
    within: ({ anyProject, organisations }) =>
      sql`t.project_id in ${anyProject} or t.organisation_id in ${organisations}
        or t.project_id in (select project_id from project_organisations where organisation_id in ${organisations})`,
  },
  { name: 'proposals', key: ['project_id'], within: ({ projects }) => sql`t.project_id in ${projects}` },
  {
    name: 'memberships',
    key: ['id'],
    within: ({ anyProject, anyHost }) => sql`t.project_id in ${anyProject} or t.host_id in ${anyHost}`,
  },
  {
    name: 'applications',
    key: ['id'],
    within: ({ projects }) => sql`t.project_id in ${projects}`,
  },
  {
    name: 'former_values',
    key: ['id'],
    within: ({ projects, hosts }) => sql`t.project_id in ${projects} or t.host_id in ${hosts}`,
  },
  { name: 'events', key: ['id'], within: ({ events }) => sql`t.id in ${events}` },
  { name: 'slots', key: ['id'], within: ({ events }) => sql`t.event_id in ${events}` },
  { name: 'rooms', key: ['id'], within: ({ events }) => sql`t.event_id in ${events}` },
  { name: 'tables', key: ['id'], within: ({ events }) => sql`t.event_id in ${events}` },
  {
    name: 'participants',
    key: ['id'],
    within: ({ taking, events }) => sql`t.id in ${taking} or t.event_id in ${events}`,
  },
  {
    name: 'unavailable_slots',
    key: ['participant_id', 'slot_id'],
    within: ({ taking, events }) => sql`t.participant_id in ${taking} or t.event_id in ${events}`,
  },
  {
    name: 'preferences',
    key: ['from_id', 'to_id'],
    within: ({ taking }) => sql`t.from_id in ${taking} or t.to_id in ${taking}`,
  },
  {
    name: 'pair_rulings',
    key: ['id'],
    within: ({ taking, events }) =>
      sql`t.project_participant_id in ${taking} or t.host_participant_id in ${taking} or t.event_id in ${events}`,
  },
  { name: 'candidates', key: ['id'], within: ({ pairs }) => sql`t.id in ${pairs}` },
  {
    name: 'disruptions',
    key: ['id'],
    within: ({ taking, events }) => sql`t.participant_id in ${taking} or t.event_id in ${events}`,
  },
  { name: 'schedules', key: ['id'], within: ({ schedules }) => sql`t.id in ${schedules}` },
  { name: 'meetings', key: ['id'], within: ({ planned }) => sql`t.id in ${planned}` },
  {
    name: 'meeting_seats',
    key: ['meeting_id', 'participant_id'],
    within: ({ planned }) => sql`t.meeting_id in ${planned}`,
  },
]

export const TABLE_NAMES = TABLES.map(({ name }) => name)
export const keyOf = (name: string) => TABLES.find((table) => table.name === name)!.key

type Parts = ReturnType<typeof partsOf>

function partsOf({ programmeId, edited, ...of }: Scope) {
  const [projects, hosts, organisations] = [list(of.projects), list(of.hosts), list(of.organisations)]
  const [schedules, events] = [list(of.schedules), list(of.events)]
  const anyProject = list([...(of.projects ?? []), ...(edited?.projects ?? [])])
  const anyHost = list([...(of.hosts ?? []), ...(edited?.hosts ?? [])])
  const taking = sql`(select id from participants where project_id in ${projects} or host_id in ${hosts})`
  const pairs = sql`(select id from candidates
    where project_participant_id in ${taking} or host_participant_id in ${taking})`
  // Versions are frozen: nobody changes them, so nothing of them has to be kept.
  const planned = sql`(select held.id from meetings held join schedules plan on plan.id = held.schedule_id
    where not plan.sealed and (held.candidate_id in ${pairs} or plan.id in ${schedules} or plan.event_id in ${events}))`
  return {
    programmeId,
    projects,
    hosts,
    organisations,
    schedules,
    events,
    anyProject,
    anyHost,
    taking,
    pairs,
    planned,
  }
}

/** Columns that count writes: they differ after each, and say nothing of anybody. */
export const COUNTING = new Set(['version', 'updated_at', 'changed_at'])

/** All there is of a scope; who sits where is worked out from people, and not part of it. */
export async function readRows(reader: Reader, scope: Scope): Promise<Rows> {
  const parts = partsOf(scope)
  const found: Rows = new Map()
  for (const { name, key, within } of TABLES) {
    const rows = await reader.execute<{ row: Row }>(sql`
      select to_jsonb(t) - 'human' as row from ${sql.identifier(name)} t where ${within(parts)}`)
    found.set(name, new Map(rows.map(({ row }) => [JSON.stringify(key.map((part) => row[part])), row])))
  }
  return found
}
