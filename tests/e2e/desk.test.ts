import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DayView, DeskView } from '../../server/schemas/day.ts'
import { publishedCamp } from '../support/camp.ts'
import {
  doorOf,
  eventually,
  followed,
  openAgenda,
  pagesKept,
  PHONE,
  startJourney,
  type Journey,
} from '../support/journey.ts'

/** The entrance: people found by name or code, checked in and out, with and without network. */
let journey: Journey
let page: Page
let people: DeskView['people']

const path = (view: string) => `/events/${journey.people.eventId}/${view}`
const attendanceOf = async (id: string) =>
  (await journey.organiser.get<DayView>(path('day'))).participants.find((one) => one.id === id)!.attendance

beforeAll(async () => {
  journey = await startJourney()
  await publishedCamp(journey.base)
  people = (await journey.organiser.get<DeskView>(path('desk'))).people
  page = await journey.open(PHONE)
  await page.goto('/')
  await page.getByRole('button', { name: 'Entra all’accoglienza' }).click()
  await page.getByRole('heading', { level: 1, name: 'Accoglienza' }).waitFor()
  await page.getByText('In diretta').waitFor()
}, 240_000)
afterAll(async () => {
  await journey?.close()
})

const seek = (words: string) => page.getByRole('searchbox').fill(words)
const rowOf = (person: DeskView['people'][number]) =>
  page.getByRole('listitem').filter({ hasText: person.name }).first()

test('somebody is found by the beginning of a name, whatever the accents, and checked in', async () => {
  const person = people.find(({ name }) => name.startsWith('Cuqù'))!
  await seek('cuqu')
  await rowOf(person).getByRole('button', { name: 'È qui' }).click()
  await rowOf(person).getByText('Presente').waitFor()
  await eventually(() => attendanceOf(person.id)).toBe('here')
  // Found alone they stand open: where to go is what they ask next.
  await rowOf(person)
    .getByText(/^Tavolo \d+/)
    .first()
    .waitFor()
  await rowOf(person).getByRole('button', { name: 'Non è ancora qui' }).click()
  await eventually(() => attendanceOf(person.id)).toBe('expected')
})

test('a code finds its person and nobody else', async () => {
  const [person] = people
  await seek(person.code.toLowerCase())
  expect(
    await page
      .getByRole('listitem')
      .filter({ has: page.getByRole('button', { name: 'È qui' }) })
      .count(),
  ).toBe(1)
  await rowOf(person).getByText(`Codice ${person.code}`).waitFor()
})

test('who said on the phone that they are late is late at the desk', async () => {
  const person = people.findLast(({ side }) => side === 'project')!
  await seek(person.code)
  const says = () => rowOf(person).getByRole('button').first().innerText()
  expect(await says()).not.toContain('In ritardo')
  const { id } = journey.people.projects.find(({ label }) => label === person.name)!
  const phone = await openAgenda(journey, 'progetto', doorOf(journey.people, id))
  await phone.getByRole('button', { name: 'Sono in ritardo' }).click()
  const since = performance.now()
  await phone.getByRole('button', { name: '15 min' }).click()
  await followed('the desk', since, async () => (await says()).includes('In ritardo'))
  await phone.getByText('Abbiamo avvisato che sei in ritardo.').waitFor()
  const { disruptions } = await journey.organiser.get<DayView>(path('day'))
  expect(disruptions.map(({ participantId, minutes }) => [participantId, minutes])).toEqual([[person.id, 15]])
  await phone.context().close()
})

test('what is marked without network is shown at once, kept over a reload, and sent once when it is back', async () => {
  const some = people.slice(2, 5)
  await pagesKept(page, 'accoglienza')
  await page.context().setOffline(true)
  for (const person of some) {
    await seek(person.code)
    await rowOf(person).getByRole('button', { name: 'È qui' }).click()
    await rowOf(person).getByText('in attesa di rete').waitFor()
  }
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Accoglienza' }).waitFor()
  await seek(some[0].code)
  await rowOf(some[0]).getByText('in attesa di rete').waitFor()
  expect(await attendanceOf(some[0].id)).toBe('expected')

  await page.context().setOffline(false)
  const since = performance.now()
  for (const person of some) await eventually(() => attendanceOf(person.id)).toBe('here')
  console.log(`three check-ins after the network came back: ${Math.round(performance.now() - since)} ms`)
  const { log } = await journey.organiser.get<DayView>(path('day'))
  expect(log.filter(({ type }) => type === 'attendance.here').length).toBe(1 + some.length)
  await rowOf(some[0]).getByText('in attesa di rete').waitFor({ state: 'detached' })
})

/** What has the focus, in the words of the row it stands in. */
const place = () =>
  page.evaluate<string>(`(() => {
    const element = document.activeElement
    return (element.closest('li')?.querySelector('strong') ?? element).innerText.trim()
  })()`)

