import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, LAPTOP, PHONE, startJourney, type Journey } from '../support/journey.ts'

const ADDRESS = 'mani.in.pasta@esempio.it'
let journey: Journey

beforeAll(async () => {
  journey = await startJourney()
  const project = { name: 'Mani in pasta', team: [{ lastName: 'Pasta', email: ADDRESS }] }
  await journey.organiser.request('POST', `/programmes/${journey.people.programmeId}/projects`, project)
})

afterAll(() => journey.close())

/** The code of the newest letter to the address, as the organiser reads it in the programme's mail. */
async function codeInMail() {
  const page = await journey.enter(LAPTOP, 'organizzatore')
  await page.goto(`/organizza/${journey.people.programmeId}/posta`)
  await page.getByRole('searchbox', { name: 'Cerca per destinatario o oggetto' }).fill(ADDRESS)
  await page.getByRole('list').getByRole('link', { name: ADDRESS }).first().click()
  const letter = await page.getByRole('article').innerText()
  await page.context().close()
  return letter.match(/\b\d{6}\b/)![0]
}

test('an invited person enters with the code from the mail; a wrong one says so and stays in its field', async () => {
  const page = await journey.open(PHONE)
  await page.goto('/accedi')
  await page.getByLabel('Indirizzo e-mail').fill('mani.in.pasta')
  await page.getByRole('button', { name: 'Inviami il codice' }).click()
  await page.getByText('Controlla l’indirizzo: deve avere la forma nome@dominio.it.').waitFor()
  expect(await page.getByLabel('Indirizzo e-mail').inputValue()).toBe('mani.in.pasta')

  await page.getByLabel('Indirizzo e-mail').fill(ADDRESS)
  await page.getByRole('button', { name: 'Inviami il codice' }).click()
  const field = page.getByLabel('Codice di sei cifre')
  await field.waitFor()
  const code = await codeInMail()
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  await field.fill(wrong)
  await page.getByRole('button', { name: 'Entra', exact: true }).click()
  await page.getByText('Il codice non è giusto o non vale più. Controllalo, o chiedine uno nuovo.').waitFor()
  expect(await field.inputValue()).toBe(wrong)

  await field.fill(code)
  await page.getByRole('button', { name: 'Entra', exact: true }).click()
  await page.waitForURL(/\/progetto\/[^/]+\/proposta/)
  await eventually(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('Mani in pasta')
})
