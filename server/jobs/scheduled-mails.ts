import type { Database } from '../database/client.ts'
import { isQuiet } from '../database/installation.ts'
import { sendDue } from '../features/letters/scheduled.ts'
import type { Post } from '../features/mail/service.ts'
import { log } from '../log.ts'

const LOOK_MS = 60_000

/** Sends mails whose time has come, at every start and every minute. Answers how to end it. */
export function watchScheduledMails(services: Post & { db: Database }): () => Promise<void> {
  let working: Promise<void> = Promise.resolve()
  const look = () =>
    void (working = working
      .then(async () => void ((await isQuiet(services.db)) || (await sendDue(services))))
      // What fails is tried again the next time.
      .catch((error: unknown) => log.error({ err: error }, 'looking for scheduled mails')))
  look()
  const timer = setInterval(look, LOOK_MS)
  return async () => {
    clearInterval(timer)
    await working
  }
}
