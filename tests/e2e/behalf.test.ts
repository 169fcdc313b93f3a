import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AnswersView, ChoicesView } from '../../server/schemas/choice.ts'
import { doorOf, eventually, LAPTOP, PHONE, startJourney, type Journey } from '../support/journey.ts'

let journey: Journey
let page: Page
let eventId: string

beforeAll(async () => {
  journey = await startJourney()
  eventId = journey.people.eventId
  page = await journey.enter(LAPTOP, 'organizzatore')
})

afterAll(() => journey.close())

test('whoever answers on behalf of a host reads so on every page of theirs, and finds the way back', async () => {
  const { answers } = await journey.organiser.get<AnswersView>(`/events/${eventId}/answers`)
  const host = answers.find(({ side }) => side === 'host')!
  const said = `Stai rispondendo per conto di ${host.organisations[0]} – ${host.name}.`
  for (const path of ['proposte', 'profilo', 'agenda']) {
    await page.goto(`/referente/${host.hostId}/${path}?evento=${eventId}`)
    await page.getByText(said).waitFor()
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  await page.getByRole('link', { name: 'Torna alle risposte' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Risposte' }).waitFor()
})

test('when a host can come is entered on their behalf', async () => {
  const { answers } = await journey.organiser.get<AnswersView>(`/events/${eventId}/answers`)
  const host = answers.find(({ side, availableSlots }) => side === 'host' && availableSlots > 2)!
  const stated = async () =>
    (await journey.organiser.get<ChoicesView>(`/events/${eventId}/choices/${host.participantId}`)).participant
      .unavailable
  const before = await stated()
  await page.goto(`/referente/${host.hostId}/profilo`)
  const turn = page.locator('.availability').getByRole('button', { pressed: true }).first()
  await turn.focus()
  await page.keyboard.press('Space')
  await eventually(async () => (await stated()).length).not.toBe(before.length)
})

test('their own pages say nothing of the kind', async () => {
  const own = await journey.enter(PHONE, 'referente', doorOf(journey.people, journey.people.hosts[0].id))
  expect(await own.getByText('per conto di').count()).toBe(0)
})
