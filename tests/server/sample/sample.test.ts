import { and, asc, desc, eq } from 'drizzle-orm'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect, type Database } from '../../../server/database/client.ts'
import * as schema from '../../../server/database/schema.ts'
import { findCandidates } from '../../../server/features/choices/pairs.ts'
import { findEngagements } from '../../../server/features/participants/engagements.ts'
import { buildInstance, pairsFor } from '../../../server/features/solver-input/instance.ts'
import { findCamp } from '../../../server/features/solver-input/repository.ts'
import { EventRules } from '../../../server/schemas/rules.ts'
import { HostProfile, ProposalContent } from '../../../server/schemas/proposal.ts'
import { SAMPLE } from '../../../server/sample/data.ts'
import { generateAnswers } from '../../../server/sample/generate.ts'
import { loadSample, redateSample } from '../../../server/sample/load.ts'
import { clockOffset } from '../../../server/sample/times.ts'
import { parseInstance, solve } from '../../../solver/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'

const EVENING = new Date('2026-11-22T22:00:00+01:00')
const REAL_COMPANIES =
  /fiat|stellantis|intesa|sanpaolo|unicredit|lavazza|ferrero|reale mutua|iren|crt\b|enel/i

const HOSTS = [...SAMPLE.hosts, ...SAMPLE.tutors]

let database: TestDatabase
let db: Database

beforeEach(async () => {
  database = await createTestDatabase()
  db = connect(database.url)
})

afterEach(async () => {
  await db.$client.end()
  await database.drop()
})

async function campRow() {
  const [camp] = await db.select().from(schema.events).where(eq(schema.events.kind, 'camp'))
  return camp
}

const campSlots = async () =>
  db
    .select()
    .from(schema.slots)
    .where(eq(schema.slots.eventId, (await campRow()).id))
    .orderBy(asc(schema.slots.position))

const romeTime = (at: Date) => at.toLocaleTimeString('it', { timeZone: 'Europe/Rome', timeStyle: 'short' })

test('an empty database gets the whole programme, and a second load changes nothing', async () => {
  const first = await loadSample(db, { now: EVENING })
  expect(await loadSample(db, { now: EVENING })).toEqual(first)
  const projects = await db.select().from(schema.projects)
  expect({
    programmes: await db.$count(schema.programmes),
    events: await db.$count(schema.events),
    financed: projects.filter(({ financed }) => financed).length,
    invented: projects.filter(({ sample }) => sample).length,
    hosts: await db.$count(schema.hosts),
    slots: (await campSlots()).length,
    tables: await db.$count(schema.tables),
    participants: await db.$count(schema.participants),
  }).toEqual({
    ...{ programmes: 1, events: 4, financed: 12, invented: 13, hosts: 45 },
    // 65 at the camp, 30 at the tutoring, and 25 projects at the workshop.
    ...{ slots: 16, tables: 25, participants: 120 },
  })
  const changes = await db.select().from(schema.changes)
  expect(changes.map(({ seq, type }) => [seq, type])).toEqual([[1, 'sample.loaded']])
})

test('two services starting together load one sample', async () => {
  const ids = await Promise.all([loadSample(db, { now: EVENING }), loadSample(db, { now: EVENING })])
  expect(ids[0]).toEqual(ids[1])
  expect(await db.$count(schema.programmes)).toBe(1)
})

test('a database in use is left alone', async () => {
  await db.insert(schema.programmes).values({ name: 'Nostro' })
  expect(await loadSample(db, { now: EVENING })).toBeNull()
  await redateSample(db, EVENING)
  expect(await db.$count(schema.hosts)).toBe(0)
})

test('the data keep to the wire contract', () => {
  const profiles = HOSTS.map(({ code: _code, organisation: _of, kind: _kind, ...profile }) => profile)
  expect(profiles.filter((profile) => !Value.Check(HostProfile, profile))).toEqual([])
  expect(SAMPLE.projects.filter(({ content }) => !Value.Check(ProposalContent, content))).toEqual([])
  expect(Value.Check(EventRules, SAMPLE.rules)).toBe(true)
})

test('every funding mix adds up to 100', () => {
  const totals = SAMPLE.projects.map(({ content }) =>
    content.fundingMix.reduce((sum, { percent }) => sum + percent, 0),
  )
  expect(new Set(totals)).toEqual(new Set([100]))
})

test('what is invented says so', () => {
  expect(HOSTS.filter(({ organisation }) => !organisation.includes('Esempio'))).toEqual([])
  expect(
    HOSTS.filter(({ organisation, lastName }) => REAL_COMPANIES.test(organisation) || lastName !== 'Esempio'),
  ).toEqual([])
  const unmarked = SAMPLE.projects.filter(({ name, content }) =>
    name.startsWith('Progetto esempio') ? false : !content.summary.endsWith('(Testo di esempio.)'),
  )
  expect(unmarked).toEqual([])
})

test('nobody gives more musts than allowed and almost everybody has answered', () => {
  const answers = generateAnswers(SAMPLE, 16)
  const musts = answers.map(({ wishes }) => wishes.filter(({ level }) => level === 'must').length)
  expect(Math.max(...musts)).toBeLessThanOrEqual(SAMPLE.rules.musts)
  expect(answers.filter(({ answered }) => !answered).map(({ code }) => code)).toEqual([
    ...['P20', 'H09', 'H21', 'H34'],
  ])
  expect(generateAnswers(SAMPLE, 16)).toEqual(answers)
})

