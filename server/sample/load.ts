import { randomUUID } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { record } from '../changes.ts'
import type { Database, Transaction } from '../database/client.ts'
import {
  events,
  hosts,
  installations,
  memberNames,
  memberships,
  organisations,
  participants,
  people,
  preferences,
  programmes,
  projectOrganisations,
  projects,
  proposals,
  rooms,
  slots,
  tables,
  teamMembers,
  unavailableSlots,
} from '../database/schema.ts'
import { SAMPLE, type SampleEvent, type SampleRoom } from './data.ts'
import { generateAnswers, type SampleAnswer } from './generate.ts'
import { addDays } from '../schemas/slot-times.ts'
import { insertTutoring } from './tutoring.ts'
import { clockOffset, dayOf, localTime, slotTimes } from './times.ts'

export { redateSample } from './redate.ts'

export type SampleIds = { programmeId: string; eventId: string }
type Ids = Map<string, string>

/**
 * Fills an empty database with the sample programme, its camp being today. A database that has any programme
 * is left as it is: the answer is then the sample it already holds, or null.
 */
export async function loadSample(db: Database, { now }: { now: Date }): Promise<SampleIds | null> {
  return db.transaction(async (tx) => {
    // One at a time: two services started together load one sample.
    await tx.select().from(installations).for('update')
    const [any] = await tx.select({ id: programmes.id }).from(programmes).limit(1)
    if (any) return findSample(tx)
    const ids = await insertSample(tx, now)
    // The planner knows nothing of rows that came a moment ago, and would scan whole tables for each page.
    await tx.execute(sql`analyze`)
    return ids
  })
}

async function findSample(tx: Transaction): Promise<SampleIds | null> {
  const [row] = await tx
    .select({ programmeId: programmes.id, eventId: events.id })
    .from(programmes)
    .innerJoin(events, and(eq(events.programmeId, programmes.id), eq(events.kind, 'camp')))
    .where(eq(programmes.sample, true))
    .limit(1)
  return row ?? null
}

/**
 * Puts the sample back as it was at first. The programme and its events keep their ids and the log its numbers,
 * so pages that are open go on and show the new state; those of people who are gone are told so.
 */
export async function reloadSample(tx: Transaction, programmeId: string, now: Date): Promise<void> {
  const [{ seq }] = await tx.select().from(programmes).where(eq(programmes.id, programmeId))
  const dates = await tx.select().from(events).where(eq(events.programmeId, programmeId))
  const organisers = await tx
    .select()
    .from(memberships)
    .where(and(eq(memberships.programmeId, programmeId), eq(memberships.role, 'organiser')))
  const names = await tx.select().from(memberNames).where(eq(memberNames.programmeId, programmeId))
  await tx.execute(sql`set constraints all deferred`)
  await tx.delete(programmes).where(eq(programmes.id, programmeId))
  await tx.execute(sql`set constraints all immediate`)
  const eventIds = new Map(dates.map(({ title, id }) => [title, id]))
  await insertSample(tx, now, { programmeId, seq, eventIds })
  if (organisers.length > 0) await tx.insert(memberships).values(organisers)
  if (names.length > 0) await tx.insert(memberNames).values(names).onConflictDoNothing()
}

/** Torino has published its programme and its ranking. */
const SHOWN = { public: true, rankingPublic: true }

const HOSTS = [...SAMPLE.hosts, ...SAMPLE.tutors]

type Kept = { programmeId: string; seq: number; eventIds: Ids }
const nothingKept = (): Kept => ({ programmeId: randomUUID(), seq: 0, eventIds: new Map() })

async function insertSample(tx: Transaction, now: Date, kept = nothingKept()): Promise<SampleIds> {
  const { programmeId, seq } = kept
  await tx.insert(programmes).values({ id: programmeId, seq, ...SAMPLE.programme, sample: true, ...SHOWN })
  const organisationIds = await insertOrganisations(tx, programmeId)
  const peopleIds = new Map([
    ...(await insertProjects(tx, programmeId, organisationIds, now)),
    ...(await insertHosts(tx, programmeId, organisationIds)),
  ])
  const eventIds = await insertEvents(tx, kept, now)
  const eventId = eventIds.get('camp')!
  await insertAnswers(tx, eventId, peopleIds, now)
  await insertAttendees(tx, eventIds, peopleIds)
  await insertTutoring(tx, eventIds.get('tutoring')!, peopleIds)
  const counts = { projects: SAMPLE.projects.length, hosts: SAMPLE.hosts.length }
  await record(tx, { programmeId, actorId: null }, { type: 'sample.loaded', payload: counts })
  return { programmeId, eventId }
}

