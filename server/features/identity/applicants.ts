import type { Locale } from '../../actor.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { CodeAsked } from '../../schemas/access.ts'
import type { Auth } from './auth.ts'
import type { Browser } from './browsers.ts'
import { askCode, checkCode } from './codes.ts'
import { deleteCode } from './codes-repository.ts'
import {
  addressOf,
  deleteApplicant,
  deleteApplicants,
  findSampleIds,
  insertMemberships,
  insertSession,
  insertUsers,
  nameApplicant,
  SESSION_DAYS,
  type UserRow,
} from './repository.ts'
import { endPlayAccess } from './service.ts'

type Programme = { id: string; sample: boolean; timezone: string }

/** A code to apply with goes to any address, known or not, so that nobody learns here which ones are. */
export async function askApplicantCode(
  db: Database,
  auth: Auth,
  { programme, email, locale }: { programme: Programme; email: string; locale: Locale },
): Promise<CodeAsked> {
  const { asked, mailing } = await askCode(db, email, auth.secret, programme.id)
  if (mailing) void auth.mailCode({ email: addressOf(email), ...mailing, locale, call: programme })
  return asked
}

export type Entry = {
  programmeId: string
  email: string
  code: string
  browser: Browser | null
  userAgent?: string
}

/** A right code is used up by one session, which stands for whoever reads the mailbox, an applicant from now on. */
export async function enterApplicant(
  db: Database,
  { secret }: Auth,
  { programmeId, browser, userAgent, ...tried }: Entry,
): Promise<{ token: string; days: number; email: string }> {
  const used = await checkCode(db, { ...tried, browser, secret, call: programmeId })
  const days = SESSION_DAYS.organising
  return db.transaction(async (tx) => {
    if (!(await deleteCode(tx, used))) throw new DomainError('code-invalid')
    const { id, email } = await ensureApplicant(tx, { programmeId, email: tried.email })
    return { token: await insertSession(tx, id, days, false, userAgent), days, email }
  })
}

/**
 * Whoever proves that they read a mailbox may apply in a programme: it becomes an account like any other. What is
 * theirs already stays theirs.
 */
export async function ensureApplicant(
  tx: Transaction,
  { programmeId, email: address }: { programmeId: string; email: string },
): Promise<UserRow> {
  const email = addressOf(address)
  const user = (await insertUsers(tx, [{ email, name: email }])).get(email) as UserRow
  const isSample = (await findSampleIds(tx, [programmeId])).length > 0
  if (!isSample) await endPlayAccess(tx, [user])
  await insertMemberships(tx, [
    { programmeId, userId: user.id, role: 'applicant', projectId: null, hostId: null },
  ])
  return user
}

/** How the log calls an applicant, unless the programme knows them by a name. */
export const callApplicant = (
  tx: Transaction,
  applicant: { programmeId: string; userId: string; name: string },
) => nameApplicant(tx, applicant)

/** Who is admitted stands for the project, and applies no more. */
export const endApplicant = (tx: Transaction, programmeId: string, userId: string) =>
  deleteApplicant(tx, programmeId, userId)

/** Those who have nothing to apply with any more and no page open; an account that nobody knows goes with it. */
export const forgetApplicants = (db: Database) => db.transaction((tx) => deleteApplicants(tx))
