import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import * as schema from '../../server/database/schema.ts'
import { PERSONAL_FIELDS } from '../../server/privacy.ts'

const tables = Object.values(schema).flatMap((one): PgTable[] => (is(one, PgTable) ? [one] : []))
const columnsOf = (table: PgTable) => Object.keys(getTableColumns(table)).toSorted()

/** Tables that tell of somebody: those that refer to a person, an account or a participant, and what they are about. */
const ABOUT_PEOPLE = ['people', 'users', 'participants', 'hosts']
/** What refers to people too, and says nothing of them but what was done or planned: the log, runs, seats, pairs. */
const OF_THE_PLAN = ['accounts', 'candidates', 'changes', 'disruptions', 'meeting_seats', 'runs']

test('every column of the tables of people stands in the register of personal fields, and none that is no more', () => {
  for (const table of tables.filter((one) => getTableName(one) in PERSONAL_FIELDS))
    expect([getTableName(table), Object.keys(PERSONAL_FIELDS[getTableName(table)]).toSorted()]).toEqual([
      getTableName(table),
      columnsOf(table),
    ])
  const known = new Set(tables.map(getTableName))
  expect(Object.keys(PERSONAL_FIELDS).filter((name) => !known.has(name))).toEqual([])
})

test('a table that refers to people is in the register, or among those of the plan', () => {
  const refers = (table: PgTable) =>
    getTableConfig(table).foreignKeys.some((key) =>
      ABOUT_PEOPLE.includes(getTableName(key.reference().foreignTable)),
    )
  const names = tables.filter(refers).map(getTableName)
  expect(names.filter((name) => !(name in PERSONAL_FIELDS)).toSorted()).toEqual(OF_THE_PLAN)
})

test('every personal field has somebody who sees it, or is a secret of the service', () => {
  const fields = Object.values(PERSONAL_FIELDS).flatMap((columns) => Object.values(columns))
  const unseen = fields.filter((field) => field?.seenBy.length === 0)
  expect(new Set(unseen.map((field) => field?.purpose))).toEqual(new Set(['sign-in', 'notify']))
})
