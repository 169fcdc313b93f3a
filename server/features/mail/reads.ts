import { isQuiet } from '../../database/installation.ts'
import type { Config } from '../../config.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { MailsAsked, MailsView } from '../../schemas/mail.ts'
import type { Call } from '../../write.ts'
import { findProgramme } from '../events/repository.ts'
import { countMails, findMails, findWorkers, PAGE, type MailSearch } from './delivery.ts'
import { presentMail, stateOf } from './present.ts'
import { canSend } from './service.ts'

/** The log of a programme's mails: what was sought for, a page of it. */
export async function readMails(
  reader: Reader,
  { actor }: Call,
  programmeId: string,
  { search = '', state, after }: MailsAsked,
  config: Config,
): Promise<MailsView> {
  const programme = await findProgramme(reader, programmeId)
  if (!programme) throw notFound()
  allow(actor, 'mail.read', { programmeId })
  const states = state === 'waiting' ? (['waiting', 'sending'] as const) : state && [state]
  const sought: MailSearch = { programmeId, words: search, state: states ? [...states] : null }
  const [rows, counted, post] = await Promise.all([
    findMails(reader, sought, after ?? null),
    countMails(reader, sought),
    readPost(reader, config, programme.sample),
  ])
  const shown = rows.slice(0, PAGE)
  const counts = { waiting: 0, sent: 0, perhaps: 0, kept: 0, failed: 0 }
  for (const [state, n] of counted) counts[stateOf({ state })] += n
  return {
    ...post,
    mails: shown.map((mail) => presentMail(mail, actor.locale, programme.sample)),
    more: rows.length > PAGE ? shown[PAGE - 1].id : null,
    counts,
  }
}

async function readPost(
  reader: Reader,
  config: Config,
  sample: boolean,
): Promise<Pick<MailsView, 'post' | 'lookedAt'>> {
  if (sample) return { post: 'sample', lookedAt: null }
  const [leaves, { sends, lastAt }] = await Promise.all([canSend(reader, config), findWorkers(reader)])
  const lookedAt = lastAt?.toISOString() ?? null
  if (!leaves) return { post: 'none', lookedAt }
  if (await isQuiet(reader)) return { post: 'quiet', lookedAt }
  return { post: sends ? 'sends' : 'silent', lookedAt }
}
