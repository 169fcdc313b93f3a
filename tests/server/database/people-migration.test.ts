import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { migrateDatabase } from '../../../server/database/migrate.ts'
import { createTestDatabase } from '../../support/database.ts'

const BEFORE_PEOPLE = '0005_publicity'
const BEFORE_KINDS = '0016_days'

/** The migrations up to one of them, in a folder of their own. */
function migrationsUpTo(tag: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'))
  cpSync('migrations', folder, { recursive: true })
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { tag: string }[] }
  const last = journal.entries.findIndex((entry) => entry.tag === tag)
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, last + 1) }))
  return folder
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const [PROGRAMME, ORGANISATION, EVENT, DRAFT, VERSION] = [1, 2, 3, 4, 5].map(uuid)
const OLD_HOSTS = [
  ['Anna Rossi', 'Anna@Alfa.example'],
  ['Responsabile CSR', 'csr@alfa.example'],
  ['  Maria  De Luca ', null],
  ['Ondina', ' '],
  ['Bianchi, Piero', 'info@alfa.example'],
]

/** As the version before kept its people: one field for who a host is, one address a project. */
async function plantOld(sql: postgres.Sql) {
  await sql`insert into programmes (id, name) values (${PROGRAMME}, 'Torino')`
  await sql`insert into organisations (id, programme_id, name, kind) values (${ORGANISATION}, ${PROGRAMME}, 'Alfa', 'foundation')`
  for (const [n, [name, email]] of OLD_HOSTS.entries())
    await sql`insert into hosts (id, programme_id, organisation_id, code, name, email, about)
      values (${uuid(10 + n)}, ${PROGRAMME}, ${ORGANISATION}, ${`H${n}`}, ${name}, ${email}, ${`profilo ${n}`})`
  await sql`insert into projects (id, programme_id, code, name, email) values
    (${uuid(20)}, ${PROGRAMME}, 'P0', 'Orto', 'Orto@example.org'), (${uuid(21)}, ${PROGRAMME}, 'P1', 'Ponte', null)`
  await sql`insert into events (id, programme_id, kind, title, date, rules) values (${EVENT}, ${PROGRAMME}, 'camp', 'Camp', '2026-12-01', '{}')`
  await sql`insert into participants (id, event_id, side, project_id, host_id) values
    (${uuid(30)}, ${EVENT}, 'project', ${uuid(20)}, null), (${uuid(31)}, ${EVENT}, 'host', null, ${uuid(10)})`
  await sql`insert into slots (id, event_id, position, block, starts_at, ends_at)
    values (${uuid(40)}, ${EVENT}, 0, 0, '2026-12-01 09:00Z', '2026-12-01 09:20Z')`
  await sql`insert into candidates (id, event_id, project_participant_id, host_participant_id)
    values (${uuid(50)}, ${EVENT}, ${uuid(30)}, ${uuid(31)})`
  await sql`insert into schedules (id, event_id, kind, name, number) values
    (${DRAFT}, ${EVENT}, 'draft', 'Bozza', null), (${VERSION}, ${EVENT}, 'version', 'Uno', 1)`
  for (const [n, schedule] of [DRAFT, VERSION].entries()) {
    await sql`insert into meetings (id, schedule_id, event_id, candidate_id, slot_id, value)
      values (${uuid(60 + n)}, ${schedule}, ${EVENT}, ${uuid(50)}, ${uuid(40)}, 2)`
    for (const participant of [30, 31].map(uuid))
      await sql`insert into meeting_seats (meeting_id, schedule_id, slot_id, participant_id)
        values (${uuid(60 + n)}, ${schedule}, ${uuid(40)}, ${participant})`
  }
  await sql`update schedules set sealed = true where id = ${VERSION}`
}

