import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { connect, type Database } from '../../server/database/client.ts'
import { participants, programmes } from '../../server/database/schema.ts'
import { startQueue } from '../../server/queue.ts'
import { until } from './client.ts'
import { createTestDatabase } from './database.ts'
import { readerOf, signedIn } from './people.ts'

type Headers = Record<string, string>
type Reply<T> = { status: number; body: T }

/** Somebody who sends requests. */
export type Sender = {
  cookie: string
  send<T = Record<string, never>>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    headers?: Headers,
  ): Promise<Reply<T>>
}

/** The service on a database of its own, in this process. */
export async function openStage(env: Record<string, string> = {}) {
  const place = await createTestDatabase()
  const db = connect(place.url)
  const queue = await startQueue(db)
  const SECRET = 'a secret of at least thirty-two characters'
  const config = readConfig({ SECRET, LOG_LEVEL: 'fatal', ...env })
  const app = await buildApp({ config, db, queue })
  // While a busy machine still loads the code, the service asks everybody to come back.
  await until('the service is ready', async () => (await app.inject('/api/v1/me')).statusCode !== 503)
  const close = async () => {
    await app.close()
    await queue.stop()
    await db.$client.end()
    await place.drop()
  }
  const reader = async (email: string) => sender(app, await readerOf(app, email))
  const programme = (name: string) => stagedProgramme(app, db, name)
  return { app, db, queue, config, close, nobody: sender(app), reader, programme }
}

export function sender(app: FastifyInstance, cookie = ''): Sender {
  return {
    cookie,
    async send(method, path, body, headers = {}) {
      const payload = body === undefined ? {} : { payload: body }
      const request = { method, url: `/api/v1${path}`, headers: { cookie, ...headers }, ...payload }
      const response = await app.inject(request)
      return { status: response.statusCode, body: response.json() }
    },
  }
}

/** A programme with its organiser; people and events are added through the API, as organisers do. */
async function stagedProgramme(app: FastifyInstance, db: Database, name: string) {
  const [{ id }] = await db.insert(programmes).values({ name }).returning({ id: programmes.id })
  const organiser = sender(app, (await signedIn(app, { role: 'organiser', programmeId: id })).cookie)
  const added = async (path: string, body: object) => {
    const reply = await organiser.send<{ id: string }>('POST', `/programmes/${id}/${path}`, body)
    if (reply.status !== 200) throw new Error(`${path}: ${JSON.stringify(reply)}`)
    return reply.body.id
  }
  return {
    id,
    organiser,
    camp: (title = 'Camp') =>
      added('events', { kind: 'camp', title, date: '2030-05-10', grid: GRID, tables: 4 }),
    async project(input: object = {}) {
      const projectId = await added('projects', { name: `Progetto ${randomUUID().slice(0, 4)}`, ...input })
      const { cookie } = await signedIn(app, { role: 'project', programmeId: id, projectId })
      return { id: projectId, ...sender(app, cookie) }
    },
    async host(input: object = {}) {
      const body = {
        lastName: 'Referente',
        organisation: `Ente ${randomUUID().slice(0, 4)}`,
        kind: 'foundation',
      }
      const hostId = await added('hosts', { ...body, ...input })
      const { cookie } = await signedIn(app, { role: 'host', programmeId: id, hostId })
      return { id: hostId, ...sender(app, cookie) }
    },
    async participant(eventId: string, of: string) {
      const rows = await db.select().from(participants)
      const found = rows.find((row) => row.eventId === eventId && (row.projectId === of || row.hostId === of))
      if (!found) throw new Error(`${of} takes no part in ${eventId}`)
      return found.id
    },
  }
}
export type StagedProgramme = Awaited<ReturnType<typeof stagedProgramme>>

export const GRID = { slotMinutes: 20, changeoverMinutes: 5, blocks: [{ start: '09:00', slots: 4 }] }
