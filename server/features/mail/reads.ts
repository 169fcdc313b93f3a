import type { Config } from '../../config.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { MailsView } from '../../schemas/programme.ts'
import type { Call } from '../../write.ts'
import { findProgramme } from '../events/repository.ts'
import { presentMail } from './present.ts'
import { findMails } from './repository.ts'

/** The stored outbox of a programme. */
export async function readMails(
  reader: Reader,
  { actor }: Call,
  programmeId: string,
  config: Config,
): Promise<MailsView> {
  const programme = await findProgramme(reader, programmeId)
  if (!programme) throw notFound()
  allow(actor, 'mail.read', { programmeId })
  const rows = await findMails(reader, programmeId)
  return {
    smtp: config.smtpUrl !== null && !programme.sample,
    mails: rows.map((mail) => presentMail(mail, actor.locale, programme.sample)),
  }
}
