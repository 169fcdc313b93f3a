import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { eq, inArray } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { memberships, pushSubscriptions, sessions, users } from '../../../../server/database/schema.ts'
import { deleteAccess } from '../../../../server/features/identity/repository.ts'
import { findSubscribed } from '../../../../server/features/push/repository.ts'
import { watchAgendas, workPushes } from '../../../../server/jobs/push.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { DayView } from '../../../../server/schemas/day.ts'
import type { CellsView, PlanView } from '../../../../server/schemas/schedule.ts'
import type { Me } from '../../../../server/schemas/session.ts'
import { BEFORE_THE_DAY, publishedCamp, setClock } from '../../../support/camp.ts'
import { Client, until } from '../../../support/client.ts'
import { startPushService, vapidKeys } from '../../../support/push-service.ts'
import { openStage, type Stage } from '../../../support/stage.ts'

/** Phones whose page is closed, and a real push service that hands them what they are told. */
const keys = vapidKeys()
const TICKS_MS = 2_500

let service: Awaited<ReturnType<typeof startPushService>>
let stage: Stage
let base: string
let organiser: Client
let eventId: string
beforeAll(async () => {
  service = await startPushService(keys.VAPID_PUBLIC_KEY)
  setDefaultCACertificates([...getCACertificates('default'), service.certificate])
  stage = await openStage({ ...keys, PUSH_SERVICES: service.host })
  await stage.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://localhost:${(stage.app.server.address() as AddressInfo).port}`
  ;({ organiser, eventId } = await publishedCamp(base))
  await workPushes(stage.queue, stage)
})
afterAll(async () => {
  await stage.close()
  await service.close()
})

let watches: (() => Promise<void>)[]
beforeEach(() => {
  service.arrived.length = service.asked.length = 0
  // Two workers, as on two machines.
  watches = [1, 2].map(() => watchAgendas(stage.db, stage.queue))
})
afterEach(async () => {
  for (const unwatch of watches) await unwatch()
  await stage.db.delete(pushSubscriptions)
})

const plan = () => organiser.get<PlanView>(`/events/${eventId}/plan`)

/** Who takes part in the sample's camp, by participant. */
async function doors() {
  const [{ projects, hosts }, { participants }] = await Promise.all([Client.people(base), plan()])
  // Hosts go by their roles, which several share.
  const doorOf = ({ side, name, organisations }: (typeof participants)[number]) =>
    side === 'project'
      ? projects.find(({ label }) => label === name)
      : hosts.find(({ label }) => organisations.includes(label))
  return new Map(participants.map((one) => [one.id, doorOf(one)?.id as string]))
}

const subscribe = (client: Client, phone: string) =>
  client.request<Problem>('PUT', '/push/subscription', service.subscription(phone))

/** A participant's phone that asked to be told. */
async function phoneOf(participantId: string, phone = participantId) {
  const client = await Client.enter(base, (await doors()).get(participantId) as string)
  expect((await subscribe(client, phone)).status).toBe(200)
  return client
}

/** A meeting of the coming turns, where it could go, and somebody whom it does not concern. */
async function movable() {
  const { meetings } = await plan()
  for (const meeting of meetings) {
    const { cells } = await organiser.get<CellsView>(`/meetings/${meeting.id}/cells`)
    const cell = cells.find(({ legal, slotId }) => legal && slotId !== meeting.slotId)
    const [stranger] = meetings
      .flatMap(({ participants }) => participants)
      .filter((id) => !meeting.participants.includes(id))
    if (cell) return { meeting, cell, stranger }
  }
  throw new Error('no meeting can move')
}

async function move({ meeting, cell }: Awaited<ReturnType<typeof movable>>) {
  const { slotId, tableId } = cell
  const headers = { 'if-match': String(meeting.version) }
  const moved = await organiser.request('POST', `/meetings/${meeting.id}/move`, { slotId, tableId }, headers)
  expect(moved.status).toBe(200)
}

