import { eq } from 'drizzle-orm'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mails, programmes } from '../../server/database/schema.ts'
import { startWorkers } from '../../server/jobs/workers.ts'
import type { PlanView } from '../../server/schemas/schedule.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { until } from '../support/client.ts'
import { eventually, LAPTOP, PHONE } from '../support/journey.ts'
import { startMailServer, type Arrived } from '../support/mail-server.ts'
import { plantDraft } from '../support/plan.ts'
import { freePort } from '../support/server.ts'
import { openStage, type StagedProgramme } from '../support/service.ts'

/** From the first invitation to an agenda that changes, with every mail that leaves on the way. */

const ADA = 'ada@fondazione.example'
const JANE = 'jane@impresa.example'
/** The mailbox of both teams. */
const OFFICE = 'ufficio@coop.example'
const GONE = 'nessuno@vecchio.example'
const NADIA = 'nadia@impresa.example'

let post: Awaited<ReturnType<typeof startMailServer>>
let stage: Awaited<ReturnType<typeof openStage>>
let browser: TestBrowser
let torino: StagedProgramme
let eventId: string
let base: string
/** The organiser's window. */
let page: Page
let people: Record<'orti' | 'ponte' | 'ada' | 'jane', { id: string }>

beforeAll(async () => {
  post = await startMailServer({
    onRcptTo: ({ address }, _, done) =>
      done(address === GONE ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : undefined),
  })
  const port = await freePort()
  base = `http://localhost:${port}`
  stage = await openStage({ PUBLIC_URL: base, SMTP_URL: post.url })
  await startWorkers(stage.queue, stage)
  await stage.app.listen({ port, host: 'localhost' })
  torino = await stage.programme('Torino Esempio')
  const contactEmail = 'segreteria@camp.example'
  await stage.db.update(programmes).set({ contactEmail }).where(eq(programmes.id, torino.id))
  eventId = await torino.camp('Camp Esempio')
  const team = (lastName: string) => ({ team: [{ firstName: 'Ivo', lastName, email: OFFICE }] })
  people = {
    orti: await torino.project({ name: 'Orti Esempio', ...team('Orto') }),
    ponte: await torino.project({ name: 'Ponte Esempio', ...team('Ponte') }),
    ada: await torino.host({
      ...{ firstName: 'Ada', lastName: 'Esempio', email: ADA, organisation: 'Fondazione Esempio' },
    }),
    jane: await torino.host({
      ...{
        firstName: 'Jane',
        lastName: 'Sample',
        email: JANE,
        language: 'en',
        organisation: 'Impresa Esempio',
      },
    }),
  }
  await torino.host({ firstName: 'Gino', lastName: 'Sparito', email: GONE, organisation: 'Ente Vecchio' })
  browser = await openBrowser()
  page = await open(LAPTOP)
  const [name, value] = torino.organiser.cookie.split('=')
  await page.context().addCookies([{ name, value, url: base }])
}, 120_000)
afterAll(async () => {
  await browser.close()
  await stage.close()
  await post.close()
})

async function open(size: typeof PHONE, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ ...size, baseURL: base, ...options })
  context.setDefaultTimeout(30_000)
  return context.newPage()
}

