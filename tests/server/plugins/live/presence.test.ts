import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Value } from 'typebox/value'
import { ServerFrame, type Colleague } from '../../../../server/schemas/live.ts'
import type { Role } from '../../../../server/schemas/session.ts'
import { Client, until, type Following } from '../../../support/client.ts'
import { signedIn, type Person } from '../../../support/people.ts'
import { startServer, type RunningServer } from '../../../support/server.ts'
import { openStage, SECRET, type Stage } from '../../../support/stage.ts'

/** Who of those who run the event is there now, told to the organisers by every node alike. */
let stage: Stage
let base: string
const nodes: RunningServer[] = []
beforeAll(async () => {
  stage = await openStage()
  await stage.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://localhost:${(stage.app.server.address() as AddressInfo).port}`
})
afterAll(async () => {
  for (const node of nodes) node.process.kill('SIGKILL')
  await stage.close()
})

async function enter(role: Role, of: Partial<Person> = {}, at = base) {
  const { cookie, userId } = await signedIn(stage.app, { ...of, role, programmeId: stage.programmeId })
  const client = new Client(at, cookie)
  const follow = (view: string, key?: string) => client.follow(view, stage.eventId, key)
  return { client, userId, follow }
}

type Present = Extract<ServerFrame, { type: 'presence' }>
const told = ({ frames }: Following) =>
  frames.map(({ frame }) => frame).filter((frame): frame is Present => frame.type === 'presence')
const shown = (page: Following) =>
  Object.fromEntries((told(page).at(-1)?.people ?? []).map(({ id, views }) => [id, views]))
const shows = (page: Following, wanted: Record<string, Colleague['views']>, ms?: number) =>
  until(
    JSON.stringify(wanted),
    () => Object.entries(wanted).every(([id, views]) => String(shown(page)[id]) === String(views)),
    ms,
  )
const isGone = (page: Following, id: string, ms?: number) =>
  until('nobody', () => told(page).length > 0 && shown(page)[id] === undefined, ms)

test('two organisers see each other and the desk by name, on which pages, until they leave', async () => {
  const [anna, bruno, desk] = [await enter('organiser'), await enter('organiser'), await enter('desk')]
  const board = await anna.follow('day')
  const other = await bruno.follow('day')
  const plan = await bruno.follow('plan')
  const entrance = await desk.follow('desk')
  const all = { [anna.userId]: ['day'], [bruno.userId]: ['day', 'plan'], [desk.userId]: ['desk'] } as const
  for (const page of [board, other, plan]) await shows(page, all as never)
  const { people } = told(board).at(-1)!
  expect(told(board).every((frame) => Value.Check(ServerFrame, frame))).toBe(true)
  expect(people.map(({ id }) => id)).toEqual(Object.keys(all).sort())
  expect(people.find(({ id }) => id === desk.userId)!.name).toMatch(/^desk-/)

  plan.socket.close()
  await shows(board, { [bruno.userId]: ['day'] })
  other.socket.terminate()
  entrance.socket.close()
  await isGone(board, bruno.userId)
  await isGone(board, desk.userId)
  expect(shown(board)).toEqual({ [anna.userId]: ['day'] })
  board.socket.close()
})

test('who reads the log is said to have that open, not the plan', async () => {
  const [anna, bruno] = [await enter('organiser'), await enter('organiser')]
  const board = await anna.follow('day')
  const log = await bruno.follow('changes')
  await shows(board, { [bruno.userId]: ['changes'] })
  for (const page of [board, log]) page.socket.close()
})

test('a page that is loaded again neither leaves nor comes', async () => {
  const [anna, bruno] = [await enter('organiser'), await enter('organiser')]
  const board = await anna.follow('day')
  const first = await bruno.follow('day')
  await shows(board, { [bruno.userId]: ['day'] })
  const before = told(board).length
  first.socket.close()
  const second = await bruno.follow('day')
  await shows(second, { [anna.userId]: ['day'] })
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  const later = told(board).slice(before)
  expect(later.filter(({ people }) => !people.some(({ id }) => id === bruno.userId))).toEqual([])
  for (const { socket } of [board, second]) socket.close()
})

test('neither participants nor the desk are told who is there', async () => {
  const { projects } = await Client.people(base)
  const anna = await enter('organiser')
  const participants = await anna.client.get<{ participants: { id: string; personId: string }[] }>(
    `/events/${stage.eventId}/day`,
  )
  const projectId = projects[0].id.replace('project:', '')
  const { id } = participants.participants.find(({ personId }) => personId === projectId)!
  const project = await enter('project', { projectId })
  const desk = await enter('desk')
  const pages = [await project.follow('agenda', id), await desk.follow('desk')]
  const board = await anna.follow('day')
  await shows(board, { [desk.userId]: ['desk'] })
  expect(shown(board)[project.userId]).toBe(undefined)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(pages.map((page) => told(page).length)).toEqual([0, 0])
  for (const { socket } of [...pages, board]) socket.close()
})

test('a colleague whose role is taken away is shown no longer', async () => {
  const [anna, desk] = [await enter('organiser'), await enter('desk')]
  const board = await anna.follow('day')
  await desk.follow('desk')
  await shows(board, { [desk.userId]: ['desk'] })
  const { helpers } = await anna.client.get<{ helpers: { id: string; name: string }[] }>(
    `/programmes/${stage.programmeId}/members`,
  )
  const { name } = told(board)
    .at(-1)!
    .people.find(({ id }) => id === desk.userId)!
  await anna.client.request('DELETE', `/members/${helpers.find((one) => one.name === name)!.id}`)
  await isGone(board, desk.userId)
  board.socket.close()
})

/** Another node on the same database, as a process of its own. */
async function startNode() {
  const node = await startServer({
    ...{ ROLE: 'web', DATABASE_URL: stage.databaseUrl, PUBLIC_URL: 'http://localhost', SECRET, SAMPLE: '1' },
    ...{ DATA_DIR: '.data', LOG_LEVEL: 'fatal' },
  })
  nodes.push(node)
  return node
}

test('two nodes agree; whose node is stopped is gone at once, whose node dies within 15 seconds', async () => {
  const [stopped, dying] = await Promise.all([startNode(), startNode()])
  const [anna, bruno, carla] = [
    await enter('organiser'),
    await enter('organiser', {}, stopped.url),
    await enter('organiser', {}, dying.url),
  ]
  const here = await anna.follow('day')
  const pages = [here, await bruno.follow('day'), await carla.follow('day')]
  for (const { socket } of pages) socket.on('error', () => {})
  const all = [anna, bruno, carla].map(({ userId }) => [userId, ['day']] as const)
  for (const page of pages) await shows(page, Object.fromEntries(all) as never)
  // Whoever has just left is still on the way out of the oldest node's list.
  const lists = () => pages.map((page) => JSON.stringify(told(page).at(-1)))
  await until('the same on all nodes', () => new Set(lists()).size === 1)

  const end = stopped.stop()
  await isGone(here, bruno.userId, 5_000)
  await end
  expect(shown(here)[carla.userId]).toEqual(['day'])

  dying.process.kill('SIGKILL')
  const since = performance.now()
  await isGone(here, carla.userId, 15_000)
  console.log(`whose node died is gone after ${Math.round(performance.now() - since)} ms`)
  here.socket.close()
}, 120_000)
