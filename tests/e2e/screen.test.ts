import { chmod, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DayView } from '../../server/schemas/day.ts'
import type { ScreenCreated } from '../../server/schemas/event.ts'
import { publishedCamp, setClock } from '../support/camp.ts'
import {
  eventually,
  isMarked,
  mark,
  pagesKept,
  SCREEN,
  startJourney,
  type Journey,
} from '../support/journey.ts'
import { startServer, type RunningServer } from '../support/server.ts'

/** A screen that nobody looks after: its address, a service that goes and comes back, new pages, a revoked link. */
let directory: string
let server: RunningServer
let journey: Journey
let link: ScreenCreated

const NEXT_ENTRY = 'index-next.js'

const eventPath = (rest: string) => `/events/${journey.people.eventId}/${rest}`
const start = (command?: [string, string]) => {
  const port = server && { PORT: new URL(server.url).port }
  return startServer({ DATA_DIR: join(directory, 'data'), LOG_LEVEL: 'warn', ...port }, command)
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'incontro-screen-'))
  // As root the database runs as another user, who must be able to get there.
  await chmod(directory, 0o755)
  server = await start()
  journey = await startJourney({ base: server.url })
  await publishedCamp(server.url)
  const { body } = await journey.organiser.request<ScreenCreated>('POST', eventPath('screens'), {
    label: 'Ingresso',
  })
  link = body
}, 240_000)
afterAll(async () => {
  await journey?.close()
  await server?.stop()
  await rm(directory, { recursive: true, force: true })
})

/** The service goes without a word. */
async function kill() {
  const gone = new Promise((resolve) => server.process.once('exit', resolve))
  server.process.kill('SIGKILL')
  await gone
}

/** The room's screen with those settings in its address. */
async function open(settings = ''): Promise<Page> {
  const page = await journey.open(SCREEN)
  const [path, token] = link.path.split('#')
  await page.goto(`${path}${settings}#${token}`)
  await page.getByRole('columnheader').first().waitFor()
  return page
}

