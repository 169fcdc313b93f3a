import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startLocalPostgres } from '../../server/database/local-postgres.ts'
import { describeError, withoutValues } from '../../server/log.ts'
import { Client, until } from '../support/client.ts'
import { startServer, type RunningServer } from '../support/server.ts'

/**
 * The service as a process of its own, to which everything happens that makes a service write to its log. Whatever
 * people wrote, who they are and what lets them in is planted as words that occur nowhere else, and looked for in all
 * that it said and in the log of its database.
 */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const MAIL = 'canarino.giallo@posta-canarino.example.org'
const UNKNOWN = 'ignoto.verde@posta-canarino.example.org'
const NAME = 'Ginevra Canarini'
const NOTE = 'nota riservatissima'
const WORDS = ['canarino', 'ignoto.verde', 'Canarini', 'riservatissima', '481516']

const refusing = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo: ({ address }, _, done) =>
    done(Object.assign(new Error(`<${address}>: no mailbox of that name here`), { responseCode: 550 })),
})

let directory: string
let server: RunningServer
let database: Awaited<ReturnType<typeof startLocalPostgres>>
let sql: postgres.Sql
let organiser: Client
let programmeId: string
const secrets: string[] = []

beforeAll(async () => {
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  const { port } = refusing.server.address() as AddressInfo
  directory = mkdtempSync(join(tmpdir(), 'incontro-log-'))
  // As root the database runs as another user, who must be able to get there.
  chmodSync(directory, 0o755)
  const env = { DATA_DIR: directory, LOG_LEVEL: 'info', SMTP_URL: `smtp://127.0.0.1:${port}` }
  server = await startServer(env)
  database = await startLocalPostgres({ directory })
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
  organiser = await Client.enter(server.url, 'organiser')
  ;({ programmeId } = await Client.people(server.url))
  // Of no programme: what is sent to the sample's people never leaves.
  await sql`insert into users (id, name, email) values ('canary', ${NAME}, ${MAIL})`
})
afterAll(async () => {
  await sql.end()
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
  await new Promise<void>((resolve) => refusing.close(() => resolve()))
})

const lines = () =>
  server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
const told = () => lines().map((line) => JSON.parse(line) as Record<string, unknown>)

function post(path: string, body: object, headers: Record<string, string> = {}) {
  const all = { 'content-type': 'application/json', ...headers }
  return fetch(server.url + path, { method: 'POST', headers: all, body: JSON.stringify(body) })
}
const askCode = (email: string, headers = {}) =>
  post('/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' }, headers)

/** While something of the database is other than the service expects. */
type Statement = postgres.PendingQuery<postgres.Row[]>
async function broken(breaks: Statement, mends: Statement, act: () => Promise<unknown>) {
  await breaks.simple()
  await act()
  await mends.simple()
}

function expectSilence() {
  const said = server.output() + readFileSync(join(database.directory, 'start.log'), 'utf8')
  const found = [...WORDS, ...secrets].filter((word) => said.toLowerCase().includes(word.toLowerCase()))
  expect(found).toEqual([])
}

test('a request is known by the id that came with it, or one that is made', async () => {
  const idOf = async (id?: string) => {
    const headers = id === undefined ? undefined : { 'x-request-id': id }
    return (await fetch(`${server.url}/api/v1/me`, { headers })).headers.get('x-request-id')
  }
  expect(await idOf('from-a-proxy_1')).toBe('from-a-proxy_1')
  for (const bad of [undefined, 'x'.repeat(65), 'with space', '"}{'])
    expect(await idOf(bad)).toMatch(/^[2-9a-z]{8}$/)
  expect(told().some(({ reqId }) => reqId === 'from-a-proxy_1')).toBe(true)
})

test('addresses of pages stand in the log without what they carry', async () => {
  await fetch(`${server.url}/accedi?email=${encodeURIComponent(MAIL)}`)
  await fetch(`${server.url}/accedi/${MAIL}?nome=${encodeURIComponent(NAME)}`)
  await fetch(`${server.url}/api/v1/${MAIL}`, { headers: { cookie: `incontro.session_token=${NOTE}` } })
  expectSilence()
})

test('a query that fails inside the sign-in library is told without its values, and by its request', async () => {
  const ids = { 'x-request-id': 'failed-sign-in' }
  await broken(
    sql`alter table verifications rename to hidden`,
    sql`alter table hidden rename to verifications`,
    async () => {
      for (const email of [MAIL, UNKNOWN]) expect((await askCode(email, ids)).status).toBe(500)
      const tried = await post('/api/auth/sign-in/email-otp', { email: MAIL, otp: '481516' }, ids)
      expect([tried.status, tried.headers.get('x-request-id')]).toEqual([500, 'failed-sign-in'])
    },
  )
  const failed = told().filter(({ msg, reqId }) => msg === 'request failed' && reqId === 'failed-sign-in')
  expect(failed).toHaveLength(3)
  expect(failed[0].err).toMatchObject({ code: '42P01', type: 'PostgresError' })
  expectSilence()
})

