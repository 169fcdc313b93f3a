import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MailsView } from '../../server/schemas/mail.ts'
import { problemsOf } from '../support/axe.ts'
import { until } from '../support/client.ts'
import { LAPTOP, PHONE, startJourney, type Journey } from '../support/journey.ts'

let journey: Journey
beforeAll(async () => {
  journey = await startJourney()
})
afterAll(() => journey.close())

const EMAIL = 'orti@example.org'

/** The code of the last mail to an address, which only the sample shows. */
const codeFor = (email: string) =>
  until('the mail with the code', async () => {
    const { programmeId } = journey.people
    const { mails } = await journey.organiser.get<MailsView>(
      `/programmes/${programmeId}/mails?search=${email}`,
    )
    return mails.find(({ kind }) => kind === 'code')?.body.match(/\d{6}/)?.[0]
  })

const shown = async (page: Page, at: string) => {
  await page.waitForLoadState('networkidle')
  expect(await problemsOf(page, at)).toEqual([])
}

test('a project applies by the open call on a phone, and is admitted after its mail was seen', async () => {
  const organiser = await journey.enter(LAPTOP, 'organizzatore')
  await organiser.getByRole('link', { name: 'Candidature', exact: true }).click()
  await organiser.getByRole('link', { name: 'Scrivi il bando' }).click()
  await organiser
    .getByLabel('Testo del bando')
    .fill(
      'Cerchiamo progetti di innovazione sociale nati nei quartieri di Torino.\n\nChi è ammesso incontra enti e imprese.',
    )
  await organiser.getByLabel('Criteri').fill('– Impatto sul quartiere\n– Sostenibilità dopo il primo anno')
  await organiser
    .getByLabel('Che cosa succede dopo')
    .fill('Rispondiamo a tutti entro tre settimane dalla chiusura.')
  await organiser.getByLabel('Scadenza').fill('2031-05-10T18:00')
  await organiser.getByRole('button', { name: 'Salva' }).click()
  await organiser.getByRole('button', { name: 'Apri il bando' }).click()
  const address = await organiser.locator('.address a').getAttribute('href')
  await shown(organiser, 'bando')

  const phone = await journey.open(PHONE)
  await phone.goto(address!)
  await phone.getByText('Chiude il').waitFor()
  await phone.getByRole('button', { name: 'Candidati' }).click()
  await phone.getByLabel('Indirizzo e-mail').fill(EMAIL)
  await phone.getByRole('button', { name: 'Inviami il codice' }).click()
  await phone.getByLabel('Codice di sei cifre').fill(await codeFor(EMAIL))
  await shown(phone, 'public call')
  await phone.getByRole('button', { name: 'Entra' }).click()
  await phone.getByLabel('Nome del progetto').fill('Orti di via Esempio')
  await phone.getByRole('button', { name: 'Comincia' }).click()
  for (const [label, text] of [
    ['Organizzazioni', 'Associazione Esempio APS'],
    ['Cognome', 'Esempio'],
    ['Telefono', '011 5550100'],
    ['Che cosa fa, in breve', 'Orti condivisi nei cortili delle case popolari, curati da chi ci abita.'],
    ['Perché serve', 'In tre isolati su quattro non c’è un posto dove incontrarsi.'],
    ['Che cosa chiede', '4.000 € per attrezzi e terra, e un tecnico per tre pomeriggi.'],
  ] as const)
    await phone.getByLabel(label, { exact: false }).first().fill(text)
  await shown(phone, 'application')
  await phone.getByRole('button', { name: 'Invia la candidatura' }).click()
  await phone.getByText('Inviata il').waitFor()

  await organiser.getByRole('link', { name: 'Candidature', exact: true }).first().click()
  await organiser.getByRole('link', { name: /Orti di via Esempio/ }).waitFor()
  await shown(organiser, 'list')
  await organiser.getByRole('link', { name: /Orti di via Esempio/ }).click()
  await organiser.getByLabel('Posto in graduatoria').fill('13')
  await organiser.getByRole('button', { name: 'Vedi la mail' }).click()
  await organiser.getByText('Gentile Esempio,').waitFor()
  await shown(organiser, 'decision')
  await organiser.getByRole('button', { name: 'Ammetti e invia la mail' }).click()
  await organiser.getByRole('heading', { name: 'Nel programma' }).waitFor()

  await phone.reload()
  await phone.goto('/')
  await phone
    .getByRole('link', { name: /Continua|Orti di via Esempio/ })
    .first()
    .click()
  await phone.getByRole('heading', { level: 1, name: 'Orti di via Esempio' }).waitFor()
  expect(await phone.getByLabel('In breve').inputValue()).toMatch(/^Orti condivisi/)
})
