import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ChoicesView } from '../../server/schemas/choice.ts'
import type { ChangesView, PeopleView } from '../../server/schemas/programme.ts'
import type { ProposalView } from '../../server/schemas/proposal.ts'
import { doorOf, eventually, pagesKept, PHONE, startJourney, type Journey } from '../support/journey.ts'
import { startNetwork, type Network } from '../support/network.ts'

/** A phone's network: slow, uneven, and now and then it swallows what passes without a word. */
let journey: Journey
let network: Network
let project: { id: string; name: string; participantId: string; eventId: string }

beforeAll(async () => {
  journey = await startJourney()
  network = await startNetwork(Number(new URL(journey.base).port))
  const { programmeId } = journey.people
  const { projects } = await journey.organiser.get<PeopleView>(`/programmes/${programmeId}/people`)
  const { id, name } = projects.find(({ sample, proposalStatus }) => sample && proposalStatus === 'draft')!
  project = { id, name, ...(await participantOf(id)) }
})

beforeEach(() => network.mend())

afterAll(async () => {
  await network?.close()
  await journey.close()
})

async function participantOf(projectId: string) {
  const places = await journey.organiser.get<{ places: { eventId: string; participantId: string }[] }>(
    `/projects/${projectId}/places`,
  )
  return places.places[0]!
}

/** The project's phone on the bad network. */
async function phone(page?: string) {
  const context = (await journey.open(PHONE, { baseURL: `http://127.0.0.1:${network.port}` })).context()
  await become(context, `project:${project.id}`)
  const first = context.pages()[0]!
  await first.goto(page ?? `/progetto/${project.id}/proposta?passo=dove`)
  return first
}

const become = (context: BrowserContext, as: string) =>
  context.request.post('/api/v1/sample/enter', {
    data: { as },
    headers: { origin: `http://127.0.0.1:${network.port}` },
  })

const forWhom = (page: Page) => page.getByRole('textbox', { name: 'Per chi' })
const proposal = () => journey.organiser.get<ProposalView>(`/projects/${project.id}/proposal`)
const written = async () => (await proposal()).content.beneficiaries
const card = (page: Page, organisation: string) =>
  page.getByRole('article').filter({ has: page.getByText(organisation, { exact: true }) })

const kept = (page: Page) =>
  page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')

async function choices() {
  const { cards } = await journey.organiser.get<ChoicesView>(
    `/events/${project.eventId}/choices/${project.participantId}`,
  )
  return cards
}

async function changesOf(type: string) {
  const { changes } = await journey.organiser.get<ChangesView>(
    `/programmes/${journey.people.programmeId}/changes`,
  )
  return changes.filter((change) => change.type === type).length
}

test('a proposal and choices written over a bad network that falls silent outlive the tab, and go once', async () => {
  network.worsen(() => 20 + Math.random() * 60)
  const page = await phone()
  await forWhom(page).fill('Trenta famiglie')
  await eventually(written).toBe('Trenta famiglie')
  await pagesKept(page, 'progetto')
  await page.goto(`/progetto/${project.id}/scelte`)
  await page.getByText('In diretta').waitFor()
  const free = (await choices()).filter(({ level }) => level === null)
  const [first, second] = free.map(({ organisations }) => organisations.join(' · '))
  const [{ version }, statements] = await Promise.all([proposal(), changesOf('preference.stated')])
  await page.goto(`/progetto/${project.id}/proposta?passo=dove`)
  await forWhom(page).waitFor()

  // What is sent from here on arrives, and the answers do not.
  network.swallow('from')
  await forWhom(page).fill('Trenta famiglie e i loro vicini')
  await eventually(written).toBe('Trenta famiglie e i loro vicini')
  await forWhom(page).fill('Quaranta famiglie e i loro vicini')
  await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Scelte' }).click()
  await card(page, first!).getByText('Interessante', { exact: true }).click()
  await card(page, second!).getByText('Disponibile', { exact: true }).click()
  await page.getByText('In attesa di rete: 2').waitFor()
  const context = page.context()
  await page.close()

  // Opened again in the silence: what is kept is there, and not grey blocks.
  const again = await context.newPage()
  await again.goto(`/progetto/${project.id}/scelte`)
  await card(again, first!).getByRole('radio', { name: 'Interessante', checked: true }).waitFor()
  await again.getByText('Testo non ancora salvato:').waitFor()
  network.mend()
  await again.getByText('In attesa di rete').waitFor({ state: 'detached' })
  await again.getByText('Testo non ancora salvato:').waitFor({ state: 'detached' })
  await again.getByText('In diretta').waitFor()

  expect(await written()).toBe('Quaranta famiglie e i loro vicini')
  const levels = new Map((await choices()).map((one) => [one.organisations.join(' · '), one.level]))
  expect([levels.get(first!), levels.get(second!)]).toEqual(['want', 'open'])
  expect((await changesOf('preference.stated')) - statements).toBe(2)
  expect((await proposal()).version - version).toBe(2)
  await again.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Proposta' }).click()
  await again.getByRole('button', { name: 'Dove e per chi' }).click()
  expect(await forWhom(again).inputValue()).toBe('Quaranta famiglie e i loro vicini')
  await context.close()
}, 120_000)

