import { and, eq, lt, sql, type SQL, type SQLChunk } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { keptRows, type RowStep } from '../../database/schema.ts'
import { DomainError } from '../../errors.ts'
import { refreshSeats, settleSeats } from '../participants/seats.ts'
import { COUNTING, keyOf, readRows, TABLE_NAMES, type Rows, type Scope } from './rows.ts'

/**
 * What a change of people finds and what it leaves, row by row, so that it can be taken back whole. It is kept apart
 * from the log, which holds nothing that people typed, and is forgotten after so many days.
 */
export type Kept = { steps: RowStep[]; subjectIds: string[] }
const EDIT_DAYS = 90
/** What was deleted is gone for good sooner. */
export const DELETED_DAYS = 30

export async function keeping(tx: Transaction, scope: Scope, act: () => Promise<unknown>): Promise<Kept> {
  const before = await readRows(tx, scope)
  await act()
  const steps = differences(before, await readRows(tx, scope))
  const { edited = {}, projects = [], hosts = [], organisations = [], schedules = [], events = [] } = scope
  const about = [edited.projects, edited.hosts, projects, hosts, organisations, schedules, events]
  return { steps, subjectIds: about.flatMap((ids) => ids ?? []) }
}

/** What the log keeps of it: that there is something to go back to. */
export const inverseOf = ({ steps }: Kept) => (steps.length > 0 ? { rows: steps.length } : null)

export async function insertKept(
  tx: Transaction,
  programmeId: string,
  seq: number,
  { steps, subjectIds }: Kept,
  days = EDIT_DAYS,
): Promise<void> {
  if (steps.length === 0) return
  const forgetAt = sql`now() + ${days} * interval '1 day'`
  await tx.insert(keptRows).values({ programmeId, seq, subjectIds, steps, forgetAt })
}

function differences(before: Rows, after: Rows): RowStep[] {
  return TABLE_NAMES.flatMap((table) => {
    const [old, now] = [before.get(table)!, after.get(table)!]
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
      const step = stepOf(table, old.get(id) ?? null, now.get(id) ?? null)
      return step ? [step] : []
    })
  })
}

type Row = RowStep['before']

