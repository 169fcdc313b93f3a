import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { candidates, participants, slots, tables } from '../../../server/database/schema.ts'
import {
  insertMeetings,
  insertSchedule,
  sealSchedule,
} from '../../../server/features/schedules/repository.ts'
import type { AnswersView } from '../../../server/schemas/choice.ts'
import type { Problem } from '../../../server/schemas/common.ts'
import type { ChangesView, PeopleView } from '../../../server/schemas/programme.ts'
import type { Me } from '../../../server/schemas/session.ts'
import { Client, until } from '../../support/client.ts'
import { openStage, type Stage } from '../../support/stage.ts'

let stage: Stage
let base: string
let organiser: Client
beforeAll(async () => {
  stage = await openStage()
  await stage.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://localhost:${(stage.app.server.address() as AddressInfo).port}`
  organiser = await Client.enter(base, 'organiser')
})
afterAll(() => stage.close())

/** A version that nobody may change any more, with one meeting. */
async function publishSomething() {
  const { db, eventId } = stage
  const [people, [slot], [table]] = await Promise.all([
    db.select().from(participants).where(eq(participants.eventId, eventId)),
    db.select().from(slots).where(eq(slots.eventId, eventId)),
    db.select().from(tables).where(eq(tables.eventId, eventId)),
  ])
  const idOf = (side: string) => people.find((one) => one.side === side)!.id
  await db.transaction(async (tx) => {
    const pair = { eventId, projectParticipantId: idOf('project'), hostParticipantId: idOf('host') }
    const [{ id: candidateId }] = await tx.insert(candidates).values(pair).returning({ id: candidates.id })
    const version = await insertSchedule(tx, { eventId, kind: 'version', name: 'Prima', number: 1 })
    const place = { candidateId, slotId: slot.id, tableId: table.id, value: 1, locked: false }
    await insertMeetings(tx, version, [place])
    await sealSchedule(tx, version.id)
  })
}

test('the sample starts over, and pages that are open are told', async () => {
  const { programmeId, eventId } = stage
  const people = () => organiser.get<PeopleView>(`/programmes/${programmeId}/people`)
  const names = async () => (await people()).projects.map(({ name }) => name)
  const before = await names()
  await organiser.request('POST', `/programmes/${programmeId}/projects`, { name: 'Di troppo' })
  await publishSomething()
  const { hosts } = await Client.people(base)
  const host = await Client.enter(base, hosts[0].id)
  const { memberships } = await host.get<Me>('/me')
  const participantId = memberships[0].events.find(({ id }) => id === eventId)?.participantId as string
  const agenda = await host.follow('agenda', eventId, participantId)
  const answers = await organiser.follow('answers', eventId)
  const { changes } = await organiser.get<ChangesView>(`/programmes/${programmeId}/changes`)

  const reset = await organiser.request('POST', '/sample/reset', { programmeId })
  expect([reset.status, reset.body]).toEqual([200, { id: programmeId, seq: expect.any(Number) }])
  expect(await names()).toEqual(before)
  const shown = await until('the answers page', () => {
    const frame = answers.frames.at(-1)?.frame
    return frame?.type === 'change' && frame.data !== null && frame
  })
  expect((shown.data as AnswersView).event.id).toBe(eventId)
  expect((shown.data as AnswersView).answers.some(({ name }) => name === 'Di troppo')).toBe(false)
  expect(shown.seq).toBeGreaterThan(changes[0].seq)
  const farewell = await until('the agenda page', () => {
    const frame = agenda.frames.at(-1)?.frame
    return frame?.type === 'bye' && frame
  })
  expect(farewell).toEqual({ type: 'bye', code: 'not-found' })
  answers.socket.terminate()
  const { changes: after } = await organiser.get<ChangesView>(`/programmes/${programmeId}/changes`)
  expect(after.map(({ type, text }) => [type, text])).toEqual([
    ['sample.reset', 'Ha ricominciato il programma di esempio da capo.'],
    ['sample.loaded', expect.any(String)],
  ])
})

test('only its organisers start the sample over, and not while a run is working on it', async () => {
  const { programmeId, eventId } = stage
  const { hosts } = await Client.people(base)
  const host = await Client.enter(base, hosts[0].id)
  expect((await host.request('POST', '/sample/reset', { programmeId })).status).toBe(403)
  expect((await organiser.request('POST', `/events/${eventId}/runs`, { seconds: 5 })).status).toBe(202)
  const refused = await organiser.request<Problem>('POST', '/sample/reset', { programmeId })
  expect([refused.status, refused.body.code]).toEqual([409, 'run-in-progress'])
})
