import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DayView } from '../../server/schemas/day.ts'
import type { ArrangementEffects, EventView } from '../../server/schemas/event.ts'
import type { RunsView } from '../../server/schemas/run.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { Client, until } from '../support/client.ts'
import { doorOf, eventually, LAPTOP, PHONE } from '../support/journey.ts'
import { startSample } from '../support/sample.ts'
import type { RunningServer } from '../support/server.ts'

/**
 * A day on which clocks are put forward from two to three, seen by a phone that is in another part of the world
 * and whose own clock is hours off.
 */
const DAY = '2027-03-28'
const WRONG_BY = 3 * 3_600_000 + 12 * 60_000

let server: RunningServer
let browser: TestBrowser
let organiser: Client
let day: DayView

beforeAll(async () => {
  server = await startSample()
  browser = await openBrowser()
  organiser = await Client.enter(server.url, 'organiser')
  day = await publishNight()
}, 240_000)
afterAll(async () => {
  await browser.close()
  await server.stop()
})

/** The sample camp as a night of half-hour turns across the change. */
async function publishNight(): Promise<DayView> {
  const { programmeId, eventId } = await Client.people(server.url)
  const write = (method: string, path: string, body?: object, headers = {}) =>
    organiser.request<{ id: string }>(method, path, body, headers)
  await write('PATCH', `/events/${eventId}`, { date: DAY })
  const grid = { slotMinutes: 20, changeoverMinutes: 10, blocks: [{ start: '00:30', slots: 10 }] }
  // What people answered for the turns before hangs on it, which has to be seen first.
  const preview = `/events/${eventId}/grid/preview`
  const { body: seen } = await organiser.request<ArrangementEffects>('POST', preview, grid)
  await write('PUT', `/events/${eventId}/grid`, { ...grid, effects: seen.effects })
  const { body } = await write('POST', `/events/${eventId}/runs`, { seed: 1, seconds: 2 })
  const run = await until('the end of the run', async () => {
    const { runs } = await organiser.get<RunsView>(`/events/${eventId}/runs`)
    return runs.find(({ id, scheduleId }) => id === body.id && scheduleId)
  })
  await write('POST', `/schedules/${run.scheduleId}/publish`, {}, { 'if-match': '1' })
  const { slots } = await organiser.get<EventView>(`/events/${eventId}`)
  const now = new Date(Date.parse(slots[1].endsAt) + 60_000).toISOString()
  await write('POST', '/sample/clock', { programmeId, now })
  return organiser.get<DayView>(`/events/${eventId}/day`)
}

async function openPhone(label: string): Promise<Page> {
  const context = await browser.newContext({ ...PHONE, baseURL: server.url, timezoneId: 'America/New_York' })
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  await page.clock.install({ time: Date.now() - WRONG_BY })
  await page.goto('/')
  await page.getByLabel('Progetto', { exact: true }).selectOption({ label })
  await page.getByRole('button', { name: 'Entra come progetto' }).click()
  await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Agenda' }).click()
  await page.getByText(/^Versione \d+/).waitFor()
  return page
}

test('turns are real minutes, and everybody reads them in the event’s own time', () => {
  const zone = { timeZone: 'Europe/Rome', hour: '2-digit', minute: '2-digit' } as const
  const local = day.slots.map(({ startsAt }) => new Date(startsAt).toLocaleTimeString('it-IT', zone))
  expect(local.slice(0, 6)).toEqual(['00:30', '01:00', '01:30', '03:00', '03:30', '04:00'])
  const starts = day.slots.map(({ startsAt }) => Date.parse(startsAt))
  expect(new Set(starts.slice(1).map((start, index) => start - starts[index]))).toEqual(new Set([1_800_000]))
})

test('a phone elsewhere, with a wrong clock, shows the right times and counts down to the right moment', async () => {
  const next = day.slots[2]
  const meeting = day.meetings.find(({ slotId }) => slotId === next.id)!
  const project = day.participants.find(({ id }) => id === meeting.participants[0])!
  const people = await Client.people(server.url)
  const door = doorOf(people, people.projects.find(({ label }) => label === project.name)!.id)
  const phone = await openPhone(door)

  const own = day.meetings.filter(({ participants }) => participants.includes(project.id))
  const zone = { timeZone: 'Europe/Rome', hour: '2-digit', minute: '2-digit' } as const
  const expected = own.map(({ startsAt }) => new Date(startsAt).toLocaleTimeString('it-IT', zone)).toSorted()
  const shown = async () =>
    (await phone.locator('summary').allInnerTexts()).map((words) => words.match(/\d\d:\d\d/)?.[0]).toSorted()
  await eventually(shown).toEqual(expected)

  const counted = async () => {
    const figures = await phone.getByRole('timer').first().innerText()
    const [seconds, minutes] = figures.match(/\d+/g)!.map(Number).toReversed()
    const { event } = await organiser.get<DayView>(`/events/${people.eventId}/day`)
    return Math.abs(Date.parse(next.startsAt) - Date.parse(event.now) - (minutes * 60 + seconds) * 1000)
  }
  // Asking takes a moment on a busy machine; hours off is what must not be.
  await eventually(async () => (await counted()) < 15_000).toBe(true)
})

test('a board on a laptop whose clock is past the day shows the turn to come, before its own clock beats once', async () => {
  const context = await browser.newContext({ ...LAPTOP, baseURL: server.url })
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  await page.goto('/')
  await page.getByRole('button', { name: 'Entra come organizzatore' }).click()
  await page.waitForURL(/organizza/)
  const { eventId } = await Client.people(server.url)
  const past = Date.parse(day.slots.at(-1)!.endsAt) + 3_600_000
  await page.clock.install({ time: past })
  await page.clock.pauseAt(past + 1000)
  await page.goto(`/organizza/evento/${eventId}/giornata`)
  const turn = page.getByRole('combobox', { name: 'Turno' })
  expect(await turn.inputValue()).toBe(day.slots[2].id)
  await context.close()
})

test('a delay across the change is as many real minutes', async () => {
  const { eventId } = await Client.people(server.url)
  const body = { roomId: null, fromSlotId: day.slots[2].id, minutes: 25 }
  await organiser.request('POST', `/events/${eventId}/delay`, body)
  const later = await organiser.get<DayView>(`/events/${eventId}/day`)
  const moved = later.slots.map(({ startsAt }, n) => Date.parse(startsAt) - Date.parse(day.slots[n].startsAt))
  expect(moved).toEqual(day.slots.map((_, n) => (n < 2 ? 0 : 25 * 60_000)))
})
