import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Database, Transaction } from '../../server/database/client.ts'
import {
  candidates,
  events,
  hosts,
  memberships,
  organisations,
  participants,
  people,
  programmes,
  projects,
  proposals,
  rooms,
  screens,
  sessions,
  slots,
  tables,
  users,
} from '../../server/database/schema.ts'
import { DEFAULT_RULES } from '../../server/schemas/rules.ts'
import { signToken } from '../../server/features/identity/cookies.ts'
import { SCREEN_COOKIE } from '../../server/features/screen-links/cookie.ts'
import { EMPTY_PROPOSAL } from '../../server/features/proposals/content.ts'
import { insertMeetings, insertSchedule } from '../../server/features/schedules/repository.ts'

/** The secret of the servers that a crowd's cookies are for. */
export const SECRET = 'a secret of a crowd, longer than thirty-two characters'

export type Visitor = {
  cookie: string
  view: 'agenda' | 'plan' | 'screen' | 'day' | 'desk'
  key: string | null
}
export type Crowd = {
  programmeId: string
  eventId: string
  organiser: string
  /** Sessions of others who organise too: one alone may not ask as often as many. */
  organisers: string[]
  /** Schedules of the same pairs: publishing one after the other moves every meeting. */
  drafts: string[]
  visitors: Visitor[]
}
/** Who work beside each other in a crowd, without a page of their own. */
const ORGANISERS = 20

export type Size = { slots: number; tables: number; agendas: number; plans: number; screens: number }

/**
 * A real programme with a camp whose tables are all taken in all turns but the last, put into the database
 * as it would stand there, with a session for every page that somebody opens.
 */
export async function plantCrowd(db: Database, size: Size): Promise<Crowd> {
  return db.transaction(async (tx) => {
    const [{ id: programmeId }] = await tx
      .insert(programmes)
      .values({ name: 'Folla' })
      .returning({ id: programmes.id })
    const sides = await plantPeople(tx, programmeId, size.tables * 2)
    const event = await plantEvent(tx, programmeId, size, sides)
    const drafts = await plantDrafts(tx, event, size)
    const organisers = await plantSessions(
      tx,
      programmeId,
      Array.from({ length: size.plans + 1 + ORGANISERS }, () => ({ role: 'organiser' as const })),
    )
    const own = Array.from({ length: size.agendas }, (_, index) => event.people[index % event.people.length])
    const cookies = await plantSessions(
      tx,
      programmeId,
      own.map(({ projectId, hostId }) => ({ role: projectId ? 'project' : 'host', projectId, hostId })),
    )
    const links = await plantScreens(tx, event.eventId, size.screens)
    const visitors: Visitor[] = [
      ...own.map(({ id }, index) => ({ cookie: cookies[index], view: 'agenda' as const, key: id })),
      ...organisers.slice(1, size.plans + 1).map((cookie) => ({ cookie, view: 'plan' as const, key: null })),
      ...links.map((cookie) => ({ cookie, view: 'screen' as const, key: null })),
    ]
    return {
      programmeId,
      eventId: event.eventId,
      organiser: organisers[0],
      organisers: organisers.slice(size.plans + 1),
      drafts,
      visitors,
    }
  })
}

type Sides = { projectIds: string[]; hostIds: string[] }

async function plantPeople(tx: Transaction, programmeId: string, each: number): Promise<Sides> {
  const numbers = Array.from({ length: each }, (_, n) => n)
  const made = await tx
    .insert(organisations)
    .values(
      numbers.map((n) => ({
        programmeId,
        name: `Fondazione per la comunità ${n}`,
        kind: 'foundation' as const,
      })),
    )
    .returning({ id: organisations.id })
  const projectIds = numbers.map(() => randomUUID())
  await tx.insert(projects).values(
    numbers.map((n) => ({
      id: projectIds[n],
      programmeId,
      code: `P${n}`,
      name: `Laboratorio di quartiere ${n}`,
    })),
  )
  const summary = 'Un laboratorio aperto a tutto il quartiere, con chi ci abita e chi ci lavora.'
  await tx.insert(proposals).values(
    projectIds.map((projectId) => ({
      projectId,
      status: 'submitted' as const,
      content: { ...EMPTY_PROPOSAL, summary, support: [{ form: 'donation' as const, amount: 5000 }] },
    })),
  )
  const hostIds = numbers.map(() => randomUUID())
  const persons = numbers.map((n) => ({
    id: randomUUID(),
    programmeId,
    firstName: `Persona`,
    lastName: `${n}`,
  }))
  await tx.insert(people).values(persons)
  await tx.insert(hosts).values(
    numbers.map((n) => ({
      ...{ id: hostIds[n], programmeId, organisationId: made[n].id, code: `H${n}`, personId: persons[n].id },
      ...{ about: 'Sostiene progetti di inclusione e lavoro.', supportForms: ['donation'] },
    })),
  )
  return { projectIds, hostIds }
}