/** The decision by which phones hear of a change. */
async function tell() {
  expect((await organiser.request('POST', `/events/${eventId}/tell`, { how: 'now' })).status).toBe(200)
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
/** Patient enough for a message that has to be sent again. */
const arrivals = (count: number) => until(`${count} messages`, () => service.arrived.length >= count, 45_000)
const phonesTold = () => service.arrived.map(({ phone }) => phone).sort()

describe('a phone with its page closed', { timeout: 60_000 }, () => {
  test('is told once that its agenda has changed, as an organiser decides, and nobody else is told', async () => {
    const chosen = await movable()
    const { participants } = chosen.meeting
    for (const id of [...participants, chosen.stranger]) await phoneOf(id)
    await subscribe(organiser, 'organiser')
    await move(chosen)
    await pause(TICKS_MS)
    expect(service.arrived).toEqual([])
    await tell()
    await arrivals(2)
    await pause(TICKS_MS)
    expect(phonesTold()).toEqual([...participants].sort())
    const projectId = (await doors()).get(participants[0])?.split(':')[1]
    const { headers, message } = service.arrived.find(({ phone }) => phone === participants[0])!
    expect(message).toEqual({
      tag: 'agenda',
      title: 'La tua agenda è cambiata',
      body: 'Apri per vedere.',
      url: `/progetto/${projectId}/agenda?evento=${eventId}`,
    })
    expect(headers).toMatchObject({
      ...{ ttl: '900', urgency: 'high', topic: expect.stringMatching(/^[\w-]{1,32}$/) },
      'content-encoding': 'aes128gcm',
    })
  })

  test('is called to the table, in its own language', async () => {
    const { meetings } = await organiser.get<DayView>(`/events/${eventId}/day`)
    const [first] = meetings
    const client = await Client.enter(base, (await doors()).get(first.participants[1]) as string)
    const english = { 'accept-language': 'en' }
    await client.request('PUT', '/push/subscription', service.subscription('english'), english)
    await organiser.request('POST', `/meetings/${first.id}/state`, { state: 'called' })
    await arrivals(1)
    expect(service.arrived[0].message).toMatchObject({
      tag: 'next',
      title: 'You are being called to your table',
    })
    await organiser.request('POST', `/meetings/${first.id}/state`, { state: 'planned' })
    await pause(TICKS_MS)
    expect(service.arrived).toHaveLength(1)
  })

  test('is told once two minutes before its next meeting, unless it is being called already', async () => {
    const { slots, meetings } = await organiser.get<DayView>(`/events/${eventId}/day`)
    const people = await Client.people(base)
    const [first, second] = meetings.filter(({ slotId }) => slotId === slots[0].id)
    const busy = meetings.filter(({ slotId }) => slotId === slots[0].id).flatMap((one) => one.participants)
    const later = meetings.flatMap((one) => one.participants).find((id) => !busy.includes(id)) as string
    const setState = ({ id }: { id: string }, state: string) =>
      organiser.request('POST', `/meetings/${id}/state`, { state })
    await setState(second, 'called')
    const told = first.participants[0]
    for (const id of [told, second.participants[0], later]) await phoneOf(id)
    const set = performance.now()
    await setClock(organiser, people, -2 - 10 / 60)
    await arrivals(1)
    expect(performance.now() - set).toBeGreaterThan(9_900)
    await pause(TICKS_MS)
    expect(phonesTold()).toEqual([told])
    const [{ headers, message }] = service.arrived
    expect([headers.ttl, message.tag, message.title]).toEqual([
      '120',
      'next',
      'Tra poco inizia un tuo incontro',
    ])
    // Called and taken back: that it is near has been said.
    await setState(first, 'called')
    await arrivals(2)
    await setState(first, 'planned')
    await pause(TICKS_MS)
    expect(service.arrived.map((one) => one.message.title)).toEqual([
      'Tra poco inizia un tuo incontro',
      'Vi stanno chiamando al tavolo',
    ])
    await setState(second, 'planned')
    await setClock(organiser, people, BEFORE_THE_DAY)
  })

  test('is told at the end of a delayed meeting that the next one is near', async () => {
    const delay = async (fromSlotId: string, minutes: number) => {
      const body = { roomId: null, fromSlotId, minutes }
      expect((await organiser.request('POST', `/events/${eventId}/delay`, body)).status).toBe(200)
    }
    const people = await Client.people(base)
    const { slots, meetings } = await organiser.get<DayView>(`/events/${eventId}/day`)
    const [one, next] = slots
    const whoMeets = (slotId: string) =>
      meetings.filter((each) => each.slotId === slotId).flatMap(({ participants }) => participants)
    const person = whoMeets(one.id).find((id) => whoMeets(next.id).includes(id)) as string
    const gap = (Date.parse(next.startsAt) - Date.parse(one.endsAt)) / 60_000
    // One minute is left between the two.
    await delay(one.id, gap - 1)
    await delay(next.id, 1 - gap)
    await phoneOf(person)
    const length = (Date.parse(one.endsAt) - Date.parse(one.startsAt)) / 60_000
    await setClock(organiser, people, length - 10 / 60)
    await arrivals(1)
    expect(service.arrived[0].message.title).toBe('Tra poco inizia un tuo incontro')
    await setClock(organiser, people, BEFORE_THE_DAY)
    await delay(one.id, 1 - gap)
    await delay(next.id, gap - 1)
  })

  test('is not told too late that a meeting is near, and a call hides no change of its agenda', async () => {
    const [participantId] = (await movable()).meeting.participants
    await phoneOf(participantId)
    const [{ sessionId }] = await stage.db.select().from(pushSubscriptions)
    for (const news of ['soon', 'changed', 'called'] as const)
      await stage.db.transaction((tx) => stage.queue.enqueue(tx, 'push', { sessionId, participantId, news }))
    await arrivals(2)
    await pause(TICKS_MS)
    expect(service.arrived.map(({ message }) => message.tag).sort()).toEqual(['agenda', 'next'])
    // Of what a push service still keeps, one replaces another with its topic.
    expect(new Set(service.arrived.map(({ headers }) => headers.topic)).size).toBe(2)
  })

  test('is told of a call and of a change that came together', async () => {
    const chosen = await movable()
    const [participantId] = chosen.meeting.participants
    await phoneOf(participantId)
    await pause(TICKS_MS)
    for (const unwatch of watches.splice(0)) await unwatch()
    await move(chosen)
    await tell()
    const { meetings } = await organiser.get<DayView>(`/events/${eventId}/day`)
    const one = meetings.find(({ participants }) => participants.includes(participantId))!
    await organiser.request('POST', `/meetings/${one.id}/state`, { state: 'called' })
    watches.push(watchAgendas(stage.db, stage.queue))
    await arrivals(2)
    await pause(TICKS_MS)
    expect(service.arrived.map(({ message }) => message.tag).sort()).toEqual(['agenda', 'next'])
    await organiser.request('POST', `/meetings/${one.id}/state`, { state: 'planned' })
  })

  test('is told of a delay of everybody', async () => {
    const { slots, meetings } = await organiser.get<DayView>(`/events/${eventId}/day`)
    const last = slots.at(-1)!.id
    const late = meetings.filter(({ slotId }) => slotId === last).flatMap(({ participants }) => participants)
    const onTime = meetings.flatMap(({ participants }) => participants).find((id) => !late.includes(id))
    for (const id of [late[0], ...(onTime ? [onTime] : [])]) await phoneOf(id)
    const delay = { roomId: null, fromSlotId: last, minutes: 10 }
    expect((await organiser.request('POST', `/events/${eventId}/delay`, delay)).status).toBe(200)
    await tell()
    await arrivals(1)
    await pause(TICKS_MS)
    expect(phonesTold()).toEqual([late[0]])
  })

  test('hears of what happened while nobody was there to tell it', async () => {
    const chosen = await movable()
    await phoneOf(chosen.meeting.participants[0])
    await pause(TICKS_MS)
    for (const unwatch of watches.splice(0)) await unwatch()
    const state = (said: string) =>
      organiser.request('POST', `/meetings/${chosen.meeting.id}/state`, { state: said })
    await state('called')
    watches.push(watchAgendas(stage.db, stage.queue))
    await arrivals(1)
    await state('planned')
  })

  test('is tried again while its service has a bad moment', async () => {
    const chosen = await movable()
    await phoneOf(chosen.meeting.participants[0], 'later')
    service.refuse('later', 503)
    await move(chosen)
    await tell()
    await arrivals(1)
    expect(service.asked).toEqual(['later', 'later'])
  })

  test('is forgotten once its service knows it no more', async () => {
    const chosen = await movable()
    await phoneOf(chosen.meeting.participants[0], 'gone')
    service.refuse('gone', 410)
    await move(chosen)
    await tell()
    await until('the row to go', async () => (await stage.db.$count(pushSubscriptions)) === 0)
    await pause(TICKS_MS)
    expect(service.asked).toEqual(['gone'])
  })
})

describe('a subscription', () => {
  const rows = () => stage.db.select().from(pushSubscriptions)

  test('is one a session, goes with a browser to its next person, and ends when asked', async () => {
    const [first, second] = [...(await doors()).keys()]
    const before = await phoneOf(first, 'shared')
    expect((await subscribe(before, 'newer')).status).toBe(200)
    expect((await rows()).map(({ endpoint }) => endpoint)).toEqual([`https://${service.host}/send/newer`])
    const after = await phoneOf(second, 'newer')
    expect(await rows()).toHaveLength(1)
    // Whoever had it before has none, and ends nobody else's.
    expect((await before.request('DELETE', '/push/subscription')).status).toBe(200)
    expect(await rows()).toHaveLength(1)
    expect((await after.request('DELETE', '/push/subscription')).status).toBe(200)
    expect(await rows()).toEqual([])
  })

  test('hears only of those agendas of its person that were opened in it', async () => {
    const [[first], [second, other]] = [...(await doors())].filter(([, at]) => at.startsWith('host:'))
    const client = await phoneOf(first, 'two roles')
    const { user, memberships: held } = await client.get<Me>('/me')
    const { programmeId } = held[0]
    await stage.db
      .insert(memberships)
      .values({ programmeId, userId: user!.id, role: 'host', hostId: other.split(':')[1] })
    const heard = () =>
      stage.db.transaction(async (tx) =>
        (await findSubscribed(tx, programmeId)).map(({ participantId }) => participantId).toSorted(),
      )
    expect(await heard()).toEqual([first, second].toSorted())
    const open = (participantId: string) =>
      client.request('PUT', '/push/subscription', { ...service.subscription('two roles'), participantId })
    await open(first)
    await client.request('DELETE', '/push/subscription')
    await open(first)
    expect(await heard()).toEqual([first])
    await open(second)
    expect(await heard()).toEqual([first, second].toSorted())
    await client.request('DELETE', '/push/subscription')
  })

  test('ends with the session, with all access of an account, and with the account', async () => {
    const [id] = [...(await doors()).keys()]
    const ends: ((userId: string, sessionId: string) => Promise<unknown>)[] = [
      (_, sessionId) => stage.db.delete(sessions).where(eq(sessions.id, sessionId)),
      async (userId) => {
        const account = await stage.db.select().from(users).where(eq(users.id, userId))
        await stage.db.transaction((tx) => deleteAccess(tx, account))
      },
      (userId) => stage.db.delete(users).where(eq(users.id, userId)),
    ]
    for (const end of ends) {
      const client = await phoneOf(id)
      const { user } = await client.get<Me>('/me')
      const [{ sessionId }] = await rows()
      await end(user?.id as string, sessionId)
      expect(await rows()).toEqual([])
    }
  })

  test('that has expired is not told anything', async () => {
    const chosen = await movable()
    await phoneOf(chosen.meeting.participants[0])
    await stage.db
      .update(sessions)
      .set({ expiresAt: new Date(0) })
      .where(
        inArray(
          sessions.id,
          (await rows()).map(({ sessionId }) => sessionId),
        ),
      )
    await move(chosen)
    await tell()
    await pause(TICKS_MS)
    expect(service.asked).toEqual([])
  })

  const refused: [string, (good: ReturnType<typeof service.subscription>) => object, string][] = [
    ['elsewhere', (good) => ({ ...good, endpoint: 'https://push.example.org/x' }), '/endpoint'],
    ['within our network', (good) => ({ ...good, endpoint: 'https://10.0.0.1/x' }), '/endpoint'],
    ['without TLS', (good) => ({ ...good, endpoint: good.endpoint.replace('https', 'http') }), '/endpoint'],
    [
      'with a password',
      (good) => ({ ...good, endpoint: good.endpoint.replace('//', '//a:b@') }),
      '/endpoint',
    ],
    ['that is no address', (good) => ({ ...good, endpoint: 'here' }), '/endpoint'],
    [
      'with a key off the curve',
      (good) => ({ ...good, keys: { ...good.keys, p256dh: `B${'A'.repeat(86)}` } }),
      '/keys/p256dh',
    ],
    ['with half a key', (good) => ({ ...good, keys: { ...good.keys, auth: 'AAAA' } }), '/keys/auth'],
  ]
  test.each(refused)('%s is refused with a sentence', async (_, spoil, pointer) => {
    const body = spoil(service.subscription('spoilt'))
    const answer = await organiser.request<Problem>('PUT', '/push/subscription', body)
    expect([answer.status, answer.body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]])
    expect(answer.body.errors?.[0].message).toMatch(/\.$/)
  })

  test('is for people alone', async () => {
    expect((await subscribe(new Client(base), 'nobody')).status).toBe(401)
    expect((await new Client(base).request('DELETE', '/push/subscription')).status).toBe(401)
  })
})

test('the key is there to subscribe with', async () => {
  expect((await organiser.get<Me>('/me')).pushKey).toBe(keys.VAPID_PUBLIC_KEY)
})

test('without keys nothing of it is there', async () => {
  const without = await openStage()
  const ask = await without.enter({ role: 'organiser' })
  const put = await ask<Problem>('PUT', '/push/subscription', service.subscription('none'))
  expect([put.status, put.body.code, put.body.title]).toEqual([
    403,
    'push-off',
    'Gli avvisi a pagina chiusa qui non sono attivi.',
  ])
  expect((await ask<Problem>('DELETE', '/push/subscription')).body.code).toBe('push-off')
  expect((await ask<Me>('GET', '/me')).body.pushKey).toBe(null)
  await without.close()
})
