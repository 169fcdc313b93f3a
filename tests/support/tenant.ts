import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { record } from '../../server/changes.ts'
import type { Database, Transaction } from '../../server/database/client.ts'
import {
  applications,
  candidates,
  disruptions,
  events,
  hosts,
  mails,
  meetings,
  memberships,
  openCalls,
  organisations,
  participants,
  people,
  preferences,
  programmes,
  projectOrganisations,
  projects,
  proposals,
  repairs,
  rooms,
  runs,
  screens,
  slots,
  tables,
  teamMembers,
  users,
} from '../../server/database/schema.ts'
import { DEFAULT_RULES } from '../../server/schemas/rules.ts'
import { EMPTY_PROPOSAL } from '../../server/features/proposals/content.ts'
import { insertMeetings, insertSchedule } from '../../server/features/schedules/repository.ts'

export type Tenant = Awaited<ReturnType<typeof plantTenant>>
export type Day = Awaited<ReturnType<typeof plantDay>>

/**
 * A whole programme outside the sample, with a word of its own in everything that is written there: two
 * projects, two hosts and two camps, each with a draft, a published schedule, a run, a screen.
 * `word` stands in what the programme's people may read, `secret` in what is for its organisers alone.
 */
export async function plantTenant(db: Database, name: string) {
  const word = `word${name}${randomUUID().slice(0, 8)}`
  const secret = `secret${name}${randomUUID().slice(0, 8)}`
  return db.transaction(async (tx) => {
    const [{ id: programmeId }] = await tx
      .insert(programmes)
      .values({ name, city: 'Torino' })
      .returning({ id: programmes.id })
    const people = [0, 1].map((n) => ({ n, programmeId, word, secret }))
    const projectIds: string[] = []
    const hostIds: string[] = []
    for (const one of people) projectIds.push(await plantProject(tx, one))
    for (const one of people) hostIds.push(await plantHost(tx, one))
    const days: Day[] = []
    for (const { n } of people)
      days.push(await plantDay(tx, { n, programmeId, word, secret }, projectIds, hostIds))
    const mail = {
      programmeId,
      to: `${secret}@example.org`,
      kind: 'invitation',
      subject: secret,
      body: secret,
    }
    const written = await tx
      .insert(mails)
      .values([0, 1].map(() => ({ ...mail, state: 'kept' as const })))
      .returning({ id: mails.id })
    await record(tx, { programmeId, actorId: null }, { type: 'programme.founded', payload: {} })
    const ofHosts = await tx
      .select()
      .from(hosts)
      .where(eq(hosts.programmeId, programmeId))
      .orderBy(hosts.code)
    const organisationIds = ofHosts.map(({ organisationId }) => organisationId)
    const mailIds = written.map(({ id }) => id)
    const applied = await plantApplications(tx, { programmeId, word, secret })
    return {
      ...{ programmeId, word, secret, projectIds, hostIds, organisationIds, days, mailIds },
      applicationIds: applied.map(({ id }) => id),
      applicantId: applied[0].userId,
    }
  })
}

/** Each handed in by an account of its own, the first of which applies still. */
async function plantApplications(tx: Transaction, { programmeId, word, secret }: Omit<Words, 'n'>) {
  const call = { text: 'Bando', criteria: 'Criteri', next: '' }
  await tx.insert(openCalls).values({ programmeId, on: true, it: call, en: call })
  const planted: { id: string; userId: string }[] = []
  for (const [n, said] of [word, secret].entries()) {
    const userId = randomUUID()
    await tx.insert(users).values({ id: userId, name: said, email: `${said.toLowerCase()}a${n}@example.org` })
    const [{ id }] = await tx
      .insert(applications)
      .values({
        ...{ programmeId, userId, state: 'submitted', name: said, language: 'it' },
        content: {
          ...{ organisations: [said], firstName: '', lastName: said, title: '', phone: said },
          ...{ summary: said, problem: said, ask: said, district: '', support: [] },
        },
      })
      .returning({ id: applications.id })
    await tx.insert(memberships).values({ programmeId, userId, role: 'applicant' })
    planted.push({ id, userId })
  }
  return planted
}

