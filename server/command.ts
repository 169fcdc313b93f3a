import { BackupError } from './backups/format.ts'
import { ConfigError, type Config } from './config.ts'
import { LocalPostgresError, startLocalPostgres } from './database/local-postgres.ts'
import { migrateDatabase } from './database/migrate.ts'
import type { Place } from './database/place.ts'
import { prepareDatabase } from './database/prepare.ts'
import { explainDatabase } from './database/trouble.ts'
import { errorInWords } from './log.ts'

/** What the commands of an operator have in common: a database, one plain sentence where something is wrong, an end. */

export class UsageError extends Error {}

/** The embedded database goes on if the service runs on it; otherwise it stops with us. */
export async function openDatabase(config: Config): Promise<{ place: Place; close(): Promise<void> }> {
  if (config.database) {
    await prepareDatabase(config.database, console.error)
    return { place: config.database, close: async () => {} }
  }
  const local = await startLocalPostgres({ directory: config.dataDirectory })
  await migrateDatabase(local.url)
  return { place: local, close: local.adopted ? async () => {} : () => local.stop() }
}

export const say = (line: string) => void process.stdout.write(`${line}\n`)

export function runCommand(run: (words: string[]) => Promise<void>): void {
  run(process.argv.slice(2)).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${explain(error)}\n`)
      process.exit(1)
    },
  )
}

/** One plain sentence for what a person can mend. */
function explain(error: unknown): string {
  const isKnown = [UsageError, ConfigError, LocalPostgresError, BackupError].some(
    (kind) => error instanceof kind,
  )
  if (isKnown) return (error as Error).message
  return explainDatabase(error) ?? errorInWords(error)
}
