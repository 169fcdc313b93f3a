import type { Config } from './config.ts'
import type { Database } from './database/client.ts'
import type { Queue } from './jobs/queue.ts'
import type { SolverPool } from './jobs/solver-pool.ts'

/** What a route is given to work with. */
export type Services = { config: Config; db: Database; queue: Queue; solver: SolverPool }

/** Each app has a pool of its own, unless it is given one. */
export type ServicesGiven = Omit<Services, 'solver'> & Partial<Services>
