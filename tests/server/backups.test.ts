import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createGzip, gunzipSync, gzipSync } from 'node:zlib'
import { eq, sql } from 'drizzle-orm'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { BackupError, through, type Header } from '../../server/backups/format.ts'
import { checkBackup } from '../../server/backups/read.ts'
import { goLive, restoreBackup } from '../../server/backups/restore.ts'
import { writeBackup } from '../../server/backups/write.ts'
import { readConfig } from '../../server/config.ts'
import { connect, type Database } from '../../server/database/client.ts'
import { readInstallation } from '../../server/database/installation.ts'
import { lockMigrations, migrate, readMigrations } from '../../server/database/migrate.ts'
import { events, mails, programmes, scheduledMails, slots } from '../../server/database/schema.ts'
import { enqueueMail } from '../../server/features/mail/service.ts'
import { switchOffGoneBy } from '../../server/features/letters/scheduled.ts'
import { backUpIfDue } from '../../server/jobs/backups.ts'
import { workMails } from '../../server/jobs/mail.ts'
import { startQueue } from '../../server/queue.ts'
import { until } from '../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { signedIn } from '../support/people.ts'
import { openStage, sender } from '../support/service.ts'
import { plantTenant, type Tenant } from '../support/tenant.ts'

/** What is kept comes back, in another place as in its own, and nobody hears anything twice. */
const directory = mkdtempSync(join(tmpdir(), 'incontro-backups-'))
const file = (name: string) => join(directory, name)
const PASSPHRASE = 'una frase lunga abbastanza'
let place: TestDatabase
let db: Database
let tenant: Tenant
const places: TestDatabase[] = []

beforeAll(async () => {
  place = await createTestDatabase()
  db = connect(place.url, 4)
  tenant = await plantTenant(db, 'Alfa')
  await db
    .update(programmes)
    .set({ name: 'Caffè "d’Oro"\t\\N\n\\.\n' })
    .where(eq(programmes.id, tenant.programmeId))
  await db.insert(mails).values(
    (['waiting', 'sending', 'sent'] as const).map((state) => ({
      ...{ programmeId: tenant.programmeId, to: `${state}@example.org`, kind: 'invitation' },
      ...{ subject: 'Prova', body: 'Prova', state },
    })),
  )
  await writeBackup({ url: place.url }, file('whole.backup'), null)
}, 60_000)
afterAll(async () => {
  await db.$client.end()
  await Promise.all([place, ...places].map(({ drop }) => drop()))
  rmSync(directory, { recursive: true, force: true })
})

async function emptyPlace(template?: string): Promise<TestDatabase> {
  const made = await createTestDatabase(template)
  places.push(made)
  return made
}

/** Each table by the sum of its rows, and each rule of them. */
async function contentOf(url: string): Promise<Record<string, unknown>> {
  const one = connect(url, 1)
  const tables = await one.execute<{ name: string }>(
    sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  )
  const content: Record<string, unknown> = {}
  for (const { name } of tables) {
    const [row] = await one.execute(sql`
      select count(*)::int as rows, md5(coalesce(string_agg(md5(one::text), '' order by md5(one::text)), '')) as sum
      from ${sql.identifier(name)} one`)
    content[name] = row
  }
  content.rules = await one.execute(sql`
    select conrelid::regclass::text as "table", conname, pg_get_constraintdef(oid) as rule
    from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`)
  content.triggers = await one.execute(sql`
    select tgrelid::regclass::text as "table", tgname, tgenabled, pg_get_triggerdef(pg_trigger.oid) as rule
    from pg_trigger where not tgisinternal order by 1, 2`)
  content.indexes = await one.execute(sql`
    select tablename, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`)
  content.views = await one.execute(
    sql`select viewname, definition from pg_views where schemaname = 'public'`,
  )
  await one.$client.end()
  return content
}

const refusal = (path: string, passphrase: string | null = null) =>
  checkBackup(path, passphrase).then(
    () => 'it was taken',
    (error: unknown) => {
      if (!(error instanceof BackupError)) throw error
      return error.message.replaceAll(directory, '')
    },
  )

