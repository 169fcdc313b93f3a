import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../server/database/client.ts'
import { until } from '../support/client.ts'
import { administer } from '../support/database.ts'
import { openStage, type Sender, type StagedProgramme } from '../support/service.ts'

/** A database that answers but takes nothing any more: what can be read is read, and it is over by itself. */
let stage: Awaited<ReturnType<typeof openStage>>
let db: Database
let programme: StagedProgramme
let organiser: Sender
let eventId: string

beforeAll(async () => {
  stage = await openStage()
  db = stage.db
  programme = await stage.programme('Programma')
  organiser = programme.organiser
  eventId = await programme.camp()
})
afterEach(async () => {
  await until('all to be well again', async () => (await writes()) === 'ok')
  expect((await write()).status).toBe(200)
})
afterAll(() => stage.close())

const writes = async () => (await stage.app.inject('/readyz')).json<{ writes?: string }>().writes
const write = () =>
  organiser.send<{ code?: string }>('POST', `/programmes/${programme.id}/projects`, { name: 'Orto' })

/** Three pages, the one of somebody who comes for the first time among them. */
async function read() {
  const pages = [
    organiser.send('GET', `/events/${eventId}/day`),
    organiser.send('GET', `/programmes/${programme.id}/people`),
    stage.nobody.send('GET', '/me'),
  ]
  return (await Promise.all(pages)).map(({ status }) => status)
}

test('a database that can only be read: a role, a server or a standby that became so', async () => {
  await readOnly('on')
  try {
    await until('the node to notice', async () => (await writes()) === 'read-only')
    const { status, body } = await write()
    expect([status, body.code]).toEqual([503, 'database-read-only'])
    expect(await read()).toEqual([200, 200, 200])
  } finally {
    await readOnly('off')
  }
})

/** What a full disk says is said here by triggers: no test may fill one. */
test('a database whose disk is full', async () => {
  const full = sql`create function full_disk() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`
  await db.execute(full)
  await db.execute(sql`create trigger full_disk before insert on changes execute function full_disk()`)
  await db.execute(sql`create trigger full_disk before update on installations execute function full_disk()`)
  const { status, body } = await write()
  expect([status, body.code]).toEqual([503, 'database-full'])
  expect(await writes()).toBe('full')
  expect(await read()).toEqual([200, 200, 200])
  await db.execute(sql`drop function full_disk cascade`)
})

/** As a managed database does it when its disk fills: what is connected ends, what comes may only read. */
async function readOnly(state: 'on' | 'off') {
  const [{ name }] = await db.execute<{ name: string }>(sql`select current_database() as name`)
  await administer(async (server) => {
    await server`alter database ${server(name)} set default_transaction_read_only = ${server(state)}`
    await server`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
  })
}
