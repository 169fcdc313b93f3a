import type { Config } from '../config.ts'
import type { Database } from '../database/client.ts'
import { workMails } from './mail.ts'
import { workPushes } from './push.ts'
import type { Queue } from '../queue.ts'
import { workRuns } from './solve.ts'
import { workNotices } from './tell.ts'

/** What this process does beside answering requests. */
export async function startWorkers(queue: Queue, services: { config: Config; db: Database }): Promise<void> {
  await workMails(queue, services)
  await workPushes(queue, services)
  await workNotices(queue, services)
  await workRuns(queue, services)
}