describe('a backup', () => {
  test('brings everything back elsewhere, with every rule of it', async () => {
    const elsewhere = await emptyPlace()
    const other = connect(elsewhere.url, 1)
    await plantTenant(other, 'Beta')
    await other.$client.end()
    const read = await restoreBackup({ url: elsewhere.url }, { path: file('whole.backup'), passphrase: null })
    const [was, is] = [await contentOf(place.url), await contentOf(elsewhere.url)]
    const changed = Object.keys(was).filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
    // Another history begins, its waiting mails go to nobody, and migrations have their own account.
    expect(changed.toSorted()).toEqual(['__drizzle_migrations', 'installations', 'mails'])
    expect(Object.keys(is).toSorted()).toEqual(Object.keys(was).toSorted())
    expect(read.rows).toBeGreaterThan(80)
  })

  test('is of one moment, whatever is written meanwhile', async () => {
    let writing = true
    const writes = (async () => {
      for (let n = 0; writing; n += 1)
        await db.transaction(async (tx) => {
          await tx
            .update(programmes)
            .set({ city: `Torino ${n}` })
            .where(eq(programmes.id, tenant.programmeId))
          await tx
            .update(events)
            .set({ title: `Torino ${n}` })
            .where(eq(events.programmeId, tenant.programmeId))
        })
    })()
    await writeBackup({ url: place.url }, file('moment.backup'), null)
    writing = false
    await writes
    const elsewhere = await emptyPlace()
    await restoreBackup({ url: elsewhere.url }, { path: file('moment.backup'), passphrase: null })
    const one = connect(elsewhere.url, 1)
    const [{ city }] = await one.select({ city: programmes.city }).from(programmes)
    const titles = await one.select({ title: events.title }).from(events)
    expect(city).toMatch(/^Torino \d+$/)
    expect(new Set(titles.map(({ title }) => title))).toEqual(new Set([city]))
    await one.$client.end()
  })

  test('can be read by its owner alone, and sealed by nobody without the passphrase', async () => {
    expect(statSync(file('whole.backup')).mode & 0o077).toBe(0)
    await writeBackup({ url: place.url }, file('sealed.backup'), PASSPHRASE)
    expect(readFileSync(file('sealed.backup')).subarray(0, 21).toString()).toBe('age-encryption.org/v1')
    expect((await checkBackup(file('sealed.backup'), PASSPHRASE)).rows).toBeGreaterThan(80)
    expect(await refusal(file('sealed.backup'))).toMatch(
      /is sealed: give its passphrase in BACKUP_PASSPHRASE/,
    )
    expect(await refusal(file('sealed.backup'), 'un’altra frase lunga')).toMatch(/another passphrase/)
  }, 60_000)

  test('that was cut off, changed or is none is refused before anything is touched', async () => {
    const text = gunzipSync(readFileSync(file('whole.backup')))
    const spoil = (name: string, bytes: Buffer) => {
      writeFileSync(file(name), bytes)
      return file(name)
    }
    const packed = readFileSync(file('whole.backup'))
    const cut = spoil('cut', packed.subarray(0, packed.length - 200))
    const lines = String(text).split('\n')
    const fewer = spoil('fewer', gzipSync(lines.toSpliced(lines.indexOf('\\.') - 1, 1).join('\n')))
    const altered = spoil(
      'altered',
      gzipSync(String(text).replaceAll(tenant.word, tenant.word.toUpperCase())),
    )
    const unended = spoil('unended', gzipSync(lines.slice(0, -2).join('\n') + '\n'))
    for (const path of [cut, fewer, altered, unended])
      expect(await refusal(path), path).toMatch(/is not whole/)
    expect(await refusal(spoil('none', Buffer.from('create table x')))).toMatch(/is no backup of Incontro/)
    expect(await refusal(spoil('empty', Buffer.alloc(0)))).toMatch(/is no backup of Incontro/)
    expect(await refusal(file('nowhere'))).toBe(
      '/nowhere cannot be read (ENOENT): give the path of a backup.',
    )
    const header = JSON.parse(lines[0]) as Header
    const newer = (change: Partial<Header>, name: string) =>
      spoil(name, gzipSync([JSON.stringify({ ...header, ...change }), ...lines.slice(1)].join('\n')))
    expect(await refusal(newer({ format: 2 }, 'format'))).toMatch(/newer version/)
    const elsewhere = await emptyPlace()
    const before = await contentOf(elsewhere.url)
    await expect(restoreBackup({ url: elsewhere.url }, { path: altered, passphrase: null })).rejects.toThrow(
      'is not whole',
    )
    expect(await contentOf(elsewhere.url)).toEqual(before)
  }, 60_000)

  test('of an earlier version is brought up to this one, of a later one refused', async () => {
    const old = await emptyPlace('template0')
    const client = connect(old.url, 1).$client
    const level = readMigrations().findIndex(({ sql: made }) => made.join().includes('rsvp'))
    await client.begin(async (tx) => {
      await lockMigrations(tx)
      await migrate(tx, { url: old.url }, readMigrations().slice(0, level))
    })
    await client`insert into programmes (name) values ('Di una volta')`
    await client.end()
    await writeBackup({ url: old.url }, file('old.backup'), null)
    const elsewhere = await emptyPlace()
    await restoreBackup({ url: elsewhere.url }, { path: file('old.backup'), passphrase: null })
    const other = connect(elsewhere.url, 1)
    expect(await other.select({ name: programmes.name }).from(programmes)).toEqual([{ name: 'Di una volta' }])
    await other.$client.end()
    const [was, is] = [await contentOf(place.url), await contentOf(elsewhere.url)]
    for (const what of ['rules', 'triggers', 'indexes', 'views']) expect(is[what]).toEqual(was[what])
    const lines = String(gunzipSync(readFileSync(file('old.backup')))).split('\n')
    const header = JSON.parse(lines[0]) as Header
    const later = { ...header, migrations: [...header.migrations, 'of tomorrow'] }
    writeFileSync(file('later.backup'), gzipSync([JSON.stringify(later), ...lines.slice(1)].join('\n')))
    await expect(
      restoreBackup({ url: elsewhere.url }, { path: file('later.backup'), passphrase: null }),
    ).rejects.toThrow(/is not whole|newer version/)
  }, 60_000)

  test('whose database goes away midway is an error that is heard', async () => {
    async function* cut() {
      yield Buffer.from('one row')
      await Promise.resolve()
      throw new Error('the connection is gone')
    }
    const into = through(Readable.from(cut()), createGzip())
    await expect(buffer(into)).rejects.toThrow('the connection is gone')
  })

  test('that finds no room or may not be written says so and leaves nothing', async () => {
    mkdirSync(file('taken.backup'))
    await expect(writeBackup({ url: place.url }, file('taken.backup'), null)).rejects.toThrow(
      'choose another place',
    )
    expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([])
    if (process.getuid?.() === 0) return
    mkdirSync(file('closed'))
    chmodSync(file('closed'), 0o500)
    await expect(writeBackup({ url: place.url }, join(file('closed'), 'x.backup'), null)).rejects.toThrow(
      'cannot be written (EACCES)',
    )
  })
})

