import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EventView } from '../../server/schemas/event.ts'
import type { PeopleView } from '../../server/schemas/programme.ts'
import { eventually, LAPTOP, startJourney, type Journey } from '../support/journey.ts'

let journey: Journey
let first: Page
let second: Page

beforeAll(async () => {
  journey = await startJourney()
  first = await journey.enter(LAPTOP, 'organizzatore')
  second = await journey.enter(LAPTOP, 'organizzatore')
})

afterAll(() => journey.close())

const path = () => `/programmes/${journey.people.programmeId}`
const people = () => journey.organiser.get<PeopleView>(`${path()}/people`)

async function added(kind: 'projects' | 'hosts' | 'events', body: object) {
  const reply = await journey.organiser.request<{ id: string }>('POST', `${path()}/${kind}`, body)
  expect(reply.status).toBe(200)
  return reply.body.id
}

/** Both have the same dialog open before either saves. */
const bothOpen = (kind: 'progetti' | 'referenti', name: string, title: string) =>
  Promise.all(
    [first, second].map(async (page) => {
      await page.goto(`/organizza/${journey.people.programmeId}/persone?vista=${kind}`)
      await page.getByRole('searchbox', { name: 'Cerca per nome, ente, e-mail' }).fill(name)
      await page
        .getByRole('button', { name: `Modifica ${name}` })
        .first()
        .click()
      return page.getByRole('dialog', { name: title })
    }),
  )

test('two organisers in the same project: what only one changed is kept, the rest is chosen field by field', async () => {
  const team = [
    { lastName: 'Bruni', firstName: 'Ada' },
    { lastName: 'Costa', firstName: 'Ugo' },
  ]
  const id = await added('projects', { name: 'Serra di tutti', team, organisations: ['Uno'] })
  const project = async () => (await people()).projects.find((one) => one.id === id)!
  const [one, other] = await bothOpen('progetti', 'Serra di tutti', 'Modifica il progetto')

  await one!.getByLabel('Nome del progetto').fill('Serra della prima')
  await one!.getByLabel('Posto in graduatoria').fill('4')
  await one!.getByLabel('Telefono').first().fill('011 1')
  await one!.getByRole('button', { name: 'Salva' }).click()
  await first.getByText('Serra della prima: modifiche salvate').waitFor()

  await other!.getByLabel('Nome del progetto').fill('Serra della seconda')
  await other!.getByLabel('Organizzazioni').fill('Uno\nDue')
  await other!.getByLabel('Telefono').first().fill('011 2')
  await other!.getByLabel('Ruolo o titolo').nth(1).fill('Tesoriere')
  await other!.getByRole('button', { name: 'Salva' }).click()

  const alert = other!.getByRole('alert')
  await alert.getByText('gli stessi campi sono cambiati nel frattempo').waitFor()
  const region = other!.getByRole('region', { name: 'Non ancora salvato' })
  expect(await region.evaluate((section) => section.matches(':focus'))).toBe(true)
  const groups = region.getByRole('group')
  expect((await groups.allInnerTexts()).map((text) => text.split(/\s*\n\s*/).filter(Boolean))).toEqual([
    [
      'Nome del progetto',
      'Era: Serra di tutti',
      'Tieni il mio: Serra della seconda',
      'Prendi il suo: Serra della prima',
    ],
    ['Ada Bruni: Telefono', 'Era: (vuoto)', 'Tieni il mio: 011 2', 'Prendi il suo: 011 1'],
  ])
  // Both are the same organiser here, in two windows.
  expect(await alert.innerText()).toMatch(/Ultima modifica: la tua, alle \d\d:\d\d, da un’altra finestra\./)
  expect((await project()).name).toBe('Serra della prima')

  const { violations } = await new AxeBuilder({ page: second }).include('dialog[open]').analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([])

  // By keyboard alone; what was chosen can be taken back, and nothing goes before every field has its choice.
  await second.keyboard.press('Tab')
  await second.keyboard.press('Space')
  await second.keyboard.press('ArrowDown')
  expect(await other!.getByLabel('Nome del progetto').inputValue()).toBe('Serra della prima')
  await second.keyboard.press('ArrowUp')
  expect(await other!.getByLabel('Nome del progetto').inputValue()).toBe('Serra della seconda')
  await other!.getByRole('button', { name: 'Salva' }).click()
  await groups.nth(1).getByRole('radio', { name: 'Prendi il suo' }).check()
  await other!.getByRole('button', { name: 'Salva' }).click()
  await second.getByText('Serra della seconda: modifiche salvate').waitFor()

  expect(await project()).toMatchObject({
    ...{ name: 'Serra della seconda', rank: 4, organisations: ['Uno', 'Due'] },
    team: [
      { lastName: 'Bruni', phone: '011 1' },
      { lastName: 'Costa', title: 'Tesoriere' },
    ],
  })
})

