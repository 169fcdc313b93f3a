import { eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeError } from '../../../server/log.ts'
import { connect, type Database, type Reader } from '../../../server/database/client.ts'
import { programmes } from '../../../server/database/schema.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'

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

/** What the only connection of a client keeps of statements that look so. */
const kept = async ({ $client }: Database, pattern: string) => {
  const rows = await $client`select statement from pg_prepared_statements where statement like ${pattern}`
  return rows.length
}

test('a statement is kept once however often it runs, inside transactions too; one of many values is not', async () => {
  const one = connect(place.url, 1)
  const byId = (reader: Reader, n: number) =>
    reader
      .select()
      .from(programmes)
      .where(eq(programmes.name, `${n}`))
  for (let n = 0; n < 3; n++) await byId(one, n)
  await one.transaction((tx) => byId(tx, 3))
  await one.transaction((tx) => tx.transaction((inner) => byId(inner, 4)))
  expect(await kept(one, '%"programmes"."name" = $1%')).toBe(1)
  const names = Array.from({ length: 20 }, (_, n) => `${n}`)
  await one.select().from(programmes).where(inArray(programmes.name, names))
  expect(await kept(one, '%"programmes"."name" in (%')).toBe(0)
  await one.$client.end()
})
