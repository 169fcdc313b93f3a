import { randomInt } from 'node:crypto'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { Language } from '../../schemas/common.ts'
import type { Role } from '../../schemas/session.ts'
import { CODE_MINUTES, hashCode } from './sign-in-codes.ts'
import {
  countUse,
  deleteAccess,
  findPlayAccounts,
  findProgrammesOf,
  findSampleIds,
  findUserByEmail,
  hasPrintedCode,
  holdsRealOrganiser,
  insertMemberships,
  insertUsers,
  makeFounder,
  nameMembers,
  replaceCode,
  type UserRow,
} from './repository.ts'

export type NewMember = {
  programmeId: string
  email: string
  name: string
  role: Role
  language?: Language | null
  projectId?: string | null
  hostId?: string | null
}

/**
 * Makes the people of mail addresses members, creating the accounts that don't exist yet; an existing account
 * keeps its name and everything else. Nobody is told, and nothing is recorded: that is the caller's.
 */
export async function ensureMembers(tx: Transaction, members: NewMember[]): Promise<Map<string, UserRow>> {
  if (members.length === 0) return new Map()
  const people = members.map((member) => ({ ...member, email: addressOf(member.email) }))
  const users = await insertUsers(tx, people)
  const userOf = ({ email }: NewMember) => users.get(email) as UserRow
  const samples = new Set((await findSampleIds(tx, programmesOf(people))).map(({ id }) => id))
  await endPlayAccess(tx, people.filter(({ programmeId }) => !samples.has(programmeId)).map(userOf))
  const rows = people.map((member) => {
    const { programmeId, role, projectId = null, hostId = null } = member
    return { programmeId, userId: userOf(member).id, role, projectId, hostId }
  })
  await insertMemberships(tx, rows)
  await nameMembers(
    tx,
    people.map((member) => ({
      programmeId: member.programmeId,
      userId: userOf(member).id,
      ...{ name: member.name, language: member.language },
      asHelper: !member.projectId && !member.hostId,
    })),
  )
  return users
}

const programmesOf = (members: NewMember[]) => [...new Set(members.map(({ programmeId }) => programmeId))]

export async function ensureMember(tx: Transaction, member: NewMember): Promise<UserRow> {
  return (await ensureMembers(tx, [member])).get(addressOf(member.email)) as UserRow
}

/**
 * Codes of the sample's people can be read by anybody who plays there, so an account known only from the
 * sample loses all access before it means something in a real programme.
 */
async function endPlayAccess(tx: Transaction, users: UserRow[]): Promise<void> {
  const play = await findPlayAccounts(
    tx,
    users.map(({ id }) => id),
  )
  if (play.length > 0) await deleteAccess(tx, play)
}

/** The first organiser of an installation: an account that may found programmes, and a code to sign in once. */
export async function inviteFounder(db: Database, email: string, secret: string): Promise<string> {
  return db.transaction(async (tx) => {
    const person = { email: addressOf(email), name: email.split('@')[0] }
    const user = (await insertUsers(tx, [person])).get(person.email) as UserRow
    await endPlayAccess(tx, [user])
    await makeFounder(tx, user.id)
    return printedCode(tx, user, secret)
  })
}

/**
 * An organiser who has lost the passkey comes back: their passkeys and sessions end, and a code lets them in to register
 * another one. Null for anybody else, since this gives nobody a right that they did not have.
 */
export async function readmitOrganiser(db: Database, email: string, secret: string): Promise<string | null> {
  return db.transaction(async (tx) => {
    const user = await findUserByEmail(tx, addressOf(email))
    if (!user || !(user.founder || (await holdsRealOrganiser(tx, user.id)))) return null
    await deleteAccess(tx, [user])
    return printedCode(tx, user, secret)
  })
}

async function printedCode(tx: Transaction, { email }: UserRow, secret: string): Promise<string> {
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const expiresAt = new Date(Date.now() + CODE_MINUTES * 60_000)
  await replaceCode(tx, email, `${hashCode(code, secret)}:0`, expiresAt)
  return code
}

/** Whether codes sent to this address may stand in the outbox: only for people of nothing but the sample. */
export async function whoGetsCode(db: Database, email: string) {
  const user = await findUserByEmail(db, addressOf(email))
  const known = user ? await findProgrammesOf(db, user.id) : []
  const play = known.length > 0 && known.every(({ sample }) => sample) && !user?.founder
  return { isKnown: user !== null, programmeId: known[0]?.id ?? null, play }
}

/** A printed code stays the valid one: the sign-in page asks for a mailed one before it lets people type. */
export const mayMailCode = async (db: Database, email: string): Promise<boolean> =>
  !(await hasPrintedCode(db, addressOf(email)))

export const addressOf = (email: string) => email.trim().toLowerCase()

const MINUTES_15 = 15 * 60_000
/** Within a quarter of an hour and for one address: with three tries a code, hopeless to guess. */
const LIMITS = { send: 5, try: 10 }

/** The same for known and unknown addresses, and counted in the database: for all nodes together. */
export async function throttle(db: Database, action: keyof typeof LIMITS, email: string): Promise<void> {
  const uses = await countUse(db, `${action}:${addressOf(email)}`, MINUTES_15)
  if (uses > LIMITS[action]) throw new DomainError('too-many-requests')
}
