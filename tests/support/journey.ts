import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { SamplePeople } from '../../server/schemas/session.ts'
import { openBrowser } from './browser.ts'
import { BEFORE_THE_DAY, setClock } from './camp.ts'
import { Client } from './client.ts'
import { startSample } from './sample.ts'

type Role = 'organizzatore' | 'progetto' | 'referente'
type Size = { width: number; height: number }

export const PHONE: Size = { width: 390, height: 844 }
export const LAPTOP: Size = { width: 1440, height: 900 }
export const SCREEN: Size = { width: 1920, height: 1080 }

/** Waits for a fact: asked again until it holds or half a minute has gone. */
export const eventually = <T>(ask: () => T | Promise<T>) =>
  expect.poll(ask, { timeout: 30_000, interval: 25 })

export type Journey = {
  base: string
  people: SamplePeople
  organiser: Client
  /** A person's own window, nothing shared with the others. */
  open(size: Size, options?: BrowserContextOptions): Promise<Page>
  /** The same, entered by the sample's entrance. */
  enter(size: Size, role: Role, label?: string): Promise<Page>
  close(): Promise<void>
}

/** At a service with a sample of its own, unless another one is named; `env` is for that service. */
export async function startJourney({
  base,
  env,
}: { base?: string; env?: Record<string, string> } = {}): Promise<Journey> {
  const server = base ? null : await startSample(env)
  try {
    return await beginJourney(base ?? server!.url, () => server?.stop())
  } catch (error) {
    await server?.stop()
    throw error
  }
}

async function beginJourney(base: string, ended: () => Promise<void> | undefined): Promise<Journey> {
  const browser = await openBrowser()
  const people = await Client.people(base)
  const organiser = await Client.enter(base, 'organiser')
  await setClock(organiser, people, BEFORE_THE_DAY)
  const thrown: string[] = []
  const open: Journey['open'] = async (size, options = {}) => {
    const context = await browser.newContext({ ...size, baseURL: base, ...options })
    context.on('weberror', (error) => {
      const address = error.page()?.url()
      // An empty page is none of ours: there a test's own scripts run too.
      if (address !== 'about:blank') thrown.push(`${address}: ${error.error().stack}`)
    })
    context.setDefaultTimeout(30_000)
    return context.newPage()
  }
  return {
    base,
    people,
    organiser,
    open,
    async enter(size, role, label) {
      const page = await open(size)
      await page.goto('/')
      if (label) await pick(page, role === 'progetto' ? 'Progetto' : 'Referente', label)
      await page.getByRole('button', { name: `Entra come ${role}` }).click()
      await page.waitForURL(/organizza|progetto|referente/)
      await page.getByRole('heading', { level: 1 }).waitFor()
      return page
    },
    async close() {
      await browser.close()
      await ended()
      // Whatever a page did, it never stumbled over its own code.
      expect(thrown).toEqual([])
    },
  }
}

const pick = (page: Page, field: string, label: string) =>
  page.getByLabel(field, { exact: true }).selectOption({ label })

/** How the entrance names a person of the sample. */
export const doorOf = (people: SamplePeople, id: string) => {
  const { label, note } = [...people.projects, ...people.hosts].find((one) => one.id === id)!
  return note ? `${label} (${note})` : label
}

/** Somebody's own agenda on a phone, live. */
export async function openAgenda(journey: Journey, role: 'progetto' | 'referente', door: string) {
  const page = await journey.enter(PHONE, role, door)
  await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Agenda' }).click()
  await page.getByRole('heading', { name: 'La tua giornata' }).waitFor()
  await page.getByText('In diretta').waitFor()
  return page
}

/** The screen in the room. */
export async function openScreen(journey: Journey, size = SCREEN) {
  const page = await journey.open(size)
  await page.goto('/')
  await page.getByRole('button', { name: 'Apri lo schermo' }).click()
  await page.getByRole('timer').waitFor()
  return page
}

/** Prints how long what must follow took, from the hand of one to the words on the page of another. */
export async function followed(
  what: string,
  since: number,
  ask: () => Promise<unknown>,
  wanted: unknown = true,
) {
  await eventually(ask).toBe(wanted)
  console.log(`${what}: ${Math.round(performance.now() - since)} ms`)
}

/** The way back that the newest notice offers, held by the focus: a notice goes after ten seconds, a busy machine takes longer. */
export async function holdUndo(page: Page) {
  const undo = page.getByRole('region', { name: 'Avvisi' }).getByRole('button', { name: 'Ripristina' }).last()
  await undo.focus()
  return undo
}

/** Until the device has what it needs to open the pages of a role without network. */
export const pagesKept = (page: Page, role: 'progetto' | 'referente' | 'accoglienza' | 'schermo') =>
  eventually(() =>
    page.evaluate(
      `navigator.serviceWorker.ready.then(() => caches.match('/pages/${role}')).then((kept) => Boolean(kept))`,
    ),
  ).toBe(true)

/** Reloading forgets the mark; changing pages inside the app keeps it. */
export const mark = (page: Page) => page.evaluate('void (globalThis.marked = true)')
export const isMarked = (page: Page) => page.evaluate<boolean>(`'marked' in globalThis`)

/** What the live feed sent a page since now: numbered frames, and those that carried data; pulses are no news. */
export function countFrames(page: Page) {
  const heard = { frames: 0, withData: 0 }
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const frame = JSON.parse(String(payload)) as { type: string; data?: unknown; changed?: unknown }
      if (frame.type === 'pulse') return
      heard.frames += 1
      if (frame.data != null || frame.changed != null) heard.withData += 1
    }),
  )
  return heard
}
