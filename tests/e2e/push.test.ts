import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page, Worker } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DayView } from '../../server/schemas/day.ts'
import { publishedCamp } from '../support/camp.ts'
import { doorOf, eventually, PHONE, startJourney, type Journey } from '../support/journey.ts'
import { startPushService, vapidKeys, type Arrived } from '../support/push-service.ts'

/** What a phone hears of its owner's day while the page is closed. */
const keys = vapidKeys()
let service: Awaited<ReturnType<typeof startPushService>>
let directory: string
let journey: Journey
let door: string
let meetingId: string

beforeAll(async () => {
  service = await startPushService(keys.VAPID_PUBLIC_KEY)
  directory = await mkdtemp(join(tmpdir(), 'incontro-push-'))
  const certificate = join(directory, 'certificate.pem')
  await writeFile(certificate, service.certificate)
  const env = { ...keys, PUSH_SERVICES: service.host, NODE_EXTRA_CA_CERTS: certificate }
  journey = await startJourney({ env })
  await publishedCamp(journey.base)
  const day = await journey.organiser.get<DayView>(`/events/${journey.people.eventId}/day`)
  const first = day.meetings.find(({ slotId }) => slotId === day.slots[0].id)!
  const project = day.participants.find(({ id }) => id === first.participants[0])!
  meetingId = first.id
  door = doorOf(journey.people, journey.people.projects.find(({ label }) => label === project.name)!.id)
}, 240_000)
afterAll(async () => {
  await journey?.close()
  await service?.close()
  await rm(directory, { recursive: true, force: true })
})

/** A browser without a display allows no notifications and knows no push service: here it does both. */
const allowing = (subscribed: string) => `
  Object.defineProperty(Notification, 'permission', { get: () => 'granted' })
  Notification.requestPermission = async () => 'granted'
  ServiceWorkerRegistration.prototype.showNotification = async () => {}
  PushManager.prototype.subscribe = ${subscribed}
`
const showing = `
  self.said = []
  ServiceWorkerRegistration.prototype.showNotification = async (title, options) => void said.push({ title, ...options })
  ServiceWorkerRegistration.prototype.getNotifications = async ({ tag }) => said.filter((one) => one.tag === tag)
  self.went = []
  Clients.prototype.openWindow = async (address) => void went.push('opened ' + address)
  WindowClient.prototype.focus = async function () { went.push('focused') }
`

async function openPhone(subscribed: string) {
  const page = await journey.open(PHONE)
  await page.addInitScript(allowing(subscribed))
  await page.goto('/')
  await page.getByLabel('Progetto', { exact: true }).selectOption({ label: door })
  await page.getByRole('button', { name: 'Entra come progetto' }).click()
  await page.getByRole('navigation', { name: 'Pagine' }).getByRole('link', { name: 'Agenda' }).click()
  await page.getByText('In diretta').waitFor()
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  const [worker] = page.context().serviceWorkers()
  await worker.evaluate(showing)
  return { page, worker }
}

/** Hands the browser what its push service was given, as the browser would find it in clear. */
async function deliver(page: Page, { message }: Arrived) {
  const devtools = await page.context().newCDPSession(page)
  const registered = new Promise<string>((resolve) =>
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [one] }) => {
      if (one) resolve(one.registrationId)
    }),
  )
  await devtools.send('ServiceWorker.enable')
  const registrationId = await registered
  const data = JSON.stringify(message)
  await devtools.send('ServiceWorker.deliverPushMessage', { origin: journey.base, registrationId, data })
  await devtools.detach()
}

type Said = { title: string; body: string; tag: string; data: string; silent?: boolean }
const saidBy = (worker: Worker) => worker.evaluate<Said[]>('said')
const tap = (worker: Worker, address: string) =>
  worker.evaluate(
    `dispatchEvent(Object.assign(new ExtendableEvent('notificationclick'), { notification: { data: '${address}', close() {} } }))`,
  )
const setState = (state: string) =>
  journey.organiser.request('POST', `/meetings/${meetingId}/state`, { state })

test('a call is heard with the page closed, opens the agenda, and is no longer heard once turned off', async () => {
  const mine = service.subscription('mine')
  const { page, worker } = await openPhone(
    `async () => ({ toJSON: () => (${JSON.stringify({ ...mine, expirationTime: null })}) })`,
  )
  const agenda = page.url()
  const alert = page.getByLabel('Avvisami')
  expect(await alert.isChecked()).toBe(false)
  expect(await page.getByText('anche a pagina chiusa').count()).toBe(0)
  await alert.check()
  await page.getByText('anche a pagina chiusa').waitFor()

  await page.goto('about:blank')
  await setState('called')
  await eventually(() => service.arrived.length).toBe(1)
  const [arrived] = service.arrived
  await deliver(page, arrived)
  await eventually(() => saidBy(worker)).toMatchObject([
    { title: 'Vi stanno chiamando al tavolo', body: 'Apri per vedere quale.', tag: 'next', renotify: true },
  ])
  const [{ data }] = await saidBy(worker)
  await tap(worker, data)
  await eventually(() => worker.evaluate('went.join()')).toBe(`opened ${data}`)
  expect(new URL(data, journey.base).pathname).toBe(new URL(agenda).pathname)

  // Whoever looks at the agenda keeps what it said itself, and hears nothing twice.
  await page.goto(data)
  await page.getByText('anche a pagina chiusa').waitFor()
  await worker.evaluate(`void (said = [{ tag: 'next', title: 'Tavolo 7', body: 'Rita' }])`)
  await deliver(page, arrived)
  await eventually(() => saidBy(worker)).toMatchObject([
    {},
    { title: 'Tavolo 7', body: 'Rita', silent: true },
  ])
  await tap(worker, data)
  await eventually(() => worker.evaluate('went.at(-1)')).toBe('focused')

  const ended = page.waitForResponse((response) => response.request().method() === 'DELETE')
  await alert.uncheck()
  expect((await ended).status()).toBe(200)
  expect(await page.getByText('anche a pagina chiusa').count()).toBe(0)
  await setState('planned')
  await setState('called')
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(service.asked).toEqual(['mine'])
})

test('where the browser cannot subscribe, it says so and goes on telling on the open page', async () => {
  const { page } = await openPhone(`async () => { throw new DOMException('no service', 'AbortError') }`)
  await page.getByLabel('Avvisami').check()
  await page.getByText('Il browser non riesce a ricevere avvisi a pagina chiusa').waitFor()
  expect(await page.getByLabel('Avvisami').isChecked()).toBe(true)
  expect(await page.getByText('anche a pagina chiusa').count()).toBe(0)
})

test('the page can be put on the home screen, without which an iPhone lets nobody send it anything', async () => {
  const page = await journey.open(PHONE)
  await page.goto('/')
  const address = await page.locator('link[rel=manifest]').getAttribute('href')
  const answer = await page.request.get(address!)
  expect(answer.headers()['content-type']).toContain('application/manifest+json')
  const { display, icons } = (await answer.json()) as { display: string; icons: { src: string }[] }
  expect(display).toBe('standalone')
  const touch = await page.locator('link[rel=apple-touch-icon]').getAttribute('href')
  for (const src of [touch!, ...icons.map(({ src }) => src)]) {
    const icon = await page.request.get(src)
    expect([icon.status(), icon.headers()['content-type']]).toEqual([200, expect.stringContaining('image/')])
  }
  await page.context().close()
})
