import { resolve } from 'node:path'
import { pathIn, sizeOf } from './backups/directory.ts'
import { checkBackup } from './backups/read.ts'
import { writeBackup } from './backups/write.ts'
import { openDatabase, runCommand, say, UsageError } from './command.ts'
import { readConfig } from './config.ts'

/**
 * `npm run backup`: writes a backup, also while the service runs, and reads it back. `npm run backup -- FILE` says where;
 * `npm run backup -- --check FILE` only reads one.
 */
async function run(words: string[]): Promise<void> {
  const [file, ...rest] = words.filter((word) => word !== '--check')
  const checks = words.includes('--check')
  if (rest.length > 0 || file?.startsWith('--') || (checks && !file))
    throw new UsageError(
      'Say where to write it, or nothing: npm run backup -- FILE. To read one again: npm run backup -- --check FILE',
    )
  const config = readConfig(process.env)
  const { directory, passphrase } = config.backups
  if (checks) {
    const { header, tables, rows } = await checkBackup(resolve(file), passphrase)
    return say(`${file} is whole: ${rows} rows of ${tables} tables, as they were at ${header.madeAt}.`)
  }
  const { place, close } = await openDatabase(config)
  try {
    const made = await writeBackup(place, file ? resolve(file) : pathIn(directory, new Date()), passphrase)
    say(
      `${made.path}\n${made.rows} rows of ${made.tables} tables, ${sizeOf(made.bytes)}, written and read back.`,
    )
    if (passphrase === null)
      say('Whoever has this file can read everything: keep it safe, or seal it with BACKUP_PASSPHRASE.')
    say(
      'To bring it back: npm run restore -- FILE. Keep SECRET (or DATA_DIR/secret) as well, so that everybody stays signed in.',
    )
  } finally {
    await close()
  }
}

runCommand(run)