async function insertOrganisations(tx: Transaction, programmeId: string): Promise<Ids> {
  const kinds = new Map(HOSTS.map(({ organisation, kind }) => [organisation, kind]))
  const names = new Set([...SAMPLE.projects.flatMap((project) => project.organisations), ...kinds.keys()])
  const rows = [...names].map((name) => ({
    id: randomUUID(),
    programmeId,
    name,
    kind: kinds.get(name) ?? null,
  }))
  await tx.insert(organisations).values(rows)
  return new Map(rows.map(({ name, id }) => [name, id]))
}

/** Addresses of a domain that can never exist, so that invitations can be tried in the outbox. */
const addressOf = (code: string) => `${code.toLowerCase()}@torino.example`

async function insertProjects(tx: Transaction, programmeId: string, organisationIds: Ids, now: Date) {
  const ids: Ids = new Map(SAMPLE.projects.map(({ code }) => [code, randomUUID()]))
  await tx.insert(projects).values(
    SAMPLE.projects.map(({ code, name, rank, financed, sample }) => ({
      ...{ id: ids.get(code)!, programmeId, code, name, rank, financed, sample },
    })),
  )
  await insertTeams(tx, programmeId, ids)
  await tx.insert(projectOrganisations).values(
    SAMPLE.projects.flatMap(({ code, organisations: names }) =>
      names.map((name, position) => ({
        projectId: ids.get(code)!,
        organisationId: organisationIds.get(name)!,
        position,
      })),
    ),
  )
  await tx.insert(proposals).values(
    SAMPLE.projects.map(({ code, status, content, message = '' }) => ({
      ...{ projectId: ids.get(code)!, status, content, message },
      submittedAt: status === 'draft' ? null : now,
      public: status === 'approved',
    })),
  )
  return ids
}

/** The first contact has the project's address. */
async function insertTeams(tx: Transaction, programmeId: string, projectIds: Ids): Promise<void> {
  const members = SAMPLE.projects.flatMap(({ code, team }) =>
    team.map((person, position) => ({ code, position, person, id: randomUUID() })),
  )
  await tx.insert(people).values(
    members.map(({ id, code, position, person }) => ({
      ...{ id, programmeId, ...person, email: position === 0 ? addressOf(code) : null },
    })),
  )
  await tx.insert(teamMembers).values(
    members.map(({ id, code, position }) => ({
      projectId: projectIds.get(code)!,
      personId: id,
      position,
    })),
  )
}

async function insertHosts(tx: Transaction, programmeId: string, organisationIds: Ids) {
  const persons = HOSTS.map(({ firstName, lastName, title, code }) => ({
    ...{ id: randomUUID(), programmeId, firstName, lastName, title, email: addressOf(code) },
  }))
  await tx.insert(people).values(persons)
  const rows = HOSTS.map(
    ({ organisation, kind: _kind, firstName: _, lastName: __, title: ___, ...host }, index) => ({
      ...host,
      id: randomUUID(),
      programmeId,
      organisationId: organisationIds.get(organisation)!,
      personId: persons[index].id,
      sample: true,
    }),
  )
  await tx.insert(hosts).values(rows)
  return new Map(rows.map(({ code, id }) => [code, id]))
}

/** All four appointments; answers the id of each kind. */
async function insertEvents(tx: Transaction, { programmeId, eventIds }: Kept, now: Date): Promise<Ids> {
  const { timezone } = SAMPLE.programme
  const today = dayOf(now, timezone)
  const ids = new Map(SAMPLE.events.map((event) => [event, eventIds.get(event.title) ?? randomUUID()]))
  await tx.insert(events).values(
    SAMPLE.events.map((event) => ({
      ...{ id: ids.get(event)!, programmeId, kind: event.kind, title: event.title, venue: event.venue },
      ...eventTimes(event, today),
      public: event.kind === 'camp' || event.kind === 'public',
      rules: SAMPLE.rules,
    })),
  )
  for (const event of SAMPLE.events) if ('grid' in event) await insertGrid(tx, ids.get(event)!, event, today)
  const camp = SAMPLE.events.find(({ kind }) => kind === 'camp')!
  const campId = ids.get(camp)!
  const day = await tx.select().from(slots).where(eq(slots.eventId, campId))
  await tx
    .update(programmes)
    .set({ clockOffsetMs: clockOffset(day, now) })
    .where(eq(programmes.id, programmeId))
  return new Map([...ids].map(([{ kind }, id]) => [kind, id]))
}

