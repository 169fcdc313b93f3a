import type { Database, Reader, Transaction } from '../../database/client.ts'
import type { Language } from '../../schemas/common.ts'
import type { Role } from '../../schemas/session.ts'
import { makeCode } from './codes.ts'
import { newCode } from './sign-in-codes.ts'
import {
  addressOf,
  deleteAccess,
  findPlayAccounts,
  findProgrammesOf,
  findSampleIds,
  findUser,
  findUserByEmail,
  holdsRealOrganiser,
  insertMemberships,
  insertUsers,
  makeFounder,
  nameMembers,
  shortenSessions,
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
  const organising = rows.filter(({ role, programmeId }) => role === 'organiser' && !samples.has(programmeId))
  if (organising.length > 0)
    await shortenSessions(
      tx,
      organising.map(({ userId }) => userId),
    )
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
export async function endPlayAccess(tx: Transaction, users: UserRow[]): Promise<void> {
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
    await shortenSessions(tx, [user.id])
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
  const code = newCode()
  await makeCode(tx, email, secret, { code, printed: true })
  return code
}

/** Where to write to somebody who is signed in. */
export const readAddress = async (reader: Reader, userId: string): Promise<string | null> =>
  (await findUser(reader, userId))?.email ?? null

/** Where people are who are in no programme yet. */
const HOME_ZONE = 'Europe/Rome'

/** In which programme's outbox a code for this address stands, a real one first, and whose clock it is told by. */
export async function whoGetsCode(db: Database, email: string) {
  const user = await findUserByEmail(db, addressOf(email))
  const known = user ? await findProgrammesOf(db, user.id) : []
  const [first] = known
  const timezone = first?.timezone ?? HOME_ZONE
  return { isKnown: user !== null, programmeId: first?.id ?? null, timezone }
}