async function plantEvent(tx: Transaction, programmeId: string, size: Size, { projectIds, hostIds }: Sides) {
  const values = {
    programmeId,
    kind: 'camp' as const,
    title: 'Camp',
    date: '2035-05-10',
    rules: DEFAULT_RULES,
  }
  const [{ id: eventId }] = await tx.insert(events).values(values).returning({ id: events.id })
  const at = (minutes: number) => new Date(Date.UTC(2035, 4, 10, 7, minutes))
  const turns = await tx
    .insert(slots)
    .values(
      Array.from({ length: size.slots }, (_, position) => ({
        ...{
          eventId,
          position,
          day: values.date,
          block: 0,
          startsAt: at(position * 20),
          endsAt: at(position * 20 + 15),
        },
      })),
    )
    .returning({ id: slots.id })
  const halls = await tx
    .insert(rooms)
    .values(['Sala grande', 'Sala piccola'].map((name) => ({ eventId, name })))
    .returning({ id: rooms.id })
  const placed = await tx
    .insert(tables)
    .values(
      Array.from({ length: size.tables }, (_, n) => ({
        eventId,
        roomId: halls[n % 2].id,
        name: `${n + 1}`,
        position: n,
      })),
    )
    .returning({ id: tables.id })
  const people = await tx
    .insert(participants)
    .values([
      ...projectIds.map((projectId) => ({ eventId, side: 'project' as const, projectId })),
      ...hostIds.map((hostId) => ({ eventId, side: 'host' as const, hostId })),
    ])
    .returning({ id: participants.id, projectId: participants.projectId, hostId: participants.hostId })
  return { eventId, slotIds: turns.map(({ id }) => id), tableIds: placed.map(({ id }) => id), people }
}

type Planted = Awaited<ReturnType<typeof plantEvent>>

/** In a turn every other person sits at a table; the second draft holds the same turns one later. */
async function plantDrafts(tx: Transaction, { eventId, slotIds, tableIds, people }: Planted, size: Size) {
  const each = people.length / 2
  const pairs = Array.from({ length: (size.slots - 1) * size.tables }, (_, index) => {
    const [turn, table] = [Math.floor(index / size.tables), index % size.tables]
    const project = (table * 2 + (turn % 2)) % each
    const host = (table * 2 + turn * 2 + (turn % 2)) % each
    return {
      turn,
      table,
      projectParticipantId: people[project].id,
      hostParticipantId: people[each + host].id,
    }
  })
  const made = await tx
    .insert(candidates)
    .values(pairs.map((pair) => ({ eventId, ...pair })))
    .returning({ id: candidates.id })
  const draft = async (later: number) => {
    const schedule = await insertSchedule(tx, { eventId, kind: 'draft', name: `Bozza ${later}` })
    const rows = pairs.map(({ turn, table }, index) => ({
      ...{ candidateId: made[index].id, slotId: slotIds[turn + later], tableId: tableIds[table] },
      ...{ value: 4, locked: false },
    }))
    await insertMeetings(tx, schedule, rows)
    return schedule.id
  }
  return [await draft(0), await draft(1)]
}

type Membership = {
  role: 'organiser' | 'project' | 'host'
  projectId?: string | null
  hostId?: string | null
}

/** A person with a session for each membership; the cookies that open them. */
async function plantSessions(tx: Transaction, programmeId: string, of: Membership[]): Promise<string[]> {
  if (of.length === 0) return []
  const people = of.map((membership) => ({
    id: randomUUID(),
    token: randomBytes(24).toString('base64url'),
    membership,
  }))
  const expiresAt = new Date(Date.now() + 86_400_000)
  await tx
    .insert(users)
    .values(
      people.map(({ id }) => ({ id, name: 'Persona', email: `${id}@crowd.example`, emailVerified: true })),
    )
  await tx
    .insert(memberships)
    .values(people.map(({ id, membership }) => ({ programmeId, userId: id, ...membership })))
  await tx
    .insert(sessions)
    .values(people.map(({ id, token }) => ({ id: randomUUID(), userId: id, token, expiresAt, strong: true })))
  return people.map(({ token }) => `incontro.session_token=${signToken(token, SECRET)}`)
}

async function plantScreens(tx: Transaction, eventId: string, count: number): Promise<string[]> {
  const tokens = Array.from({ length: count }, () => randomBytes(24).toString('base64url'))
  const digestOf = (token: string) => createHash('sha256').update(token).digest('hex')
  if (count > 0)
    await tx
      .insert(screens)
      .values(tokens.map((token) => ({ eventId, label: 'Sala', digest: digestOf(token) })))
  return tokens.map((token) => `${SCREEN_COOKIE}=${token}`)
}