test('two organisers at the same host: what both changed is chosen, what one changed is merged without a word', async () => {
  const host = { organisation: 'Fondazione Serra', lastName: 'Neri', kind: 'foundation' }
  const id = await added('hosts', host)
  const [one, other] = await bothOpen('referenti', 'Fondazione Serra', 'Modifica il referente')
  await one!.getByLabel('Tipo di ente').selectOption({ label: 'Cooperativa' })
  await one!.getByLabel('Telefono').fill('011 3')
  await one!.getByRole('button', { name: 'Salva' }).click()
  await first.getByText('Fondazione Serra: modifiche salvate').waitFor()

  await other!.getByLabel('Tipo di ente').selectOption({ label: 'Impresa' })
  await other!.getByLabel('Ruolo o titolo').fill('Presidente')
  await other!.getByRole('button', { name: 'Salva' }).click()
  const group = other!.getByRole('region', { name: 'Non ancora salvato' }).getByRole('group')
  await group.getByRole('radio', { name: 'Prendi il suo: Cooperativa' }).check()
  await other!.getByRole('button', { name: 'Salva' }).click()
  await second.getByText('Fondazione Serra: modifiche salvate').waitFor()
  await eventually(async () => (await people()).hosts.find((row) => row.id === id)).toMatchObject({
    kind: 'cooperative',
    person: { phone: '011 3', title: 'Presidente' },
  })
})

test('two organisers at the setup of an event: its data, its tables and its rules', async () => {
  const grid = { slotMinutes: 20, changeoverMinutes: 5, blocks: [{ start: '09:00', slots: 2 }] }
  const event = { kind: 'camp', title: 'Camp a due mani', date: '2031-05-10', grid, tables: 3 }
  const id = await added('events', event)
  const view = () => journey.organiser.get<EventView>(`/events/${id}`)
  for (const page of [first, second]) {
    await page.goto(`/organizza/evento/${id}/preparazione`)
    await page.getByRole('heading', { name: 'Sale e tavoli' }).waitFor()
  }
  const saves = async (page: Page, button: string) => {
    await page.getByRole('button', { name: button, exact: true }).click()
  }
  const conflicts = second.getByRole('region', { name: 'Non ancora salvato' })

  await first.getByLabel('Luogo').fill('Cascina')
  await saves(first, 'Salva')
  await eventually(async () => (await view()).event.venue).toBe('Cascina')
  await second.getByLabel('Titolo').fill('Camp a quattro mani')
  await saves(second, 'Salva')
  await eventually(async () => (await view()).event).toMatchObject({
    ...{ title: 'Camp a quattro mani', venue: 'Cascina' },
  })
  await eventually(() => second.getByLabel('Luogo').inputValue()).toBe('Cascina')

  await first.getByLabel('Cambio tavolo').fill('10')
  await first.getByLabel('Turni', { exact: true }).fill('3')
  await saves(first, 'Salva i turni')
  await first.getByText('Turni salvati').waitFor()
  await second.getByLabel('Turni', { exact: true }).fill('4')
  await second.getByLabel('Durata dell’incontro').fill('15')
  await saves(second, 'Salva i turni')
  expect(await conflicts.getByRole('group').innerText()).toContain('Fascia 1: Turni')
  await conflicts.getByRole('radio', { name: 'Tieni il mio: 4' }).check()
  await saves(second, 'Salva i turni')
  await second.getByText('Turni salvati').waitFor()
  const minutesOf = ([one, other]: { startsAt: string; endsAt: string }[]) =>
    [one!.endsAt, other!.startsAt].map((to) => (Date.parse(to) - Date.parse(one!.startsAt)) / 60_000)
  expect((await view()).slots).toHaveLength(4)
  expect(minutesOf((await view()).slots)).toEqual([15, 25])

  await first.getByLabel('Sala del tavolo 1').fill('Cortile')
  await first.getByLabel('Nome del tavolo 2').fill('Due')
  await saves(first, 'Salva i tavoli')
  await first.getByText('Tavoli salvati').waitFor()
  await second.getByLabel('Sala del tavolo 1').fill('Portico')
  await second.getByLabel('Nome del tavolo 3').fill('Tre')
  await second.getByLabel('Tavoli da aggiungere').fill('1')
  await saves(second, 'Aggiungi')
  await saves(second, 'Salva i tavoli')
  expect(await conflicts.getByRole('group').innerText()).toContain('Tavolo 1: Sala')
  await conflicts.getByRole('radio', { name: 'Prendi il suo: Cortile' }).check()
  await saves(second, 'Salva i tavoli')
  await second.getByText('Tavoli salvati').waitFor()
  const tables = (await view()).tables.map(({ name, room }) => `${name} ${room}`)
  expect(tables).toEqual(['1 Cortile', 'Due Sala', 'Tre Sala', '3 Sala'])
  expect(await second.getByLabel(/Nome del tavolo/).count()).toBe(4)
  expect(await conflicts.count()).toBe(0)

  await first.getByLabel('A testa').fill('5')
  await first.getByRole('checkbox', { name: /^Nessun progetto ha più di \d+ incontri$/ }).check()
  await first.getByRole('textbox', { name: 'Nessun progetto ha più di … incontri', exact: true }).fill('4')
  await saves(first, 'Salva le regole')
  await first.getByText('Regole salvate').waitFor()
  await second.getByLabel('A testa').fill('2')
  await second.getByRole('checkbox', { name: /^Nessun referente ha più di \d+ incontri$/ }).check()
  await second.getByRole('textbox', { name: 'Nessun referente ha più di … incontri', exact: true }).fill('6')
  await saves(second, 'Salva le regole')
  await conflicts.getByRole('radio', { name: 'Tieni il mio: 2' }).check()
  expect(await conflicts.getByRole('group').innerText()).toContain('Irrinunciabili')
  await saves(second, 'Salva le regole')
  await second.getByText('Regole salvate').waitFor()
  expect((await view()).rules).toMatchObject({ musts: 2, maximum: { projects: 4, hosts: 6 } })
})
