import type { Config } from './config.ts'
import type { Database } from './database/client.ts'
import type { Queue } from './jobs/queue.ts'

/** What a route is given to work with. */
export type Services = { config: Config; db: Database; queue: Queue }
