import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ChoicesView } from '../../server/schemas/choice.ts'
import type { DayView } from '../../server/schemas/day.ts'
import type { ChangesView } from '../../server/schemas/programme.ts'
import { publishedCamp, setClock } from '../support/camp.ts'
import {
  doorOf,
  eventually,
  isMarked,
  mark,
  pagesKept,
  PHONE,
  startJourney,
  type Journey,
} from '../support/journey.ts'
import { startServer, type RunningServer } from '../support/server.ts'

/** A service of its own, which these journeys stop, freeze and start again. */
let directory: string
let server: RunningServer
let journey: Journey
let camp: Awaited<ReturnType<typeof publishedCamp>>
let person: { id: string; participantId: string; other: string }

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'incontro-offline-'))
  // As root the database runs as another user, who must be able to get there.
  await chmod(directory, 0o755)
  server = await startServer({ DATA_DIR: join(directory, 'data'), LOG_LEVEL: 'warn' })
  journey = await startJourney({ base: server.url })
  camp = await publishedCamp(server.url)
  person = personWithMeetings()
}, 180_000)

afterAll(async () => {
  await journey?.close()
  await server?.stop()
  await rm(directory, { recursive: true, force: true })
})

function personWithMeetings() {
  const { participants, meetings } = camp.plan
  const ofSide = (ids: string[], side: string) =>
    participants.find((each) => ids.includes(each.id) && each.side === side)!
  const meeting = meetings.find(({ participants: ids }) =>
    journey.people.projects.some(({ label }) => label === ofSide(ids, 'project').name),
  )!
  const one = ofSide(meeting.participants, 'project')
  const { id } = journey.people.projects.find(({ label }) => label === one.name)!
  return { id, participantId: one.id, other: ofSide(meeting.participants, 'host').organisations[0]! }
}

const agendaAddress = () => `/progetto/${person.id.replace('project:', '')}/agenda`
const enter = () => journey.enter(PHONE, 'progetto', doorOf(journey.people, person.id))

async function openAgenda(page: Page) {
  await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Agenda' }).click()
  await page.getByText('In diretta').waitFor()
  await page.getByText(person.other).first().waitFor()
}

const offlineWords = /^Senza rete\. Questa è l’agenda aggiornata alle \d\d:\d\d\.$/

const kept = (page: Page) =>
  page.evaluate<Record<string, string>>('Object.fromEntries(Object.entries(localStorage))')

async function cachedAddresses(page: Page) {
  return page.evaluate<string[]>(`(async () => {
    const caches = await Promise.all((await globalThis.caches.keys()).map((name) => globalThis.caches.open(name)))
    const requests = await Promise.all(caches.map((cache) => cache.keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })()`)
}

test('where no socket gets through, an agenda is there all the same and says how old it is', async () => {
  const page = await enter()
  // As where a network lets nothing but pages through: nobody answers at the address of the sockets.
  await page.addInitScript(`globalThis.WebSocket = class extends WebSocket {
    constructor(url) { super(String(url).replace('/live', '/nowhere')) }
  }`)
  await page.goto(agendaAddress())
  await page.getByText(person.other).first().waitFor()
  await page.getByText(offlineWords).waitFor()
  const say = (attendance: string) =>
    journey.organiser.request('PUT', `/participants/${person.participantId}/attendance`, { attendance })
  const arrived = page.getByText('Risulti presente')
  expect(await arrived.count()).toBe(0)
  try {
    await say('here')
    const since = performance.now()
    await arrived.waitFor({ timeout: 100_000 })
    console.log(`seen without sockets: ${Math.round(performance.now() - since)} ms`)
  } finally {
    await say('expected')
    await page.context().close()
  }
})