type Words = { n: number; programmeId: string; word: string; secret: string }

/** The first project has handed its proposal in, the second one has only begun to write. */
async function plantProject(tx: Transaction, { n, programmeId, word, secret }: Words): Promise<string> {
  const values = { programmeId, code: `P${n}`, name: `Progetto ${word} ${n}` }
  const [{ id }] = await tx.insert(projects).values(values).returning({ id: projects.id })
  const personId = await plantPerson(tx, programmeId, secret, `${secret}p${n}@example.org`)
  await tx.insert(teamMembers).values({ projectId: id, personId, position: 0 })
  const [carrier] = await tx
    .insert(organisations)
    .values({ programmeId, name: `Ente ${word} ${n}` })
    .returning({ id: organisations.id })
  await tx.insert(projectOrganisations).values({ projectId: id, organisationId: carrier.id, position: 0 })
  const begun = { ...EMPTY_PROPOSAL, summary: secret, problem: secret }
  const full = {
    ...EMPTY_PROPOSAL,
    ...{
      summary: word,
      problem: word,
      ask: word,
      offer: word,
      support: [{ form: 'donation' as const, amount: 1 }],
    },
  }
  await tx.insert(proposals).values({
    projectId: id,
    ...(n === 0
      ? { status: 'submitted', content: full }
      : { status: 'draft', content: begun, message: secret }),
  })
  return id
}

/** Their phone is for organisers alone. */
async function plantPerson(tx: Transaction, programmeId: string, lastName: string, email: string) {
  const [{ id }] = await tx
    .insert(people)
    .values({ programmeId, lastName, email, phone: `${email} 011` })
    .returning({ id: people.id })
  return id
}

async function plantHost(tx: Transaction, { n, programmeId, word, secret }: Words): Promise<string> {
  const [{ id: organisationId }] = await tx
    .insert(organisations)
    .values({ programmeId, name: `Fondazione ${word} ${n}`, kind: 'foundation' })
    .returning({ id: organisations.id })
  const personId = await plantPerson(tx, programmeId, `Referente ${word} ${n}`, `${secret}h${n}@example.org`)
  const [{ id }] = await tx
    .insert(hosts)
    .values({
      ...{ programmeId, organisationId, personId, code: `H${n}`, label: secret },
      ...{ about: word, funds: word, doesNotFund: word },
    })
    .returning({ id: hosts.id })
  return id
}

