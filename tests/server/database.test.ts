import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeError } from '../../server/app.ts'
import { connect, type Database } from '../../server/database/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let place: TestDatabase
let db: Database
beforeAll(async () => {
  place = await createTestDatabase()
  db = connect(place.url, 2)
})
afterAll(async () => {
  await db.$client.end()
  await place.drop()
})

test('the log tells of a failed query without its values', async () => {
  const error: Error = await db.execute(sql`select ${'a secret'}::integer`).then(
    () => new Error('it did not fail'),
    (failed) => failed,
  )
  const told = JSON.stringify(describeError(error))
  expect(told).toContain('22P02')
  expect(JSON.stringify({ message: error.message })).toContain('a secret')
  expect(JSON.stringify(describeError(Object.assign(error, { cause: new Error('gone') })))).not.toContain(
    'a secret',
  )
})
