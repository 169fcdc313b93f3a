import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CellsView, CellView, PlanMeeting, PlanView } from '../../server/schemas/schedule.ts'
import {
  countFrames,
  doorOf,
  eventually,
  followed,
  holdUndo,
  isMarked,
  LAPTOP,
  mark,
  openAgenda,
  openScreen,
  PHONE,
  startJourney,
  type Journey,
} from '../support/journey.ts'

let journey: Journey
let organiser: Page

beforeAll(async () => {
  journey = await startJourney()
  organiser = await journey.enter(LAPTOP, 'organizzatore')
})

afterAll(() => journey.close())

const readPlan = () => journey.organiser.get<PlanView>(`/events/${journey.people.eventId}/plan`)

/** A place as people say it: `10:20 19`. */
function placeIn(plan: PlanView, { slotId, tableId }: { slotId: string; tableId: string | null }) {
  const slot = plan.slots.find(({ id }) => id === slotId)!
  const table = plan.tables.find(({ id }) => id === tableId)!
  const time = new Date(slot.startsAt).toLocaleTimeString('it-IT', {
    timeZone: plan.event.timezone,
    hour: '2-digit',
    minute: '2-digit',
  })
  return { time, table: table.name, position: slot.position }
}

type Move = { meeting: PlanMeeting; to: CellView; project: string; host: string }

/** A meeting of the first turn that can go to another turn, and a free cell for it at another table. */
async function findMove(plan: PlanView, of?: string): Promise<Move> {
  const [first] = plan.slots
  for (const meeting of plan.meetings) {
    if (of ? !meeting.participants.includes(of) : meeting.slotId !== first!.id) continue
    const { cells } = await journey.organiser.get<CellsView>(`/meetings/${meeting.id}/cells`)
    const to = cells.find(
      ({ legal, slotId, tableId }) => legal && slotId !== meeting.slotId && tableId !== meeting.tableId,
    )
    const [project, host] = meeting.participants as [string, string]
    if (to) return { meeting, to, project, host }
  }
  throw new Error('no meeting can move')
}

const personOf = (plan: PlanView, id: string) => plan.participants.find((one) => one.id === id)!

/** The row of somebody's agenda that says when and where they meet the other one: `10:20 19`. */
async function agendaSays(page: Page, other: string) {
  const rows = page.getByRole('listitem').filter({ has: page.locator('summary'), hasText: other })
  const words = (await rows.allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' '))
  return words.map((row) => `${row.match(/\d\d:\d\d/)?.[0]} ${row.match(/Tavolo (\S+)/)?.[1]}`).join(' and ')
}

// Cells of a grid have no name of their own: they are told apart by row and column.
const cellAt = (page: Page, { slotId, tableId }: { slotId: string; tableId: string | null }) =>
  page.locator(`td[data-row="${tableId}"][data-slot="${slotId}"]`)

async function placeOnGrid(page: Page, at: { slotId: string; tableId: string | null }) {
  // Runs in the page; the tests know no types of documents.
  return cellAt(page, at).evaluate((cell: unknown) => {
    const { dataset, cellIndex } = cell as { dataset: { at: string }; cellIndex: number }
    return { row: Number(dataset.at), column: cellIndex }
  })
}

const press = async (page: Page, key: string, times: number) => {
  for (let time = 0; time < times; time++) await page.keyboard.press(key)
}

const pickUp = async (page: Page, meeting: PlanMeeting, to: CellView, how: () => Promise<unknown>) => {
  await cellAt(page, meeting).scrollIntoViewIfNeeded()
  await how()
  await cellAt(page, to)
    .getByText(/^Libero: /)
    .waitFor({ state: 'attached' })
}