function stepOf(table: string, before: Row, after: Row): RowStep | null {
  const row = (before ?? after)!
  const key = Object.fromEntries(keyOf(table).map((part) => [part, row[part]]))
  if (!before || !after) return { table, key, before, after }
  const changed = Object.keys(after).filter(
    (column) => !COUNTING.has(column) && !isSame(before[column], after[column]),
  )
  if (changed.length === 0) return null
  const only = (of: NonNullable<Row>) => Object.fromEntries(changed.map((column) => [column, of[column]]))
  return { table, key, before: only(before), after: only(after) }
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

/** The rows of a table that a change made, and that go when it is put back. */
export async function findAdded(
  tx: Transaction,
  programmeId: string,
  seq: number,
  table: string,
): Promise<string[]> {
  const which = and(eq(keptRows.programmeId, programmeId), eq(keptRows.seq, seq))
  const [kept] = await tx.select({ steps: keptRows.steps }).from(keptRows).where(which)
  const added = kept?.steps.filter((step) => step.table === table && step.before === null) ?? []
  return added.map(({ key }) => String(key['id']))
}

/** Puts back what a change found, unless somebody has changed the same since or it is too long ago. */
export async function putBack(tx: Transaction, programmeId: string, seq: number): Promise<void> {
  const which = and(eq(keptRows.programmeId, programmeId), eq(keptRows.seq, seq))
  const [kept] = await tx.delete(keptRows).where(which).returning()
  if (!kept) throw new DomainError('moved-on')
  for (const step of kept.steps) await expectUntouched(tx, step)
  await tx.execute(sql`set constraints all deferred`)
  // Organisations and people who came in stay until nobody stands for them any more: others may by now.
  const comes = kept.steps.filter(({ before }) => before !== null)
  const goes = kept.steps.filter(({ before, table }) => before === null && !BASES.has(table))
  try {
    for (const step of comes) await restoreRow(tx, step)
    for (const step of goes.toReversed()) await deleteRow(tx, step)
    await deleteIdle(tx, kept.steps)
    await settleSchedules(tx, kept.steps)
    await tx.execute(sql`set constraints all immediate`)
  } catch (error) {
    throw isIntegrity(error) ? new DomainError('moved-on') : error
  }
  await ringSessions(tx)
}

/** Organisations that came in with the change, where nobody else stands for them by now. */
async function deleteIdle(tx: Transaction, steps: RowStep[]): Promise<void> {
  const came = steps.filter(({ table, before }) => table === 'organisations' && before === null)
  for (const step of came)
    await tx.execute(sql`
      delete from organisations t where ${matches(step)}
        and not exists (select 1 from hosts where organisation_id = t.id)
        and not exists (select 1 from project_organisations where organisation_id = t.id)
        and not exists (select 1 from organisations twin where twin.merged_into_id = t.id)`)
}

/** What people's own pages learn of them meanwhile: nobody has changed it. */
const LEARNED = 'language'
const BASES = new Set(['organisations', 'people'])

/** A constraint in the way means that something else has taken the place, or that what it stood on is gone. */
function isIntegrity(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (/^23/.test((cause as { code?: string }).code ?? '')) return true
  return false
}

const matches = ({ table, key }: RowStep) =>
  sql.join(
    keyOf(table).map((part) => sql`t.${sql.identifier(part)} = ${key[part]}::uuid`),
    sql` and `,
  )

async function expectUntouched(tx: Transaction, step: RowStep): Promise<void> {
  if (step.before === null || (step.after === null && BASES.has(step.table))) return
  const [found] = await tx.execute<{ row: Record<string, unknown> }>(
    sql`select to_jsonb(t) as row from ${sql.identifier(step.table)} t where ${matches(step)}`,
  )
  const { after } = step
  const isKept = (column: string) => column === LEARNED || isSame(found.row[column], after![column])
  const isUntouched = after ? found !== undefined && Object.keys(after).every(isKept) : found === undefined
  if (!isUntouched) throw new DomainError('moved-on')
}

function restoreRow(tx: Transaction, step: RowStep) {
  const { before, after, table } = step
  const name = sql.identifier(table)
  const columns = Object.keys(before!).map((column) => sql.identifier(column))
  const given = sql`jsonb_populate_record(null::${name}, ${JSON.stringify(before)}::jsonb) r`
  const commas = (parts: SQLChunk[]) => sql.join(parts, sql`, `)
  if (!after)
    return tx.execute(sql`insert into ${name} (${commas(columns)})
      select ${commas(columns.map((column) => sql`r.${column}`))} from ${given} where ${stillHas(table)}
      on conflict (${commas(keyOf(table).map((part) => sql.identifier(part)))}) do nothing`)
  const sets = columns.map((column) => sql`${column} = r.${column}`)
  if (VERSIONED.has(table)) sets.push(sql`version = t.version + 1`)
  return tx.execute(sql`update ${name} t set ${commas(sets)} from ${given} where ${matches(step)}`)
}

/** What stood in a draft that has gone since went with it. */
const IN_SCHEDULES = new Set(['meetings', 'meeting_seats'])
const stillHas = (table: string): SQL =>
  IN_SCHEDULES.has(table) ? sql`exists (select 1 from schedules where id = r.schedule_id)` : sql`true`

/** Whoever has them open has to know that they are others now. */
const VERSIONED = new Set(['hosts', 'proposals', 'meetings'])

const deleteRow = (tx: Transaction, step: RowStep) =>
  tx.execute(sql`delete from ${sql.identifier(step.table)} t where ${matches(step)}`)

/** Schedules whose meetings came back are new to whoever has them open; seats know again who has to sit in them. */
async function settleSchedules(tx: Transaction, steps: RowStep[]): Promise<void> {
  const ids = steps.filter(({ table }) => table === 'meetings').map(({ key }) => key.id as string)
  const raised = await tx.execute<{ id: string }>(sql`
    update schedules set version = version + 1, changed_at = now() where not sealed and id in (
      select schedule_id from meetings
      where id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid))
    returning id`)
  const keysOf = (table: string, part: string) =>
    steps.filter((step) => step.table === table).map(({ key }) => key[part] as string)
  await settleSeats(
    tx,
    raised.map(({ id }) => id),
  )
  await refreshSeats(tx, keysOf('people', 'id'), keysOf('team_members', 'project_id'))
}

/** What was kept long enough, in all programmes. */
export async function forgetKeptRows(db: Database): Promise<void> {
  await db.delete(keptRows).where(lt(keptRows.forgetAt, sql`now()`))
}