/** The words of each source of a funding mix, and of what kind they are. */
const SOURCES = [
  ['Bando PON Metro', 'public'],
  ['Contributi comunali', 'public'],
  ['Bandi di fondazioni', 'foundation'],
  ['Vendita di servizi', 'own'],
  ['Risorse proprie', 'own'],
  ['Autofinanziamento', 'own'],
  ['Sponsor locali', 'sponsorship'],
  ['Donazioni e 5×1000', 'donation'],
  ['5 per mille', 'five_per_mille'],
  ['Crowdfunding', 'crowdfunding'],
  ['Prestito sociale', 'loan'],
  ['Il mutuo aiuto', 'other'],
  ['', 'other'],
]
const MIX = SOURCES.map(([source]) => ({ source, percent: 5 }))
const TYPED = SOURCES.map(([source, kind]) => ({ kind, source, percent: 5 }))

/** A proposal in use, an empty one, and one that was deleted and can be put back. */
async function plantMixes(sql: postgres.Sql) {
  const content = { summary: 'Orto', fundingMix: MIX }
  const row = { project_id: uuid(20), content }
  const steps = [
    { table: 'projects', key: {}, before: { name: 'Orto' }, after: null },
    { table: 'proposals', key: {}, before: row, after: null },
  ]
  await sql`insert into proposals (project_id, content) values
    (${uuid(20)}, ${JSON.stringify(content)}::jsonb), (${uuid(21)}, ${JSON.stringify({ summary: '', fundingMix: [] })}::jsonb)`
  await sql`insert into kept_rows (programme_id, seq, subject_ids, steps, forget_at)
    values (${PROGRAMME}, 1, '{}', ${JSON.stringify(steps)}::jsonb, now() + interval '1 day')`
}

test('people of an older database keep their names, roles, addresses, profiles, seats and mixes', async () => {
  const place = await createTestDatabase('template0')
  const folder = migrationsUpTo(BEFORE_PEOPLE)
  const sql = postgres(place.url, { max: 1, onnotice: () => {} })
  await migrate(drizzle(sql), { migrationsFolder: folder })
  await plantOld(sql)
  const later = migrationsUpTo(BEFORE_KINDS)
  await migrate(drizzle(sql), { migrationsFolder: later })
  await plantMixes(sql)
  await migrateDatabase(place.url)
  const hosts = await sql`
    select first_name, last_name, title, email, about from hosts join people on people.id = person_id order by code`
  expect(hosts.map((row) => Object.values(row))).toEqual([
    ['Anna', 'Rossi', '', 'anna@alfa.example', 'profilo 0'],
    ['', '', 'Responsabile CSR', 'csr@alfa.example', 'profilo 1'],
    ['Maria', 'De Luca', '', null, 'profilo 2'],
    ['', 'Ondina', '', null, 'profilo 3'],
    ['Piero', 'Bianchi', '', 'info@alfa.example', 'profilo 4'],
  ])
  const teams = await sql`
    select projects.name, email, position from team_members
    join projects on projects.id = project_id join people on people.id = person_id`
  expect(teams.map((row) => Object.values(row))).toEqual([['Orto', 'orto@example.org', 0]])
  const seats = await sql`
    select schedules.name, participant_id, human is not null as known from meeting_seats
    join schedules on schedules.id = schedule_id order by schedules.name, participant_id`
  expect(seats.map((row) => Object.values(row))).toEqual([
    ['Bozza', uuid(30), true],
    ['Bozza', uuid(31), true],
    ['Uno', uuid(30), false],
    ['Uno', uuid(31), false],
  ])
  const mixes = await sql`select content -> 'fundingMix' as mix from proposals order by project_id`
  expect(mixes.map(({ mix }) => mix as unknown)).toEqual([TYPED, []])
  const [{ kept }] =
    await sql`select steps -> 1 -> 'before' -> 'content' -> 'fundingMix' as kept from kept_rows`
  expect(kept).toEqual(TYPED)
  // What drizzle's own migrator had begun is kept on where it stands.
  const journals = await sql`select schemaname from pg_tables where tablename = '__drizzle_migrations'`
  const [{ count }] = await sql`select count(*)::int from drizzle.__drizzle_migrations`
  expect([journals.map(({ schemaname }) => schemaname as string), count]).toEqual([
    ['drizzle'],
    readdirSync('migrations').filter((name) => name.endsWith('.sql')).length,
  ])
  await sql.end()
  await place.drop()
  for (const made of [folder, later]) rmSync(made, { recursive: true })
})
