import { AxeBuilder } from '@axe-core/playwright'
import { writeXlsx } from 'hucre'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PeopleView } from '../../server/schemas/programme.ts'
import { eventually, LAPTOP, PHONE, startJourney, type Journey } from '../support/journey.ts'

let journey: Journey
beforeAll(async () => {
  journey = await startJourney()
})
afterAll(() => journey.close())

const people = () => journey.organiser.get<PeopleView>(`/programmes/${journey.people.programmeId}/people`)
const hostsOf = async (organisation: string) =>
  (await people()).hosts
    .filter((host) => host.organisation === organisation)
    .map(({ person }) => person.name)
    .toSorted()

/** A list as a body keeps it: a title, surname and name apart, two of one foundation, a shared mailbox. */
const list = (extra: string[][] = []) =>
  writeXlsx({
    sheets: [
      {
        name: 'Anno scorso',
        hidden: true,
        rows: [
          ['Cognome', 'Nome', 'Ente'],
          ['Vecchi', 'Ugo', 'Passata'],
        ],
      },
      {
        name: 'Enti 2026',
        rows: [
          ['Elenco enti Camp 2026'],
          [],
          ['Cognome', 'Nome', 'Azienda/Ente', 'Tipologia', 'E-mail', 'Allergie'],
          ['D’Angiò', 'Maria', 'Fondazione Importata', 'Fondazione', 'info@importata.example', 'Noci'],
          ['Neri', 'Maria', 'Fondazione Importata', '', 'INFO@importata.example ', ''],
          ['Bo', 'Li', 'Fondazione Importata', 'banca', 'li@importata.example', ''],
          ...extra,
        ],
      },
    ],
  })

async function open(page: Page) {
  await page.goto(`/organizza/${journey.people.programmeId}/importa?vista=referenti`)
  await page.getByRole('heading', { name: 'Importa referenti' }).waitFor()
}
const upload = async (page: Page, file: Uint8Array) =>
  page
    .getByLabel('Scegli il file')
    .setInputFiles({ name: 'enti.xlsx', mimeType: '', buffer: Buffer.from(file) })
/** Each step holds to the rules of accessibility and to the width of its window. */
async function look(page: Page) {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag22aa'])
    .analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([])
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0)
}

test('a workbook is uploaded, its columns named, checked, imported, undone and imported again', async () => {
  const page = await journey.enter(LAPTOP, 'organizzatore')
  await open(page)
  await look(page)
  const template = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Scarica il modello' }).click()
  expect((await template).suggestedFilename()).toBe('incontro-hosts.xlsx')
  await upload(page, await list())
  await page.getByText('enti.xlsx: 3 righe').waitFor()
  expect(await page.getByLabel('Foglio').locator('option').allInnerTexts()).toEqual([
    'Anno scorso (nascosto)',
    'Enti 2026',
  ])
  expect(await page.getByLabel('Riga con le intestazioni').inputValue()).toBe('3')
  const columns = page.getByRole('listitem').getByRole('combobox')
  expect(await Promise.all((await columns.all()).map((one) => one.inputValue()))).toEqual([
    ...['lastName', 'firstName', 'organisation', 'kind', 'email', 'none'],
  ])
  await page.getByLabel('Colonna F, «Allergie»').selectOption('Tieni come nota')
  await look(page)
  await page.getByRole('button', { name: 'Controlla' }).click()
  await page.getByRole('button', { name: 'Con errori (1)' }).waitFor()
  expect(await page.getByText(/«banca» non è un valore previsto/).innerText()).toContain('Cooperativa')
  await look(page)
  await page.getByRole('button', { name: 'Con avvisi (1)' }).click()
  await page.getByText(/Ha lo stesso indirizzo della riga 4/).waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Scarica l’elenco con gli errori' }).click()
  expect((await download).suggestedFilename()).toBe('incontro-errori.xlsx')
  await page.getByRole('button', { name: 'Importa le 2 righe valide' }).click()
  await page.getByText('Voci nuove: 2. Voci aggiornate: 0.').waitFor()
  await look(page)
  expect(await hostsOf('Fondazione Importata')).toEqual(['Maria D’Angiò', 'Maria Neri'])
  await page.getByRole('button', { name: 'Annulla l’importazione' }).click()
  await page.getByRole('heading', { name: 'Importazione annullata' }).waitFor()
  expect(await hostsOf('Fondazione Importata')).toEqual([])
  await page.getByRole('button', { name: 'Torna al controllo' }).click()
  await page.getByRole('button', { name: 'Importa le 2 righe valide' }).click()
  await page.getByText('Voci nuove: 2. Voci aggiornate: 0.').waitFor()
  expect(await hostsOf('Fondazione Importata')).toEqual(['Maria D’Angiò', 'Maria Neri'])
})

test('on a phone, somebody who is perhaps there already is asked for, and a list that changed is checked again', async () => {
  const page = await journey.enter(PHONE, 'organizzatore')
  await open(page)
  await look(page)
  await page.getByLabel('Celle incollate').fill('Referente;Ente;Email\n"Verdi;x;y\n')
  await page.getByRole('button', { name: 'Leggi le celle incollate' }).click()
  await page.getByText(/alla riga 2 una virgoletta si apre/).waitFor()
  expect(await page.getByLabel('Celle incollate').inputValue()).toContain('Verdi')
  await upload(
    page,
    await list([
      ['Maria', 'Neri', 'Fondazione Importata', '', '', ''],
      ['Verdi', 'Ada', 'Fondazione Importata', '', '', ''],
    ]),
  )
  await page.getByRole('button', { name: 'Controlla' }).waitFor()
  await look(page)
  await page.getByRole('button', { name: 'Controlla' }).click()
  await page.getByRole('button', { name: 'Da decidere (1)' }).waitFor()
  await look(page)
  await page.getByRole('button', { name: 'Cambia colonne' }).click()
  await page.getByRole('button', { name: 'Cambia elenco' }).click()
  await page
    .getByLabel('Celle incollate')
    .fill('Referente;Ente;E-mail\nNeri Maria;Fondazione Importata;m@importata.example\n')
  await page.getByRole('button', { name: 'Leggi le celle incollate' }).click()
  await page.getByRole('button', { name: 'Controlla' }).click()
  await page.getByLabel('Riga 2: è già presente?').waitFor()
  await look(page)
  await page.getByLabel('Riga 2: è già presente?').selectOption({ index: 1 })
  await page.getByRole('button', { name: 'Importa 1 riga' }).waitFor()
  await look(page)
  const twin = (await people()).hosts.find(({ person }) => person.name === 'Maria Neri')!
  await journey.organiser.request('PATCH', `/hosts/${twin.id}/person`, { lastName: 'Neri Sforza' })
  await page.getByRole('button', { name: 'Importa 1 riga' }).click()
  await page.getByText('Nel frattempo l’elenco delle persone è cambiato').waitFor()
  await eventually(() => page.getByRole('button', { name: /^Da decidere/ }).innerText()).toBe(
    'Da decidere (0)',
  )
  await look(page)
})