async function plantDay(tx: Transaction, words: Words, projectIds: string[], hostIds: string[]) {
  const { n, programmeId, word, secret } = words
  const [{ id: eventId }] = await tx
    .insert(events)
    .values({
      programmeId,
      kind: 'tutoring',
      title: `Giornata ${word} ${n}`,
      date: `2030-05-1${n}`,
      rules: DEFAULT_RULES,
    })
    .returning({ id: events.id })
  const slotIds = await plantSlots(tx, eventId, n)
  const [{ id: roomId }] = await tx.insert(rooms).values({ eventId, name: word }).returning({ id: rooms.id })
  const planted = await tx
    .insert(tables)
    .values([0, 1].map((position) => ({ eventId, roomId, name: String(position + 1), position })))
    .returning({ id: tables.id })
  const tableIds = planted.map(({ id }) => id)
  const sides = [
    ...projectIds.map((projectId) => ({ eventId, side: 'project' as const, projectId })),
    ...hostIds.map((hostId) => ({ eventId, side: 'host' as const, hostId })),
  ]
  const taking = await tx.insert(participants).values(sides).returning({ id: participants.id })
  const [project, otherProject, host, otherHost] = taking.map(({ id }) => id)
  await tx.insert(preferences).values([
    { eventId, fromId: project, toId: host, level: 'want' },
    { eventId, fromId: host, toId: project, level: 'want' },
  ])
  const [{ id: candidateId }] = await tx
    .insert(candidates)
    .values({ eventId, projectParticipantId: project, hostParticipantId: host })
    .returning({ id: candidates.id })
  const instance = { note: secret }
  const [{ id: runId }] = await tx
    .insert(runs)
    .values({ eventId, seed: 1, seconds: 1, status: 'failed', instance, solution: instance, reason: secret })
    .returning({ id: runs.id })
  const meeting = { candidateId, slotId: slotIds[0], tableId: tableIds[0], value: 2, locked: false }
  const draft = await insertSchedule(tx, { eventId, kind: 'draft', name: secret })
  const spare = await insertSchedule(tx, { eventId, kind: 'draft', name: secret })
  const live = await insertSchedule(tx, { eventId, kind: 'live', name: secret, number: 1 })
  for (const schedule of [draft, spare, live]) await insertMeetings(tx, schedule, [meeting])
  const token = randomBytes(24).toString('base64url')
  const digest = createHash('sha256').update(token).digest('hex')
  const screenOf = async (of: string) =>
    (await tx.insert(screens).values({ eventId, label: secret, digest: of }).returning({ id: screens.id }))[0]
      .id
  await screenOf(digest)
  return {
    ...{ eventId, slotIds, tableIds, roomId, runId, token },
    participants: { project, otherProject, host, otherHost },
    scheduleId: draft.id,
    spareId: spare.id,
    screenId: await screenOf(randomUUID()),
    ...(await plantDisruption(tx, { eventId, slotIds, tableId: tableIds[0], scheduleId: live.id })),
    meetingId: await meetingOf(tx, draft.id),
    memberId: await plantHelper(tx, programmeId, secret),
  }
}

/** Somebody at the desk, whose address is for organisers alone. */
async function plantHelper(tx: Transaction, programmeId: string, secret: string): Promise<string> {
  const email = `${secret}-${randomUUID()}@example.org`
  const [{ id: userId }] = await tx
    .insert(users)
    .values({ id: randomUUID(), name: secret, email })
    .returning({ id: users.id })
  const [{ id }] = await tx
    .insert(memberships)
    .values({ programmeId, userId, role: 'desk' })
    .returning({ id: memberships.id })
  return id
}

type Disrupted = { eventId: string; slotIds: string[]; tableId: string; scheduleId: string }

/** A table that is out, and a proposal that leaves everything as it is. */
async function plantDisruption(tx: Transaction, { eventId, slotIds, tableId, scheduleId }: Disrupted) {
  const [{ id: disruptionId }] = await tx
    .insert(disruptions)
    .values({ eventId, kind: 'table_out', tableId, fromId: slotIds[2], toId: slotIds[2] })
    .returning({ id: disruptions.id })
  const [{ id: repairId }] = await tx
    .insert(repairs)
    .values({
      ...{ eventId, scheduleId, baseVersion: 1, order: 'fewest-changes', disruptionIds: [disruptionId] },
      ...{ meetings: [], objective: [], changes: { value: 0, bound: 0, proven: true }, shortfallBefore: 0 },
    })
    .returning({ id: repairs.id })
  return { disruptionId, repairId }
}

async function plantSlots(tx: Transaction, eventId: string, n: number): Promise<string[]> {
  const at = (hour: number, minute: number) => new Date(Date.UTC(2030, 4, 10 + n, hour, minute))
  const rows = [0, 1, 2].map((position) => ({
    ...{ eventId, position, day: at(12, 0).toISOString().slice(0, 10), block: 0 },
    startsAt: at(8 + position, 0),
    endsAt: at(8 + position, 20),
  }))
  const planted = await tx.insert(slots).values(rows).returning({ id: slots.id })
  return planted.map(({ id }) => id)
}

async function meetingOf(tx: Transaction, scheduleId: string): Promise<string> {
  const [row] = await tx.select({ id: meetings.id }).from(meetings).where(eq(meetings.scheduleId, scheduleId))
  return row.id
}
