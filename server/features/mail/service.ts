import type { Locale } from '../../actor.ts'
import type { Config } from '../../config.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { say } from '../../messages.ts'
import { APPLICATION_LETTERS, isNews, LETTER_KINDS } from '../../schemas/letters.ts'
import { HELPER_ROLES } from '../../schemas/programme.ts'
import type { Services } from '../../services.ts'
import { findProgramme, type ProgrammeRow } from '../events/repository.ts'
import { whoGetsCode } from '../identity/service.ts'
import { findWorkers } from './delivery.ts'
import {
  failWaiting,
  findContacts,
  findLastMails,
  findReachable,
  findWaiting,
  insertMails,
  replaceWaiting,
  type MailRow,
} from './repository.ts'

export type { Addressee } from './repository.ts'

/** All that this service writes. */
export const MAIL_KINDS = [
  ...(['code', 'test', 'stand-in'] as const),
  ...HELPER_ROLES.map((role) => `invitation-${role}` as const),
  ...LETTER_KINDS,
  ...APPLICATION_LETTERS,
]
export type MailKind = (typeof MAIL_KINDS)[number]

export type NewMail = {
  /** Null for the sign-in code of somebody in no programme. */
  programmeId: string | null
  to: string
  kind: MailKind
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
  const [id] = await enqueueMails(tx, services, mail.programmeId, [mail])
  return id
}

/** Many of one programme. */
export async function enqueueMails(
  tx: Transaction,
  services: Post,
  programmeId: string | null,
  written: NewMail[],
): Promise<string[]> {
  const programme = programmeId ? await findProgramme(tx, programmeId) : null
  const leaves = !programme?.sample && (await canSend(tx, services.config))
  const state = leaves ? ('waiting' as const) : ('kept' as const)
  const rows = written.map((mail) => {
    // A secret that nobody can be shown is not kept.
    const secret = leaves || programme?.sample ? (mail.secret ?? null) : null
    return { ...rowOf(mail), secret, state }
  })
  const ids = await insertMails(tx, rows)
  if (leaves)
    for (const lane of LANES) {
      const jobs = ids.flatMap((mailId, index) => {
        const mail = written[index]
        return laneOf(mail) === lane ? { data: { mailId }, priority: priorityOf(mail) } : []
      })
      await services.queue.enqueueAll(tx, lane, jobs)
    }
  return ids
}

const rowOf = (mail: NewMail) => {
  const { programmeId, to, kind, subject, body, html, replyTo, calendar, choice, personId } = mail
  const { scheduledId, expiresAt } = mail
  const text = { subject, body, html, calendar }
  return { ...text, programmeId, to, kind, replyTo, choice, personId, scheduledId, expiresAt }
}

/** Codes wait behind nothing else; what is written to one person, or is news of their day, not behind what goes to many. */
export const LANES = ['code', 'mail'] as const
export const laneOf = ({ kind }: { kind: string }): (typeof LANES)[number] =>
  kind === 'code' ? 'code' : 'mail'
const MANY: readonly string[] = LETTER_KINDS.filter((kind) => !isNews(kind))
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

/** The addressee was taken out, or a later one says how things are. */
const isOutdated = (error: string | null) => error === 'withdrawn' || error === 'replaced'

/** What bears a secret is asked for anew, as that is kept no longer; all else may be sent once more when nothing is under way. */
export const isResendable = ({ kind, state, error }: Pick<MailRow, 'kind' | 'state' | 'error'>): boolean =>
  kind !== 'code' && kind !== 'coming' && state !== 'waiting' && state !== 'sending' && !isOutdated(error)

/** Of these kinds the last mail that went to each address. */
export const readLastMails = (reader: Reader, programmeId: string, kinds: NewMail['kind'][]) =>
  findLastMails(reader, programmeId, kinds)

/** Mails of a kind that have not left yet are not sent any more, as their addressee was taken out. */
export const withdrawMails = (
  tx: Transaction,
  mail: { programmeId: string } & Pick<NewMail, 'to' | 'kind'>,
) => failWaiting(tx, mail, 'withdrawn')

/**
 * What still waits to tell these people of their agenda is not sent any more, as a later mail says how it is by now and
 * must not be overtaken. Which event it is about is told by the meetings of its calendar.
 */
export async function replaceNews(
  tx: Transaction,
  { programmeId, personIds, pairs }: { programmeId: string; personIds: string[]; pairs: Set<string> },
): Promise<void> {
  const waiting = await findWaiting(tx, programmeId, LETTER_KINDS.filter(isNews), personIds)
  const pairsIn = (calendar: string | null) =>
    [...(calendar ?? '').matchAll(/^UID:([\da-f-]{36})@/gm)].map(([, id]) => id)
  const same = waiting.filter(({ calendar }) => pairsIn(calendar).some((id) => pairs.has(id)))
  await replaceWaiting(
    tx,
    same.map(({ id }) => id),
  )
}

/**
 * Mails a sign-in code, to whom is known; for an open call, to anybody. In the outbox it can be read only where the whole
 * account is but a sample.
 */
export async function sendCode(
  services: Services,
  { email, code, expiresAt, locale, call }: CodeMail,
): Promise<void> {
  const known = await whoGetsCode(services.db, email)
  if (!known.isKnown && !call) return
  const { programmeId, timezone } =
    call && !(call.sample && known.isKnown) ? { ...call, programmeId: call.id } : known
  const until = expiresAt.toLocaleTimeString(locale, { timeStyle: 'short', timeZone: timezone })
  const url = services.config.publicUrl + (call ? `/bando/${call.id}` : '')
  const values = { code: HIDDEN, until, url }
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

type CodeMail = {
  email: string
  code: string
  expiresAt: Date
  locale: Locale
  /** Whose open call it lets them apply to. */
  call?: Pick<ProgrammeRow, 'id' | 'sample' | 'timezone'>
}

/** Everybody of a programme who can be written to. */
export const readReachable = (reader: Reader, programmeId: string) => findReachable(reader, programmeId)

/** Whom to write to for each participant of an event that can be reached. */
export const readContacts = (reader: Reader, eventId: string) => findContacts(reader, eventId)

/** Whom to write to for one of them; null where nobody can be reached. */
export const readContact = async (reader: Reader, { id, eventId }: { id: string; eventId: string }) =>
  (await findContacts(reader, eventId, id)).get(id) ?? null
