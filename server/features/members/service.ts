import { userIdOf, type Actor } from '../../actor.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Helpers, NewHelper } from '../../schemas/programme.ts'
import { write, type Call } from '../../write.ts'
import { findProgramme } from '../events/repository.ts'
import { ensureMember } from '../identity/service.ts'
import { deleteMember, findHelpers, findMember } from './repository.ts'

async function open(reader: Reader, actor: Actor, programmeId: string): Promise<void> {
  if (!(await findProgramme(reader, programmeId))) throw notFound()
  allow(actor, 'member.edit', { programmeId })
}

type Helper = Awaited<ReturnType<typeof findHelpers>>[number]
const roleOf = ({ role }: Pick<Helper, 'role'>): Helpers['helpers'][number]['role'] =>
  role === 'desk' ? 'desk' : 'organiser'

/** Asked again where nobody else writes: of two who take each other's role away at once, one comes too late. */
function stillOrganises(actor: Actor, helpers: Helper[]): void {
  const isSelf = ({ userId, role }: Helper) => role === 'organiser' && userId === userIdOf(actor)
  if (!helpers.some(isSelf)) throw new DomainError('forbidden')
}

export async function readHelpers(reader: Reader, actor: Actor, programmeId: string): Promise<Helpers> {
  await open(reader, actor, programmeId)
  const found = await findHelpers(reader, programmeId)
  return {
    helpers: found.map(({ id, role, name, email }) => ({
      ...{ id, name, email },
      role: roleOf({ role }),
    })),
  }
}

/** Whoever holds the address signs in with a code and finds the desk, or the whole programme. */
export async function addHelper(db: Database, call: Call, programmeId: string, input: NewHelper) {
  await open(db, call.actor, programmeId)
  return write(db, call, programmeId, async ({ tx, record }) => {
    const { email, name, role } = input
    const isThere = (one: { email: string; role: string }) =>
      one.email === email.trim().toLowerCase() && one.role === role
    const helpers = await findHelpers(tx, programmeId)
    stillOrganises(call.actor, helpers)
    if (helpers.some(isThere)) throw new DomainError('already-exists')
    await ensureMember(tx, { programmeId, email, name, role })
    const added = (await findHelpers(tx, programmeId)).find(isThere)
    if (!added) throw new Error('a member was not added')
    await record({ type: 'member.added', payload: { memberId: added.id, userId: added.userId, role } })
    return { id: added.id }
  })
}

/** Takes a role back. A programme always keeps an organiser. */
export async function removeHelper(db: Database, call: Call, id: string) {
  const known = await findMember(db, id)
  if (!known || known.projectId || known.hostId) throw notFound()
  const { programmeId } = known
  await open(db, call.actor, programmeId)
  return write(db, call, programmeId, async ({ tx, record }) => {
    const helpers = await findHelpers(tx, programmeId)
    stillOrganises(call.actor, helpers)
    const member = helpers.find((one) => one.id === id)
    if (!member) throw notFound()
    const organisers = helpers.filter(({ role }) => role === 'organiser')
    if (member.role === 'organiser' && organisers.length === 1) throw new DomainError('last-organiser')
    await deleteMember(tx, id)
    const payload = { memberId: id, userId: member.userId, role: roleOf(member) }
    await record({ type: 'member.removed', payload })
    return { id }
  })
}