/** Looks at the mail of that kind, and sends it to those named, or to whoever is offered. */
async function write(kind: string, { only, sees }: { only?: string[]; sees?: [string, string][] } = {}) {
  await page.goto(`/organizza/${torino.id}/posta/scrivi?tipo=${kind}`)
  if (only) {
    await page.getByLabel('Chi mostrare').selectOption({ index: 0 })
    await page.getByRole('button', { name: 'Togli la scelta' }).click()
    for (const name of only) await page.getByLabel(`Manda a ${name}`).check()
  }
  for (const [name, words] of sees ?? []) {
    await page.getByRole('button', { name }).click()
    await page.getByRole('article').getByText(words).first().waitFor()
  }
  await page.getByRole('button', { name: /^Invia a / }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Invia', exact: true }).click()
}
const isSent = (count: string) => page.getByText(count).first().waitFor()

const linkIn = (text: string, path: string) => text.match(new RegExp(`${base}${path}\\S*`))![0]
const codeIn = (text: string) => text.match(/\b\d{6}\b/)![0]

test('invitations are seen in each language and sent to the chosen, and the log says who was not reached', async () => {
  await write('invitation', {
    only: ['Ivo Orto', 'Ivo Ponte', 'Ada Esempio', 'Jane Sample', 'Gino Sparito'],
    sees: [
      ['Ada Esempio', 'Gentile Ada Esempio,'],
      ['Jane Sample', 'Dear Jane Sample,'],
    ],
  })
  await isSent('Mail scritte: 5.')
  const [ada, jane] = [await post.arrived(ADA), await post.arrived(JANE)]
  expect([ada.subject, jane.subject]).toEqual([
    'Torino Esempio: il suo invito',
    'Torino Esempio: your invitation',
  ])
  await post.arrived(OFFICE, 2)
  expect(ada.head).toContain('Reply-To: segreteria@camp.example')
  // What the mail server said is read with the mail, by searching for the person.
  await page.getByRole('searchbox').fill('Sparito')
  await page.getByRole('list').getByRole('link', { name: GONE }).click()
  const refused = async () => (await stage.db.select().from(mails).where(eq(mails.to, GONE)))[0]?.error
  await eventually(refused).toBe('refused')
  await page.getByRole('button', { name: 'Aggiorna' }).click()
  await page.getByRole('article').getByText('550 no such mailbox').waitFor()
  await page.getByRole('article').getByText('Non riuscita').waitFor()

  // The same to the same person within a day is asked for, and then done.
  await write('invitation', { only: ['Ada Esempio'] })
  await page.getByRole('dialog').getByRole('alert').getByText('Ada Esempio').waitFor()
  await page.getByRole('button', { name: 'Invia lo stesso' }).click()
  await isSent('È stata scritta 1 mail.')
  await post.arrived(ADA, 2)
  expect([post.to(ADA).length, post.to(JANE).length]).toEqual([2, 1])
})

/** What the page says where the code is asked for, and typed. */
const SIGN_IN = {
  it: ['Inviami il codice', 'Codice di sei cifre', 'Invia di nuovo', 'Entra'],
  en: ['Send me the code', 'Six-digit code', 'Send again', 'Enter'],
}

/** From the link of an invitation to the code, which is read in the mailbox. */
async function comeIn(mail: Arrived, email: string, { language = 'it' as 'it' | 'en', late = false } = {}) {
  const [ask, code, again, enter] = SIGN_IN[language]
  const own = await open(PHONE, { locale: language })
  await own.goto(linkIn(mail.text, '/accedi'))
  const before = post.to(email).length
  await own.getByRole('button', { name: ask }).click()
  const field = own.getByLabel(code)
  await field.waitFor()
  const first = codeIn((await post.arrived(email, before + 1)).text)
  if (late) {
    // It is not seen yet, so it is asked for again; then both are there, and the first is typed.
    await own.getByRole('button', { name: again }).click()
    expect(codeIn((await post.arrived(email, before + 2)).text)).toBe(first)
  }
  await field.fill(first)
  await own.getByRole('button', { name: enter, exact: true }).click()
  await own.waitForURL(/\/(progetto|referente)\//)
  await own.getByRole('heading', { level: 1 }).waitFor()
  return own
}

test('two teams and two hosts come in by code: one code is late, one mailbox is of two', async () => {
  const office = await comeIn(post.to(OFFICE)[0], OFFICE)
  for (const name of ['orti', 'ponte'] as const) {
    await office.goto(`/progetto/${people[name].id}/scelte`)
    await office.getByText('Questa casella è di più persone').waitFor()
  }
  const jane = await comeIn(post.to(JANE)[0], JANE, { language: 'en', late: true })
  const ada = await comeIn(post.to(ADA)[0], ADA)
  // Ada and one of the teams answer.
  for (const [own, of] of [
    [ada, people.ada.id],
    [office, people.orti.id],
  ] as const) {
    const at = await torino.participant(eventId, of)
    const answered = await own.request.post(`/api/v1/participants/${at}/answer`, {
      headers: { origin: base },
    })
    expect(answered.status()).toBe(200)
  }
  for (const own of [office, jane, ada]) await own.context().close()
})

/** To whom mails left since, one line each. */
const leaving = () => {
  const from = post.received.length
  return () =>
    post.received
      .slice(from)
      .map(({ to, subject }) => `${to}: ${subject}`)
      .toSorted()
}

test('a reminder goes to those alone who have not answered', async () => {
  const left = leaving()
  await write('reminder', { only: ['Ivo Ponte', 'Jane Sample'] })
  await isSent('Mail scritte: 2.')
  await eventually(left).toEqual([
    `${JANE}: Camp Esempio: we are waiting for your answer`,
    `${OFFICE}: Camp Esempio: aspettiamo la sua risposta`,
  ])
  expect(post.to(OFFICE).at(-1)!.text).toContain('Ivo Ponte')
})

test('one tap of the mail says who comes, and a colleague comes instead of whom it was sent to', async () => {
  await write('coming', { only: ['Ivo Orto', 'Ada Esempio', 'Jane Sample'] })
  await isSent('Mail scritte: 3.')
  const mailOf = async (email: string) =>
    (await until(`the question to ${email}`, () =>
      post.to(email).find(({ text }) => text.includes('/vengo?')),
    ))!
  const phone = await open(PHONE)
  const answer = async (email: string, risposta: 'si' | 'no', confirm: string) => {
    await phone.goto(linkIn((await mailOf(email)).text, `/vengo\\?risposta=${risposta}#`))
    await phone.reload()
    await phone.getByRole('button', { name: confirm }).click()
  }
  await answer(OFFICE, 'si', 'Confermo: vengo')
  await phone.getByText('Hai detto che vieni').waitFor()
  await answer(ADA, 'no', 'Confermo: non vengo')
  await phone.getByText('Hai detto che non vieni').waitFor()
  await page.goto(`/organizza/evento/${eventId}/partecipanti`)
  await page.getByText('Vengono: 1 · Non vengono: 1').waitFor()
  // She comes after all.
  await answer(ADA, 'si', 'Confermo: vengo')
  await page.getByText('Vengono: 2 · Non vengono: 0').waitFor()

  const left = leaving()
  await phone.goto(linkIn((await mailOf(JANE)).text, '/vengo\\?risposta=no#'))
  await phone.reload()
  await phone.getByRole('button', { name: 'Viene un’altra persona al mio posto' }).click()
  await phone.getByLabel('Nome', { exact: true }).fill('Nadia')
  await phone.getByLabel('Cognome').fill('Esempio')
  await phone.getByLabel('Mail').fill(NADIA)
  await phone.getByRole('button', { name: 'Conferma chi viene' }).click()
  await phone.getByText('Al tuo posto viene Nadia Esempio').waitFor()
  await page.getByText('Vengono: 3 · Non vengono: 0').waitFor()
  await eventually(left).toEqual([
    `${JANE}: Camp Esempio: Nadia Esempio goes instead of you`,
    `${NADIA}: Camp Esempio: ci va lei`,
  ])
  const nadia = await comeIn(post.to(NADIA)[0], NADIA)
  await nadia.context().close()
  await phone.context().close()
})

test('an agenda that changes twice is told once, and to those alone whom it concerns', async () => {
  const first = leaving()
  const at = (who: keyof typeof people) => torino.participant(eventId, people[who].id)
  const draftId = await plantDraft(stage.db, eventId, [
    [await at('orti'), await at('ada')],
    [await at('ponte'), await at('jane')],
  ])
  await page.goto(`/organizza/evento/${eventId}/piano?bozza=${draftId}`)
  await page.getByRole('button', { name: 'Pubblica', exact: true }).click()
  await page.getByRole('button', { name: 'Pubblica per tutti' }).click()
  await page.getByText('Avvisi partiti: persone 4').waitFor()
  await eventually(first).toEqual([
    `${ADA}: Camp Esempio: la sua agenda è pronta`,
    `${NADIA}: Camp Esempio: la sua agenda è pronta`,
    `${OFFICE}: Camp Esempio: la sua agenda è pronta`,
    `${OFFICE}: Camp Esempio: la sua agenda è pronta`,
  ])
  expect(post.to(ADA).at(-1)!.calendar).toContain('SUMMARY:Incontro con Orti Esempio')

  const second = leaving()
  for (const turn of [1, 2]) await move(turn)
  await page.goto(`/organizza/evento/${eventId}/piano`)
  await page.getByRole('region', { name: 'Da avvisare' }).getByRole('button', { name: 'Avvisa ora' }).click()
  await page.getByText('Avvisi partiti. Persone: 2; e-mail: 2.').waitFor()
  await eventually(second).toEqual([
    `${ADA}: Camp Esempio: la sua agenda è cambiata`,
    `${OFFICE}: Camp Esempio: la sua agenda è cambiata`,
  ])
  const { text } = post.to(ADA).at(-1)!
  expect(text).toMatch(/09:00.*09:50|09:50.*09:00/)
  expect(text).not.toContain('09:25')
})

/** Moves the meeting of Ada to that turn. */
async function move(turn: number) {
  const plan = (await torino.organiser.send<PlanView>('GET', `/events/${eventId}/plan`)).body
  const ada = await torino.participant(eventId, people.ada.id)
  const meeting = plan.meetings.find((one) => one.participants.includes(ada))!
  const to = { slotId: plan.slots[turn].id, tableId: meeting.tableId }
  const fence = { 'if-match': String(meeting.version) }
  const moved = await torino.organiser.send('POST', `/meetings/${meeting.id}/move`, to, fence)
  expect(moved.status).toBe(200)
}