test('under a service that runs, its open pages begin anew with what came back', async () => {
  const stage = await openStage()
  try {
    const { programmeId, days } = await plantTenant(stage.db, 'Alfa')
    const { cookie } = await signedIn(stage.app, { role: 'organiser', programmeId })
    const url = await urlOf(stage.db)
    await writeBackup({ url }, file('running.backup'), null)
    await stage.db
      .update(programmes)
      .set({ name: 'Dopo', seq: sql`seq + 7` })
      .where(eq(programmes.id, programmeId))
    await stage.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = stage.app.server.address() as AddressInfo
    const address = `ws://127.0.0.1:${port}/api/v1/live?event=${days[0].eventId}&view=plan`
    const open = async (at: { epoch: string | null; seq: number | null }) => {
      const socket = new WebSocket(address, { headers: { cookie } })
      const closed = new Promise<number>((resolve) => socket.once('close', resolve))
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
      const first = new Promise<{ type: string; epoch: string; seq: number }>((resolve) =>
        socket.once('message', (raw) => resolve(JSON.parse(String(raw)))),
      )
      socket.send(JSON.stringify(at))
      return { socket, closed, first: await first }
    }
    const enter = (at: Parameters<typeof open>[0]) => until('a page', () => open(at).catch(() => null))
    const before = await enter({ epoch: null, seq: null })
    await restoreBackup({ url }, { path: file('running.backup'), passphrase: null })
    expect(await before.closed).toBe(1012)
    const { epoch, seq } = before.first
    const after = await enter({ epoch, seq })
    expect(after.first.type).toBe('snapshot')
    expect(after.first.epoch).not.toBe(epoch)
    expect(after.first.epoch).toBe((await readInstallation(stage.db)).epoch)
    expect(after.first.seq).toBeLessThan(seq)
    after.socket.close()
    const me = await sender(stage.app, cookie).send<{ memberships: { name: string }[] }>('GET', '/me')
    expect(me.status).toBe(200)
    expect(JSON.stringify(me.body)).not.toContain('Dopo')
  } finally {
    await stage.close()
  }
}, 60_000)

