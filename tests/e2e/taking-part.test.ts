import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventSummary, ProgrammeView } from '../../server/schemas/programme.ts'
import { publishedCamp } from '../support/camp.ts'
import { LAPTOP, startJourney, type Journey } from '../support/journey.ts'

let journey: Journey
let page: Page
let eventId: string

beforeAll(async () => {
  journey = await startJourney()
  eventId = (await publishedCamp(journey.base)).eventId
  page = await journey.enter(LAPTOP, 'organizzatore')
})

afterAll(() => journey.close())

describe('after the agenda was published', () => {
  test('a newcomer is offered for the event and taken in, by keyboard alone', async () => {
    const { programmeId } = journey.people
    const { newcomers } = await summary()
    await journey.organiser.request('POST', `/programmes/${programmeId}/hosts`, {
      ...{ firstName: 'Tarda', lastName: 'Esempio', email: 'tarda@esempio.it' },
      ...{ organisation: 'Fondazione Ultima Ora', kind: 'foundation', label: 'sede di Ivrea' },
    })
    expect((await summary()).newcomers).toBe(newcomers + 1)
    await page.goto(`/organizza/${programmeId}`)
    await page.locator(`a.newcomers[href="/organizza/evento/${eventId}/partecipanti"]`).click()
    await page.getByRole('heading', { name: 'Partecipanti', exact: true }).waitFor()
    await press(page.getByRole('button', { name: 'Scegli chi aggiungere' }), 'Enter')
    await press(
      page.getByRole('checkbox', { name: /Scegli Fondazione Ultima Ora – .*sede di Ivrea/ }),
      'Space',
    )
    await press(page.getByRole('button', { name: 'Aggiungi all’evento' }), 'Enter')
    await page.getByText('Aggiunto all’evento.').waitFor()
    await page.getByRole('button', { name: 'Invita per mail (1)' }).waitFor()
    expect((await summary()).newcomers).toBe(newcomers)
  })

  test('who is taken out leaves meetings to rearrange, and comes back with one click', async () => {
    await page.goto(`/organizza/evento/${eventId}/partecipanti`)
    const row = page
      .getByRole('row')
      .filter({ hasText: /\d+ incontri/ })
      .first()
    const before = await row.innerText()
    await row.getByRole('checkbox').focus()
    await page.keyboard.press('Space')
    await press(page.getByRole('button', { name: 'Togli dall’evento' }), 'Enter')
    const dialog = page.getByRole('dialog', { name: 'Togliere dall’evento?' })
    await dialog.getByText('Hanno ancora incontri pubblicati, da risistemare in Giornata:').waitFor()
    await press(dialog.getByRole('button', { name: 'Togli dall’evento' }), 'Enter')
    await page.getByText('Tolto dall’evento.').waitFor()
    const board = await journey.organiser.get<{ disruptions: { kind: string; hits: string[] }[] }>(
      `/events/${eventId}/day`,
    )
    expect(board.disruptions.map(({ kind, hits }) => [kind, hits.length > 0])).toEqual([['no_show', true]])
    await page.getByRole('link', { name: 'Risistema gli incontri' }).waitFor()
    await press(page.getByRole('button', { name: 'Annulla' }), 'Enter')
    await page
      .getByRole('row')
      .filter({ hasText: before.split('\n')[0].trim() })
      .first()
      .waitFor()
    const after = await journey.organiser.get<{ disruptions: unknown[] }>(`/events/${eventId}/day`)
    expect(after.disruptions).toEqual([])
  })
})

async function press(button: ReturnType<Page['getByRole']>, key: string) {
  await button.focus()
  await page.keyboard.press(key)
}

const summary = async (): Promise<EventSummary> =>
  (await journey.organiser.get<ProgrammeView>(`/programmes/${journey.people.programmeId}`)).events.find(
    ({ id }) => id === eventId,
  )!
