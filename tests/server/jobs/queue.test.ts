import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from '../../../server/database/client.ts'
import { startQueue, type Queue } from '../../../server/jobs/queue.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'

let place: TestDatabase
let db: Database
const queues: Queue[] = []
const errors: Error[] = []

const start = async () => {
  const queue = await startQueue(db, (error) => errors.push(error))
  queues.push(queue)
  return queue
}

beforeAll(async () => {
  place = await createTestDatabase()
  db = connect(place.url)
})
afterAll(async () => {
  for (const queue of queues) await queue.stop()
  await db.$client.end()
  await place.drop()
})

describe('the queue', () => {
  test('gives a job to the worker once its transaction has committed', async () => {
    const queue = await start()
    const seen: unknown[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    await queue.work('mail', async (data, { attempt }) => {
      seen.push({ data, attempt })
      resolve()
    })
    await db.transaction(async (tx) => {
      await queue.enqueue(tx, 'mail', { mailId: 'one' })
      expect(seen).toEqual([])
    })
    await promise
    expect(seen).toEqual([{ data: { mailId: 'one' }, attempt: 0 }])
    expect(errors).toEqual([])
  })

  test('forgets a job whose transaction was undone', async () => {
    const queue = await start()
    const undone = db.transaction(async (tx) => {
      await queue.enqueue(tx, 'run', { runId: 'never' })
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    const [{ waiting }] = await db.execute<{ waiting: number }>(
      sql`select count(*)::int as waiting from pgboss.job where name = 'run'`,
    )
    expect(waiting).toBe(0)
  })

  test('hands a job over to a second worker when the first one stops', async () => {
    const first = await start()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    await first.work('run', async (_, { signal }) => {
      begin()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
    })
    await db.transaction((tx) => first.enqueue(tx, 'run', { runId: 'two' }))
    await begun
    await first.stop()
    const second = await start()
    const { promise, resolve } = Promise.withResolvers<number>()
    await second.work('run', async (_, { attempt }) => resolve(attempt))
    expect(await promise).toBe(1)
  })
})
