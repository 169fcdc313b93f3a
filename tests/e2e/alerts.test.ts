import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DayView } from '../../server/schemas/day.ts'
import { publishedCamp } from '../support/camp.ts'
import { doorOf, eventually, PHONE, startJourney, type Journey } from '../support/journey.ts'

/** What a phone in a pocket says of its owner's day, once they asked for it. */
let journey: Journey
let phone: Page
let meeting: { id: string; table: string; host: string }

beforeAll(async () => {
  journey = await startJourney()
  await publishedCamp(journey.base)
  const day = await journey.organiser.get<DayView>(`/events/${journey.people.eventId}/day`)
  const first = day.meetings.find(({ slotId }) => slotId === day.slots[0].id)!
  const [project, host] = first.participants.map((id) => day.participants.find((one) => one.id === id)!)
  const table = day.tables.find(({ id }) => id === first.tableId)!
  meeting = { id: first.id, table: table.name, host: host.name }
  const { id } = journey.people.projects.find(({ label }) => label === project.name)!
  phone = await openPhone(doorOf(journey.people, id))
}, 240_000)
afterAll(async () => {
  await journey?.close()
})

/** A browser without a display allows no notifications: here it does, and notes down what it would show. */
const allowing = `
  globalThis.said = []
  Object.defineProperty(Notification, 'permission', { get: () => 'granted' })
  Notification.requestPermission = async () => 'granted'
  navigator.vibrate = () => true
  ServiceWorkerRegistration.prototype.showNotification = async (title, { body }) => said.push(title + ' ' + body)
`

async function openPhone(door: string) {
  const page = await journey.open(PHONE)
  await page.addInitScript(allowing)
  await page.goto('/')
  await page.getByLabel('Progetto', { exact: true }).selectOption({ label: door })
  await page.getByRole('button', { name: 'Entra come progetto' }).click()
  await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Agenda' }).click()
  await page.getByText('In diretta').waitFor()
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  return page
}

const said = () => phone.evaluate<string[]>('globalThis.said')
const setState = (state: string) =>
  journey.organiser.request('POST', `/meetings/${meeting.id}/state`, { state })

test('nothing is said to who did not ask', async () => {
  await setState('called')
  await phone.getByRole('alert').waitFor()
  expect(await said()).toEqual([])
  await setState('planned')
  await phone.getByRole('alert').waitFor({ state: 'detached' })
})

test('a call to the table is said once it is asked for', async () => {
  await phone.getByLabel('Avvisami').check()
  await setState('called')
  await eventually(async () => (await said()).join()).toContain(meeting.host)
  expect((await said()).join()).toContain(meeting.table)
})
