import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DayView } from '../../server/schemas/day.ts'
import type { MailsView } from '../../server/schemas/mail.ts'
import { publishedCamp, setClock } from '../support/camp.ts'
import { until } from '../support/client.ts'
import {
  doorOf,
  eventually,
  followed,
  isMarked,
  LAPTOP,
  mark,
  openAgenda,
  openScreen,
  PHONE,
  SCREEN,
  startJourney,
  type Journey,
} from '../support/journey.ts'

/** The organisers' day, from the absence of a host to everybody's screen and back. */
/** All tables on one page, so that none has to be waited for. */
const TALL_SCREEN = { ...SCREEN, height: 2000 }

let journey: Journey
let board: Page
let projectPhone: Page
let hostPhone: Page
let screen: Page
let lost: { project: string; host: string; organisation: string; hostId: string }

const readDay = () => journey.organiser.get<DayView>(`/events/${journey.people.eventId}/day`)
const nameOf = (day: DayView, id: string) => day.participants.find((one) => one.id === id)!

beforeAll(async () => {
  journey = await startJourney()
  await publishedCamp(journey.base)
  await lookFor()
  board = await journey.enter(LAPTOP, 'organizzatore')
  await board.goto(`/organizza/evento/${journey.people.eventId}/giornata`)
  await board.getByRole('heading', { level: 1, name: 'Giornata' }).waitFor()
  projectPhone = await agendaOf('progetto', lost.project)
  hostPhone = await agendaOf('referente', lost.organisation)
  screen = await openScreen(journey, TALL_SCREEN)
}, 240_000)
afterAll(async () => {
  await journey?.close()
})

/** The clock stands in the first slot; a meeting of the second one will be lost. */
async function lookFor() {
  await setClock(journey.organiser, journey.people, 1)
  const before = await readDay()
  const { slots, meetings } = before
  // Of an organisation that sends one person, so that the page names nobody else by it.
  const single = (id: string) => {
    const { organisations } = nameOf(before, id)
    return (
      before.participants.filter((one) => one.organisations.some((each) => organisations.includes(each)))
        .length === 1
    )
  }
  // Who sits at a table now stays on the screen: the one to be lost must not.
  const sitsNow = (id: string) =>
    meetings.some(({ slotId, participants }) => slotId === slots[0].id && participants.includes(id))
  const meeting = meetings.find(
    ({ slotId, participants: [, host] }) => slotId === slots[1].id && single(host) && !sitsNow(host),
  )!
  const [project, host] = meeting.participants.map((id) => nameOf(before, id))
  lost = { project: project.name, host: host.name, organisation: host.organisations[0], hostId: host.id }
}

/** The agenda of somebody whom the entrance names by these words. */
async function agendaOf(role: 'progetto' | 'referente', words: string) {
  const doors = [...journey.people.projects, ...journey.people.hosts]
  const door = doors.find(({ label, note }) => `${label} ${note}`.includes(words))!
  return openAgenda(journey, role, doorOf(journey.people, door.id))
}

const meetsOther = (page: Page, words: string) => async () =>
  (await page
    .getByRole('listitem')
    .filter({ has: page.locator('summary'), hasText: words })
    .count()) > 0
const rows = (page: Page) =>
  page
    .locator('summary')
    .filter({ has: page.locator('.time') })
    .count()
const onScreen = async () => (await screen.locator('body').innerText()).includes(lost.organisation)

async function markAbsent() {
  await board.getByRole('searchbox', { name: 'Cerca per nome o ente' }).fill(lost.organisation)
  await board.getByRole('button', { name: `Altro: ${lost.organisation}`, exact: true }).click()
  await board.getByRole('dialog').getByRole('button', { name: 'Non viene' }).click()
}

async function repairNow() {
  await board.getByRole('button', { name: 'Come riprogrammare?' }).click()
  await board.getByText('Dimostrato minimo').first().waitFor()
  const since = performance.now()
  await board.getByRole('button', { name: 'Applica' }).first().click()
  return since
}

const undo = async () => {
  const since = performance.now()
  await board.keyboard.press('Control+z')
  return since
}

