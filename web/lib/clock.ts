import { cacheView, readCachedView } from './view-cache.ts'

// The event's clock on the server rules every countdown: phones are minutes off, and a sample's clock is moved.
// Without network the last difference still holds.
const name = 'clock'
let offset = readCachedView<number>(name)?.data ?? 0
let known = false
const listeners = new Set<() => void>()

/** The time of the event, in milliseconds. */
export const serverNow = () => Date.now() + offset

/**
 * Takes a time that just came from the server. Of many, the one that travelled least is nearest the truth;
 * one that is seconds behind means that the clock itself was moved.
 */
export function observeServerTime(at: string) {
  const seen = Date.parse(at) - Date.now()
  if (Number.isNaN(seen)) return
  if (known && seen < offset && offset - seen < 2000) return
  if (Math.abs(seen - (readCachedView<number>(name)?.data ?? 0)) > 1000) cacheView(name, { at, data: seen })
  known = true
  moveTo(seen)
}

/** A first idea from an answer that took so many milliseconds, by which it may be wrong, until a socket speaks. */
export function guessServerTime(at: string, took: number) {
  const seen = Date.parse(at) - Date.now()
  if (!known && (took < 2000 || Math.abs(seen - offset) > took)) moveTo(seen)
}

/** Says when the time of the event turns out to be another by a second or more; the answer stops it. */
export function onClockMoved(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function moveTo(seen: number) {
  const moved = Math.abs(seen - offset)
  offset = seen
  if (moved >= 1000) for (const tell of listeners) tell()
}
