import type { Database } from '../database/client.ts'
import { isQuiet } from '../database/installation.ts'
import { sendDue } from '../features/letters/scheduled.ts'
import type { Post } from '../features/mail/service.ts'
import { log } from '../log.ts'
import { repeat } from './repeat.ts'

const LOOK_MS = 60_000

/** Sends mails whose time has come. Answers how to end it. */
export const watchScheduledMails = (services: Post & { db: Database }): (() => Promise<void>) =>
  repeat(
    LOOK_MS,
    async () => (await isQuiet(services.db)) || sendDue(services),
    (error) => log.error({ err: error }, 'looking for scheduled mails'),
  )
