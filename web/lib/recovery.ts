const again = 10_000

/** Asks again once the network is back, and now and then, since not every cut is noticed; until the answer is called. */
export function untilBack(ask: () => unknown) {
  const look = () => document.visibilityState === 'visible' && void ask()
  const timer = setInterval(look, again)
  addEventListener('online', look)
  document.addEventListener('visibilitychange', look)
  return () => {
    clearInterval(timer)
    removeEventListener('online', look)
    document.removeEventListener('visibilitychange', look)
  }
}
