import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DayView } from '../../server/schemas/day.ts'
import type { CellsView, PlanView } from '../../server/schemas/schedule.ts'
import { publishedCamp } from '../support/camp.ts'
import {
  doorOf,
  eventually,
  holdUndo,
  LAPTOP,
  PHONE,
  startJourney,
  type Journey,
} from '../support/journey.ts'

/** The pages with the keyboard alone: what is reached, in which order, that it can be seen, and where one lands. */
let journey: Journey

const eventPath = (rest: string) => `/events/${journey.people.eventId}/${rest}`

beforeAll(async () => {
  journey = await startJourney()
  await publishedCamp(journey.base)
})
afterAll(() => journey.close())

const idOf = (person: { id: string }) => person.id.split(':')[1]!

type Stop = { words: string; seen: boolean }
// As text, for it runs in the page and speaks of what only a page has.
const focused = (page: Page) =>
  page.evaluate<Stop>(`(() => {
    const element = document.activeElement
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
    const words = element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText
    return { words: words.trim(), seen }
  })()`)

/** What Tab reaches from the top of a page, until an element of that name. */
async function tabTo(page: Page, words: string, most: number) {
  const stops: Stop[] = []
  while (stops.length < most && stops.at(-1)?.words !== words) {
    await page.keyboard.press('Tab')
    stops.push(await focused(page))
  }
  return stops
}

