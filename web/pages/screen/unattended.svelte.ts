const rest = 3 * 60_000
const asset = /\/assets\/index-[\w-]+\.js/

/** A screen nobody looks after takes up a new build by itself. */
export function reloadOnNewBuild() {
  $effect(() => {
    const timer = setInterval(() => void lookForNewBuild(), rest)
    return () => clearInterval(timer)
  })
}

/** Starts anew where the service has other pages than those shown here. */
export async function lookForNewBuild() {
  const here = [...document.scripts].map(({ src }) => src.match(asset)?.[0]).find(Boolean)
  const page = await fetch('/', { cache: 'no-store' }).catch(() => null)
  const there = page?.ok ? (await page.text()).match(asset)?.[0] : undefined
  if (here && there && here !== there) location.reload()
}

/** Keeps the display on where the browser allows it; it lets go whenever the page is hidden. */
export function keepAwake() {
  $effect(() => {
    let lock: WakeLockSentinel | null = null
    let left = false
    const ask = async () => {
      if (document.visibilityState !== 'visible' || !navigator.wakeLock) return
      lock = await navigator.wakeLock.request('screen').catch(() => null)
      if (left) void lock?.release()
    }
    void ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      left = true
      document.removeEventListener('visibilitychange', ask)
      void lock?.release()
    }
  })
}