test('what is unsent goes as nobody else, and the page of who comes after shows theirs', async () => {
  const page = await phone()
  const before = await written()
  const agenda = await page.context().newPage()
  await agenda.goto(`/progetto/${project.id}/agenda`)
  await agenda.getByText('In diretta').waitFor()
  await forWhom(page).waitFor()
  await page.context().setOffline(true)
  await forWhom(page).fill('Parole del progetto')
  await become(page.context(), journey.people.hosts[0]!.id)
  await page.context().setOffline(false)
  const host = journey.people.hosts[0]!.id.replace('host:', '')
  for (const one of [page, agenda]) {
    await one.bringToFront()
    await one.waitForURL(`**/referente/${host}/**`)
    await one.getByRole('heading', { level: 1 }).waitFor()
    expect(await one.getByText('Parole del progetto').count()).toBe(0)
  }
  expect(await written()).toBe(before)
  expect(await kept(page)).toContain('Parole del progetto')

  // Whose words they are comes back, and they are sent.
  await become(page.context(), `project:${project.id}`)
  await page.goto(`/progetto/${project.id}/agenda`)
  await eventually(written).toBe('Parole del progetto')
  await page.context().close()
}, 90_000)

test('who signs out with unsent work is asked, and then nothing of theirs stays', async () => {
  const page = await phone()
  await forWhom(page).waitFor()
  await pagesKept(page, 'progetto')
  const before = await written()
  await page.context().setOffline(true)
  await forWhom(page).fill('Da buttare')
  await leave(page)
  const dialog = page.getByRole('dialog', { name: 'Non è ancora partito tutto' })
  await dialog.getByText(`la proposta di ${project.name}`).waitFor()
  await dialog.getByRole('button', { name: 'Resta e aspetta la rete' }).click()
  await page.context().setOffline(false)
  await eventually(written).toBe('Da buttare')
  await page.context().setOffline(true)
  await forWhom(page).fill(before)
  await leave(page)
  await dialog.getByRole('button', { name: 'Esci e butta via' }).click()
  await page.waitForURL((url) => url.pathname === '/')
  await page.context().setOffline(false)
  await eventually(() => kept(page)).toBe('[{},{}]')
  await eventually(() => page.evaluate(`caches.match('/pages/progetto').then(Boolean)`)).toBe(false)
  expect(await written()).toBe('Da buttare')
  await page.context().close()
}, 90_000)

async function leave(page: Page) {
  await page.getByRole('button', { name: 'Il tuo account' }).click()
  await page.getByRole('button', { name: 'Esci' }).click()
}

test('a tab notices that somebody signed out in another one, also from the agenda', async () => {
  const page = await phone(`/progetto/${project.id}/agenda`)
  await page.getByText('In diretta').waitFor()
  const other = await page.context().newPage()
  await other.goto(`/progetto/${project.id}/scelte`)
  await other.getByText('In diretta').waitFor()
  await leave(page)
  for (const one of [page, other]) await one.waitForURL((url) => url.pathname === '/')
  await page.context().close()
})

test('a form that never reached the network is there, and sends itself when it is', async () => {
  const page = await phone()
  await forWhom(page).waitFor()
  await pagesKept(page, 'progetto')
  await page.context().setOffline(true)
  await page.reload()
  await page.getByText('Senza rete. Questo è quanto era salvato').waitFor()
  await forWhom(page).fill('Scritto senza rete')
  await page.context().setOffline(false)
  await eventually(written).toBe('Scritto senza rete')
  await page.getByText('Senza rete.').waitFor({ state: 'detached' })
  await page.context().close()
})

test('nobody signs in with what stood on the page of the person before', async () => {
  const page = await journey.enter(PHONE, 'progetto', doorOf(journey.people, `project:${project.id}`))
  const { userId } = await page.evaluate<{ userId: string }>(
    `fetch('/api/v1/me').then((answer) => answer.json()).then(({ user }) => ({ userId: user.id }))`,
  )
  const put = (author: string) =>
    page.request.post(`/api/v1/participants/${project.participantId}/answer`, {
      headers: { origin: journey.base, 'written-by': author },
    })
  const refused = await put('somebody-else')
  expect([refused.status(), ((await refused.json()) as { code: string }).code]).toEqual([401, 'other-person'])
  expect((await put(userId)).status()).toBe(200)
  await page.context().close()
})
