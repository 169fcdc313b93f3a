import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PublicView } from '../../server/schemas/programme.ts'
import { problemsOf } from '../support/axe.ts'
import { publishedCamp } from '../support/camp.ts'
import { doorOf, LAPTOP, PHONE, SCREEN, startJourney, type Journey } from '../support/journey.ts'

const sizes = [
  { name: 'phone', size: PHONE },
  { name: 'laptop', size: LAPTOP },
]
let journey: Journey

beforeAll(async () => {
  journey = await startJourney()
  await publishedCamp(journey.base)
})

afterAll(() => journey.close())

/** Each page once its content is there. */
async function walk(page: Page, paths: string[]): Promise<string[]> {
  const found: string[] = []
  for (const path of paths) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForLoadState('networkidle')
    found.push(...(await problemsOf(page, path)))
  }
  return found
}

/** The address of the public event, whose page says what it is before any script runs, and whose policy allows that. */
async function pressConference(page: Page): Promise<string> {
  const { programmes } = await journey.organiser.get<PublicView>('/public')
  const [event] = programmes.flatMap(({ events }) => events).filter(({ kind }) => kind === 'public')
  const refused: string[] = []
  page.on('console', (line) => line.text().includes('Content Security Policy') && refused.push(line.text()))
  const served = await (await page.goto(`/evento/${event!.id}`))!.text()
  const said = await page.locator('script[type="application/ld+json"]').textContent()
  expect(served).toContain(said)
  expect(JSON.parse(said!)).toMatchObject({ '@type': 'Event', name: event!.title })
  expect(refused).toEqual([])
  return `/evento/${event!.id}`
}

const idOf = (person: { id: string }) => person.id.split(':')[1]!

describe.each(sizes)('on a $name', ({ size }) => {
  test('public pages break no rule', async () => {
    const page = await journey.open(size)
    const press = await pressConference(page)
    const paths = ['/', '/accedi', '/accesso', '/accessibilita', press, '/questa-non-c-e']
    expect(await walk(page, paths)).toEqual([])
    await page.context().close()
  })

  test('the organiser’s pages break no rule', async () => {
    const { programmeId, eventId } = journey.people
    const event = `/organizza/evento/${eventId}`
    const page = await journey.enter(size, 'organizzatore')
    const found = await walk(page, [
      '/organizza',
      `/organizza/${programmeId}`,
      `/organizza/${programmeId}/persone`,
      `/organizza/${programmeId}/persone?vista=referenti`,
      `/organizza/${programmeId}/importa`,
      ...['candidature', 'bando'].map((one) => `/organizza/${programmeId}/${one}`),
      ...['posta', 'posta/scrivi', 'posta/testi'].map((one) => `/organizza/${programmeId}/${one}`),
      ...[
        'preparazione',
        'partecipanti',
        'risposte',
        'calcolo',
        'piano',
        'giornata',
        'registro',
        'stampa',
      ].map((one) => `${event}/${one}`),
      `/accoglienza/${eventId}`,
    ])
    expect(found).toEqual([])
    await page.context().close()
  })

  test('the pages of projects and hosts break no rule', async () => {
    const { projects, hosts } = journey.people
    const project = await journey.enter(size, 'progetto', doorOf(journey.people, projects[0]!.id))
    const host = await journey.enter(size, 'referente', doorOf(journey.people, hosts[0]!.id))
    const found = [
      ...(await walk(
        project,
        ['proposta', 'scelte', 'agenda'].map((one) => `/progetto/${idOf(projects[0]!)}/${one}`),
      )),
      ...(await walk(
        host,
        ['profilo', 'proposte', 'agenda'].map((one) => `/referente/${idOf(hosts[0]!)}/${one}`),
      )),
    ]
    expect(found).toEqual([])
    await project.context().close()
    await host.context().close()
  })
})

test('the room screen breaks no rule', async () => {
  const page = await journey.open(SCREEN)
  await page.goto('/')
  await page.getByRole('button', { name: 'Apri lo schermo' }).click()
  await page.getByRole('columnheader').first().waitFor()
  expect(await problemsOf(page, '/schermo')).toEqual([])
  await page.context().close()
})
