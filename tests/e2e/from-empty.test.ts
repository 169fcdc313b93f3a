import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocalPostgres } from '../../server/database/local-postgres.ts'
import { giveAuthenticator } from '../support/authenticator.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { hostsList, projectsList } from '../support/camp-lists.ts'
import { eventually, holdUndo, LAPTOP } from '../support/journey.ts'
import { freePort, startServer, type RunningServer } from '../support/server.ts'

const SECRET = 'a secret of at least thirty-two characters'
const MAIL = 'anna.esempio@example.org'

let database: Awaited<ReturnType<typeof startLocalPostgres>>
let env: Record<string, string>
let server: RunningServer
let browser: TestBrowser
let page: Page

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'incontro-empty-'))
  chmodSync(directory, 0o755)
  database = await startLocalPostgres({ directory })
  const PORT = String(await freePort())
  const given = { DATABASE_URL: database.url, PUBLIC_URL: `http://localhost:${PORT}`, SECRET }
  env = { ...given, PORT, LOG_LEVEL: 'warn' }
  server = await startServer(env)
  browser = await openBrowser()
  page = await openPage()
}, 240_000)

afterAll(async () => {
  await browser.close()
  await server.stop()
  await database.stop()
  rmSync(dirname(database.directory), { recursive: true, force: true })
})

/** A window with an authenticator of its own, as a laptop has one built in. */
async function openPage(): Promise<Page> {
  const context = await browser.newContext({ ...LAPTOP, baseURL: server.url })
  context.setDefaultTimeout(30_000)
  const opened = await context.newPage()
  await giveAuthenticator(opened)
  return opened
}

/** What the operator reads in the terminal. */
async function organiser(...words: string[]) {
  const run = promisify(execFile)(process.execPath, ['server/organiser.ts', ...words], {
    env: { ...process.env, ...env },
  })
  const { stdout } = await run
  const [, address, code] = /Apri (\S+)[\s\S]*?scrivi (\d{6})/.exec(stdout)!
  return { address, code }
}

async function signIn(on: Page, { address, code }: { address: string; code: string }) {
  await on.goto(address)
  await on.getByRole('button', { name: 'Inviami il codice' }).click()
  await on.getByLabel('Codice di sei cifre').fill(code)
  await on.getByRole('button', { name: 'Entra', exact: true }).click()
  await on.getByRole('button', { name: 'Crea la passkey' }).click()
}

const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
const nav = (name: string) => page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name })

test('the first organiser gets from the terminal to a programme of their own', async () => {
  await page.goto('/')
  await page.getByText('Nessun programma ancora').waitFor()
  await signIn(page, await organiser(MAIL))
  await heading('I tuoi programmi')
  await page.getByRole('button', { name: 'Crea un programma' }).first().click()
  const form = page.getByRole('dialog', { name: 'Crea un programma' })
  await form.getByLabel('Nome').fill('Camp Esempio')
  await form.getByRole('button', { name: 'Crea un programma' }).click()
  await heading('Camp Esempio')
  await page.getByRole('heading', { name: 'Per cominciare: 0 di 3' }).waitFor()
})

test('the first steps lead to an event, and nothing of it is public before it is decided', async () => {
  await page.getByRole('button', { name: /Crea il primo evento/ }).click()
  const form = page.getByRole('dialog', { name: 'Crea un evento' })
  await form.getByLabel('Titolo').fill('Social Innovation Camp')
  await form.getByLabel('Data').fill('2030-05-10')
  await form.getByRole('button', { name: 'Crea un evento' }).click()
  await heading('Preparazione')
  await nav('Panoramica').click()
  await page.getByRole('heading', { name: 'Per cominciare: 1 di 3' }).waitFor()

  const stranger = await openPage()
  await stranger.goto('/')
  await stranger.getByText('Nessun programma ancora').waitFor()
  await page.getByRole('link', { name: /Decidi che cosa è pubblico/ }).click()
  await heading('Pagina pubblica')
  await page.getByLabel('Social Innovation Camp').check()
  await page.getByText('la pagina del programma è spenta').waitFor()
  await stranger.reload()
  await stranger.getByText('Nessun programma ancora').waitFor()
  await page.getByLabel('Mostra la pagina del programma').check()
  await eventually(() => page.getByText('la pagina del programma è spenta').count()).toBe(0)
  await stranger.reload()
  await stranger.getByText('Camp Esempio').waitFor()
  const undo = await holdUndo(page)
  await stranger.getByText('Social Innovation Camp').waitFor()
  await undo.click()
  await eventually(() => page.getByLabel('Mostra la pagina del programma').isChecked()).toBe(false)
  await stranger.reload()
  await stranger.getByText('Nessun programma ancora').waitFor()
  await stranger.context().close()
})

async function upload(name: string, file: Uint8Array) {
  await page
    .getByLabel('Scegli il file')
    .setInputFiles({ name: `${name}.xlsx`, mimeType: '', buffer: Buffer.from(file) })
  await page.getByText(`${name}.xlsx`).first().waitFor()
}
const press = (name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).click()

test('the list of the projects comes in as it is', async () => {
  await nav('Persone').click()
  await heading('Persone')
  // Who helps can be added before anybody else is there.
  await page.getByRole('heading', { name: 'Chi aiuta' }).waitFor()
  await page.getByRole('link', { name: 'Importa un elenco' }).first().click()
  await heading('Importa progetti')
  await upload('progetti', await projectsList())
  await press('Controlla')
  await press('Importa 30 righe')
  await page.getByText('Voci nuove: 30. Voci aggiornate: 0.').waitFor()
  await page.getByRole('link', { name: 'Vedi le persone' }).click()
  await page.getByText('Orto di quartiere 2', { exact: true }).waitFor()
})

