import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { events, people, users } from '../../../../server/database/schema.ts'
import type { FiguresView, PublishedPlan } from '../../../../server/schemas/figures.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
let observer: Awaited<ReturnType<Stage['enter']>>
let plan: PlanView
beforeAll(async () => {
  stage = await openStage()
  observer = await stage.enter({ role: 'observer' })
  const { scheduleId } = await finishedRun(stage)
  const read = async (key = '') =>
    (await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan${key}`)).body
  const fence = { 'if-match': String((await read(`/${scheduleId}`)).schedule!.version) }
  await stage.organiser('POST', `/schedules/${scheduleId}/publish`, {}, fence)
  plan = await read()
}, 60_000)
afterAll(() => stage.close())

const figures = () => observer<FiguresView>('GET', `/programmes/${stage.programmeId}/figures`)
const published = () => observer<PublishedPlan>('GET', `/events/${stage.eventId}/published`)

test('whoever observes reads the figures that organisers see on the plan', async () => {
  const { status, body } = await figures()
  expect(status).toBe(200)
  expect(body.counts).toMatchObject({ projects: 25, financed: 12, hosts: 45 })
  const camp = body.events.find(({ id }) => id === stage.eventId)!
  const count = (side: string) => plan.participants.filter((one) => one.side === side).length
  expect(camp).toMatchObject({ projects: count('project'), hosts: count('host') })
  expect(camp.published).toEqual({ number: 1, meetings: plan.meetings.length, wishes: plan.wishes })
})

test('the published plan names projects and organisations in the order of the day', async () => {
  const { meetings } = (await published()).body
  expect(meetings).toHaveLength(plan.meetings.length)
  const starts = meetings.map(({ startsAt }) => startsAt)
  expect(starts).toEqual(starts.toSorted())
  const personOf = new Map(plan.participants.map((person) => [person.id, person]))
  const startOf = new Map(plan.slots.map(({ id, startsAt }) => [id, startsAt]))
  const tableOf = new Map(plan.tables.map(({ id, name }) => [id, name]))
  const wanted = plan.meetings.map(({ slotId, tableId, participants: [project, host] }) =>
    [
      ...[startOf.get(slotId), tableOf.get(tableId ?? '')],
      ...[personOf.get(project)?.name, personOf.get(host)?.organisations[0]],
    ].join(),
  )
  const told = meetings.map((one) => [one.startsAt, one.table, one.project, one.organisation].join())
  expect(told.toSorted()).toEqual(wanted.toSorted())
})

test('no person, address or answer of anybody stands in what they read', async () => {
  const text = (await figures()).text + (await published()).text
  const named = await stage.db.select().from(people)
  const accounts = await stage.db.select().from(users)
  const names = named.map(({ firstName, lastName, title }) => `${firstName} ${lastName}`.trim() || title)
  const addresses = [...named, ...accounts].map(({ email }) => email)
  const secrets = [...names, ...addresses, '@'].filter((word) => word !== null && word !== '') as string[]
  expect(secrets.filter((word) => text.includes(word))).toEqual([])
  for (const path of ['people', 'mails', 'members', 'changes'])
    expect((await observer('GET', `/programmes/${stage.programmeId}/${path}`)).status).toBe(403)
})

test('a rehearsal is not among the events, and its plan is not there', async () => {
  await stage.db.update(events).set({ rehearsal: true, public: false }).where(eq(events.id, stage.eventId))
  expect((await figures()).body.events.map(({ id }) => id)).not.toContain(stage.eventId)
  expect((await published()).status).toBe(404)
})