test('after one visit the agenda opens without network, says how old it is, and catches up by itself', async () => {
  const page = await enter()
  await openAgenda(page)
  await pagesKept(page, 'progetto')
  await page.context().setOffline(true)
  await page.reload()
  await page.getByText(offlineWords).waitFor()
  await page.getByText(person.other).first().waitFor()
  expect(await page.getByRole('button', { name: 'Il tuo account' }).count()).toBe(1)

  const second = await page.context().newPage()
  await second.goto(agendaAddress())
  await second.getByText(offlineWords).waitFor()

  await mark(page)
  await page.context().setOffline(false)
  await page.getByText('In diretta').waitFor()
  expect(await isMarked(page)).toBe(true)
  await page.context().close()
})

test('no answer of the API, no address and no secret stays on the device; signing out leaves nothing', async () => {
  const page = await enter()
  await openAgenda(page)
  await pagesKept(page, 'progetto')
  const { email } = await page.evaluate<{ email: string }>(
    `fetch('/api/v1/me').then((answer) => answer.json()).then(({ user }) => user)`,
  )
  const addresses = await cachedAddresses(page)
  expect(addresses).toContain('/index.html')
  const others = addresses.filter((path) => !/^\/(assets\/|index\.html$|favicon\.svg$)/.test(path))
  expect(others).toEqual(['/pages/progetto'])
  expect(addresses.filter((path) => /\/(Desk|Screen|Profile|Proposals)-/.test(path))).toEqual([])
  const before = JSON.stringify(await kept(page))
  expect([before.includes(person.other), before.includes(email)]).toEqual([true, false])

  await signOut(page)
  await page.waitForURL((url) => url.pathname === '/')
  await eventually(async () => Object.keys(await kept(page))).toEqual([])
  await page.context().setOffline(true)
  await page.goto(agendaAddress())
  await page.getByRole('heading').first().waitFor()
  expect(await page.getByText(person.other).count()).toBe(0)
  await page.context().close()
})

test('signing out without network leaves nothing, and is finished when the network is there', async () => {
  const page = await enter()
  await openAgenda(page)
  await pagesKept(page, 'progetto')
  await page.context().setOffline(true)
  await signOut(page)
  await page.waitForURL((url) => url.pathname === '/')
  expect(JSON.stringify(await kept(page))).not.toContain(person.other)
  await page.context().setOffline(false)
  await eventually(() => whoIsThere(page)).toBe(null)
  await page.context().close()
})

async function signOut(page: Page) {
  await page.getByRole('button', { name: 'Il tuo account' }).click()
  await page.getByRole('button', { name: 'Esci' }).click()
}

const whoIsThere = (page: Page) =>
  page.evaluate(`fetch('/api/v1/me').then((answer) => answer.json()).then(({ user }) => user)`)

test('a service that falls silent is noticed, one that starts again is found again', async () => {
  const page = await enter()
  await openAgenda(page)
  await mark(page)
  const { pid } = server.process
  process.kill(pid!, 'SIGSTOP')
  const since = performance.now()
  await page.getByText(offlineWords).waitFor()
  console.log(`a silent service: said after ${Math.round(performance.now() - since)} ms`)
  process.kill(pid!, 'SIGCONT')
  await page.getByText('In diretta').waitFor()

  const { port } = new URL(server.url)
  await server.stop()
  await page.getByText(offlineWords).waitFor()
  server = await startServer({ DATA_DIR: join(directory, 'data'), PORT: port, LOG_LEVEL: 'warn' })
  const again = performance.now()
  await page.getByText('In diretta').waitFor()
  console.log(`a new start: back after ${Math.round(performance.now() - again)} ms`)
  expect(await isMarked(page)).toBe(true)
  await page.context().close()
})

test('what is answered without network waits, outlives the page, and has one effect', async () => {
  const page = await enter()
  const [first, second] = await openChoices(page)
  await pagesKept(page, 'progetto')
  const before = await statements()
  await page.context().setOffline(true)
  await answer(page, first!, 'Interessante')
  await answer(page, second!, 'Interessante')
  await answer(page, first!, 'Disponibile')
  await page.getByText('In attesa di rete: 3').waitFor()
  await page.close()

  const again = await page.context().newPage()
  await again.goto(agendaAddress())
  await again.getByText('In attesa di rete: 3').waitFor()
  await replyIsLostOnce(again.context())
  await again.context().setOffline(false)
  await again.getByText('In attesa di rete').waitFor({ state: 'detached' })
  expect(await levels([first!, second!])).toEqual(['open', 'want'])
  expect((await statements()) - before).toBe(3)
  await again.context().close()
})

