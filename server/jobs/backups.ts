import { eq, sql } from 'drizzle-orm'
import { forgetOldest, pathIn } from '../backups/directory.ts'
import { BackupError } from '../backups/format.ts'
import { writeBackup } from '../backups/write.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/client.ts'
import { readInstallation } from '../database/installation.ts'
import type { Place } from '../database/place.ts'
import { installations } from '../database/schema.ts'
import { log } from '../log.ts'
import { repeat } from './repeat.ts'

const LOOK_MS = 10 * 60_000
const HOUR_MS = 60 * 60_000
/** Of all processes one at a time: an arbitrary number names that lock. */
const LOCK = 7_203_119

type Services = { db: Database; place: Place; config: Config }

/** Makes a backup whenever the newest is too old. Answers how to end it. */
export const watchBackups = (services: Services): (() => Promise<void>) =>
  repeat(
    LOOK_MS,
    () => backUpIfDue(services),
    (error) => log.error({ err: error }, 'a backup'),
  )

/** False where it was not the time, or somebody else's turn. */
export async function backUpIfDue({ db, place, config }: Services): Promise<boolean> {
  const { everyHours, directory, keep, passphrase } = config.backups
  if (everyHours === null) return false
  return db.transaction(async (tx) => {
    const [{ ours }] = await tx.execute<{ ours: boolean }>(
      sql`select pg_try_advisory_xact_lock(${LOCK}) as ours`,
    )
    if (!ours) return false
    // Not within: whoever changes the tables meanwhile would wait for us, and we for them.
    const { backedUpAt } = await readInstallation(db)
    // A little early rather than ever later.
    const due = (backedUpAt?.getTime() ?? 0) + everyHours * HOUR_MS - LOOK_MS / 2
    if (Date.now() < due) return false
    const note = (news: Partial<typeof installations.$inferInsert>) =>
      db.update(installations).set(news).where(eq(installations.id, 1))
    try {
      const { madeAt } = await writeBackup(place, pathIn(directory, new Date()), passphrase)
      await note({ backedUpAt: new Date(madeAt), backupFault: null })
    } catch (error) {
      await note({ backupFault: error instanceof BackupError ? error.message : 'see the log' })
      throw error
    }
    await forgetOldest(directory, keep)
    return true
  })
}
