import { onViewCacheCleared } from './view-cache.ts'

const lookEvery = 10 * 60_000
const afterLoad = 1_500

let isNew = false
let role = ''
let registered: ServiceWorkerRegistration | null = null

/** Keeps the pages on this device, where the browser allows it: over HTTPS or on the machine itself. */
export function cachePages() {
  if (!import.meta.env.PROD || !isSecureContext || !('serviceWorker' in navigator)) return
  const before = navigator.serviceWorker.controller
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    isNew = before !== null
    // One that installed since was told nothing yet.
    tellRole()
  })
  // What the person came for travels first.
  const soon = () => setTimeout(() => void register().catch(() => {}), afterLoad)
  if (document.readyState === 'complete') soon()
  else addEventListener('load', soon, { once: true })
}

async function register() {
  registered = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
  tellRole()
  const look = () => void registered?.update().catch(() => {})
  setInterval(look, lookEvery)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look()
  })
}

/** Only the pages of whoever opens one here are fetched ahead: a hall full of phones shares one wifi. */
export function keepPagesLike(path: string) {
  role = path.split('/')[1]!
  tellRole()
}

onViewCacheCleared((going) => {
  if (going !== 'left') return
  role = 'nobody'
  tellRole()
})

const tellRole = () =>
  (registered?.installing ?? registered?.waiting ?? registered?.active)?.postMessage(role)

/**
 * Whether the next change of page may fetch everything anew: a new build is there, and no page would ask before
 * it is closed because something typed is not saved yet.
 */
export const mayRenew = () => isNew && dispatchEvent(new Event('beforeunload', { cancelable: true }))
