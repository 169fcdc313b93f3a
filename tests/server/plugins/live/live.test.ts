import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { ServerFrame } from '../../../../server/schemas/live.ts'
import type { CellsView, PlanMeeting, PlanView } from '../../../../server/schemas/schedule.ts'
import type { Me } from '../../../../server/schemas/session.ts'
import { publishedCamp } from '../../../support/camp.ts'
import { Client, until, type Following } from '../../../support/client.ts'
import { openStage, type Stage } from '../../../support/stage.ts'

type Numbered = Extract<ServerFrame, { seq: number }>

let stage: Stage
let base: string
let organiser: Client
let eventId: string
beforeAll(async () => {
  stage = await openStage()
  await stage.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://localhost:${(stage.app.server.address() as AddressInfo).port}`
  ;({ organiser, eventId } = await publishedCamp(base))
})
afterAll(() => stage.close())

const numbered = (following: Following) =>
  following.frames.map(({ frame }) => frame).filter((frame): frame is Numbered => 'seq' in frame)
const withData = (following: Following) => numbered(following).filter(({ data }) => data !== null)
const last = (following: Following) => numbered(following).at(-1) as Numbered

/** A view without the clock, which goes on between two reads. */
function stopped(view: unknown) {
  const { event, ...rest } = view as PlanView
  return { ...rest, event: { ...event, now: '' } }
}

async function agendaOf(as: string) {
  const client = await Client.enter(base, as)
  const me = await client.get<Me>('/me')
  const event = me.memberships[0].events.find(({ id }) => id === eventId)
  const participantId = event?.participantId as string
  return { client, participantId, page: await client.follow('agenda', eventId, participantId) }
}

/** Moves some meeting to another cell, and says which. */
async function moveSomething(of?: (meeting: PlanMeeting) => boolean) {
  const { meetings } = await organiser.get<PlanView>(`/events/${eventId}/plan`)
  for (const meeting of meetings.filter((each) => of?.(each) ?? true)) {
    const { cells } = await organiser.get<CellsView>(`/meetings/${meeting.id}/cells`)
    const cell = cells.find(({ legal }) => legal)
    if (!cell) continue
    const { slotId, tableId } = cell
    const headers = { 'if-match': String(meeting.version) }
    const moved = await organiser.request(
      'POST',
      `/meetings/${meeting.id}/move`,
      { slotId, tableId },
      headers,
    )
    expect(moved.status).toBe(200)
    return { meeting, slotId, tableId }
  }
  throw new Error('no meeting can move')
}

describe('a moved meeting', () => {
  test('is on the pages it concerns, and no other page hears of it', async () => {
    const people = await Client.people(base)
    const agendas = await Promise.all(
      [...people.projects.slice(0, 6), ...people.hosts.slice(0, 6)].map(({ id }) => agendaOf(id)),
    )
    const plan = await organiser.follow('plan', eventId)
    const screen = await organiser.follow('screen', eventId)
    const desk = await organiser.follow('desk', eventId)
    const all = [...agendas.map(({ page }) => page), plan, screen, desk]
    const before = all.map((page) => withData(page).length)
    const { meeting } = await moveSomething(({ participants }) =>
      agendas.some(({ participantId }) => participants.includes(participantId)),
    )
    const concerned = [
      ...agendas.map(({ participantId }) => meeting.participants.includes(participantId)),
      true,
      true,
      true,
    ]
    const heard = () => all.map((page, index) => withData(page).length > before[index])
    await until('the pages concerned', () => heard().every((yes, index) => yes || !concerned[index]))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(heard()).toEqual(concerned)
    for (const { socket } of all) socket.close()
  })

  test('arrives as the very view that the page would load', async () => {
    const { projects } = await Client.people(base)
    const { client, participantId, page } = await agendaOf(projects[3].id)
    await moveSomething(({ participants }) => participants.includes(participantId))
    await until('the frame', () => withData(page).length > 1)
    const loaded = await client.get<AgendaView>(`/events/${eventId}/agendas/${participantId}`)
    const sent = last(page).data as AgendaView
    expect(stopped(sent)).toEqual(stopped(loaded))
    page.socket.close()
  })
})

test('a version published again is on every page, also of those whose meetings stay where they are', async () => {
  const { projects } = await Client.people(base)
  const { page } = await agendaOf(projects[0].id)
  const publishAgain = async () => {
    const { schedule } = await organiser.get<PlanView>(`/events/${eventId}/plan`)
    const headers = { 'if-match': String(schedule?.version) }
    const body = { number: schedule?.number }
    expect((await organiser.request('POST', `/events/${eventId}/rollback`, body, headers)).status).toBe(200)
    return (schedule?.number as number) + 1
  }
  await publishAgain()
  const number = await publishAgain()
  await until('the page', () => (last(page).data as AgendaView | null)?.published?.number === number)
  page.socket.close()
})