test('a row that breaks a constraint is not told, the constraint is', async () => {
  await broken(
    sql`alter table projects add constraint odd check (name not like '%Canarini%')`,
    sql`alter table projects drop constraint odd`,
    async () => {
      const made = { name: NAME, team: [{ lastName: NOTE, email: UNKNOWN }] }
      const { status } = await organiser.request('POST', `/programmes/${programmeId}/projects`, made)
      expect(status).toBe(500)
    },
  )
  expect(told().some(({ err }) => (err as { constraint?: string } | undefined)?.constraint === 'odd')).toBe(
    true,
  )
  expectSilence()
})

test('a refused mail is told with what the mail server said, not to whom', async () => {
  await askCode(MAIL)
  const given = () => told().find(({ msg }) => msg === 'a mail was given up')
  await until('the mail to be given up', given, 30_000)
  const { err } = given() as { err: { code: string; message: string } }
  expect(err.code).toBe('EENVELOPE')
  expect(err.message).toMatch(/^550 .*no mailbox of that name here/)
  const kept = await sql<{ secret: string }[]>`select secret from mails where "to" = ${MAIL}`
  secrets.push(...kept.map(({ secret }) => secret).filter((secret) => secret?.length >= 6))
  expectSilence()
})

test('a job that fails says so in one line of JSON and keeps no values in its row', async () => {
  await broken(
    sql`create function refuse() returns trigger language plpgsql as
      $$ begin raise 'odd mail "%"', new.subject using detail = new."to"; end $$;
     create trigger refuse before update on mails for each row execute function refuse()`,
    sql`drop trigger refuse on mails; drop function refuse`,
    async () => {
      await askCode(MAIL)
      await until('the job to fail', () => told().find(({ msg }) => msg === 'a job failed'), 30_000)
    },
  )
  const rows = await until('what it failed of to stand in its row', async () => {
    const found = await sql<
      { output: string }[]
    >`select output::text from pgboss.job where output is not null`
    return found.length > 0 && found
  })
  for (const word of WORDS) expect(JSON.stringify(rows)).not.toContain(word)
  expectSilence()
})

test('a run that fails is told without what it was about', async () => {
  const { eventId } = await Client.people(server.url)
  await broken(
    sql`create function refuse() returns trigger language plpgsql as
      $$ begin raise 'odd draft of "Ginevra Canarini"' using detail = 'nota riservatissima'; end $$;
     create trigger refuse before insert on schedules for each row execute function refuse()`,
    sql`drop trigger refuse on schedules; drop function refuse`,
    async () => {
      await organiser.request('POST', `/events/${eventId}/runs`, { seconds: 1 })
      await until('the run to fail', () => told().find(({ msg }) => msg === 'a run failed'), 60_000)
    },
  )
  const [run] = await sql`select * from runs order by created_at desc limit 1`
  for (const word of WORDS) expect(JSON.stringify(run)).not.toContain(word)
  expectSilence()
})

test('beside the greeting of a start there is nothing but JSON', () => {
  const greeting =
    /^$|^Incontro {2}http|^Programma di esempio|^Sample programme|^Ctrl-C|^Preparing|^The database of/
  const others = server
    .output()
    .split('\n')
    .filter((line) => !line.startsWith('{') && !greeting.test(line))
  expect(others).toEqual([])
})

test('a start that fails inside says where, and no values', async () => {
  await sql`update programmes set name = ${NAME}`
  await sql`update events set title = ${NOTE}, date = date - 3`
  await sql`alter table events add constraint odd check (date > now()) not valid`
  await server.stop()
  const again = await startServer({ DATA_DIR: directory }).then(
    (started) => started.stop().then(() => ''),
    (error: Error) => error.message,
  )
  expect(again).toContain('odd')
  expect(again).toContain('at ')
  for (const word of WORDS) expect(again).not.toContain(word)
  expectSilence()
})

test('of an error is told what is known to hold nothing of anybody', () => {
  expect(withoutValues(`invalid input syntax for type uuid: "${NAME}"`)).toBe(
    'invalid input syntax for type uuid: …',
  )
  expect(withoutValues('violates unique constraint "users_email_unique"', ['users_email_unique'])).toBe(
    'violates unique constraint "users_email_unique"',
  )
  expect(withoutValues(`550 <${MAIL}> isn't here`)).toBe("550 <<address>> isn't here")
  expect(withoutValues(`Unexpected token 'G', "${NAME}" is not valid JSON`)).toBe('Unexpected token …')
  expect(describeError({ email: MAIL })).toEqual({ type: 'object', message: '', stack: '' })
  const nested = new Error(`Failed query: x\nparams: ${MAIL}`, { cause: new Error('gone') })
  expect(JSON.stringify(describeError(Object.assign(nested, { params: [MAIL] })))).not.toContain(MAIL)
})
