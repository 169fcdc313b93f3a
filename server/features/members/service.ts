import type { Actor } from '../../actor.ts'
import type { Inverse } from '../../change-catalogue.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { HelperRole, Helpers, InvitationAgain, NewHelper } from '../../schemas/programme.ts'
import type { Services } from '../../services.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { findProgramme, type ProgrammeRow } from '../events/repository.ts'
import { ensureMember } from '../identity/service.ts'
import {
  invite,
  isFresh,
  isReachable,
  presentInvitation,
  readInvitations,
  withdrawInvitation,
} from './invitation.ts'
import { deleteMember, findHelpers, findMember, insertHelper } from './repository.ts'

async function open(reader: Reader, actor: Actor, programmeId: string): Promise<ProgrammeRow> {
  const programme = await findProgramme(reader, programmeId)
  if (!programme) throw notFound()
  allow(actor, 'member.edit', { programmeId })
  return programme
}

type Helper = Awaited<ReturnType<typeof findHelpers>>[number]
const roleOf = ({ role }: Pick<Helper, 'role'>): HelperRole =>
  role === 'desk' || role === 'observer' ? role : 'organiser'

export async function readHelpers(reader: Reader, actor: Actor, programmeId: string): Promise<Helpers> {
  await open(reader, actor, programmeId)
  const [found, invitationOf] = [
    await findHelpers(reader, programmeId),
    await readInvitations(reader, programmeId),
  ]
  return {
    helpers: found.map((helper) => {
      const { id, name, email, language } = helper
      const mail = invitationOf({ email, role: roleOf(helper) })
      return {
        ...{ id, name, email, language, role: roleOf(helper), reachable: isReachable(email) },
        invited: mail && presentInvitation(mail, actor.locale),
      }
    }),
  }
}

/** Whoever holds the address is told, signs in with a code and finds the desk, the figures, or the whole programme. */
export async function addHelper(services: Services, call: Call, programmeId: string, input: NewHelper) {
  return write(services.db, call, programmeId, async ({ tx, call, record }) => {
    const programme = await open(tx, call.actor, programmeId)
    const { email, name, role, language } = input
    const isThere = (one: { email: string; role: string }) =>
      one.email === email.trim().toLowerCase() && one.role === role
    if ((await findHelpers(tx, programmeId)).some(isThere)) throw new DomainError('already-exists')
    await ensureMember(tx, { programmeId, email, name, role, language })
    const added = (await findHelpers(tx, programmeId)).find(isThere)
    if (!added) throw new Error('a member was not added')
    await invite(tx, services, call.actor, programme, { ...added, role })
    await record({
      type: 'member.added',
      payload: { memberId: added.id, userId: added.userId, role },
      inverse: { memberId: added.id },
    })
    return { id: added.id }
  })
}

/** Projects and hosts have their roles by being in the programme. */
const ofHelper = (id: string) => async (reader: Reader) => {
  const known = await findMember(reader, id)
  return known && !known.projectId && !known.hostId ? known.programmeId : null
}

async function findHelper(tx: Transaction, programmeId: string, id: string): Promise<Helper> {
  const member = (await findHelpers(tx, programmeId)).find((one) => one.id === id)
  if (!member) throw notFound()
  return member
}

/** Sends a helper the invitation once more; within a day of the last one only where that is said. */
export async function inviteAgain(services: Services, call: Call, id: string, { again }: InvitationAgain) {
  return write(services.db, call, ofHelper(id), async ({ tx, call, programmeId, record }) => {
    const programme = await open(tx, call.actor, programmeId)
    const member = await findHelper(tx, programmeId, id)
    const [role, { userId, email }] = [roleOf(member), member]
    if (!isReachable(email)) throw new DomainError('no-mailbox', { email })
    const last = (await readInvitations(tx, programmeId))({ email, role })
    if (last && isFresh(last) && !again) throw new DomainError('invited-lately', { email })
    await invite(tx, services, call.actor, programme, { ...member, role })
    await record({ type: 'member.invited', payload: { memberId: id, userId, role } })
    return { id }
  })
}

/** Takes a role back. A programme always keeps an organiser. */
export async function removeHelper(db: Database, call: Call, id: string) {
  return write(db, call, ofHelper(id), async ({ tx, call, programmeId, record }) => {
    await open(tx, call.actor, programmeId)
    await endRole({ tx, record }, await findHelper(tx, programmeId, id))
    return { id }
  })
}

async function endRole({ tx, record }: Pick<WriteContext, 'tx' | 'record'>, member: Helper): Promise<void> {
  const { id, programmeId, userId } = member
  const organisers = (await findHelpers(tx, programmeId)).filter(({ role }) => role === 'organiser')
  if (member.role === 'organiser' && organisers.length === 1) throw new DomainError('last-organiser')
  await deleteMember(tx, id)
  const role = roleOf(member)
  await withdrawInvitation(tx, { ...member, role })
  await record({ type: 'member.removed', payload: { memberId: id, userId, role }, inverse: { userId, role } })
}

/** Takes back that somebody helps, unless they do no more. */
export async function additionOfHelperBack(
  context: WriteContext,
  programmeId: string,
  { memberId }: Inverse<'member.added'>,
): Promise<void> {
  const member = (await findHelpers(context.tx, programmeId)).find(({ id }) => id === memberId)
  if (!member) throw new DomainError('moved-on')
  await endRole(context, member)
}

/** Somebody helps again as before, unless they do already. */
export async function removalOfHelperBack(
  { tx, record }: WriteContext,
  programmeId: string,
  { userId, role }: Inverse<'member.removed'>,
): Promise<void> {
  const memberId = await insertHelper(tx, { programmeId, userId, role })
  if (memberId === null) throw new DomainError('moved-on')
  await record({ type: 'member.added', payload: { memberId, userId, role }, inverse: { memberId } })
}
