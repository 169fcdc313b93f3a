import type { Position } from './live-frames.ts'

// The last state of a view, kept on the device so that an agenda opens without network.
const prefix = 'view '

export type CachedView<T> = { at: string; data: T; shown?: Position }

export function readCachedView<T>(name: string): CachedView<T> | null {
  try {
    return JSON.parse(localStorage.getItem(prefix + name) ?? 'null')
  } catch {
    return null
  }
}

export function cacheView<T>(name: string, view: CachedView<T>) {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(view))
  } catch {
    // A full or forbidden storage only means that this view does not open offline.
  }
}

/** What may no longer be seen is not cached either. */
export function dropCachedView(name: string) {
  try {
    localStorage.removeItem(prefix + name)
  } catch {
    // Nothing was kept where storage is forbidden.
  }
}

const listeners = new Set<() => void>()

/** Called when the cache is cleared, by those who hold a copy in memory. */
export const onViewCacheCleared = (listener: () => void) => void listeners.add(listener)

/** On sign-out: nobody else using this device may read the last person's agenda. */
export function clearViewCache() {
  for (const listener of listeners) listener()
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix))
    for (const name of names) localStorage.removeItem(name)
  } catch {
    // Nothing was kept where storage is forbidden.
  }
}
