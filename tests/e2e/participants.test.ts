import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PeopleView } from '../../server/schemas/programme.ts'
import type { ProposalView } from '../../server/schemas/proposal.ts'
import { doorOf, eventually, PHONE, startJourney, type Journey } from '../support/journey.ts'

let journey: Journey

beforeAll(async () => {
  journey = await startJourney()
})

afterAll(() => journey.close())

const card = (page: Page, name: string) =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name, exact: true }) })

/** Answers as a finger does: on the words, not on the hidden round button. */
const say = (page: Page, name: string, level: string) =>
  written(page, () => card(page, name).getByText(level, { exact: true }).click())

/** Does something that the page writes down, and waits until the service has it. */
async function written(page: Page, act: () => Promise<unknown>) {
  const answer = page.waitForResponse((response) => response.request().method() !== 'GET')
  await act()
  expect((await answer).ok()).toBe(true)
}

const answerOf = (page: Page, name: string, level: string) =>
  card(page, name).getByRole('radio', { name: level, exact: true }).isChecked()

/** Choosing the chosen answer again takes it back. */
async function takeBackMust(page: Page) {
  const must = page.getByRole('radio', { name: 'Irrinunciabile', checked: true })
  const given = page.getByRole('article').filter({ has: must }).first()
  await given.getByText('Irrinunciabile', { exact: true }).click()
  await page.getByText(/Ti resta/).waitFor()
}

const cardNames = async (page: Page) => {
  await page.getByRole('article').first().waitFor()
  return page.getByRole('article').getByRole('heading', { level: 3 }).allInnerTexts()
}

async function draftProject() {
  const { programmeId } = journey.people
  const { projects } = await journey.organiser.get<PeopleView>(`/programmes/${programmeId}/people`)
  // Other journeys add projects that have written nothing yet.
  return projects.find(({ sample, proposalStatus }) => sample && proposalStatus === 'draft')!
}

test('an agenda is underway together with its page, for its own people alone', async () => {
  const [own, other] = journey.people.projects.map(({ id }) => `/progetto/${id.split(':')[1]}/agenda`)
  // Pages that were kept are opened without asking for them.
  const page = await journey.open(PHONE, { serviceWorkers: 'block' })
  const as = journey.people.projects[0].id
  await page.request.post('/api/v1/sample/enter', { data: { as }, headers: { origin: journey.base } })
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/live?')) asked.push(request.url())
  })
  const answer = await page.goto(own)
  const [, ahead] = answer!.headers().link.match(/^<(.*)>; rel=preload; as=fetch; crossorigin$/)!
  await page.getByText('In diretta').waitFor()
  expect(asked).toEqual([journey.base + ahead])
  for (const path of [other, `${own}?evento=another`, own.replace('agenda', 'scelte'), '/progetto/x/agenda'])
    expect((await page.request.get(path)).headers()).not.toHaveProperty('link')
  await page.context().close()
})

