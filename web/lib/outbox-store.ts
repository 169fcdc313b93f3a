import type { Method } from './api.ts'
import type { Position } from './live-frames.ts'

/** A write that may wait for the network: a check-in, an "I'm late". It holds ids and what the person said. */
export type OutboxWrite = {
  /** Made once: however often it is sent, the write has one effect. */
  key: string
  /** Whose it is: it is sent as nobody else's. */
  userId: string
  method: Exclude<Method, 'GET'>
  path: string
  body?: unknown
  /** What it is about, in the words of the page: `Arrivo di Anna`. */
  about: string
}
/** A write that the server refused, with its reason, until somebody has read it. */
export type RefusedWrite = OutboxWrite & { reason: string }
/** `accepted`: as which change it has been made. */
export type StoredWrite = OutboxWrite & { order: number; reason?: string; accepted?: Position }

// Only what no page shows yet counts, a moment's worth; more are kept for pages that are cut off.
const keptAnswers = 100

// One entry a write, so that two tabs never overwrite each other's list.
const prefix = 'write '
const nameOf = ({ key }: OutboxWrite) => prefix + key

/** Writes on this device; where storage is forbidden or full, in this page only. */
export class OutboxStore {
  #here = new Map<string, StoredWrite>()

  /** In the order in which they were made. */
  list(): StoredWrite[] {
    const found = [...this.#here.values(), ...this.#onDevice()]
    return found.sort((one, other) => one.order - other.order)
  }

  add(write: OutboxWrite) {
    this.#put({ ...write, order: (this.list().at(-1)?.order ?? 0) + 1 })
  }

  /** Keeps it to be read, no longer to be sent. */
  refuse(write: StoredWrite, reason: string) {
    this.#put({ ...write, reason })
  }

  /** Keeps it, without names, for pages that do not show it yet. */
  accept(write: StoredWrite, accepted: Position) {
    this.#put({ ...write, about: '', accepted })
    const all = this.list().filter((one) => one.accepted)
    for (const one of all.slice(0, -keptAnswers)) this.remove(one)
  }

  remove(write: OutboxWrite) {
    this.#here.delete(write.key)
    try {
      localStorage.removeItem(nameOf(write))
    } catch {
      // It was in this page only.
    }
  }

  /** Nothing of somebody who signed out stays. */
  removeOf(userId: string) {
    for (const write of this.list()) if (write.userId === userId) this.remove(write)
  }

  /** What still waits is sent when its author is back; until then no name stays on the device. */
  withoutNames() {
    for (const write of this.list()) {
      if (write.reason || write.accepted) this.remove(write)
      else this.#put({ ...write, about: '' })
    }
  }

  // At no moment it stands nowhere, and in the end never in both places.
  #put(write: StoredWrite) {
    try {
      localStorage.setItem(nameOf(write), JSON.stringify(write))
      this.#here.delete(write.key)
    } catch {
      this.remove(write)
      this.#here.set(write.key, write)
    }
  }

  #onDevice(): StoredWrite[] {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix))
      return names.flatMap((name) => readEntry(localStorage.getItem(name)))
    } catch {
      return []
    }
  }
}

function readEntry(text: string | null): StoredWrite[] {
  try {
    return text ? [JSON.parse(text) as StoredWrite] : []
  } catch {
    return []
  }
}

/** Whether a page that shows the changes up to `shown` cannot show a write yet. */
export function isAhead({ accepted }: StoredWrite, shown: Position): boolean {
  if (accepted?.seq == null) return false
  const isSameCount = accepted.epoch === null || shown.epoch === null || accepted.epoch === shown.epoch
  return isSameCount && accepted.seq > (shown.seq ?? -1)
}