test('who goes from the list of the missing leaves the keyboard at the next one, and the last at the heading', async () => {
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.reload()
  const missing = page.getByRole('region', { name: /^(Attesi per|Devono sedersi)/ })
  const names = async () => missing.locator('strong').allInnerTexts()
  const checkIn = (at: number) => missing.locator('ul > li').nth(at).getByRole('button', { name: 'È qui' })
  await missing.waitFor()
  const [first, second, ...others] = await names()
  expect(others.length).toBeGreaterThan(1)
  await checkIn(0).focus()
  expect(await place()).toBe(first)
  await page.keyboard.press('Enter')
  await eventually(place).toBe(second)
  await eventually(names).toEqual([second, ...others])

  await checkIn(others.length).focus()
  await page.keyboard.press('Enter')
  await eventually(place).toBe(others.at(-2))

  // Somebody else checks in the others, the one that has the focus among them.
  const label = await missing
    .locator('ul > li')
    .first()
    .getByRole('button', { name: 'È qui' })
    .getAttribute('aria-label')
  const kept = people.find(({ name }) => label === `È qui: ${name}`)!.id
  for (const { id } of people.filter((one) => one.id !== kept))
    await journey.organiser.request('PUT', `/participants/${id}/attendance`, { attendance: 'here' })
  await eventually(names).toEqual([second])
  await eventually(place).toBe(second)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await missing.getByText('Per questo turno ci sono tutti.').waitFor()
  expect(await place()).toMatch(/^(Attesi per|Devono sedersi)/)
})

test('what was said stays said, in each tab, between its answer and a page that hears of it', async () => {
  // A page that, once it is told so, hears nothing more until it is let.
  const openDeaf = async () => {
    const tab = await page.context().newPage()
    const held: (() => void)[] = []
    let deaf = false
    await tab.routeWebSocket(/\/live/, (socket) => {
      const service = socket.connectToServer()
      service.onMessage((frame) => (deaf ? void held.push(() => socket.send(frame)) : socket.send(frame)))
    })
    await tab.goto(page.url())
    await tab.getByRole('searchbox').fill(person.code)
    const row = tab.getByRole('listitem').filter({ hasText: person.name }).first()
    const isHere = row.getByRole('button').first().getByText('Presente')
    const stopHearing = () => (deaf = true)
    const hear = () => {
      deaf = false
      for (const send of held.splice(0)) send()
    }
    return { tab, row, isHere, stopHearing, hear, held }
  }
  const [person] = people.toReversed()
  await journey.organiser.request('PUT', `/participants/${person.id}/attendance`, { attendance: 'expected' })
  const tabs = [await openDeaf(), await openDeaf()]
  for (const { row, stopHearing } of tabs) {
    await row.getByRole('button', { name: 'È qui' }).waitFor()
    stopHearing()
  }
  await tabs[0]!.row.getByRole('button', { name: 'È qui' }).click()
  await eventually(() => attendanceOf(person.id)).toBe('here')
  for (const { row, isHere, held } of tabs) {
    await row.getByText('in attesa di rete').waitFor({ state: 'detached' })
    await eventually(() => held.length).toBeGreaterThan(0)
    expect(await isHere.isVisible()).toBe(true)
  }
  for (const { isHere, hear, tab } of tabs) {
    hear()
    await tab.waitForTimeout(300)
    expect(await isHere.isVisible()).toBe(true)
    await tab.close()
  }
})

test('a network that answers itself, and nothing, takes no arrival', async () => {
  const [person] = people.toReversed()
  await journey.organiser.request('PUT', `/participants/${person.id}/attendance`, { attendance: 'expected' })
  await seek(person.code)
  const row = page.getByRole('listitem').filter({ hasText: person.name }).first()
  let [answered, isOpen] = [0, false]
  await page.route('**/attendance', (route) => {
    answered += isOpen ? 0 : 1
    return isOpen ? route.continue() : route.fulfill({ status: 200, body: '' })
  })
  await row.getByRole('button', { name: 'È qui' }).click()
  await row.getByText('in attesa di rete').waitFor()
  await eventually(() => answered).toBeGreaterThan(1)
  isOpen = true
  await eventually(() => attendanceOf(person.id)).toBe('here')
  await row.getByText('in attesa di rete').waitFor({ state: 'detached' })
  await page.unroute('**/attendance')
})

test('a button that goes with what it said leaves the keyboard at its row', async () => {
  const everybody = page.getByRole('region', { name: /^Tutti/ })
  const row = everybody.getByRole('listitem').filter({ hasText: people[0].name }).first()
  await seek('')
  await row.getByRole('button').first().focus()
  await page.keyboard.press('Enter')
  await row
    .getByRole('button', { name: 'Non viene' })
    .or(row.getByRole('button', { name: /andat/ }))
    .first()
    .focus()
  await page.keyboard.press('Enter')
  await eventually(place).toBe(people[0].name)
})