describe('a host who does not come', () => {
  let before: { project: number; host: number }

  test('is repaired with the fewest changes; both phones and the screen follow', async () => {
    before = { project: await rows(projectPhone), host: await rows(hostPhone) }
    for (const page of [projectPhone, hostPhone, screen]) await mark(page)
    expect(await meetsOther(projectPhone, lost.organisation)()).toBe(true)
    await markAbsent()
    await hostPhone.getByText('Risulti assente: se sei qui, dillo.').waitFor()
    const since = await repairNow()
    await Promise.all([
      followed('the project’s phone', since, meetsOther(projectPhone, lost.organisation), false),
      followed('the host’s phone', since, async () => (await rows(hostPhone)) < before.host, true),
      followed('the screen', since, onScreen, false),
    ])
    const { disruptions, meetings, slots } = await readDay()
    expect(disruptions.map(({ state }) => state)).toEqual(['repaired'])
    const ahead = new Set(slots.slice(1).map(({ id }) => id))
    expect(meetings.filter((one) => one.participants[1] === lost.hostId && ahead.has(one.slotId))).toEqual([])
  })

  test('is back as before once it is undone', async () => {
    const since = await undo()
    await Promise.all([
      followed('back: the project’s phone', since, meetsOther(projectPhone, lost.organisation), true),
      followed('back: the host’s phone', since, async () => (await rows(hostPhone)) === before.host, true),
    ])
    expect(await rows(projectPhone)).toBe(before.project)
    for (const page of [projectPhone, hostPhone, screen]) expect(await isMarked(page)).toBe(true)
  })

  test('reaches a phone whose network was cut as soon as it is back', async () => {
    await projectPhone.context().setOffline(true)
    await projectPhone
      .getByText(/^Senza rete\./)
      .first()
      .waitFor({ timeout: 90_000 })
    const since = await repairNow()
    await followed('the host’s phone', since, async () => (await rows(hostPhone)) < before.host, true)
    expect(await meetsOther(projectPhone, lost.organisation)()).toBe(true)
    const back = performance.now()
    await projectPhone.context().setOffline(false)
    await followed(
      'back on the network: the project’s phone',
      back,
      meetsOther(projectPhone, lost.organisation),
      false,
    )
    await undo()
    await eventually(meetsOther(projectPhone, lost.organisation)).toBe(true)
    expect(await isMarked(projectPhone)).toBe(true)
  })
})

test('what a delay does is shown of what is asked now, or why it can’t be', async () => {
  await board.getByRole('button', { name: 'Ritardo', exact: true }).click()
  const dialog = board.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: 'Sposta gli orari' })
  const minutes = dialog.getByLabel('Di quanto')
  const lines = dialog.getByRole('listitem')
  await lines.first().waitFor()
  const ofTen = await lines.allInnerTexts()
  expect(await confirm.isEnabled()).toBe(true)

  const asked = '**/slots/*/delay?*'
  const answer = Promise.withResolvers<void>()
  await board.route(asked, async (route) => {
    await answer.promise
    await route.continue()
  })
  await minutes.fill('20')
  await dialog.getByText('Sto calcolando gli orari…').waitFor()
  expect([await lines.count(), await confirm.isEnabled()]).toEqual([0, false])
  answer.resolve()
  await lines.first().waitFor()
  expect(await lines.allInnerTexts()).not.toEqual(ofTen)
  await board.unroute(asked)

  await board.route(asked, (route) => route.abort())
  await minutes.fill('10')
  await dialog.getByText('La rete non risponde.', { exact: false }).waitFor()
  expect([await lines.count(), await confirm.isEnabled()]).toEqual([0, false])
  await board.unroute(asked)
  await dialog.getByRole('button', { name: 'Riprova' }).click()
  await eventually(() => lines.allInnerTexts()).toEqual(ofTen)

  await board.route(asked, (route) => route.abort())
  await minutes.fill('15')
  await dialog.getByText('La rete non risponde.', { exact: false }).waitFor()
  await board.unroute(asked)
  await board.evaluate(`dispatchEvent(new Event('online'))`)
  await lines.first().waitFor()
  expect(await confirm.isEnabled()).toBe(true)
  await minutes.fill('10')
  await board.keyboard.press('Escape')
})