const urlOf = async (one: Database) => {
  const [{ name }] = await one.execute<{ name: string }>(sql`select current_database() as name`)
  return Object.assign(new URL(place.url), { pathname: `/${name}` }).href
}

test('a copy mails nobody but who asks for a code, until it is told to; what waited is never sent twice', async () => {
  const copy = await emptyPlace()
  await restoreBackup({ url: copy.url }, { path: file('whole.backup'), passphrase: null })
  const received: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      stream.resume().on('end', () => {
        received.push(...envelope.rcptTo.map(({ address }) => address))
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  const config = readConfig({ LOG_LEVEL: 'error', SMTP_URL: `smtp://127.0.0.1:${port}` })
  const other = connect(copy.url, 6)
  const queue = await startQueue(other)
  try {
    const old = await other.select().from(mails).where(eq(mails.subject, 'Prova')).orderBy(mails.state)
    expect(old.map(({ state, tries }) => [state, tries.at(-1)?.outcome])).toEqual([
      ['perhaps', 'restored'],
      ['perhaps', 'restored'],
      ['sent', undefined],
    ])
    await workMails(queue, { config, db: other })
    const post = { config, queue }
    await other.transaction(async (tx) => {
      const { programmeId } = tenant
      const mail = { programmeId, subject: 'Nuova', body: 'Nuova' }
      await enqueueMail(tx, post, { ...mail, to: 'later@example.org', kind: 'invitation' })
      await enqueueMail(tx, post, { ...mail, to: 'code@example.org', kind: 'code' })
    })
    await until('the code', () => received.includes('code@example.org'))
    await until('the other is put off', async () => {
      const [{ n }] = await other.execute<{ n: number }>(
        sql`select count(*)::int as n from pgboss.job where name = 'mail' and state = 'created' and start_after > now()`,
      )
      return n > 0
    })
    expect(received).toEqual(['code@example.org'])
    expect(await goLive({ url: copy.url })).toBe(true)
    expect(await goLive({ url: copy.url })).toBe(false)
    await other.execute(
      sql`update pgboss.job set start_after = now() where name = 'mail' and state = 'created'`,
    )
    await until('the other', () => received.includes('later@example.org'))
    expect(received).toEqual(['code@example.org', 'later@example.org'])
  } finally {
    await queue.stop()
    await other.$client.end()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}, 60_000)

test('mails that go by themselves and came due since the backup are switched off, others stay', async () => {
  const copy = await emptyPlace()
  const other = connect(copy.url, 2)
  const { days } = await plantTenant(other, 'Alfa')
  const day = 24 * 60 * 60_000
  const dayOf = (days: number) => new Date(Date.now() + days * day).toISOString().slice(0, 10)
  const hold = async (eventId: string, day: string) => {
    await other.update(events).set({ date: day }).where(eq(events.id, eventId))
    const at = (time: typeof slots.startsAt | typeof slots.endsAt) => sql`${day}::date + ${time}::time`
    await other
      .update(slots)
      .set({ day, startsAt: at(slots.startsAt), endsAt: at(slots.endsAt) })
      .where(eq(slots.eventId, eventId))
  }
  // Thanks go the evening of the next day: yesterday's event's are due since, those of one to come are not.
  await hold(days[0].eventId, dayOf(-2))
  await hold(days[1].eventId, dayOf(5))
  await other
    .insert(scheduledMails)
    .values(days.map(({ eventId }) => ({ eventId, kind: 'thanks' as const, days: 1, on: true })))
  expect(await switchOffGoneBy(other, new Date(Date.now() - 3 * day))).toBe(1)
  const rows = await other.select().from(scheduledMails)
  expect(rows.map(({ eventId, on }) => [eventId === days[0].eventId, on]).toSorted()).toEqual([
    [false, true],
    [true, false],
  ])
  await other.$client.end()
})

test('a worker makes one when it is time, one of several workers, and keeps the newest', async () => {
  const backups = file('kept')
  const config = readConfig({ BACKUP_DIR: backups, BACKUP_EVERY_HOURS: '24', BACKUP_KEEP: '2' })
  mkdirSync(backups)
  for (const name of ['incontro-20260101T000000Z.backup', 'incontro-20260102T000000Z.backup', 'mine.backup'])
    writeFileSync(join(backups, name), '')
  const copy = await emptyPlace()
  const other = connect(copy.url, 6)
  const services = { db: other, place: { url: copy.url }, config }
  const made = await Promise.all([backUpIfDue(services), backUpIfDue(services), backUpIfDue(services)])
  expect(made.filter(Boolean)).toEqual([true])
  expect(await backUpIfDue(services)).toBe(false)
  const names = readdirSync(backups).toSorted()
  expect([names.length, names[0], names[2]]).toEqual([3, 'incontro-20260102T000000Z.backup', 'mine.backup'])
  expect((await checkBackup(join(backups, names[1]), null)).rows).toBeGreaterThan(0)
  const { backedUpAt, backupFault } = await readInstallation(other)
  expect([Date.now() - backedUpAt!.getTime() < 60_000, backupFault]).toEqual([true, null])
  await other.execute(sql`update installations set backed_up_at = now() - interval '2 days'`)
  const broken = {
    ...services,
    config: { ...config, backups: { ...config.backups, directory: '/dev/null/x' } },
  }
  await expect(backUpIfDue(broken)).rejects.toThrow()
  expect((await readInstallation(other)).backupFault).toMatch(/see the log|cannot be written/)
  await other.$client.end()
})

test('by the commands of an operator, from one database to another; programmes are not replaced by a slip', async () => {
  const target = await emptyPlace()
  const run = (command: string, url: string, ...words: string[]) =>
    promisify(execFile)(process.execPath, [`server/${command}.ts`, ...words], {
      env: {
        ...process.env,
        DATABASE_URL: url,
        PUBLIC_URL: 'http://localhost',
        BACKUP_PASSPHRASE: PASSPHRASE,
      },
    }).then(
      ({ stdout }) => stdout,
      ({ stderr }: { stderr: string }) => `! ${stderr}`,
    )
  const path = file('by-command.backup')
  expect(await run('backup', place.url, path)).toMatch(
    /\d+ rows of \d+ tables, \d+ kB, written and read back/,
  )
  expect(await run('restore', target.url, path)).toMatch(
    /are back as they were at .*Mails, pushes and reminders wait/s,
  )
  expect(await run('restore', target.url, path)).toMatch(
    /^! There are 1 programmes here, .*then say --replace/,
  )
  const one = connect(target.url, 1)
  expect((await one.select({ id: programmes.id }).from(programmes)).map(({ id }) => id)).toEqual([
    tenant.programmeId,
  ])
  await one.$client.end()
}, 120_000)
