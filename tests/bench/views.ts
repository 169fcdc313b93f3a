import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startLocalPostgres } from '../../server/database/local-postgres.ts'
import { migrateDatabase } from '../../server/database/migrate.ts'
import { openLargeEvent, type LargeEvent } from '../support/large-event.ts'

/**
 * What every page of an event of a thousand projects and a thousand hosts asks for: bytes as the page gets them,
 * milliseconds on the server, with its database on this machine. Then how long signing in takes with addresses that are
 * known and with others, one after the other in turn. `npm run bench:views`
 */
const ROUNDS = 5
const SIGN_INS = 100
/** Between two, so that a service that is still busy does not refuse the next one. */
const PAUSE_MS = 50

const directory = mkdtempSync(join(tmpdir(), 'incontro-bench-'))
chmodSync(directory, 0o755)
const database = await startLocalPostgres({ directory })
try {
  await migrateDatabase(database.url)
  const event = await openLargeEvent(database.url)
  await printViews(event)
  await printSignIns(event)
  await event.close()
} finally {
  await database.stop()
  for (const place of [directory, dirname(database.directory)])
    rmSync(place, { recursive: true, force: true })
}

async function printViews({ addresses, ask }: LargeEvent): Promise<void> {
  const rows: { path: string; bytes: number; ms: number }[] = []
  for (const path of addresses) {
    const times: number[] = []
    let bytes = 0
    for (let n = 0; n < ROUNDS; n++) {
      const said = await ask('GET', path)
      if (said.status === 200) bytes = said.bytes
      times.push(said.ms)
      await setTimeout(PAUSE_MS)
    }
    if (bytes > 0) rows.push({ path: path.replace(/[0-9a-f-]{36}/g, '…'), bytes, ms: median(times) })
  }
  console.log('| what | kB | median (ms) |\n| --- | --- | --- |')
  for (const { path, bytes, ms } of rows.toSorted((one, other) => other.bytes - one.bytes))
    console.log(`| ${path} | ${(bytes / 1000).toFixed(1)} | ${ms.toFixed(0)} |`)
}

async function printSignIns({ app, db, crowd }: LargeEvent): Promise<void> {
  const known = (await db.query.users.findMany({ limit: SIGN_INS })).map(({ email }) => email)
  const took = { known: [] as number[], unknown: [] as number[] }
  const send = async (of: keyof typeof took, email: string) => {
    const begun = performance.now()
    const payload = { email, type: 'sign-in' }
    await app.inject({ method: 'POST', url: '/api/auth/email-otp/send-verification-otp', payload })
    took[of].push(performance.now() - begun)
    await app.identity.auth.settled()
  }
  for (const [n, email] of known.entries()) {
    await send('known', email)
    await send('unknown', `${n}-${crowd.eventId}@nobody.example`)
  }
  const [one, other] = [median(took.known), median(took.unknown)]
  console.log(
    `\nasking for a code: known ${one.toFixed(2)} ms, unknown ${other.toFixed(2)} ms, apart ${Math.abs(one - other).toFixed(2)} ms (medians of ${known.length} each, in turn)`,
  )
}

function median(figures: number[]): number {
  const sorted = figures.toSorted((one, other) => one - other)
  return sorted[sorted.length >> 1]
}