/** Those who are invited to a workshop by name. */
async function insertAttendees(tx: Transaction, eventIds: Ids, peopleIds: Ids): Promise<void> {
  const rows = SAMPLE.events.flatMap((event) =>
    'invited' in event
      ? SAMPLE.projects.map(({ code }) => ({
          ...{ eventId: eventIds.get(event.kind)!, side: 'project' as const },
          projectId: peopleIds.get(code)!,
        }))
      : [],
  )
  await tx.insert(participants).values(rows)
}

function eventTimes(event: SampleEvent, today: string) {
  const { timezone } = SAMPLE.programme
  const date = addDays(today, event.days)
  if (!('grid' in event))
    return {
      date,
      startsAt: localTime(date, event.start, timezone),
      endsAt: localTime(date, event.end, timezone),
    }
  const { replyBy } = event
  return { date, replyBy: replyBy ? localTime(addDays(today, replyBy.days), replyBy.time, timezone) : null }
}

async function insertGrid(
  tx: Transaction,
  eventId: string,
  event: Extract<SampleEvent, { kind: 'camp' | 'tutoring' }>,
  today: string,
) {
  const times = slotTimes(event.grid, addDays(today, event.days), SAMPLE.programme.timezone)
  await tx.insert(slots).values(times.map((time) => ({ ...time, eventId })))
  await insertTables(tx, eventId, event.rooms)
}

async function insertTables(tx: Transaction, eventId: string, list: SampleRoom[]) {
  const places = list.flatMap((room) => {
    const roomId = randomUUID()
    return Array.from({ length: room.tables }, () => ({ roomId, room }))
  })
  const byRoom = new Map(places.map(({ roomId, room }) => [roomId, room.name]))
  await tx.insert(rooms).values([...byRoom].map(([id, name]) => ({ id, eventId, name })))
  await tx.insert(tables).values(
    places.map(({ roomId, room }, position) => ({
      ...{ eventId, roomId, position, name: String(position + 1) },
      features: room.stepFree.includes(position + 1) ? ['step-free'] : [],
    })),
  )
}

async function insertAnswers(tx: Transaction, eventId: string, peopleIds: Ids, now: Date): Promise<void> {
  const positions = await tx
    .select({ id: slots.id, position: slots.position })
    .from(slots)
    .where(eq(slots.eventId, eventId))
  const slotIds = new Map(positions.map(({ position, id }) => [position, id]))
  const places = await tx.select().from(tables).where(eq(tables.eventId, eventId))
  const tableIds = new Map(places.map(({ position, id }) => [position + 1, id]))
  const answers = generateAnswers(SAMPLE, positions.length)
  const ids: Ids = new Map(answers.map(({ code }) => [code, randomUUID()]))
  await tx.insert(participants).values(
    answers.map((answer) => ({
      ...{ id: ids.get(answer.code)!, eventId, side: answer.side, maxMeetings: answer.maxMeetings },
      [answer.side === 'project' ? 'projectId' : 'hostId']: peopleIds.get(answer.code)!,
      needs: SAMPLE.needs[answer.code] ?? [],
      ownTableId: tableIds.get(SAMPLE.ownTables[answer.code]) ?? null,
      answeredAt: answer.answered ? now : null,
    })),
  )
  const from = (answer: SampleAnswer) => ids.get(answer.code)!
  await tx.insert(unavailableSlots).values(
    answers.flatMap((answer) =>
      answer.unavailable.map((position) => ({
        ...{ eventId, participantId: from(answer), slotId: slotIds.get(position)! },
      })),
    ),
  )
  await tx.insert(preferences).values(
    answers.flatMap((answer) =>
      answer.wishes.map(({ to, level, conflict }) => ({
        ...{ eventId, fromId: from(answer), toId: ids.get(to)!, level, conflict },
      })),
    ),
  )
}