test('every guarantee of the sample camp can be kept and its value is proven', async () => {
  const file = await instance()
  const solution = await solve(parseInstance(file), { seed: 1, maxIterations: 20_000 })
  const { shortfall, value, fairness } = solution.objective
  expect(shortfall).toEqual({ value: 0, bound: 0, proven: true })
  expect([value?.proven, fairness?.proven]).toEqual([true, true])
  // Two hosts of one organisation, whom without the rule some projects would both meet.
  const { quotas = [], ...free } = file
  const { meetings } = await solve(parseInstance(free), { seed: 1, maxIterations: 2_000 })
  const held = new Set(meetings.map(({ candidate }) => candidate))
  const twice = quotas.filter(({ candidates = [] }) => candidates.filter((id) => held.has(id)).length > 1)
  console.log(`one meeting an organisation: ${quotas.length} projects may, ${twice.length} would have two`)
  expect(twice.length).toBeGreaterThan(0)
  // What some need of a table, and a table of one's own.
  const { participants } = file
  expect(participants.flatMap(({ needs }) => needs ?? [])).toEqual(['step-free', 'step-free', 'step-free'])
  expect(participants.flatMap(({ tables }) => tables ?? [])).toHaveLength(1)
})

test('each project has met a tutor at the tutor’s own table, on the day whose last turns the workshop takes', async () => {
  await loadSample(db, { now: EVENING })
  const [tutoring] = await db.select().from(schema.events).where(eq(schema.events.kind, 'tutoring'))
  const rows = await db
    .select({ meeting: schema.meetings, host: schema.participants })
    .from(schema.meetings)
    .innerJoin(schema.schedules, eq(schema.schedules.id, schema.meetings.scheduleId))
    .innerJoin(schema.candidates, eq(schema.candidates.id, schema.meetings.candidateId))
    .innerJoin(schema.participants, eq(schema.participants.id, schema.candidates.hostParticipantId))
    .where(and(eq(schema.schedules.eventId, tutoring.id), eq(schema.schedules.kind, 'live')))
  expect(rows).toHaveLength(25)
  expect(rows.filter(({ meeting, host }) => meeting.tableId !== host.ownTableId)).toEqual([])
  const [workshop, ...others] = await findEngagements(db, tutoring.id)
  expect(others).toEqual([])
  expect([workshop.title, workshop.slots.length, workshop.participants.length]).toEqual([
    ...['Workshop fundraising: funding mix e proposte di collaborazione', 2, 25],
  ])
  expect(rows.filter(({ meeting }) => workshop.slots.includes(meeting.slotId))).toEqual([])
})

test('re-dating moves the whole programme to today and keeps local times when the clocks change', async () => {
  await loadSample(db, { now: new Date('2026-10-24T08:00:00+02:00') })
  await redateSample(db, new Date('2026-10-25T20:00:00+01:00'))
  const slots = await campSlots()
  expect([slots[0].startsAt, slots[15].endsAt]).toEqual([
    new Date('2026-10-25T09:30:00+01:00'),
    new Date('2026-10-25T17:15:00+01:00'),
  ])
  const events = await db
    .select()
    .from(schema.events)
    .orderBy(asc(schema.events.date), desc(schema.events.kind))
  expect(events.map(({ kind, date, startsAt }) => [kind, date, startsAt && romeTime(startsAt)])).toEqual([
    ['workshop', '2026-10-11', '15:30'],
    ['tutoring', '2026-10-11', null],
    ['camp', '2026-10-25', null],
    ['public', '2026-11-01', '11:00'],
  ])
  expect((await campRow()).replyBy).toEqual(new Date('2026-10-25T18:00:00+01:00'))
  const changes = await db.select().from(schema.changes).orderBy(asc(schema.changes.seq))
  expect(changes.map(({ type, audience }) => [type, audience])).toEqual([
    ['sample.loaded', ['everyone']],
    ['sample.redated', ['everyone']],
  ])
})

test('starting again at the same moment changes nothing', async () => {
  await loadSample(db, { now: EVENING })
  await redateSample(db, EVENING)
  expect(await db.$count(schema.changes)).toBe(1)
})

test('the clock starts ten minutes before the first slot, unless the day is running', () => {
  const at = (time: string) => new Date(`2026-11-22T${time}:00+01:00`)
  const day = [{ startsAt: at('09:30'), endsAt: at('17:15') }]
  const shown = (time: string) => new Date(at(time).getTime() + clockOffset(day, at(time)))
  expect(['06:00', '09:19', '22:00'].map(shown)).toEqual([at('09:20'), at('09:20'), at('09:20')])
  expect(['09:20', '13:30', '17:15'].map(shown)).toEqual([at('09:20'), at('13:30'), at('17:15')])
})

/** The camp as a run puts it to the solver. */
async function instance() {
  const { eventId } = (await loadSample(db, { now: EVENING }))!
  const camp = (await findCamp(db, eventId))!
  const candidates = await findCandidates(db, eventId)
  return buildInstance(
    camp,
    pairsFor(
      candidates.map((pair) => ({ ...pair, id: `${pair.projectParticipantId} ${pair.hostParticipantId}` })),
      [],
    ),
  )
}
