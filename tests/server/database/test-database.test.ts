import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../support/database.ts'

test('two test databases share nothing and are gone once dropped', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
  const sql = postgres(one.url, { max: 1 })
  await sql`create table mine (id int)`
  const elsewhere = postgres(other.url, { max: 1 })
  expect(await elsewhere`select from information_schema.tables where table_name = 'mine'`).toHaveLength(0)
  await Promise.all([sql.end(), elsewhere.end()])
  await Promise.all([one.drop(), other.drop()])
  const gone = postgres(one.url, { max: 1 })
  await expect(gone`select 1`).rejects.toThrow(/does not exist/)
  await gone.end()
})
