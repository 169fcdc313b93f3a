import { buildPages } from '../../server/builds.ts'
import { startServer } from './server.ts'

/** One service with the sample programme, for all the journeys of a run. */
export default async function setup() {
  await buildPages()
  const server = await startServer({ LOG_LEVEL: 'warn' })
  process.env.JOURNEY_SERVER = server.url
  return () => server.stop()
}
