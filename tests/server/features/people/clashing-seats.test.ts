import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hosts, meetingSeats, schedules } from '../../../../server/database/schema.ts'
import { insertMeetings, insertSchedule } from '../../../../server/features/schedules/repository.ts'
import { findCamp, identifyPairs } from '../../../../server/features/solver-input/repository.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { PeopleView } from '../../../../server/schemas/programme.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { importing } from '../../../support/importing.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
})
afterAll(() => stage.close())

const ANNA = { firstName: 'Anna', lastName: 'Esempio', email: 'anna@due.example' }

/** A draft of a day of its own in which two hosts meet two projects in one turn; what each of the four is. */
async function draft() {
  const eventId = await torino.camp()
  const people = [
    await torino.host(ANNA),
    await torino.host(),
    await torino.project(),
    await torino.project(),
  ]
  const ids = await Promise.all(people.map(({ id }) => torino.participant(eventId, id)))
  const pairs = [0, 1].map((n) => ({ hostParticipantId: ids[n], projectParticipantId: ids[n + 2] }))
  const camp = (await findCamp(stage.db, eventId))!
  const scheduleId = await stage.db.transaction(async (tx) => {
    const idOf = await identifyPairs(tx, eventId, pairs)
    const schedule = await insertSchedule(tx, { eventId, kind: 'draft', name: 'Prova' })
    const rows = pairs.map((pair, n) => ({
      ...{ candidateId: idOf(pair), slotId: camp.slots[0].id, tableId: camp.tables[n].id },
      ...{ value: 1, locked: false },
    }))
    await insertMeetings(tx, schedule, rows)
    return schedule.id
  })
  const [anna, bruno, first, second] = people
  return { eventId, scheduleId, camp, ids, anna, bruno, first, second }
}

/** Who has to sit in the seats of some participants: how many there are, and how many different ones. */
async function seated(scheduleId: string, ids: string[]) {
  const rows = await stage.db.select().from(meetingSeats).where(eq(meetingSeats.scheduleId, scheduleId))
  const humans = rows.filter((row) => ids.includes(row.participantId)).map(({ human }) => human)
  return humans.filter((human) => human !== null).length
}

const edit = (path: string, body: object) => torino.organiser.send<Written & Problem>('PATCH', path, body)

async function publish(scheduleId: string) {
  const [{ version }] = await stage.db.select().from(schedules).where(eq(schedules.id, scheduleId))
  const path = `/schedules/${scheduleId}/publish`
  const headers = { 'if-match': String(version) }
  return torino.organiser.send<Written & Problem>('POST', path, { note: '' }, headers)
}

test('whoever is found to be in two places can be edited all the same, and the schedule published', async () => {
  const { scheduleId, eventId, ids, bruno } = await draft()
  const both = ids.slice(0, 2)
  expect(await seated(scheduleId, both)).toBe(2)
  expect((await edit(`/hosts/${bruno.id}/person`, ANNA)).status).toBe(200)
  expect(await seated(scheduleId, both)).toBe(1)
  expect((await edit(`/hosts/${bruno.id}/person`, { phone: '011' })).status).toBe(200)

  const published = await publish(scheduleId)
  expect(published.status).toBe(200)
  const all = await stage.db.select().from(schedules).where(eq(schedules.eventId, eventId))
  expect(await Promise.all(all.map(({ id }) => seated(id, both)))).toEqual([1, 1, 1])

  expect((await edit(`/hosts/${bruno.id}/person`, { firstName: 'Bruno' })).status).toBe(200)
  const [version] = all.filter(({ sealed }) => sealed)
  const open = all.filter(({ sealed }) => !sealed)
  expect(await seated(version.id, both)).toBe(1)
  expect(await Promise.all(open.map(({ id }) => seated(id, both)))).toEqual([2, 2])
})

test('a table brings in people who are found to be one', async () => {
  const { bruno, scheduleId, ids } = await draft()
  const { hosts: listed } = (
    await torino.organiser.send<PeopleView>('GET', `/programmes/${torino.id}/people`)
  ).body
  const { code } = listed.find(({ id }) => id === bruno.id)!
  const text = `codice;nome;cognome;ente;email\n${code};Anna;Esempio;${listed[0].organisation};${ANNA.email}\n`
  const { imported } = await importing(torino.organiser.send, torino.id).bring('hosts', text)
  expect([imported.status, imported.body.updated]).toEqual([200, 1])
  expect(await seated(scheduleId, ids.slice(0, 2))).toBe(1)
})

test('nobody is moved to where they already are, whatever their seat knew', async () => {
  const { eventId, scheduleId, camp, bruno } = await draft()
  await edit(`/hosts/${bruno.id}/person`, ANNA)
  const shown = async () =>
    (await torino.organiser.send<PlanView>('GET', `/events/${eventId}/plan/${scheduleId}`)).body.meetings
  const [one] = await shown()
  const move = async (slot: number) => {
    const { version, tableId } = (await shown()).find(({ id }) => id === one.id)!
    const to = { slotId: camp.slots[slot].id, tableId }
    return torino.organiser.send<Problem>('POST', `/meetings/${one.id}/move`, to, {
      'if-match': String(version),
    })
  }
  expect((await move(1)).status).toBe(200)
  const [{ known }] = await stage.db.execute<{ known: number }>(sql`
    select count(human)::int as known from meeting_seats seat join participants part on part.id = seat.participant_id
    where seat.schedule_id = ${scheduleId} and part.side = 'host'`)
  expect(known).toBe(2)
  expect((await move(0)).body.code).toBe('person-busy')
})

test('who leaves a team is no longer in anybody’s way', async () => {
  const { scheduleId, ids, first } = await draft()
  const team = [{ lastName: 'Sola', email: 'sola@uno.example' }]
  await edit(`/projects/${first.id}`, { team })
  expect(await seated(scheduleId, [ids[2]])).toBe(1)
  await edit(`/projects/${first.id}`, { team: [] })
  expect(await seated(scheduleId, [ids[2]])).toBe(0)
})

test('a host who changes their own name is known by it in their seats', async () => {
  const { scheduleId, ids, anna } = await draft()
  const human = async () => {
    const rows = await stage.db.select().from(meetingSeats).where(eq(meetingSeats.scheduleId, scheduleId))
    return rows.find(({ participantId }) => participantId === ids[0])!.human
  }
  const before = await human()
  const [{ version }] = await stage.db.select().from(hosts).where(eq(hosts.id, anna.id))
  const said = (body: object) =>
    anna.send<Problem>('PATCH', `/hosts/${anna.id}`, body, { 'if-match': String(version) })
  expect((await said({ firstName: 'Annalisa' })).status).toBe(200)
  expect(await human()).not.toBe(before)
})

test('who has to sit for one participant is looked up without a look at every team', async () => {
  const { ids } = await draft()
  const plan = await stage.db.transaction(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`)
    return tx.execute(sql`explain select must.human from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) given
      join participant_humans must on must.participant_id = given::uuid`)
  })
  const text = plan.map((row) => row['QUERY PLAN']).join('\n')
  expect(text).toMatch(/Index Cond: \(project_id = participants\.project_id\)/)
  expect(text).not.toMatch(/GroupAggregate|HashAggregate|Seq Scan/)
})

test('a draft that was made before its people were found to be one can be published', async () => {
  const { scheduleId, first } = await draft()
  await edit(`/projects/${first.id}`, { team: [ANNA, { lastName: 'Altri' }] })
  expect((await publish(scheduleId)).status).toBe(200)
})