test('the list of the hosts is mapped, checked, imported, undone and imported again', async () => {
  await page.getByRole('link', { name: /^Referenti/ }).click()
  await page.getByRole('link', { name: 'Importa un elenco' }).first().click()
  await heading('Importa referenti')
  await upload('enti', await hostsList())
  await page.getByText('Anno scorso (nascosto)').waitFor({ state: 'attached' })
  await page.getByLabel('Colonna G, «Allergie»').selectOption('Tieni come nota')
  await press('Controlla')
  await page.getByText(/«banca» non è un valore previsto/).waitFor()
  await page.getByText(/È già alla riga 4/).waitFor()
  await press('Con avvisi (1)')
  await page.getByText(/Ha lo stesso indirizzo della riga 4/).waitFor()
  for (const what of ['first', 'again']) {
    await press('Importa le 45 righe valide')
    await page.getByText('Voci nuove: 45. Voci aggiornate: 0.').waitFor()
    if (what === 'again') continue
    await press('Annulla l’importazione')
    await page.getByRole('heading', { name: 'Importazione annullata' }).waitFor()
    await press('Torna al controllo')
  }
  await page.getByRole('link', { name: 'Vedi le persone' }).click()
  await eventually(() => page.getByRole('row').count()).toBe(46)
  expect(await rowOf('Fondazione Esempio').count()).toBe(2)
  expect(await rowOf('Piero Esempio').innerText()).toContain('piero@coop.example')
  expect(await rowOf('Ada Null').innerText()).toContain('Coop Esempio')
  expect(await rowOf('Impresa <b>Esempio</b>').innerText()).toContain('Cher')
})

const rowOf = (name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })
const dialogOf = (name: string | RegExp) => page.getByRole('dialog', { name })

test('somebody who joins late is in the event that has been prepared', async () => {
  await press('Aggiungi un referente')
  const form = dialogOf('Aggiungi un referente')
  await form.getByLabel('Ente', { exact: true }).fill('Fondazione Ultima Esempio')
  await form.getByLabel('Nome', { exact: true }).fill('Tarda')
  await form.getByLabel('Cognome').fill('Esempio')
  await form.getByRole('button', { name: 'Aggiungi un referente' }).click()
  await rowOf('Tarda Esempio').waitFor()
  await nav('Panoramica').click()
  await page.getByRole('link', { name: 'Social Innovation Camp' }).first().click()
  await nav('Partecipanti').click()
  await heading('Partecipanti')
  await rowOf('Tarda Esempio').waitFor()
  await page.getByText('Partecipano (76)').waitFor()
})

test('a host withdraws, and a twin is merged into the other', async () => {
  await nav('Panoramica').click()
  await nav('Persone').click()
  await page.getByRole('link', { name: /^Referenti/ }).click()
  await press(/^Ritira, unisci o elimina .*Cher/)
  await dialogOf(/Cher/).getByText('Partecipa a: Social Innovation Camp').waitFor()
  await dialogOf(/Cher/).getByRole('button', { name: 'Ritira', exact: true }).click()
  await page
    .getByText(/Cher: ritirato/)
    .first()
    .waitFor()
  await rowOf('Cher').getByText('Ritirato').waitFor()
  await press(/^Ritira, unisci o elimina .*Maria Esempio/)
  const dialog = dialogOf(/Maria Esempio/)
  await dialog.getByLabel('Doppione').selectOption({ label: 'Coop Esempio – Ada Null' })
  await dialog.getByRole('button', { name: 'Confronta' }).click()
  await dialog.getByText(/entra in/).waitFor()
  await dialog.getByRole('button', { name: 'Unisci', exact: true }).click()
  await page
    .getByText(/^Uniti in .*Maria Esempio/)
    .first()
    .waitFor()
  await rowOf('Ada Null').waitFor({ state: 'detached' })
})

test('a rehearsal is made and deleted with what it holds', async () => {
  await nav('Panoramica').click()
  await press('Crea un evento')
  const form = dialogOf('Crea un evento')
  await form.getByLabel('Titolo').fill('Prova generale')
  await form.getByLabel('Data').fill('2030-05-09')
  await form.getByLabel('È una prova').check()
  await form.getByRole('button', { name: 'Crea un evento' }).click()
  await heading('Preparazione')
  await nav('Panoramica').click()
  await press('Elimina «Prova generale»')
  await dialogOf('Elimina «Prova generale»')
    .getByText(/74 partecipanti/)
    .waitFor()
  await dialogOf('Elimina «Prova generale»').getByRole('button', { name: 'Elimina l’evento' }).click()
  await page.getByText('Prova generale: eliminato').first().waitFor()
  await eventually(() => page.getByRole('heading', { name: 'Prova generale' }).count()).toBe(0)
})

test('whoever lost the passkey comes back with a code from the terminal', async () => {
  const elsewhere = await openPage()
  await signIn(elsewhere, await organiser(MAIL, '--reset'))
  await elsewhere.getByRole('heading', { level: 1, name: 'I tuoi programmi' }).waitFor()
  await elsewhere.getByText('Camp Esempio').waitFor()
  await elsewhere.context().close()
  // The window that was open until now belongs to a session that has ended.
  await page.reload()
  await page.getByText('Entra per continuare').waitFor()
  expect(await page.getByText('Social Innovation Camp').count()).toBe(0)
})
