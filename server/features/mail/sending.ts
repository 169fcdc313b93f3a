import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { MailsWritten, NewInvitations } from '../../schemas/mail.ts'
import type { Services } from '../../services.ts'
import { write, type Call } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import { findProgramme } from '../events/repository.ts'
import { ensureMember } from '../identity/service.ts'
import { composeMail } from './compose.ts'
import { findReachable, findUnanswered, hasChosen, updateReminded } from './repository.ts'
import { enqueueMail } from './service.ts'

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
      const about = { programme, kind: 'invitation', person } as const
      await enqueueMail(tx, services, await composeMail(tx, services, about))
    }
    const projects = people.flatMap(({ projectId }) => projectId ?? [])
    const hosts = people.flatMap(({ hostId }) => hostId ?? [])
    await record({ type: 'invitations.sent', payload: { projects, hosts, invitations: people.length } })
    return { id: programmeId, mails: people.length }
  })
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
      const about = { ...found, kind: 'reminder', person } as const
      await enqueueMail(tx, services, await composeMail(tx, services, about))
    }
    const participants = people.map(({ participantId }) => participantId)
    await updateReminded(tx, participants, clockOf(programme))
    const payload = { participants, reminders: people.length }
    await record({ eventId: event.id, type: 'reminders.sent', payload })
    return { id: eventId, mails: people.length }
  })
}
