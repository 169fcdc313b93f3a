import type { Actor, Locale } from '../../actor.ts'
import type { Config } from '../../config.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { say, sayInLine } from '../../messages.ts'
import { HELPER_ROLES, type HelperRole } from '../../schemas/programme.ts'
import type { Services } from '../../services.ts'
import { presentMail } from '../mail/present.ts'
import { signInPage } from '../mail/links.ts'
import { enqueueMail, readLastMails, withdrawMails } from '../mail/service.ts'

/** Whom an invitation is for: once to a mailbox for each thing that they do. */
type Invited = { programmeId: string; email: string; role: HelperRole }
type Mail = Awaited<ReturnType<typeof readLastMails>>[number]
type Addressee = Invited & { name: string; language: Locale | null }

const kindOf = (role: HelperRole) => `invitation-${role}` as const

/** An address of a domain that cannot exist (RFC 2606) is nobody's, as those of the sample's people. */
export const isReachable = (email: string) => !email.endsWith('.invalid')

/** Tells somebody what they are asked to do and how they get in, as part of the caller's transaction. */
export async function invite(
  tx: Transaction,
  services: Services,
  { locale }: Actor,
  programme: { id: string; name: string },
  { email, role, name, language }: Addressee,
): Promise<void> {
  if (!isReachable(email)) return
  const values = { name, programme: programme.name, link: linkOf(services.config, programme.id, email, role) }
  await enqueueMail(tx, services, {
    programmeId: programme.id,
    to: email,
    kind: kindOf(role),
    subject: sayInLine(language ?? locale, `mail_helper_subject_${role}`, values),
    body: say(language ?? locale, `mail_helper_body_${role}`, values),
  })
}

/** The desk has a page a day: whoever signs in is led to the one that is on or comes next. */
const PAGES: Record<HelperRole, string | null> = { organiser: '/organizza', observer: '/osserva', desk: null }

const linkOf = (config: Config, programmeId: string, email: string, role: HelperRole) =>
  signInPage(config, email, PAGES[role] && `${PAGES[role]}/${programmeId}`)

/** The last invitation of each helper. */
export async function readInvitations(reader: Reader, programmeId: string) {
  const mails = await readLastMails(reader, programmeId, HELPER_ROLES.map(kindOf))
  return ({ email, role }: Pick<Invited, 'email' | 'role'>): Mail | null =>
    mails.find(({ to, kind }) => to === email && kind === kindOf(role)) ?? null
}

export function presentInvitation(mail: Mail, locale: Locale) {
  const { state, at, error } = presentMail(mail, locale, false)
  return { state, at, error }
}

const DAY = 24 * 60 * 60_000

/** Whether another one would be the second within a day. One that did not arrive does not count. */
export const isFresh = ({ state, createdAt }: Mail) =>
  state !== 'failed' && Date.now() - createdAt.getTime() < DAY

/** What waits to be sent stays here: they are not asked any more. */
export const withdrawInvitation = (tx: Transaction, { programmeId, email, role }: Invited): Promise<void> =>
  withdrawMails(tx, { programmeId, to: email, kind: kindOf(role) })
