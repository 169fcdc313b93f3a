import type { Config } from '../config.ts'
import type { Database } from '../database/client.ts'
import { tellCollected } from '../features/publication/service.ts'
import type { Queue } from '../queue.ts'

/** Lets notices that were collected leave when their minute is over. */
export const workNotices = (queue: Queue, { config, db }: { config: Config; db: Database }): Promise<void> =>
  queue.work('tell', ({ eventId, dueAt }) => tellCollected({ config, queue }, db, eventId, dueAt))