test('the first stop skips to the content, and every stop on the way to the main action is visible', async () => {
  const page = await journey.enter(LAPTOP, 'organizzatore')
  await page.goto(`/organizza/evento/${journey.people.eventId}/calcolo`)
  await page.getByRole('button', { name: 'Calcola le agende' }).waitFor()
  const stops = await tabTo(page, 'Calcola le agende', 40)
  expect(stops[0]!.words).toBe('Vai al contenuto')
  expect(stops.at(-1)!.words).toBe('Calcola le agende')
  expect(stops.filter(({ seen }) => !seen)).toEqual([])
  await page.reload()
  await page.getByRole('button', { name: 'Calcola le agende' }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('main')
  await page.context().close()
})

test('a project reaches its answers', async () => {
  const { projects } = journey.people
  const page = await journey.enter(PHONE, 'progetto', doorOf(journey.people, projects[0]!.id))
  await page.goto(`/progetto/${idOf(projects[0]!)}/scelte`)
  await page.getByRole('article').first().waitFor()
  const stops = await tabTo(page, 'Filtri', 20)
  expect(stops.at(-1)).toEqual({ words: 'Filtri', seen: true })
  await page.context().close()
})

const atTheTop = (page: Page) => page.evaluate('document.activeElement === document.body')
const isInDialog = (page: Page) => page.evaluate(`document.activeElement.closest('dialog[open]') !== null`)

/** Somebody who is still expected. */
async function expected() {
  const { participants } = await journey.organiser.get<DayView>(eventPath('day'))
  return participants.find(({ attendance, side }) => attendance === 'expected' && side === 'project')!
}
const attendanceOf = async (id: string) =>
  (await journey.organiser.get<DayView>(eventPath('day'))).participants.find((one) => one.id === id)!
    .attendance

test('the board: from the top to a table, into its dialog and back, to somebody who arrives', async () => {
  const page = await journey.enter(LAPTOP, 'organizzatore')
  await page.goto(`/organizza/evento/${journey.people.eventId}/giornata`)
  await page.getByRole('heading', { level: 1, name: 'Giornata' }).waitFor()
  const more = page.getByRole('button', { name: /^Altro: Tavolo/ }).first()
  const words = (await more.getAttribute('aria-label'))!
  const stops = await tabTo(page, words, 60)
  expect(stops.at(-1)!.words).toBe(words)
  expect(stops.filter(({ seen }) => !seen)).toEqual([])

  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  expect(await isInDialog(page)).toBe(true)
  for (let presses = 0; presses < 15; presses++) {
    await page.keyboard.press('Tab')
    // Past the last one the browser's own bar has its turn, and the page behind never.
    expect((await isInDialog(page)) || (await atTheTop(page))).toBe(true)
  }
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect((await focused(page)).words).toBe(words)

  const person = await expected()
  await page.keyboard.press('/')
  await eventually(async () => (await focused(page)).words).toBe('Cerca per nome o ente')
  await page.keyboard.type(person.name)
  const arrived = `Arrivo: ${person.name}`
  expect((await tabTo(page, arrived, 12)).at(-1)).toEqual({ words: arrived, seen: true })
  await page.keyboard.press('Enter')
  await eventually(() => attendanceOf(person.id)).toBe('here')
  await page.getByRole('button', { name: arrived }).waitFor({ state: 'detached' })
  expect((await focused(page)).words).toBe(`Altro: ${person.name}`)
  await page.context().close()
})

test('setup and build: what was pressed goes, and the keyboard goes on from there', async () => {
  const page = await journey.enter(LAPTOP, 'organizzatore')
  const press = async (name: string | RegExp) => {
    const button = page.getByRole('button', { name, exact: true }).first()
    await button.focus()
    expect((await focused(page)).seen).toBe(true)
    await page.keyboard.press('Enter')
  }
  const goesOn = async (what: string) => {
    // What takes the focus may be drawn a moment later.
    await eventually(() => atTheTop(page)).toBe(false)
    await page.keyboard.press('Tab')
    expect([what, await atTheTop(page), await focused(page)]).toEqual([
      what,
      false,
      { words: expect.any(String), seen: true },
    ])
  }
  await page.goto(`/organizza/evento/${journey.people.eventId}/preparazione`)
  await press('Aggiungi un giorno')
  await press('Togli il giorno 2')
  await page.getByRole('button', { name: 'Togli il giorno 2' }).waitFor({ state: 'detached' })
  await goesOn('a day taken out')
  const tables = page.getByRole('button', { name: /^Togli il tavolo / })
  const before = await tables.count()
  await press(/^Togli il tavolo /)
  await eventually(() => tables.count()).toBe(before - 1)
  await goesOn('a table taken out')
  await page.getByRole('checkbox', { name: /^Nessun progetto ha più di .+ al giorno$/ }).press('Space')
  await press('Salva le regole')
  await page.getByText('Regole salvate').first().waitFor()
  await goesOn('rules saved')
  for (const label of ['Progetto', 'Referente'])
    await page.getByLabel(label, { exact: true }).selectOption({ index: 1 })
  await page.getByLabel('Motivo').fill('Per prova')
  await press('Aggiungi la coppia')
  await press(/^Togli la decisione su /)
  await page.getByText('Nessuna coppia decisa').waitFor()
  await goesOn('a decision lifted')

  await page.goto(`/organizza/evento/${journey.people.eventId}/calcolo`)
  await press('Calcola il prezzo')
  await page.getByRole('cell', { name: /oggi$/ }).waitFor({ timeout: 90_000 })
  await goesOn('a price told')
  await page.getByText('Opzioni').press('Enter')
  await page.getByLabel('Tempo massimo').fill('1')
  await press('Calcola le agende')
  await page.getByRole('heading', { name: /^(In attesa|Sto calcolando)$/ }).waitFor()
  await page.getByRole('heading', { name: 'Calcola di nuovo' }).waitFor({ timeout: 90_000 })
  await goesOn('a run')
  await page.context().close()
})

test('the desk: somebody is found, opened, checked in and out without losing the place', async () => {
  const page = await journey.enter(LAPTOP, 'organizzatore')
  await page.goto(`/accoglienza/${journey.people.eventId}`)
  await page.getByRole('heading', { level: 1, name: 'Accoglienza' }).waitFor()
  const person = await expected()
  const stops = await tabTo(page, 'Cerca nome, ente o codice', 12)
  expect(stops.at(-1)).toEqual({ words: 'Cerca nome, ente o codice', seen: true })
  await page.keyboard.type(person.name)
  const here = `È qui: ${person.name}`
  const reached = await tabTo(page, here, 12)
  expect(reached.at(-1)).toEqual({ words: here, seen: true })
  expect(reached.filter(({ seen }) => !seen)).toEqual([])
  await page.keyboard.press('Enter')
  await eventually(() => attendanceOf(person.id)).toBe('here')
  const back = `Non è ancora qui: ${person.name}`
  await eventually(async () => (await focused(page)).words).toBe(back)
  await page.keyboard.press('Enter')
  await eventually(() => attendanceOf(person.id)).toBe('expected')
  await eventually(async () => (await focused(page)).words).toBe(here)
  await page.context().close()
})

test('the plan: two meetings chosen one after the other change places, and change back', async () => {
  const { meetings, slots } = await journey.organiser.get<PlanView>(eventPath('plan'))
  const inLast = meetings.filter(({ slotId, state }) => slotId === slots.at(-1)!.id && state === 'planned')
  const [one, other] = inLast
  const tablesOf = async () => {
    const now = (await journey.organiser.get<PlanView>(eventPath('plan'))).meetings
    return [one, other].map(({ id }) => now.find((each) => each.id === id)!.tableId)
  }
  const page = await journey.enter(LAPTOP, 'organizzatore')
  await page.goto(`/organizza/evento/${journey.people.eventId}/piano`)
  for (const { tableId, slotId } of [one, other]) {
    await page.locator(`td[data-row="${tableId}"][data-slot="${slotId}"]`).focus()
    await page.keyboard.press('Enter')
  }
  await page.getByRole('button', { name: /^Scambia con / }).waitFor()
  await page.keyboard.press('s')
  await eventually(tablesOf).toEqual([other.tableId, one.tableId])
  await page.getByText(/^Scambiati di posto: /).waitFor()
  await page.keyboard.press('Control+z')
  await eventually(tablesOf).toEqual([one.tableId, other.tableId])
  await page.context().close()
})

test('the plan: what was done in one schedule is not taken back while another is on the screen', async () => {
  const { meetings, slots, schedules } = await journey.organiser.get<PlanView>(eventPath('plan'))
  const draft = schedules.find(({ kind }) => kind === 'draft')!
  const live = schedules.find(({ kind }) => kind === 'live')!
  const placesIn = async (path: string) =>
    (await journey.organiser.get<PlanView>(eventPath(path))).meetings.map(
      ({ id, slotId, tableId }) => `${id} ${slotId} ${tableId}`,
    )
  const places = async () => [await placesIn('plan'), await placesIn(`plan/${draft.id}`)]
  const one = meetings.find(({ slotId, state }) => slotId === slots.at(-1)!.id && state === 'planned')!
  const { cells } = await journey.organiser.get<CellsView>(`/meetings/${one.id}/cells`)
  const free = cells.find(({ legal }) => legal)!

  const page = await journey.enter(LAPTOP, 'organizzatore')
  await page.goto(`/organizza/evento/${journey.people.eventId}/piano`)
  const before = await places()
  await page.locator(`td[data-row="${one.tableId}"][data-slot="${one.slotId}"]`).focus()
  const read = page.waitForResponse((response) => response.url().endsWith(`/${one.id}/cells`))
  await page.keyboard.press('Enter')
  await read
  await page.locator(`td[data-row="${free.tableId}"][data-slot="${free.slotId}"]`).focus()
  await page.keyboard.press('Enter')
  const notice = await holdUndo(page)
  const moved = await places()
  expect(moved).not.toEqual(before)

  const asked: string[] = []
  page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()))
  const list = page.locator('select', { has: page.locator(`option[value="${draft.id}"]`) })
  const undo = page.getByRole('button', { name: 'Annulla l’ultimo spostamento' })
  await list.selectOption(draft.id)
  await page.getByRole('button', { name: 'Pubblica', exact: true }).waitFor()
  expect(await undo.isDisabled()).toBe(true)
  await notice.click()
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+y')
  expect(asked).toEqual([])
  expect(await places()).toEqual(moved)

  await list.selectOption(live.id)
  await page.getByRole('button', { name: 'Pubblica', exact: true }).waitFor({ state: 'detached' })
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('Control+z')
  await eventually(places).toEqual(before)
  await page.context().close()
})

test('the plan: another schedule is chosen from the list, and the one in force again', async () => {
  const { schedules } = await journey.organiser.get<PlanView>(eventPath('plan'))
  const draft = schedules.find(({ kind }) => kind === 'draft')!
  const live = schedules.find(({ kind }) => kind === 'live')!
  const page = await journey.enter(LAPTOP, 'organizzatore')
  await page.goto(`/organizza/evento/${journey.people.eventId}/piano`)
  const list = page.locator('select', { has: page.locator(`option[value="${draft.id}"]`) })
  await list.selectOption(draft.id)
  await page.getByRole('button', { name: 'Pubblica', exact: true }).waitFor()
  expect(new URL(page.url()).searchParams.get('bozza')).toBe(draft.id)
  await list.selectOption(live.id)
  await page.getByRole('button', { name: 'Pubblica', exact: true }).waitFor({ state: 'detached' })
  expect(new URL(page.url()).search).toBe('')
  await page.context().close()
})