describe('agendas, from the calculation to the day', () => {
  let phone: Page
  let hostPhone: Page
  let stranger: Page
  let screen: Page
  let move: Move
  let plan: PlanView
  const strangerHeard = { frames: 0, withData: 0 }

  test('are calculated with a proof, opened as a draft and published; open pages show them by themselves', async () => {
    const names = journey.people.projects
    phone = await openAgenda(journey, 'progetto', doorOf(journey.people, names[0]!.id))
    screen = await openScreen(journey)
    await mark(phone)
    await mark(screen)

    await organiser.goto(`/organizza/evento/${journey.people.eventId}/calcolo`)
    await organiser.getByText('Opzioni').click()
    await organiser.getByLabel('Tempo massimo').fill('10')
    await organiser.getByRole('button', { name: 'Calcola le agende' }).click()
    await organiser
      .getByRole('heading', {
        name: /Nessun’altra agenda può esaudire più preferenze|migliore agenda possibile/,
      })
      .waitFor({ timeout: 90_000 })
    const unmet = organiser
      .getByRole('list', { name: 'Preferenze non esaudite' })
      .getByRole('listitem')
      .first()
    await unmet.getByRole('button', { name: /^Perché .+ non si incontrano\?$/ }).click()
    await unmet
      .getByText(/^(Che cosa aiuterebbe: |Così com’è: |Nessun piccolo cambiamento lo rende)/)
      .first()
      .waitFor()
    await organiser.getByRole('link', { name: 'Apri la bozza' }).click()
    await organiser.getByRole('button', { name: 'Pubblica' }).click()
    const since = performance.now()
    await organiser.getByRole('button', { name: 'Pubblica per tutti' }).click()
    const done = organiser.getByRole('status').filter({ hasText: 'pubblicata' })
    await Promise.all([
      done.waitFor(),
      followed(
        'the phone shows the agenda',
        since,
        async () => (await phone.getByText(/^Versione \d+/).count()) === 1,
      ),
      followed('the screen shows the tables', since, async () => (await screen.getByRole('row').count()) > 5),
    ])
    const number = (await done.innerText()).match(/Versione (\d+)/)![1]
    await eventually(() => phone.getByText(/^Versione \d+/).innerText()).toContain(`Versione ${number},`)
    expect([await isMarked(phone), await isMarked(screen)]).toEqual([true, true])
  })

  test('are built again as they are while nothing has changed, with a word on what is tight and on who got what', async () => {
    const published = organiser.url()
    await organiser.goto(`/organizza/evento/${journey.people.eventId}/calcolo`)
    const all = organiser.getByRole('radio', { name: 'Mantieni tutto il possibile' })
    await all.waitFor()
    expect(await all.isChecked()).toBe(true)
    await organiser.getByRole('heading', { name: /^(Nessun ostacolo|Il calcolo riesce, ma .+)$/ }).waitFor()
    await organiser.getByRole('button', { name: 'Calcola le agende' }).click()
    await organiser.getByRole('heading', { name: 'Il piano va bene così com’è' }).waitFor({ timeout: 60_000 })
    await organiser.getByText('Niente: ogni incontro resta dov’è, e nessuno deve essere avvisato.').waitFor()
    await organiser
      .getByRole('columnheader', { name: /^Progetti finanziati/ })
      .first()
      .waitFor()
    await organiser.goto(published)
  })

  test('follow a meeting that the organiser moves by two clicks, and no other page hears of it', async () => {
    plan = await readPlan()
    move = await findMove(plan)
    const project = personOf(plan, move.project)
    const host = personOf(plan, move.host)
    const other = plan.participants.find(
      ({ side, id }) =>
        side === 'project' &&
        id !== move.project &&
        plan.meetings.some(({ participants }) => participants.includes(id)),
    )!
    await phone.context().close()
    const doors = [...journey.people.projects, ...journey.people.hosts]
    const door = (words: string) =>
      doorOf(journey.people, doors.find(({ label, note }) => `${label} ${note}`.includes(words))!.id)
    phone = await openAgenda(journey, 'progetto', door(project.name))
    hostPhone = await openAgenda(journey, 'referente', door(host.organisations[0]!))
    stranger = await journey.enter(PHONE, 'progetto', door(other.name))
    const heard = countFrames(stranger)
    await stranger.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Agenda' }).click()
    await stranger.getByText(/^Versione \d+/).waitFor()
    // What it shows first may have come over HTTP: then its socket only says that this is all.
    await eventually(() => heard.frames).toBeGreaterThan(0)
    Object.assign(strangerHeard, heard)
    for (const page of [phone, hostPhone, screen]) await mark(page)

    const from = placeIn(plan, move.meeting)
    const to = placeIn(plan, move.to)
    const seats = (page: Page) => agendaSays(page, page === phone ? host.organisations[0]! : project.name)
    await eventually(() => seats(phone)).toBe(`${from.time} ${from.table}`)
    const onScreen = () => nameOnScreen(screen, from.table, project.name)
    await followed('the screen has the project at its table', performance.now(), onScreen)

    await pickUp(organiser, move.meeting, move.to, () => cellAt(organiser, move.meeting).click())
    const since = performance.now()
    await cellAt(organiser, move.to).click()
    const undo = await holdUndo(organiser)
    await Promise.all([
      followed('the project’s phone', since, async () => (await seats(phone)) === `${to.time} ${to.table}`),
      followed('the host’s phone', since, async () => (await seats(hostPhone)) === `${to.time} ${to.table}`),
      followed('the screen', since, async () => (await onScreen()) === false),
    ])

    await undo.click()
    const back = performance.now()
    await Promise.all([
      followed(
        'back: the project’s phone',
        back,
        async () => (await seats(phone)) === `${from.time} ${from.table}`,
      ),
      followed(
        'back: the host’s phone',
        back,
        async () => (await seats(hostPhone)) === `${from.time} ${from.table}`,
      ),
      followed('back: the screen', back, onScreen),
    ])
    await eventually(() => heard.frames).toBeGreaterThan(strangerHeard.frames)
    expect(heard.withData).toBe(strangerHeard.withData)
    for (const page of [phone, hostPhone, screen]) expect(await isMarked(page)).toBe(true)
  })

  test('follow the keyboard too', async () => {
    plan = await readPlan()
    const to = placeIn(plan, move.to)
    const meeting = plan.meetings.find(({ id }) => id === move.meeting.id)!
    const start = await placeOnGrid(organiser, meeting)
    const end = await placeOnGrid(organiser, move.to)
    await pickUp(organiser, meeting, move.to, async () => {
      await cellAt(organiser, meeting).focus()
      await organiser.keyboard.press('Enter')
    })
    await press(organiser, end.row > start.row ? 'ArrowDown' : 'ArrowUp', Math.abs(end.row - start.row))
    await press(
      organiser,
      end.column > start.column ? 'ArrowRight' : 'ArrowLeft',
      Math.abs(end.column - start.column),
    )
    const since = performance.now()
    await organiser.keyboard.press('Enter')
    const host = personOf(plan, move.host).organisations[0]!
    await followed(
      'by keyboard: the phone',
      since,
      async () => (await agendaSays(phone, host)) === `${to.time} ${to.table}`,
    )
  })

  test('stay readable without network, say how old they are, and catch up once', async () => {
    plan = await readPlan()
    const next = await findMove(plan, move.project)
    const host = personOf(plan, next.host).organisations[0]!
    const before = await agendaSays(phone, host)
    await phone.context().setOffline(true)
    await phone
      .getByText(/^Senza rete\. Questa è l’agenda aggiornata alle \d\d:\d\d\.$/)
      .waitFor({ timeout: 90_000 })
    expect(await agendaSays(phone, host)).toBe(before)

    await pickUp(organiser, next.meeting, next.to, () => cellAt(organiser, next.meeting).click())
    await cellAt(organiser, next.to).click()
    await organiser
      .getByText(/^Spostato alle /)
      .last()
      .waitFor()
    expect(await agendaSays(phone, host)).toBe(before)

    const since = performance.now()
    await phone.context().setOffline(false)
    const to = placeIn(plan, next.to)
    await followed(
      'back on the network: the phone',
      since,
      async () => (await agendaSays(phone, host)) === `${to.time} ${to.table}`,
    )
    await phone.getByText('In diretta').waitFor()
    const rows = plan.meetings.filter(
      ({ participants, state }) => participants.includes(move.project) && state !== 'cancelled',
    )
    expect(await phone.locator('summary').count()).toBe(rows.length)

    // As a message to somebody: what is on the page, and where it is kept up to date.
    await phone.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await phone.getByRole('button', { name: 'Copia come testo' }).click()
    await phone.getByText('Agenda copiata').waitFor()
    const text = await phone.evaluate<string>('navigator.clipboard.readText()')
    const line = text.split('\n').find((one) => one.includes(host))
    expect(line).toContain(`${to.time}–`)
    expect(line).toContain(` · Tavolo ${to.table}`)
    expect(text).toContain(phone.url())
  })
})

/** Whether the board names somebody at a table in the turn that comes next; null while another page of it is shown. */
async function nameOnScreen(page: Page, table: string, name: string) {
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${table}(?!\\d)`) }) })
  if ((await row.count()) === 0) return null
  return (await row.getByRole('cell').first().innerText()).includes(name)
}
