import type { Locale } from '../../actor.ts'
import type { Config } from '../../config.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { say } from '../../messages.ts'
import { LETTER_KINDS, type LetterKind } from '../../schemas/letters.ts'
import type { HelperRole } from '../../schemas/programme.ts'
import type { Services } from '../../services.ts'
import { findProgramme } from '../events/repository.ts'
import { whoGetsCode } from '../identity/service.ts'
import { findWorkers } from './delivery.ts'
import {
  failWaiting,
  findContacts,
  findLastMails,
  findReachable,
  insertMail,
  type MailRow,
} from './repository.ts'

export type { Addressee } from './repository.ts'

export type NewMail = {
  /** Null for the sign-in code of somebody in no programme. */
  programmeId: string | null
  to: string
  kind: 'code' | 'test' | 'stand-in' | `invitation-${HelperRole}` | LetterKind
  subject: string
  /** Plain text; HIDDEN stands where the secret goes. */
  body: string
  html?: string
  replyTo?: string | null
  /** An iCalendar file that goes with it. */
  calendar?: string | null
  /** The token by which the reader says that they want no such mails. */
  choice?: string | null
  /** For whom of that mailbox it is. */
  personId?: string | null
  /** What writes it by itself, to each person once. */
  scheduledId?: string
  secret?: string
  /** Not sent after that. */
  expiresAt?: Date
}

/** What it takes to send. */
export type Post = Pick<Services, 'config' | 'queue'>

/** What the outbox shows instead of a secret. */
export const HIDDEN = '••••••'

/**
 * Writes a mail as part of the caller's transaction. With a mail server it leaves once that has committed;
 * without one, and from the sample programme always, it stays in the outbox for the organisers to read.
 */
export async function enqueueMail(tx: Transaction, services: Post, mail: NewMail): Promise<string> {
  const enqueue = await enqueueing(tx, services, mail.programmeId)
  return enqueue(mail)
}

/** The same for many mails of one programme: what holds for all of them is read once. */
export async function enqueueing(tx: Transaction, services: Post, programmeId: string | null) {
  const programme = programmeId ? await findProgramme(tx, programmeId) : null
  const leaves = !programme?.sample && (await canSend(tx, services.config))
  return async (mail: NewMail): Promise<string> => {
    // A secret that nobody can be shown is not kept.
    const secret = leaves || programme?.sample ? (mail.secret ?? null) : null
    const state = leaves ? 'waiting' : 'kept'
    const mailId = await insertMail(tx, { ...rowOf(mail), secret, state })
    if (leaves) await services.queue.enqueue(tx, laneOf(mail), { mailId }, { priority: priorityOf(mail) })
    return mailId
  }
}

const rowOf = (mail: NewMail) => {
  const { programmeId, to, kind, subject, body, html, replyTo, calendar, choice, personId } = mail
  const { scheduledId, expiresAt } = mail
  const text = { subject, body, html, calendar }
  return { ...text, programmeId, to, kind, replyTo, choice, personId, scheduledId, expiresAt }
}

/** Codes wait behind nothing else, and what is written to one person not behind what goes to many. */
export const laneOf = ({ kind }: { kind: string }) =>
  kind === 'code' ? ('code' as const) : ('mail' as const)
const MANY: readonly string[] = LETTER_KINDS
const priorityOf = ({ kind }: NewMail) => (MANY.includes(kind) ? 0 : 1)

/**
 * Whether mails can leave: a mail server given to the workers alone is enough. Where no worker has looked for long, they
 * wait for one rather than to be left behind for ever.
 */
export async function canSend(reader: Reader, { smtpUrl, role }: Config): Promise<boolean> {
  if (smtpUrl !== null) return true
  if (role === 'all') return false
  const { looks, sends } = await findWorkers(reader)
  return sends || !looks
}

/** What bears a secret is asked for anew, as that is kept no longer; all else may be sent once more when nothing is under way. */
export const isResendable = ({ kind, state, error }: Pick<MailRow, 'kind' | 'state' | 'error'>): boolean =>
  kind !== 'code' && kind !== 'coming' && state !== 'waiting' && state !== 'sending' && error !== 'withdrawn'

/** Of these kinds the last mail that went to each address. */
export const readLastMails = (reader: Reader, programmeId: string, kinds: NewMail['kind'][]) =>
  findLastMails(reader, programmeId, kinds)

/** Mails of a kind that have not left yet are not sent any more, as their addressee was taken out. */
export const withdrawMails = (
  tx: Transaction,
  mail: { programmeId: string } & Pick<NewMail, 'to' | 'kind'>,
) => failWaiting(tx, mail, 'withdrawn')

/** Mails a sign-in code, to whom is known. In the outbox it can be read only where the whole account is but a sample. */
export async function sendCode(
  services: Services,
  { email, code, expiresAt, locale }: { email: string; code: string; expiresAt: Date; locale: Locale },
): Promise<void> {
  const { isKnown, programmeId, timezone } = await whoGetsCode(services.db, email)
  if (!isKnown) return
  const until = expiresAt.toLocaleTimeString(locale, { timeStyle: 'short', timeZone: timezone })
  const values = { code: HIDDEN, until, url: services.config.publicUrl }
  await services.db.transaction((tx) =>
    enqueueMail(tx, services, {
      programmeId,
      to: email,
      kind: 'code',
      subject: say(locale, 'mail_code_subject'),
      body: say(locale, 'mail_code_body', values),
      secret: code,
      expiresAt,
    }),
  )
}

/** Everybody of a programme who can be written to. */
export const readReachable = (reader: Reader, programmeId: string) => findReachable(reader, programmeId)

/** Whom to write to for each participant of an event that can be reached. */
export const readContacts = (reader: Reader, eventId: string) => findContacts(reader, eventId)
