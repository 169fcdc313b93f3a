import type { TestProject } from 'vitest/node'
import { buildPages } from '../../server/builds.ts'
import { startServer } from './server.ts'

/** For each worker a service with the sample programme, for all the journeys that it walks in a run. */
export default async function setup({ vitest }: TestProject) {
  await buildPages()
  const workers = Array.from({ length: vitest.config.maxWorkers })
  const servers = await Promise.all(workers.map(() => startServer({ LOG_LEVEL: 'warn' })))
  process.env.JOURNEY_SERVERS = servers.map(({ url }) => url).join(' ')
  return () => Promise.all(servers.map((server) => server.stop()))
}