describe('a project on its phone', () => {
  let page: Page

  test('completes its draft, finds it again after a reload and sends it', async () => {
    const draft = await draftProject()
    page = await journey.enter(PHONE, 'progetto', doorOf(journey.people, `project:${draft.id}`))
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(draft.name)

    await page.getByRole('button', { name: 'Anteprima e invio' }).click()
    const missing = page.getByRole('listitem').filter({ hasText: 'Che cosa offriamo' }).getByRole('button')
    await missing.click()
    const offer = page.getByRole('textbox', { name: 'Che cosa offriamo' })
    await offer.fill('Il vostro nome sul furgone e un pranzo al mese per i vostri dipendenti.')
    await page.getByRole('button', { name: 'Dove e per chi' }).click()
    await page.getByRole('textbox', { name: 'Per chi' }).fill('40 famiglie con bambini sotto i tre anni.')
    await page
      .getByRole('status')
      .getByText(/^Salvato alle \d\d:\d\d$/)
      .waitFor()

    await page.reload()
    await eventually(() => page.getByRole('textbox', { name: 'Per chi' }).inputValue()).toBe(
      '40 famiglie con bambini sotto i tre anni.',
    )
    await page.getByRole('button', { name: 'Anteprima e invio' }).click()
    await page.getByRole('button', { name: 'Invia la proposta' }).click()
    await page.getByText('La proposta è inviata. Quello che cambi si salva e si vede subito.').waitFor()
    await eventually(() =>
      page.getByRole('region', { name: 'Stato della proposta' }).locator('[aria-current]').innerText(),
    ).toMatch(/Inviata/)
  })

  test('types amounts as one writes them, and what is no number is kept and explained', async () => {
    const [, id] = new URL(page.url()).pathname.match(/\/progetto\/([^/]+)/)!
    const { content } = await journey.organiser.get<ProposalView>(`/projects/${id}/proposal`)
    const { form } = content.support[0]!
    const kept = async () =>
      (await journey.organiser.get<ProposalView>(`/projects/${id}/proposal`)).content.support.find(
        (one) => one.form === form,
      )!.amount
    await page.getByRole('button', { name: 'Che cosa chiediamo' }).click()
    const field = page.getByRole('textbox', { name: /^Importo/ }).first()
    for (const [text, amount, written] of [
      ['12.500', 12_500, '12.500'],
      ['1.234,50', 1234.5, '1.234,50'],
      ['€ 8000', 8000, '8.000'],
    ] as const) {
      await field.fill('')
      // Slower than what was typed before is saved, and comes back.
      await field.pressSequentially(text, { delay: 150 })
      await eventually(kept).toBe(amount)
      expect(await field.inputValue()).toBe(text)
      await field.blur()
      expect(await field.inputValue()).toBe(written)
    }
    await field.fill('diecimila')
    await page.getByRole('button', { name: 'Mix di finanziamento' }).click()
    await page.getByText('Scrivi l’importo in cifre').waitFor()
    expect(await field.inputValue()).toBe('diecimila')
    expect(await field.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
    expect(await kept()).toBe(8000)
    await field.fill('10000')
    await page.getByRole('button', { name: 'Mix di finanziamento' }).click()
    await eventually(kept).toBe(10_000)
    await page.getByText('Passo 3').waitFor()
  })

  test('says whom it wants to meet, and a reload keeps it', async () => {
    await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Scelte' }).click()
    await page.getByRole('heading', { name: 'Chi vuoi incontrare?' }).waitFor()
    await page.getByText('Solo da valutare').click()
    const [first, second] = await cardNames(page)
    await page.getByText('Solo da valutare').click()
    if (await page.getByText(/Hai usato tutti/).count()) await takeBackMust(page)
    await say(page, first!, 'Irrinunciabile')
    await say(page, second!, 'Interessante')
    expect(await answerOf(page, second!, 'Interessante')).toBe(true)

    await page.reload()
    await eventually(() => answerOf(page, first!, 'Irrinunciabile')).toBe(true)
    await eventually(() => answerOf(page, second!, 'Interessante')).toBe(true)
  })
})

describe('a host on a phone', () => {
  let page: Page

  test('says what interests it and when it is there', async () => {
    page = await journey.enter(PHONE, 'referente', doorOf(journey.people, journey.people.hosts[3]!.id))
    await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Profilo' }).click()
    await page
      .getByRole('textbox', { name: 'Che cosa finanzi', exact: true })
      .fill('Attrezzature e borse lavoro.')
    await page
      .getByRole('status')
      .getByText(/^Salvato alle \d\d:\d\d$/)
      .waitFor()
    const turn = page.getByRole('button', { name: /16:55/ })
    const before = await turn.getAttribute('aria-pressed')
    await written(page, () => turn.click())
    expect(await turn.getAttribute('aria-pressed')).not.toBe(before)
    await page.reload()
    await eventually(() => turn.getAttribute('aria-pressed')).not.toBe(before)
  })

  test('filters the proposals, and the address keeps the filters', async () => {
    await page
      .getByRole('link', { name: /proposte/i })
      .first()
      .click()
    await page.getByRole('heading', { name: 'Chi vuoi incontrare?' }).waitFor()
    const all = (await cardNames(page)).length
    await page.getByRole('button', { name: 'Filtri' }).click()
    await page.getByLabel('Finanziamento del programma').selectOption({ label: 'Finanziati' })
    await eventually(() => page.getByRole('article').count()).toBe(12)
    expect(all).toBe(25)
    expect(page.url()).toContain('finanziato=si')
    await page.reload()
    await eventually(() => page.getByRole('article').count()).toBe(12)
  })

  test('marks must, want and avoid, declares a conflict, and says it has finished', async () => {
    const musts = page.getByText(/irrinunciabil[ei]»/)
    const names = await cardNames(page)
    const free: string[] = []
    for (const name of names) if (!(await answered(name))) free.push(name)
    const [must, want, avoid, conflict] = [...free, ...names.filter((name) => !free.includes(name))]
    const before = await musts.innerText()
    await say(page, must!, 'Irrinunciabile')
    await eventually(() => answerOf(page, must!, 'Irrinunciabile')).toBe(true)
    await eventually(() => musts.innerText()).not.toBe(before)
    await say(page, want!, 'Interessante')
    await say(page, avoid!, 'Da evitare')
    await written(page, () => card(page, conflict!).getByLabel('Conflitto di interessi').check())
    await card(page, conflict!).getByText('Non vi metteremo allo stesso tavolo.', { exact: false }).waitFor()
    await page.getByRole('button', { name: /^(Ho finito|Conferma di nuovo)$/ }).click()
    await page.getByText('Grazie: le tue risposte sono arrivate').waitFor()
    await page.reload()
    await eventually(() => answerOf(page, avoid!, 'Da evitare')).toBe(true)
    expect(await card(page, conflict!).getByLabel('Conflitto di interessi').isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Conferma di nuovo' }).waitFor()
  })

  const answered = (name: string) => card(page, name).getByRole('radio', { checked: true }).count()
})
