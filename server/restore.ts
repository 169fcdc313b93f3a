import { resolve } from 'node:path'
import { sql } from 'drizzle-orm'
import { goLive, restoreBackup } from './backups/restore.ts'
import { openDatabase, runCommand, say, UsageError } from './command.ts'
import { readConfig } from './config.ts'
import { connect } from './database/client.ts'
import type { Place } from './database/place.ts'
import { switchOffGoneBy } from './features/letters/scheduled.ts'

/**
 * `npm run restore -- FILE`: puts a backup in the place of what is kept, also under a service that runs. The copy tells
 * nobody anything until `--live` is said, at once or later without a file.
 */
async function run(words: string[]): Promise<void> {
  const [file, ...rest] = words.filter((word) => word !== '--live' && word !== '--replace')
  const live = words.includes('--live')
  if (rest.length > 0 || file?.startsWith('--') || (!file && !live))
    throw new UsageError(
      'Give the backup: npm run restore -- FILE (with --replace where there are programmes already, with --live where mails may go out at once; later: npm run restore -- --live)',
    )
  const config = readConfig(process.env)
  const { place, close } = await openDatabase(config)
  try {
    if (file) await bringBack(place, resolve(file), config.backups.passphrase, words.includes('--replace'))
    if (!live) return say('Mails, pushes and reminders wait: npm run restore -- --live lets them go.')
    say(
      (await goLive(place))
        ? 'Mails, pushes and reminders go out from here.'
        : 'They went out from here already.',
    )
  } finally {
    await close()
  }
}

async function bringBack(
  place: Place,
  path: string,
  passphrase: string | null,
  replaces: boolean,
): Promise<void> {
  const db = connect(place, 2)
  try {
    const [{ count }] = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from programmes where not sample`,
    )
    if (count > 0 && !replaces)
      throw new UsageError(
        `There are ${count} programmes here, which would be gone: make a backup of them (npm run backup), then say --replace.`,
      )
    const { header, tables, rows } = await restoreBackup(place, { path, passphrase })
    const off = await switchOffGoneBy(db, new Date(header.madeAt))
    say(`${rows} rows of ${tables} tables are back as they were at ${header.madeAt}.`)
    say(
      'What waited to be mailed then stands as “perhaps sent”: organisers see it under Posta and send again what is needed.',
    )
    if (off > 0)
      say(
        `${off} mails that go by themselves came due since and were switched off: organisers decide on them under Posta.`,
      )
  } finally {
    await db.$client.end({ timeout: 5 })
  }
}

runCommand(run)
