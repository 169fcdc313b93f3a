import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { explain, LocalPostgresError } from './local-postgres-error.ts'

// Any number would do, as long as every version of Incontro uses the same.
const HOLD = 4_660_667_666

/**
 * Makes this process the only Incontro on a local database, until the returned function is called or the process ends
 * (the server itself lets go then, so a killed process blocks nobody). Retaken by itself when the database restarts.
 */
export async function holdDatabase(url: string): Promise<() => Promise<void>> {
  let released = false
  let retaking = false
  const onclose = () => void (released || retaking || retake())
  const sql = postgres(url, { max: 1, idle_timeout: 0, max_lifetime: null, backoff: () => 0.1, onclose })
  const take = async () => {
    const [{ taken }] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${HOLD}::bigint) as taken`
    return taken
  }
  const retake = async () => {
    retaking = true
    while (!released && !(await take().catch(() => false))) await sleep(100, null, { ref: false })
    retaking = false
  }
  const release = async () => {
    released = true
    await sql.end({ timeout: 2 })
  }
  const taken = await take().catch((error) => explain(String(error), 'the local database'))
  if (taken === true) return release
  await release()
  if (taken) throw taken
  throw new LocalPostgresError(
    'Incontro is already running on this data directory: use that one, or stop it first, or choose another data directory.',
  )
}
