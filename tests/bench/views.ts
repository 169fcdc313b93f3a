import { mkdtempSync, rmSync, chmodSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startLocalPostgres } from '../../server/database/local-postgres.ts'
import { migrateDatabase } from '../../server/database/migrate.ts'
import { openLargeEvent, type Said } from '../support/large-event.ts'

const ROUNDS = 3
const directory = mkdtempSync(join(tmpdir(), 'incontro-bench-'))
chmodSync(directory, 0o755)
const database = await startLocalPostgres({ directory })
try {
  await migrateDatabase(database.url)
  const begun = performance.now()
  const event = await openLargeEvent(database.url)
  console.log(`planted and published in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`)
  const rows: { path: string; said: Said; ms: number }[] = []
  for (const path of event.addresses) {
    const said: Said[] = []
    for (let n = 0; n < ROUNDS; n++) {
      said.push(await event.ask('GET', path))
      await setTimeout(said[0].ms > 2000 ? 5000 : 50)
      if (said[0].ms > 5000) break
    }
    const times = said.map(({ ms }) => ms).toSorted((a, b) => a - b)
    rows.push({ path, said: said[0], ms: times[times.length >> 1] })
  }
  for (const { path, said, ms } of rows.toSorted((a, b) => b.said.bytes - a.said.bytes))
    console.log(
      `${String(said.status)} ${said.bytes.toLocaleString('en').padStart(12)} B ${ms.toFixed(0).padStart(7)} ms  ${path.replace(/[0-9a-f-]{36}/g, '…')}${said.status === 200 ? '' : said.text.slice(0, 100)}`,
    )
  await event.close()
} finally {
  await database.stop()
  for (const place of [directory, dirname(database.directory)])
    rmSync(place, { recursive: true, force: true })
}
