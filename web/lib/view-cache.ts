import type { Position } from './live-frames.ts'

// The last state of a view, kept on the device so that an agenda opens without network.
const prefix = 'view '

export type CachedView<T> = { at: string; data: T; shown?: Position }

export function readCachedView<T>(name: string): CachedView<T> | null {
  try {
    return JSON.parse(localStorage.getItem(entryOf(name)) ?? 'null')
  } catch {
    return null
  }
}

export function cacheView<T>(name: string, view: CachedView<T>) {
  try {
    localStorage.setItem(entryOf(name), JSON.stringify(view))
  } catch {
    // A full or forbidden storage only means that this view does not open offline.
  }
}

/** What may no longer be seen is not cached either. */
export function dropCachedView(name: string) {
  try {
    localStorage.removeItem(entryOf(name))
  } catch {
    // Nothing was kept where storage is forbidden.
  }
}

/** Under which name a view stands on the device. */
export const entryOf = (name: string) => prefix + name

/** `left`: the person signed out, so nothing of theirs stays; `away`: they may come back to what is unsent. */
export type Going = 'left' | 'away'
const listeners = new Set<(going: Going) => void>()

/** Called when the cache is cleared, by those who hold a copy in memory. */
export const onViewCacheCleared = (listener: (going: Going) => void) => void listeners.add(listener)

/** Nobody else using this device may read the last person's agenda. */
export function clearViewCache(going: Going = 'away') {
  for (const listener of listeners) listener(going)
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix))
    for (const name of names) localStorage.removeItem(name)
  } catch {
    // Nothing was kept where storage is forbidden.
  }
}
