import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventSummary, ProgrammeView } from '../../server/schemas/programme.ts'
import { publishedCamp } from '../support/camp.ts'
import { eventually, LAPTOP, startJourney, type Journey } from '../support/journey.ts'

let journey: Journey
let page: Page

beforeAll(async () => {
  journey = await startJourney()
  page = await journey.enter(LAPTOP, 'organizzatore')
})

afterAll(() => journey.close())

const TABLE = [
  'nome\tcodice\torganizzazioni\tfinanziato\tgraduatoria\temail',
  'Bottega del pane\tN01\tCooperativa Esempio Forno\tsì\t\tforno@esempio.it',
  'Orto in cortile\tN02\tAssociazione Esempio Orti\tno\t\t',
  'Radio di quartiere\tN03\tCircolo Esempio Onde\tno\t\tquesto non è un indirizzo',
].join('\n')

describe('an organiser', () => {
  test('creates a second event with the wizard and sees its turns while typing', async () => {
    const before = await events()
    await page.goto(`/organizza/${journey.people.programmeId}`)
    await page.getByRole('button', { name: 'Crea un evento' }).click()
    const wizard = page.getByRole('dialog', { name: 'Crea un evento' })
    await wizard.getByText('Tutoraggio', { exact: true }).click()
    await wizard.getByText('I progetti incontrano i tutor a turni, con le stesse regole.').waitFor()
    await wizard.getByLabel('Titolo').fill('Secondo giro di tutoraggio')
    await wizard.getByLabel('Data').fill('2027-03-04')
    await wizard.getByLabel('Quanti tavoli').fill('6')
    await wizard.getByLabel('Durata dell’incontro').fill('30')
    await wizard.getByLabel('Inizio fascia 1').fill('10:00')
    await wizard.getByLabel('Turni').first().fill('3')
    await wizard.getByText('11 turni').waitFor()
    await wizard.getByText('dalle 10:00 alle 18:35').waitFor()
    expect(await wizard.getByRole('listitem').allInnerTexts()).toContain('11:10–11:40')
    await wizard.getByRole('button', { name: 'Crea un evento' }).click()
    await page.getByRole('heading', { name: 'Preparazione' }).waitFor()
    expect(await page.getByText('Secondo giro di tutoraggio').count()).toBeGreaterThan(0)
    const made = (await events()).filter(({ id }) => !before.some((one) => one.id === id))
    expect(made.map(({ kind, slots, tables, date }) => ({ kind, slots, tables, date }))).toEqual([
      { kind: 'tutoring', slots: 11, tables: 6, date: '2027-03-04' },
    ])
  })

  test('adds a person by the form and others from a pasted table, warned of the wrong row first', async () => {
    await page.goto(`/organizza/${journey.people.programmeId}/persone`)
    const found = page.getByText(/^\d+ di \d+$/)
    const before = Number((await found.innerText()).split(' ')[0])
    await page.getByRole('button', { name: 'Aggiungi un progetto' }).click()
    const form = page.getByRole('dialog', { name: 'Aggiungi un progetto' })
    await form.getByLabel('Nome del progetto').fill('Officina dei mestieri')
    await form.getByLabel('E-mail').fill('officina@esempio.it')
    await form.getByRole('button', { name: 'Aggiungi un progetto' }).click()
    await page.getByText('Officina dei mestieri: aggiunto').waitFor()
    await eventually(() => found.innerText()).toBe(`${before + 1} di ${before + 1}`)

    await page.getByRole('link', { name: 'Importa un elenco' }).click()
    await page.getByLabel('Celle incollate').fill(TABLE)
    await page.getByRole('button', { name: 'Leggi le celle incollate' }).click()
    await page.getByRole('heading', { name: 'Che cosa c’è in ogni colonna?' }).waitFor()
    await page.getByRole('button', { name: 'Controlla' }).click()
    await page.getByRole('button', { name: 'Con errori (1)' }).waitFor()
    const wrong = page.getByRole('listitem').filter({ hasText: 'Radio di quartiere' })
    expect((await wrong.innerText()).toLowerCase()).toMatch(/errore[\s\S]*email/)
    await page.getByRole('button', { name: 'Importa le 2 righe valide' }).click()
    await page.getByText('Voci nuove: 2. Voci aggiornate: 0.').waitFor()
    await page.getByRole('link', { name: 'Vedi le persone' }).click()
    await eventually(() => found.innerText()).toBe(`${before + 3} di ${before + 3}`)
    await page.getByRole('searchbox', { name: 'Cerca per nome, ente, e-mail' }).fill('orto in cortile')
    await eventually(() => found.innerText()).toBe(`1 di ${before + 3}`)
  })

  test('prints one page for each person', async () => {
    const { eventId, plan } = await publishedCamp(journey.base)
    await page.goto(`/organizza/evento/${eventId}/stampa`)
    await page.getByRole('button', { name: /^Stampa \(fogli: \d+\)$/ }).waitFor()
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('article').count()).toBe(plan.participants.length)
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length
    console.log(`paper: ${pages} pages for ${plan.participants.length} people`)
    expect(pages).toBe(plan.participants.length)
    await page.emulateMedia({ media: 'screen' })
  })
})

const events = async (): Promise<EventSummary[]> =>
  (await journey.organiser.get<ProgrammeView>(`/programmes/${journey.people.programmeId}`)).events