test('what the service refuses is said with its reason, once', async () => {
  const page = await enter()
  const [first] = await openChoices(page)
  await page.context().setOffline(true)
  await answer(page, first!, 'Interessante')
  await page.getByText('In attesa di rete: 1').waitFor()
  await camp.organiser.request('PATCH', `/events/${camp.eventId}`, { replyBy: '2020-01-01T00:00:00Z' })
  await page.context().setOffline(false)
  await page.getByText(`Non registrato: ${first}`).waitFor()
  await page.getByRole('button', { name: 'Ho visto' }).click()
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(await page.getByText('Non registrato').count()).toBe(0)
  await page.context().close()
})

test('that one is late counts from when it was said, not from when the network let it go', async () => {
  const { slots } = await readDay()
  await setClock(camp.organiser, journey.people, -10)
  const page = await enter()
  await openAgenda(page)
  await pagesKept(page, 'progetto')
  await page.context().setOffline(true)
  await page.getByText(offlineWords).waitFor()
  await page.getByRole('button', { name: 'Sono in ritardo' }).click()
  await page.getByRole('button', { name: '30 min' }).click()
  await page.getByText('In attesa di rete: parte da solo.').waitFor()
  // Nobody has been told yet.
  await page.getByText('Hai detto che sei in ritardo.').waitFor()
  expect(await page.getByText('Abbiamo avvisato').count()).toBe(0)

  // Ten minutes later the first turn begins. Thirty from now would reach into the second one.
  await setClock(camp.organiser, journey.people, 0)
  await page.context().setOffline(false)
  await page.getByText('In attesa di rete: parte da solo.').waitFor({ state: 'detached' })
  await page.getByText('Abbiamo avvisato che sei in ritardo.').waitFor()
  const { disruptions } = await readDay()
  expect(disruptions.map(({ participantId, minutes, slots }) => [participantId, minutes, slots])).toEqual([
    [person.participantId, 30, [slots[0]!.id]],
  ])
  await page.context().close()
})

const readDay = () => camp.organiser.get<DayView>(`/events/${camp.eventId}/day`)

// Several hosts may be called "Presidente": their organisation tells them apart.
const card = (page: Page, organisation: string) =>
  page.getByRole('article').filter({ has: page.getByText(organisation, { exact: true }) })

const answer = (page: Page, name: string, level: string) =>
  card(page, name).getByText(level, { exact: true }).click()

/** The organisations of hosts about whom the person has said nothing. */
async function openChoices(page: Page) {
  await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Scelte' }).click()
  const free = page.getByRole('article').filter({ hasNot: page.getByRole('radio', { checked: true }) })
  await free.first().waitFor()
  return free.getByRole('heading', { level: 3 }).allInnerTexts()
}

async function levels(organisations: string[]) {
  const { cards } = await camp.organiser.get<ChoicesView>(
    `/events/${camp.eventId}/choices/${person.participantId}`,
  )
  return organisations.map((name) => cards.find((each) => each.organisations.join(' · ') === name)?.level)
}

/** The service does what it is asked, and the answer does not come back. */
async function replyIsLostOnce(context: BrowserContext) {
  let lost = false
  await context.route('**/preferences/**', async (route) => {
    if (lost) return route.continue()
    lost = true
    await route.fetch()
    await route.abort()
  })
}

/** How many of the programme's newest changes are this person's words about somebody. */
async function statements() {
  const { changes } = await camp.organiser.get<ChangesView>(
    `/programmes/${journey.people.programmeId}/changes?event=${camp.eventId}`,
  )
  return changes.filter(({ type }) => type === 'preference.stated').length
}
