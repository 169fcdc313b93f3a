import { buildPages, buildService } from '../../server/builds.ts'
import { SECRET } from './crowd.ts'
import { createTestDatabase } from './database.ts'
import { freePort, startServer, type RunningServer } from './server.ts'

/** A database with the sample programme, as the service makes it at its first start; nobody connects to it. */
export const SAMPLE_TEMPLATE = 'SAMPLE_TEMPLATE'

/** The real service, from its one file as `npm start` runs it, with a sample programme of its own. */
export async function startSample(env: Record<string, string> = {}): Promise<RunningServer> {
  const database = await createTestDatabase(process.env[SAMPLE_TEMPLATE])
  const server = await startOn(database.url, env)
  return {
    ...server,
    async stop() {
      await server.stop()
      await database.drop()
    },
  }
}

/** Makes what samples are copies of, and answers its name. */
export async function makeSampleTemplate(): Promise<string> {
  await buildPages()
  const database = await createTestDatabase()
  const server = await startOn(database.url)
  await server.stop()
  return new URL(database.url).pathname.slice(1)
}

async function startOn(databaseUrl: string, env: Record<string, string> = {}) {
  const port = await freePort()
  const place = { DATABASE_URL: databaseUrl, PUBLIC_URL: `http://localhost:${port}`, PORT: String(port) }
  const settings = { SAMPLE: '1', SECRET, LOG_LEVEL: 'warn', ...place, ...env }
  return startServer(settings, [process.execPath, await buildService()])
}
