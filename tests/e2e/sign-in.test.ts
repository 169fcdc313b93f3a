import { afterAll, beforeAll, expect, test } from 'vitest'
import { giveAuthenticator } from '../support/authenticator.ts'
import { problemsOf } from '../support/axe.ts'
import { Client } from '../support/client.ts'
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
  await page.getByRole('searchbox', { name: 'Cerca per persona, indirizzo' }).fill(ADDRESS)
  await page.getByRole('list').getByRole('link', { name: ADDRESS }).first().click()
  const letter = await page.getByRole('article').innerText()
  await page.context().close()
  return letter.match(/\b\d{6}\b/)![0]
}

test('an invited person enters with the code from the first mail, also after another; a wrong one stays in its field', async () => {
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

  // Sent again, it is still the same one.
  await page.getByText(/il codice di sei cifre è partito alle \d\d:\d\d e vale fino alle \d\d:\d\d/).waitFor()
  await page.getByRole('button', { name: 'Invia di nuovo' }).click()
  await eventually(() => field.inputValue()).toBe('')
  await field.fill(code)
  await page.getByRole('button', { name: 'Entra', exact: true }).click()
  await page.waitForURL(/\/progetto\/[^/]+\/proposta/)
  await eventually(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('Mani in pasta')
})

test('links to a host who was merged into another lead on to the one who stayed', async () => {
  const { programmeId } = journey.people
  const added = async (organisation: string) => {
    const host = { lastName: 'Doppia Esempio', organisation, kind: 'foundation' }
    const { body } = await journey.organiser.request<{ id: string }>(
      'POST',
      `/programmes/${programmeId}/hosts`,
      host,
    )
    return body.id
  }
  const [stayed, twin] = [await added('Fondazione Doppia (campione)'), await added('Fond. Doppia (campione)')]
  const merged = await journey.organiser.request('POST', `/hosts/${stayed}/merge`, {
    twinId: twin,
    choices: {},
  })
  expect(merged.status).toBe(200)
  const page = await journey.open(PHONE)
  const origin = journey.base
  const enter = (as: string) =>
    page.request.post('/api/v1/sample/enter', { data: { as }, headers: { origin } })
  await enter(`host:${stayed}`)
  await page.goto(`/accedi?email=altrove@example.org&next=/referente/${twin}/profilo`)
  await page.waitForURL(`**/referente/${stayed}/profilo`)
  await enter('organiser')
  for (const leaf of ['agenda', 'proposte?vista=1']) {
    await page.goto(`/referente/${twin}/${leaf}`)
    await page.waitForURL(`**/referente/${stayed}/${leaf}`)
  }
  await page.getByText('per conto di').waitFor()
})

test('somebody looks after their own devices and passkeys', async () => {
  const { programmeId } = journey.people
  const project = { name: 'Forno sociale' }
  await journey.organiser.request('POST', `/programmes/${programmeId}/projects`, project)
  const { projects } = await Client.people(journey.base)
  const { id } = projects.find(({ label }) => label === project.name)!
  const phone = await journey.open(PHONE)
  const laptop = await journey.open(LAPTOP)
  await giveAuthenticator(laptop)
  for (const page of [phone, laptop]) {
    await page.goto('/')
    await page.getByLabel('Progetto', { exact: true }).selectOption(id)
    await page.getByRole('button', { name: 'Entra come progetto' }).click()
    await page.getByRole('heading', { level: 1, name: 'Forno sociale' }).waitFor()
  }
  await laptop.getByRole('button', { name: 'Il tuo account' }).click()
  await laptop.getByRole('link', { name: 'Il tuo accesso' }).click()
  await laptop.getByText('Questo dispositivo').waitFor()

  await laptop.getByRole('button', { name: 'Aggiungi una passkey' }).click()
  await laptop.getByRole('button', { name: /^Rinomina/ }).click()
  const form = laptop.getByRole('dialog')
  await form.getByLabel('Nome').fill('Portatile del forno')
  await form.getByRole('button', { name: 'Salva' }).click()
  expect(await problemsOf(laptop, '/accesso')).toEqual([])
  await laptop.getByRole('button', { name: 'Togli Portatile del forno' }).click()
  await laptop.getByRole('dialog').getByRole('button', { name: 'Togli' }).click()
  await eventually(() => laptop.getByText('Portatile del forno').count()).toBe(0)

  await laptop.getByRole('button', { name: /^Disconnetti Chrome/ }).click()
  await laptop.getByText(/è stato disconnesso/).waitFor()
  await eventually(() => laptop.getByRole('button', { name: /^Disconnetti/ }).count()).toBe(0)
  await phone.reload()
  await phone.getByRole('banner').getByRole('link', { name: 'Accedi' }).waitFor()
})
