import { and, count, desc, eq, gt, ilike, inArray, lt, or, sql, type SQL } from 'drizzle-orm'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { mails, mailWorkers, people, type MailTry } from '../../database/schema.ts'
import { jobs } from '../../queue.ts'
import type { MailRow } from './repository.ts'

/** What became of mails, in tables: their way to the mail server, and the log of it. */

export type MailEnd =
  | { state: 'sent'; sentAt: Date }
  | { state: 'perhaps' }
  /** Said in our words under `mail_failed_…`. */
  | { state: 'failed'; error: string }

const withTry = (tried: MailTry | undefined) =>
  tried ? { tries: sql`${mails.tries} || ${JSON.stringify([tried])}::jsonb` } : {}

/** The end of a mail's way, unless somebody sends it again; its secret has served. */
export async function endMail(db: Reader, { id }: MailRow, end: MailEnd, tried?: MailTry): Promise<void> {
  await db
    .update(mails)
    .set({ error: null, ...end, ...withTry(tried), nextAt: null, secret: null })
    .where(eq(mails.id, id))
}

/** From here on nobody knows whether it left, until the mail server has answered. False where it must not leave any more. */
export async function beginMail(db: Database, id: string): Promise<boolean> {
  const begun = await db
    .update(mails)
    .set({ state: 'sending' })
    .where(and(eq(mails.id, id), eq(mails.state, 'waiting')))
    .returning({ id: mails.id })
  return begun.length > 0
}

export async function retryMail(tx: Transaction, { id }: MailRow, nextAt: Date, tried: MailTry) {
  await tx
    .update(mails)
    .set({ state: 'waiting', nextAt, ...withTry(tried) })
    .where(and(eq(mails.id, id), inArray(mails.state, ['waiting', 'sending'])))
}

/** Under way, but no job waits or works for them; none of them twice, whoever else looks at this moment. */
export const findLostMails = (tx: Transaction): Promise<MailRow[]> =>
  tx
    .select()
    .from(mails)
    .where(
      and(
        inArray(mails.state, ['waiting', 'sending']),
        sql`not exists (select 1 from ${jobs()} job where job.name in ('mail', 'code')
          and job.data ->> 'mailId' = ${mails.id}::text and job.state in ('created', 'retry', 'active'))`,
      ),
    )
    .for('update', { skipLocked: true })

/** A person sends it once more: the same mail, by its id too. */
export async function reopenMail(tx: Transaction, { id }: MailRow): Promise<void> {
  const again: MailTry = { at: new Date().toISOString(), outcome: 'again', words: '' }
  await tx
    .update(mails)
    .set({ state: 'waiting', error: null, nextAt: null, ...withTry(again) })
    .where(eq(mails.id, id))
}

// --- Who sends ----------------------------------------------------------------------------------

/** So long without a look, and nobody looks. */
const SILENT_MS = 2 * 60_000

export async function noteWorker(db: Database, id: string, sends: boolean): Promise<void> {
  const lookedAt = sql`now()`
  await db
    .insert(mailWorkers)
    .values({ id, sends, lookedAt })
    .onConflictDoUpdate({ target: mailWorkers.id, set: { lookedAt } })
  await db.delete(mailWorkers).where(lt(mailWorkers.lookedAt, sql`now() - interval '30 days'`))
}

/** Whether processes look after mails at this moment, whether one of them can send, and when one that can last did. */
export async function findWorkers(reader: Reader) {
  const lately = sql`${mailWorkers.lookedAt} > now() - ${`${SILENT_MS} milliseconds`}::interval`
  const [row] = await reader
    .select({
      looks: sql<boolean>`coalesce(bool_or(${lately}), false)`,
      sends: sql<boolean>`coalesce(bool_or(${lately} and ${mailWorkers.sends}), false)`,
      lastAt: sql<string | null>`max(${mailWorkers.lookedAt}) filter (where ${mailWorkers.sends})`,
    })
    .from(mailWorkers)
  return { ...row, lastAt: row.lastAt === null ? null : new Date(row.lastAt) }
}

// --- The log ------------------------------------------------------------------------------------

export type MailSearch = { programmeId: string; words: string; state: MailRow['state'][] | null }
export type MailFound = MailRow & { name: string | null }

export const PAGE = 50

/** Under the address one may know a person by name. Drizzle leaves out the tables of columns selected from one alone. */
const nameOfAddress = sql<string | null>`(
  select string_agg(distinct nullif(concat_ws(' ', nullif(one.first_name, ''), nullif(one.last_name, '')), ''), ', ')
  from ${people} one where one.programme_id = mails.programme_id and one.email = mails."to")`

/** Newest first, after the one with that id. */
export async function findMails(
  reader: Reader,
  search: MailSearch,
  after: string | null,
): Promise<MailFound[]> {
  const last = after ? sql`(select created_at, id from mails where id = ${after})` : null
  const rows = await reader
    .select({ mail: mails, name: nameOfAddress })
    .from(mails)
    .where(
      and(
        matching(search),
        search.state ? inArray(mails.state, search.state) : undefined,
        last ? sql`(${mails.createdAt}, ${mails.id}) < ${last}` : undefined,
      ),
    )
    .orderBy(desc(mails.createdAt), desc(mails.id))
    .limit(PAGE + 1)
  return rows.map(({ mail, name }) => ({ ...mail, name }))
}

/** How many there are of each state. */
export async function countMails(reader: Reader, search: MailSearch) {
  const rows = await reader
    .select({ state: mails.state, n: count() })
    .from(mails)
    .where(matching(search))
    .groupBy(mails.state)
  return new Map(rows.map(({ state, n }) => [state, n]))
}

function matching({ programmeId, words }: MailSearch): SQL | undefined {
  const each = words
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const like = `%${word.replace(/[\\%_]/g, String.raw`\$&`)}%`
      return or(
        ilike(mails.to, like),
        ilike(mails.subject, like),
        sql`${nameOfAddress} ilike ${like}`,
        sql`${mails.tries}::text ilike ${like}`,
      )
    })
  return and(eq(mails.programmeId, programmeId), ...each)
}

/** Codes that nobody sent in their time: nothing of them is kept. */
export async function blankSecrets(db: Database): Promise<void> {
  await db
    .update(mails)
    .set({ secret: null, state: 'failed', error: 'late', nextAt: null })
    .where(and(eq(mails.state, 'waiting'), lt(mails.expiresAt, new Date()), gt(mails.secret, '')))
}
