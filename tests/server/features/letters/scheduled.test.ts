import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changes, events, mails, participants, programmes } from '../../../../server/database/schema.ts'
import { sendDue } from '../../../../server/features/letters/scheduled.ts'
import type { ScheduledKind, ScheduledView } from '../../../../server/schemas/letters.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let eventId: string
let hostAt: string

/** As of a sample, whose mails stay in the outbox with what they hide. */
beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  await change({ sample: true, contactEmail: 'segreteria@camp.example' })
  eventId = await torino.camp('Primo camp')
  await torino.project({ name: 'Orti', team: [{ firstName: 'Ivo', email: 'orti@example.org' }] })
  const host = await torino.host({ firstName: 'Ada', email: 'ada@example.org' })
  await torino.host()
  hostAt = await torino.participant(eventId, host.id)
  await clock('2030-04-01T10:00:00Z')
})
afterAll(() => stage.close())

const change = (values: Partial<typeof programmes.$inferInsert>) =>
  stage.db.update(programmes).set(values).where(eq(programmes.id, torino.id))
const clock = (at: string) => change({ clockOffsetMs: Date.parse(at) - Date.now() })
const set = (kind: ScheduledKind, on: boolean, days: number, of = eventId) =>
  torino.organiser.send<{ code?: string }>('PUT', `/events/${of}/scheduled-mails/${kind}`, { on, days })
const view = async (kind: ScheduledKind, of = eventId) =>
  (await torino.organiser.send<ScheduledView>('GET', `/programmes/${torino.id}/scheduled-mails`)).body.events
    .find(({ id }) => id === of)!
    .mails.find((one) => one.kind === kind)!
/** What two workers that look at the same moment send. */
async function sent() {
  const before = new Set((await stage.db.select().from(mails)).map(({ id }) => id))
  await Promise.all([sendDue(stage), sendDue(stage)])
  return (await stage.db.select().from(mails)).filter(({ id }) => !before.has(id))
}

test('who has not said whether they come is asked once, two days before, by links that work', async () => {
  expect(await view('coming')).toMatchObject({
    ...{ state: 'off', on: false, days: 2, people: 2, sent: 0, at: '2030-05-08T07:00:00.000Z' },
  })
  await set('coming', true, 2)
  expect(await sent()).toEqual([])
  await clock('2030-05-08T07:30:00Z')
  const asked = await sent()
  expect(asked.map(({ to }) => to).toSorted()).toEqual(['ada@example.org', 'orti@example.org'])
  expect(await sent()).toEqual([])
  expect(await view('coming')).toMatchObject({ state: 'done', sent: 2, people: 0 })
  expect((await set('coming', false, 2)).body.code).toBe('mail-gone-by')

  const { body, html, secret, replyTo } = asked.find(({ to }) => to === 'ada@example.org')!
  expect(replyTo).toBe('segreteria@camp.example')
  expect(new Set(asked.map((one) => one.secret)).size).toBe(2)
  for (const text of [body, html!]) {
    expect(text).toContain('/vengo?risposta=si#••••••')
    expect(text).toContain('/vengo?risposta=no#••••••')
    expect(text).not.toContain(secret!)
  }
  const said = await stage.nobody.send('POST', '/rsvp/answer', { token: secret!, rsvp: 'coming' })
  expect(said.status).toBe(200)
  const rows = await stage.db.select().from(participants).where(eq(participants.rsvp, 'coming'))
  expect(rows.map(({ id }) => id)).toEqual([hostAt])
  const log = await stage.db.select().from(changes).where(eq(changes.type, 'rsvp.asked'))
  expect(log).toMatchObject([{ actorId: null, payload: { mails: 2 } }])
})

test('one that is stopped does not go, one that was due more than a day ago neither', async () => {
  await stage.db.update(participants).set({ attendance: 'here' }).where(eq(participants.id, hostAt))
  await set('thanks', true, 1)
  await set('thanks', false, 1)
  await clock('2030-05-11T17:00:00Z')
  expect(await sent()).toEqual([])
  await set('thanks', true, 1)
  await clock('2030-05-12T17:00:00Z')
  expect(await sent()).toEqual([])
  expect(await view('thanks')).toMatchObject({ state: 'missed', at: '2030-05-11T16:00:00.000Z' })
  await clock('2030-05-11T17:00:00Z')
  expect((await sent()).map(({ to, kind }) => [to, kind])).toEqual([['ada@example.org', 'thanks']])
})

test('it moves with the deadline and with the event, and of a rehearsal or a deleted event nothing goes', async () => {
  await clock('2030-04-01T10:00:00Z')
  const otherId = await torino.camp('Secondo camp')
  const at = async (kind: ScheduledKind) => (await view(kind, otherId)).at
  const edit = (values: Partial<typeof events.$inferInsert>) =>
    stage.db.update(events).set(values).where(eq(events.id, otherId))
  await set('reminder', true, 3, otherId)
  expect(await view('reminder', otherId)).toMatchObject({ state: 'undated', at: null })
  await edit({ replyBy: new Date('2030-05-01T21:59:00Z') })
  expect(await at('reminder')).toBe('2030-04-28T07:00:00.000Z')
  await edit({ replyBy: new Date('2030-05-03T21:59:00Z') })
  expect(await at('reminder')).toBe('2030-04-30T07:00:00.000Z')
  await clock('2030-04-30T07:30:00Z')
  await edit({ rehearsal: true })
  expect(await sent()).toEqual([])
  await edit({ rehearsal: false, deletedAt: new Date() })
  expect(await sent()).toEqual([])
  await edit({ deletedAt: null })
  expect((await sent()).map(({ kind }) => kind)).toEqual(['reminder', 'reminder'])

  await set('coming', true, 2, otherId)
  const moved = await torino.organiser.send('POST', `/events/${otherId}/postponement`, { date: '2030-06-10' })
  expect(moved.status).toBe(200)
  expect(await at('coming')).toBe('2030-06-08T07:00:00.000Z')
  await clock('2030-05-08T07:30:00Z')
  expect(await sent()).toEqual([])
})