describe('the numbers of frames', () => {
  test('form a chain without a gap over many changes', async () => {
    const plan = await organiser.follow('plan', eventId)
    for (let round = 0; round < 5; round++) await moveSomething()
    await until('the frames', () => withData(plan).length > 1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const frames = numbered(plan)
    expect(frames.map(({ prev }) => prev)).toEqual([null, ...frames.slice(0, -1).map(({ seq }) => seq)])
    plan.socket.close()
  })

  test('let a page that was cut off go on where it was', async () => {
    const plan = await organiser.follow('plan', eventId)
    const { epoch, seq } = last(plan)
    plan.socket.terminate()
    await moveSomething()
    const frame = await answerTo({ epoch, seq })
    expect(frame).toMatchObject({ type: 'change', prev: seq })
    expect((frame as Numbered).data).toEqual(expect.objectContaining({ schedule: expect.anything() }))
  })

  test('get an empty frame where nothing was missed', async () => {
    const plan = await organiser.follow('plan', eventId)
    const { epoch, seq } = last(plan)
    expect(await answerTo({ epoch, seq })).toMatchObject({ type: 'change', prev: seq, seq, data: null })
    plan.socket.close()
  })

  test.each([
    ['of another history', () => ({ epoch: 'another', seq: 1 })],
    ['from the future', (epoch: string) => ({ epoch, seq: 999_999 })],
    ['that are unknown', () => ({ epoch: null, seq: null })],
  ])('%s are answered with the whole view', async (_, position) => {
    const plan = await organiser.follow('plan', eventId)
    expect(await answerTo(position(last(plan).epoch))).toMatchObject({ type: 'snapshot', prev: null })
    plan.socket.close()
  })
})

describe('the first frame over HTTP', () => {
  test('is the one a socket begins with, and a socket goes on from there', async () => {
    const page = await organiser.follow('plan', eventId)
    const first = await organiser.get<Numbered>(`/live?event=${eventId}&view=plan`)
    const begun = numbered(page).findLast(({ type }) => type === 'snapshot') as Numbered
    expect({ ...first, at: '', data: stopped(first.data) }).toEqual({
      ...begun,
      at: '',
      data: stopped(begun.data),
    })
    page.socket.close()
    await moveSomething()
    const next = await answerTo({ epoch: first.epoch, seq: first.seq })
    expect(next).toMatchObject({ type: 'change', prev: first.seq })
  })

  test('is refused to whom a socket is refused', async () => {
    const { projects } = await Client.people(base)
    const { participantId, page } = await agendaOf(projects[0].id)
    page.socket.close()
    const other = await Client.enter(base, projects[1].id)
    const path = `/live?event=${eventId}&view=agenda&key=${participantId}`
    expect((await new Client(base).request('GET', path)).status).toBe(401)
    expect((await other.request('GET', path)).status).toBe(403)
    expect((await organiser.request('GET', `/live?event=${eventId}&view=nothing`)).status).toBe(400)
    expect((await organiser.request('GET', `/live?event=${participantId}&view=plan`)).status).toBe(404)
  })

  test('travels in few bytes', async () => {
    const headers = { cookie: organiser.cookie, 'accept-encoding': 'br' }
    const answer = await fetch(`${base}/api/v1/live?event=${eventId}&view=plan`, { headers })
    expect(answer.headers.get('content-encoding')).toBe('br')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(((await answer.json()) as Numbered).seq).toBeGreaterThan(0)
  })
})

describe('a socket', () => {
  test('is refused without a session, to strangers and to other sites', async () => {
    const { projects } = await Client.people(base)
    const { participantId, page } = await agendaOf(projects[0].id)
    const other = await Client.enter(base, projects[1].id)
    const path = `agenda&key=${participantId}`
    expect(await refusal('', path)).toBe(401)
    expect(await refusal(other.cookie, path)).toBe(403)
    expect(await refusal(other.cookie, 'plan')).toBe(403)
    expect(await refusal(organiser.cookie, 'plan', 'https://elsewhere.example')).toBe(403)
    page.socket.close()
  })

  test('that sends something else than its position is closed', async () => {
    for (const text of ['', 'null', '{"epoch":1}', '{"epoch":null,"seq":-1}', '[]', 'x'.repeat(5000)]) {
      const plan = await organiser.follow('plan', eventId)
      const code = new Promise((resolve) => plan.socket.once('close', resolve))
      plan.socket.send(text)
      expect(await code).toBe(4400)
    }
  })

  test('ends as soon as its session does', async () => {
    const { hosts } = await Client.people(base)
    const { client, page } = await agendaOf(hosts[0].id)
    const closed = new Promise((resolve) => page.socket.once('close', resolve))
    const out = await fetch(`${base}/api/auth/sign-out`, {
      method: 'POST',
      headers: { cookie: client.cookie, origin: base, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(out.status).toBe(200)
    expect(await closed).toBe(4000)
    expect(page.frames.at(-1)?.frame).toEqual({ type: 'bye', code: 'signed-out' })
  })
})

/** The first answer to a client that says it is there. */
function answerTo(position: { epoch: string | null; seq: number | null }): Promise<ServerFrame> {
  const address = `${base.replace('http', 'ws')}/api/v1/live?event=${eventId}&view=plan`
  const socket = new WebSocket(address, { headers: { cookie: organiser.cookie }, origin: base })
  socket.once('open', () => socket.send(JSON.stringify(position)))
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.on('message', (raw) => {
      const frame = JSON.parse(String(raw)) as ServerFrame
      // Who else is there is told at any moment, without a number.
      if (frame.type === 'presence') return
      socket.close()
      resolve(frame)
    })
  })
}

function refusal(cookie: string, view: string, origin = base): Promise<number | undefined> {
  const address = `${base.replace('http', 'ws')}/api/v1/live?event=${eventId}&view=${view}`
  const socket = new WebSocket(address, { headers: { cookie }, origin })
  return new Promise((resolve, reject) => {
    socket.once('open', () => reject(new Error('the socket was let in')))
    socket.once('error', () => {})
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode))
  })
}
