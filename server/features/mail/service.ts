import type { Locale } from '../../actor.ts'
import type { Config } from '../../config.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { say } from '../../messages.ts'
import { allow } from '../../policy.ts'
import type { MailsWritten, NewInvitations } from '../../schemas/mail.ts'
import type { HelperRole } from '../../schemas/programme.ts'
import type { Services } from '../../services.ts'
import { write, type Call } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { ofEvent, openEvent, type FoundEvent } from '../events/open.ts'
import { findProgramme } from '../events/repository.ts'
import { ensureMember, whoGetsCode } from '../identity/service.ts'
import { findWorkers } from './delivery.ts'
import {
  failWaiting,
  findContacts,
  findLastMails,
  findReachable,
  findUnanswered,
  hasChosen,
  insertMail,
  updateReminded,
  type Addressee,
  type MailRow,
} from './repository.ts'

export type NewMail = {
  /** Null for the sign-in code of somebody in no programme. */
  programmeId: string | null
  to: string
  kind:
    | 'code'
    | 'test'
    | 'invitation'
    | `invitation-${HelperRole}`
    | 'reminder'
    | 'coming'
    | 'stand-in'
    | 'publication'
  subject: string
  /** Plain text; HIDDEN stands where the secret goes. */
  body: string
  secret?: string
  /** Not sent after that. */
  expiresAt?: Date
}

/** What the outbox shows instead of a secret. */
export const HIDDEN = '••••••'

/**
 * Writes a mail as part of the caller's transaction. With a mail server it leaves once that has committed;
 * without one, and from the sample programme always, it stays in the outbox for the organisers to read.
 */
export async function enqueueMail(tx: Transaction, services: Services, mail: NewMail): Promise<string> {
  const programme = mail.programmeId ? await findProgramme(tx, mail.programmeId) : null
  const leaves = !programme?.sample && (await canSend(tx, services.config))
  // A secret that nobody can be shown is not kept.
  const secret = leaves || programme?.sample ? (mail.secret ?? null) : null
  const mailId = await insertMail(tx, { ...mail, secret, state: leaves ? 'waiting' : 'kept' })
  if (leaves) await services.queue.enqueue(tx, laneOf(mail), { mailId }, { priority: priorityOf(mail) })
  return mailId
}

/** Codes wait behind nothing else, and what is written to one person not behind what goes to many. */
export const laneOf = ({ kind }: { kind: string }) =>
  kind === 'code' ? ('code' as const) : ('mail' as const)
const MANY = ['invitation', 'reminder', 'coming', 'publication']
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

/** Opens the sign-in page with the address filled in, and leads on to a page or to where they begin; it is not a login. */
export const signInPage = ({ publicUrl }: Config, email: string, next: string | null): string =>
  `${publicUrl}/accedi?${new URLSearchParams({ email, ...(next && { next }) })}`

/** The same, leading on to whom the mail is for. */
export const signInLink = (config: Config, { email, projectId, hostId }: Addressee): string =>
  signInPage(config, email, projectId ? `/progetto/${projectId}/proposta` : `/referente/${hostId}/profilo`)

/** Whom to write to for each participant of an event that can be reached. */
export const readContacts = (reader: Reader, eventId: string) => findContacts(reader, eventId)

/** Makes those people members and tells them how to sign in. */
export async function sendInvitations(
  services: Services,
  call: Call,
  programmeId: string,
  chosen: NewInvitations,
): Promise<MailsWritten> {
  return write(services.db, call, programmeId, async ({ tx, call, record }) => {
    const programme = await findProgramme(tx, programmeId)
    if (!programme) throw notFound()
    allow(call.actor, 'mail.send', { programmeId })
    if (!(await hasChosen(tx, programmeId, chosen))) throw notFound()
    const people = await findReachable(tx, programmeId, chosen)
    for (const person of people) {
      await ensureMember(tx, { programmeId, ...person })
      await enqueueMail(tx, services, invitation(services.config, call, programme, person))
    }
    const projects = people.flatMap(({ projectId }) => projectId ?? [])
    const hosts = people.flatMap(({ hostId }) => hostId ?? [])
    await record({ type: 'invitations.sent', payload: { projects, hosts, invitations: people.length } })
    return { id: programmeId, mails: people.length }
  })
}

function invitation(
  config: Config,
  { actor }: Call,
  programme: { id: string; name: string },
  person: Addressee,
): NewMail {
  const locale = person.language ?? actor.locale
  const values = { name: person.who, programme: programme.name, link: signInLink(config, person) }
  return {
    programmeId: programme.id,
    to: person.email,
    kind: 'invitation',
    subject: say(locale, 'mail_invitation_subject', values),
    body: say(locale, 'mail_invitation_body', values),
  }
}

/** Reminds those participants who have not answered yet, and only them. */
export async function sendReminders(services: Services, call: Call, eventId: string): Promise<MailsWritten> {
  return write(services.db, call, ofEvent(eventId), async ({ tx, call, record }) => {
    const found = await openEvent(tx, call.actor, eventId, 'mail.send')
    const { event, programme } = found
    if (event.rehearsal) throw new DomainError('rehearsal')
    const people = await findUnanswered(tx, eventId)
    for (const person of people) {
      const { participantId: _, ...member } = person
      await ensureMember(tx, { programmeId: programme.id, ...member })
      await enqueueMail(tx, services, reminder(services.config, call, found, person))
    }
    const participants = people.map(({ participantId }) => participantId)
    await updateReminded(tx, participants, clockOf(programme))
    const payload = { participants, reminders: people.length }
    await record({ eventId: event.id, type: 'reminders.sent', payload })
    return { id: eventId, mails: people.length }
  })
}

function reminder(
  config: Config,
  { actor }: Call,
  { event, programme }: FoundEvent,
  person: Addressee,
): NewMail {
  const locale = person.language ?? actor.locale
  const until = event.replyBy?.toLocaleString(locale, {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: programme.timezone,
  })
  const link = signInLink(config, person)
  const values = { name: person.who, event: event.title, until: until ?? '', link }
  return {
    programmeId: programme.id,
    to: person.email,
    kind: 'reminder',
    subject: say(locale, 'mail_reminder_subject', values),
    body: say(locale, until ? 'mail_reminder_body_until' : 'mail_reminder_body', values),
  }
}
