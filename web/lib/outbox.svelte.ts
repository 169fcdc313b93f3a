import type { Written } from '../../server/schemas/common.ts'
import { api, newKey } from './api.ts'
import { drafts } from './drafts.svelte.ts'
import { seenEpoch } from './epoch.ts'
import { onViewCacheCleared } from './view-cache.ts'
import { reconnectDelay, type Position } from './live-frames.ts'
import { outcomeOf, type Outcome } from './write-outcome.ts'
import { session } from './session.svelte.ts'
import {
  isAhead,
  OutboxStore,
  type OutboxWrite,
  type RefusedWrite,
  type StoredWrite,
} from './outbox-store.ts'

const patience = 15_000

/**
 * Writes that may wait for the network. They are sent in order, each with one effect, also after the page was
 * closed; what the server refuses is shown and dropped. Only for writes whose reply nobody waits for.
 */
class Outbox {
  #all = $state.raw<StoredWrite[]>([])
  #store = new OutboxStore()
  #sending = false
  #attempt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** What this person's device still has to send, oldest first. */
  pending: readonly StoredWrite[] = $derived(
    this.#mine.filter(({ reason, accepted }) => reason === undefined && !accepted),
  )
  /** What the server did not accept, until it is dismissed. */
  refused = $derived(
    this.#mine.filter((write): write is StoredWrite & RefusedWrite => write.reason !== undefined),
  )

  /** How much of this person's would be lost if they signed out now, and what it is about. */
  unsent: readonly { about: string }[] = $derived([...this.pending, ...drafts.mine])

  /** What the server has accepted from this device, but a page that shows the changes up to `shown` does not show. */
  acceptedAfter = (shown: Position): readonly OutboxWrite[] =>
    this.#mine.filter((write) => isAhead(write, shown))

  get #mine() {
    const userId = session.user?.id
    return this.#all.filter((write) => write.userId === userId)
  }

  /** Call once, while the app's component initialises. */
  follow() {
    const again = () => this.#soon()
    $effect(() => {
      addEventListener('online', again)
      addEventListener('storage', this.#read)
      document.addEventListener('visibilitychange', again)
      return () => {
        removeEventListener('online', again)
        removeEventListener('storage', this.#read)
        document.removeEventListener('visibilitychange', again)
        clearTimeout(this.#timer)
      }
    })
    $effect(() => {
      if (session.user) again()
    })
    onViewCacheCleared((going) => {
      if (going === 'left' && session.user) this.#store.removeOf(session.user.id)
      this.#store.withoutNames()
      this.#read()
    })
    this.#read()
  }

  /** Answers the write's key. `about` says in the person's words what it is. */
  add(write: Omit<OutboxWrite, 'key' | 'userId'> & { key?: string }) {
    const userId = session.user?.id
    if (!userId) throw new Error('Nobody is signed in')
    const key = write.key ?? newKey()
    this.#store.add({ ...write, key, userId })
    this.#read()
    this.#soon()
    return key
  }

  dismiss(write: RefusedWrite) {
    this.#store.remove(write)
    this.#read()
  }

  #read = () => {
    this.#all = this.#store.list()
  }

  #soon() {
    this.#attempt = 0
    clearTimeout(this.#timer)
    void this.#send()
  }

  async #send() {
    if (this.#sending) return
    this.#sending = true
    try {
      await oneTabAtATime(() => this.#sendAll())
    } finally {
      this.#sending = false
    }
  }

  async #sendAll() {
    for (;;) {
      this.#read()
      const next = this.pending[0]
      // In another tab somebody else may have signed in: the browser would send it as theirs.
      if (!next || !session.isHere(next.userId)) return
      const sent = await send(next)
      if (sent === 'signed-out' && session.user?.id !== next.userId) continue
      if (sent === 'signed-out') return
      if (sent === 'later') return this.#later()
      this.#attempt = 0
      // Whoever signed out meanwhile left nothing behind to be read.
      if (session.user?.id !== next.userId) this.#store.remove(next)
      else if ('refused' in sent) this.#store.refuse(next, sent.refused)
      else this.#accepted(next, sent.seq)
    }
  }

  #accepted(write: StoredWrite, seq: number | undefined) {
    if (seq === undefined) this.#store.remove(write)
    else this.#store.accept(write, { epoch: seenEpoch(), seq })
    this.#read()
  }

  #later() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#send(), reconnectDelay(this.#attempt, Math.random()))
    this.#attempt += 1
  }
}

const oneTabAtATime = (work: () => Promise<void>) =>
  navigator.locks ? navigator.locks.request('waiting writes', work) : work()

async function send({ method, path, body, key }: OutboxWrite): Promise<Written | Outcome> {
  const how = { POST: api.post, PUT: api.put, PATCH: api.patch, DELETE: api.delete }[method]
  try {
    const answer = await how<Written | undefined>(path, body, { idempotencyKey: key, patience })
    // An empty answer is not the service's: some networks answer themselves until one has agreed to their terms.
    return answer?.id ? answer : 'later'
  } catch (error) {
    return outcomeOf(error)
  }
}

export const outbox = new Outbox()
