const lookEvery = 10 * 60_000
const afterLoad = 1_500

let isNew = false

/** Keeps the pages on this device, where the browser allows it: over HTTPS or on the machine itself. */
export function cachePages() {
  if (!import.meta.env.PROD || !isSecureContext || !('serviceWorker' in navigator)) return
  const before = navigator.serviceWorker.controller
  navigator.serviceWorker.addEventListener('controllerchange', () => (isNew = before !== null))
  // What the person came for travels first.
  const soon = () => setTimeout(() => void register().catch(() => {}), afterLoad)
  if (document.readyState === 'complete') soon()
  else addEventListener('load', soon, { once: true })
}

async function register() {
  const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
  const look = () => void registration.update().catch(() => {})
  setInterval(look, lookEvery)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look()
  })
}

/**
 * Whether the next change of page may fetch everything anew: a new build is there, and no page would ask before
 * it is closed because something typed is not saved yet.
 */
export const mayRenew = () => isNew && dispatchEvent(new Event('beforeunload', { cancelable: true }))