const heads = (page: Page) => page.getByRole('columnheader').first().innerText()
const rowHeight = (page: Page) => page.evaluate<number>(`document.querySelector('tbody tr').offsetHeight`)
const paper = (page: Page) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('.screen')).backgroundColor`)

/** Calls the first meeting of the first turn to its table; the words the screen has for it. */
async function callSomebody(): Promise<string> {
  const { slots, meetings, tables } = await journey.organiser.get<DayView>(eventPath('day'))
  const planned = meetings.filter(({ slotId, state }) => slotId === slots[0].id && state === 'planned')
  const [{ id, tableId }] = planned
  const { status } = await journey.organiser.request('POST', `/meetings/${id}/state`, { state: 'called' })
  expect(status).toBe(200)
  return `Al tavolo ${tables.find((table) => table.id === tableId)!.name}:`
}

test('the address says what is shown and how: by name or by table, size, colours, initials, room, language', async () => {
  const usual = await open()
  expect([await heads(usual), await paper(usual)]).toEqual(['Tavolo', 'rgb(13, 11, 15)'])
  const other = await open('?per=nome&grandezza=150&tema=chiaro&lingua=en&iniziali=si')
  expect([await heads(other), await paper(other)]).toEqual(['Who', 'rgb(255, 255, 255)'])
  expect((await rowHeight(other)) / (await rowHeight(usual))).toBeCloseTo(1.5, 1)
  const { participants } = await journey.organiser.get<DayView>(eventPath('day'))
  const host = participants.find(({ side }) => side === 'host')!
  expect(await other.getByText(host.name, { exact: true }).count()).toBe(0)

  const { tables, rooms } = await journey.organiser.get<DayView>(eventPath('day'))
  const room = rooms[0].name
  const elsewhere = tables.filter((table) => table.roomId !== rooms[0].id).map(({ name }) => name)
  const ofRoom = await open(`?sala=${encodeURIComponent(room)}`)
  const shown = await ofRoom.getByRole('rowheader').allInnerTexts()
  expect(shown.filter((name) => elsewhere.includes(name))).toEqual([])
  for (const page of [usual, other, ofRoom]) await page.context().close()
})

test('the link’s secret leaves the address bar', async () => {
  const page = await open()
  expect([new URL(page.url()).hash, await page.evaluate('document.cookie')]).not.toContain(link.path)
  expect(new URL(page.url()).hash).toBe('')
  await page.context().close()
})

test('a service that was killed: the screen says how old it is, and catches up by itself', async () => {
  await setClock(journey.organiser, journey.people, 1)
  const page = await open()
  await mark(page)
  await kill()
  const since = performance.now()
  await page.getByText(/Senza rete: aggiornato alle \d\d:\d\d/).waitFor()
  console.log(`a killed service: said after ${Math.round(performance.now() - since)} ms`)
  expect(await page.getByRole('row').count()).toBeGreaterThan(1)
  server = await start()
  const words = await callSomebody()
  await page.getByText(words).waitFor()
  expect(await page.getByText(/Senza rete/).count()).toBe(0)
  expect(await isMarked(page)).toBe(true)
  await page.context().close()
})

test('a screen that is switched on before the service finds it by itself', async () => {
  const first = await open()
  await pagesKept(first, 'schermo')
  await kill()
  await first.reload()
  await first.getByText('Mi sto collegando…').waitFor()
  server = await start()
  await first.getByRole('columnheader').first().waitFor()
  await first.context().close()
})

test('after an update of the service the screen shows the new pages by itself', async () => {
  const page = await open()
  await mark(page)
  expect(await page.locator(`script[src="/assets/${NEXT_ENTRY}"]`).count()).toBe(0)
  const updated = await nextVersion()
  await server.stop()
  server = await start([process.execPath, join(updated, 'server/main.ts')])
  await eventually(() => page.locator(`script[src="/assets/${NEXT_ENTRY}"]`).count()).toBe(1)
  expect(await isMarked(page)).toBe(false)
  await page.getByRole('columnheader').first().waitFor()
  await page.context().close()
})

test('a link that was revoked shows nothing more, and says what to do', async () => {
  const page = await open()
  await journey.organiser.request('DELETE', `/screens/${link.id}`)
  await page.getByRole('heading', { name: 'Questo schermo non è più collegato' }).waitFor()
  expect(await page.getByText('Chiedi a chi organizza un nuovo collegamento', { exact: false }).count()).toBe(
    1,
  )
  expect(await page.getByRole('table').count()).toBe(0)
  await page.reload()
  await page.getByRole('heading', { name: 'Questo schermo non è più collegato' }).waitFor()
  await page.context().close()
})

const root = join(import.meta.dirname, '../..')
const copied = /^(server|solver|migrations|web|project\.inlang|package(-lock)?\.json|vite\.\w+\.ts)$/

/** The product as its next version would be: the same, but its pages come under other names. */
async function nextVersion(): Promise<string> {
  const place = join(directory, 'next')
  const names = (await readdir(root)).filter((name) => copied.test(name))
  for (const name of names) await cp(join(root, name), join(place, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(place, 'node_modules'))
  const dist = join(place, 'web/dist')
  const [entry] = await entries(join(dist, 'assets'))
  for (const file of await readdir(dist, { recursive: true })) await rename(join(dist, file), entry)
  return place
}

const entries = async (assets: string) =>
  (await readdir(assets)).filter((name) => /^index-[\w-]+\.js$/.test(name))

/** Another hash in the entry's name, wherever it is named; smaller copies would still say the old one. */
async function rename(path: string, entry: string) {
  if (/\.(br|gz)$/.test(path)) return rm(path)
  if (!/\.(js|html)$/.test(path)) return
  const text = await readFile(path, 'utf8')
  await writeFile(path.replace(entry, NEXT_ENTRY), text.replaceAll(entry, NEXT_ENTRY))
}