test('a delay is seen before it is set, and shown to everybody', async () => {
  await board.getByRole('button', { name: 'Ritardo', exact: true }).click()
  const dialog = board.getByRole('dialog')
  await dialog.getByLabel('Di quanto').fill('10')
  await dialog.getByRole('button', { name: 'Sposta gli orari' }).click()
  const toTell = board.getByRole('region', { name: 'Da avvisare' })
  await toTell.getByRole('button', { name: 'Avvisa ora' }).click()
  await projectPhone.getByText('slitta di 10 minuti', { exact: false }).waitFor()
  await toTell.waitFor({ state: 'detached' })
  const { log } = await readDay()
  expect(log.slice(0, 2).map(({ type }) => type)).toEqual(['agendas.told', 'event.delayed'])
})

describe('two organisers', () => {
  const path = (of: string) => `/programmes/${journey.people.programmeId}/${of}`
  const colleagues = (page: Page) =>
    page.getByRole('list', { name: 'Colleghi collegati' }).getByRole('listitem').allInnerTexts()
  const here = async (page: Page) => (await colleagues(page)).map((words) => words.split('\n').at(-1))
  let other: Page

  /** Somebody with the same name, who signs in by the code they are sent. */
  async function enterColleague() {
    const email = 'collega@esempio.it'
    const helper = { email, name: 'Organizzazione', role: 'organiser' }
    await journey.organiser.request('POST', path('members'), helper)
    const page = await journey.open(LAPTOP)
    await page.goto('/accedi')
    await page.getByLabel('Indirizzo e-mail').fill(email)
    await page.getByRole('button', { name: 'Inviami il codice' }).click()
    await page.getByLabel('Codice di sei cifre').waitFor()
    const mail = await until('the mail with the code', async () => {
      const { mails } = await journey.organiser.get<MailsView>(path('mails'))
      return mails.find(({ to, kind }) => to === email && kind === 'code')
    })
    const code = mail.body.match(/\b\d{6}\b/)![0]
    await page.getByLabel('Codice di sei cifre').fill(code)
    await page.getByRole('button', { name: 'Entra', exact: true }).click()
    await page.waitForURL(/\/organizza/)
    return page
  }

  test('see each other and the desk on their boards, where they are, until they go', async () => {
    await board.getByText('Per ora qui ci sei solo tu').waitFor()
    other = await enterColleague()
    await other.goto(`/organizza/evento/${journey.people.eventId}/piano`)
    await eventually(() => here(board)).toEqual(['Organizzazione · Piano'])
    await other.goto(`/organizza/evento/${journey.people.eventId}/registro`)
    await other.getByRole('heading', { level: 1, name: 'Registro' }).waitFor()
    await eventually(() => here(board)).toEqual(['Organizzazione · Registro'])
    await other.goto(`/organizza/evento/${journey.people.eventId}/giornata`)
    await eventually(() => here(board)).toEqual(['Organizzazione'])
    await eventually(() => here(other)).toEqual(['Organizzazione'])

    const desk = await journey.open(PHONE)
    await desk.goto('/')
    await desk.getByRole('button', { name: 'Entra all’accoglienza' }).click()
    await eventually(async () => (await here(board)).toSorted()).toEqual([
      'Accoglienza · Accoglienza',
      'Organizzazione',
    ])
    await desk.context().close()
    await eventually(() => here(board)).toEqual(['Organizzazione'])
    expect(await projectPhone.getByText('Organizzazione', { exact: true }).count()).toBe(0)
  })

  test('each take back what they did themselves, also where they have the same name', async () => {
    const { participants } = await readDay()
    const [first, second] = participants.filter(
      ({ side, attendance }) => side === 'project' && attendance === 'expected',
    )
    const checkIn = async (page: Page, name: string) => {
      await page.getByRole('searchbox', { name: 'Cerca per nome o ente' }).fill(name)
      await page.getByRole('button', { name: `Arrivo: ${name}`, exact: true }).click()
    }
    const attendance = async () => {
      const day = await readDay()
      return [first, second].map(({ id }) => nameOf(day, id).attendance)
    }
    await checkIn(other, second.name)
    await checkIn(board, first.name)
    await eventually(attendance).toEqual(['here', 'here'])
    await other.getByRole('heading', { level: 1 }).click()
    await other.keyboard.press('Control+z')
    await eventually(attendance).toEqual(['here', 'expected'])
    await board.getByRole('heading', { level: 1 }).click()
    await board.keyboard.press('Control+z')
    await eventually(attendance).toEqual(['expected', 'expected'])
    await other.context().close()
    await board.getByText('Per ora qui ci sei solo tu').waitFor()
  })
})
