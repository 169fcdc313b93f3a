import { userIdOf } from '../../actor.ts'
import type { Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { say, sayInLine } from '../../messages.ts'
import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type { Services } from '../../services.ts'
import { write, type Call } from '../../write.ts'
import { findProgramme } from '../events/repository.ts'
import { readAddress } from '../identity/service.ts'
import { reopenMail } from './delivery.ts'
import { findMail } from './repository.ts'
import { canSend, enqueueMail, isResendable, laneOf } from './service.ts'

/** Sends a mail once more: the same one, so that a mailbox which has it already need not show it twice. */
export async function resendMail(services: Services, call: Call, mailId: string): Promise<Written> {
  const owner = async (tx: Transaction) => (await findMail(tx, mailId))?.programmeId ?? null
  return write(services.db, call, owner, async ({ tx, programmeId, call, record }) => {
    allow(call.actor, 'mail.send', { programmeId })
    const mail = await findMail(tx, mailId)
    if (!mail) throw notFound()
    if (!isResendable(mail)) throw new DomainError('mail-not-again')
    await refuseUnsendable(tx, services, programmeId)
    await reopenMail(tx, mail)
    await services.queue.enqueue(tx, laneOf(mail), { mailId }, { priority: 1 })
    await record({ type: 'mail.resent', payload: { mailId } })
    return { id: mailId }
  })
}

/** To oneself: whether mails leave, and how they arrive. */
export async function sendTestMail(services: Services, call: Call, programmeId: string): Promise<Written> {
  return write(services.db, call, programmeId, async ({ tx, call, record }) => {
    allow(call.actor, 'mail.send', { programmeId })
    const programme = await refuseUnsendable(tx, services, programmeId)
    const to = await readAddress(tx, userIdOf(call.actor) ?? '')
    if (to === null) throw notFound()
    const { locale } = call.actor
    const id = await enqueueMail(tx, services, {
      ...{ programmeId, to, kind: 'test' },
      subject: sayInLine(locale, 'mail_test_subject', { programme: programme.name }),
      body: say(locale, 'mail_test_body', { programme: programme.name, url: services.config.publicUrl }),
    })
    await record({ type: 'mail.tested', payload: {} })
    return { id }
  })
}

async function refuseUnsendable(tx: Transaction, { config }: Services, programmeId: string) {
  const programme = await findProgramme(tx, programmeId)
  if (!programme) throw notFound()
  if (programme.sample) throw new DomainError('mail-sample')
  if (!(await canSend(tx, config))) throw new DomainError('mail-off')
  return programme
}
