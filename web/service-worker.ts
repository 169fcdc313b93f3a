// Keeps the pages themselves on the device: the shell, and for those who stand in a room on bad wifi the chunks of
// their own pages. What the API answers is never kept here.

type Extendable = Event & { waitUntil(work: Promise<unknown>): void }
type Asked = Extendable & {
  request: Request
  preloadResponse: Promise<Response | undefined>
  respondWith(answer: Promise<Response>): void
}
type Opened = Extendable & { notification: Notification }
type Told = Extendable & { data: unknown }
type Pushed = Extendable & { data: { json(): unknown } | null }
type Window = { url: string; visibilityState: DocumentVisibilityState; focus(): Promise<unknown> }
type Windows = {
  claim(): Promise<void>
  matchAll(of: { type: 'window'; includeUncontrolled: true }): Promise<Window[]>
  openWindow(address: string): Promise<unknown>
}
type Scope = {
  addEventListener<E extends Event>(type: string, listener: (event: E) => void): void
  skipWaiting(): Promise<void>
  clients: Windows
  registration: ServiceWorkerRegistration
}

/** What the server says of an agenda that nobody has open; see server/jobs/push.ts. */
type PushMessage = { tag: string; title: string; body: string; url: string }

/** Written in by the build: what everybody needs, and what the pages of a role need, by how their addresses begin. */
declare const __SHELL__: { build: string; files: string[]; roles: Record<string, string[]> }

const worker = self as unknown as Scope
const shell = __SHELL__
const prefix = 'pages '
const current = prefix + shell.build
const isHashed = (path: string) => path.startsWith('/assets/')

// So long a navigation waits for the newest page before the kept one opens.
const patience = 1_000

worker.addEventListener<Extendable>('install', (event) => event.waitUntil(install()))
worker.addEventListener<Extendable>('activate', (event) => event.waitUntil(activate()))
worker.addEventListener<Asked>('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate') return isPage(pathname) ? event.respondWith(page(event)) : undefined
  if (isHashed(pathname) || shell.files.includes(pathname)) event.respondWith(file(request, pathname))
})
worker.addEventListener<Told>('message', (event) => {
  const role = String(event.data)
  if (role === 'nobody') return event.waitUntil(forgetRoles())
  if (Object.hasOwn(shell.roles, role)) event.waitUntil(keepPagesOf(role))
})
worker.addEventListener<Pushed>('push', (event) => {
  if (event.data) event.waitUntil(show(event.data.json() as PushMessage))
})
worker.addEventListener<Opened>('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(showWindow(String(event.notification.data)))
})

async function install() {
  await keep(shell.files)
  for (const role of Object.keys(shell.roles)) if (await caches.match(keptMark(role))) await keepPagesOf(role)
  await worker.skipWaiting()
}

/** Whose pages this device opens; they are kept in the next build too. */
const keptMark = (role: string) => `/pages/${role}`

async function keepPagesOf(role: string) {
  const cache = await caches.open(current)
  if (await cache.match(keptMark(role))) return
  await keep(shell.roles[role]!)
  await cache.put(keptMark(role), new Response())
}

/** Somebody signed out: not even what they were stays. */
async function forgetRoles() {
  const cache = await caches.open(current)
  for (const role of Object.keys(shell.roles)) await cache.delete(keptMark(role))
}

async function keep(files: string[]) {
  const cache = await caches.open(current)
  await cache.addAll(files.map((path) => new Request(path, { cache: isHashed(path) ? 'default' : 'reload' })))
}

// Tabs opened before still ask for the chunks of the build before: names carry a hash, so both may stand together.
async function activate() {
  const others = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== current)
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)))
  await worker.registration.navigationPreload?.enable()
  await worker.clients.claim()
}

// The same rule as the server's: what is not the API's and no file is a page.
const isPage = (path: string) => !path.startsWith('/api/') && !/\.\w+$|^\/(livez|readyz|metrics)$/.test(path)

async function page(event: Asked): Promise<Response> {
  const kept = await caches.match('/index.html', { cacheName: current })
  const fresh = event.preloadResponse.then((preloaded) => preloaded ?? fetch(event.request))
  if (!kept) return fresh
  const good = fresh.then((answer) => (answer.ok || answer.type === 'opaqueredirect' ? answer : kept))
  return Promise.race([good.catch(() => kept), wait(patience).then(() => kept)])
}

async function file(request: Request, path: string): Promise<Response> {
  const kept = isHashed(path)
    ? await caches.match(request, { ignoreVary: true })
    : await caches.match(request, { ignoreVary: true, cacheName: current })
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok && isHashed(path))
    await caches.open(current).then((cache) => cache.put(request, answer.clone()))
  return answer
}

// Browsers take the right to send back from who shows nothing, so something is always shown. Whoever is looking at
// the agenda has what the page itself said, which says more: that stays, and nothing sounds again.
async function show({ tag, title, body, url }: PushMessage) {
  const seen = (await windowsAt(url)).some(({ visibilityState }) => visibilityState === 'visible')
  const [said] = seen ? await worker.registration.getNotifications({ tag }) : []
  const options = { body: said?.body ?? body, tag, icon: '/favicon.svg', data: url }
  await worker.registration.showNotification(said?.title ?? title, {
    ...options,
    ...(seen ? { silent: true } : { renotify: true }),
  })
}

async function showWindow(address: string) {
  const [open] = await windowsAt(address)
  await (open ? open.focus() : worker.clients.openWindow(address))
}

async function windowsAt(address: string) {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const { pathname } = new URL(address, location.origin)
  return windows.filter(({ url }) => new URL(url).pathname === pathname)
}

const wait = (delay: number) => new Promise((resolve) => setTimeout(resolve, delay))

export {}
