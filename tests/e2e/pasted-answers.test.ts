import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AnswersView, ChoicesView } from '../../server/schemas/choice.ts'
import { eventually, LAPTOP, startJourney, type Journey } from '../support/journey.ts'

let journey: Journey
let page: Page

beforeAll(async () => {
  journey = await startJourney()
  page = await journey.enter(LAPTOP, 'organizzatore')
})
afterAll(() => journey.close())

test('answers pasted from a spreadsheet are tried, saved together and taken back with one click', async () => {
  const { eventId } = journey.people
  const { answers } = await journey.organiser.get<AnswersView>(`/events/${eventId}/answers`)
  const project = answers.find(({ side }) => side === 'project')!
  const choices = () =>
    journey.organiser.get<ChoicesView>(`/events/${eventId}/choices/${project.participantId}`)
  const card = (await choices()).cards.find(({ level }) => level !== 'open' && level !== 'must')!
  const level = async () =>
    (await choices()).cards.find(({ participantId }) => participantId === card.participantId)!.level
  await page.goto(`/organizza/evento/${eventId}/risposte`)
  await page.getByRole('button', { name: 'Incolla risposte' }).click()
  const dialog = page.getByRole('dialog', { name: 'Incolla le risposte' })
  const rows = [
    `${project.name}\t${card.organisations[0]} ${card.name}\tDisponibile`,
    `${project.name}\tNessuno di noi\tDisponibile`,
  ]
  await dialog.getByLabel('Righe copiate').fill(rows.join('\n'))
  await dialog.getByRole('button', { name: 'Controlla' }).click()
  await dialog.getByText('Risposte da salvare: 1 su 2 righe.').waitFor()
  await dialog.getByText('«Nessuno di noi» non si trova tra i partecipanti').waitFor()
  expect(await level()).toBe(card.level)
  await dialog.getByRole('button', { name: 'Salva una risposta' }).click()
  await page.getByText('Una risposta salvata').waitFor()
  expect(await level()).toBe('open')
  await page.getByRole('button', { name: 'Ripristina' }).click()
  await eventually(level).toBe(card.level)
})
