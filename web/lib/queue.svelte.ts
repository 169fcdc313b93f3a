import type { Written } from '../../server/schemas/common.ts'
import { api, newKey } from './api.ts'
import { reconnectDelay } from './live-frames.ts'
import { onForgotten } from './kept.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import { session } from './session.svelte.ts'
import { WaitingStore, type Refused, type Stored, type Waiting } from './waiting.ts'

const patience = 15_000
// Only what no page has seen yet counts, a moment's worth; more are kept for pages that are cut off.
const keptAnswers = 100

/** A write that has been made, as change number `seq`. */
type Answered = Waiting & { seq: number }

/**
 * Writes that may wait for the network. They are sent in order, each with one effect, also after the page was
 * closed; what the server refuses is shown and dropped. Only for writes whose reply nobody waits for.
 */
class Queue {
  #all = $state.raw<Stored[]>([])
  #answered = $state.raw<Answered[]>([])
  #store = new WaitingStore()
  #sending = false
  #attempt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** What this person's device still has to send, oldest first. */
  pending: readonly Stored[] = $derived(this.#mine.filter(({ reason }) => reason === undefined))
  /** What the server did not accept, until it is dismissed. */
  refused = $derived(this.#mine.filter((write): write is Stored & Refused => write.reason !== undefined))

  /** What the server has accepted from here, but a page that is as of `seq` does not show yet. */
  acceptedAfter = (seq: number | null): readonly Waiting[] =>
    this.#answered.filter((write) => write.userId === session.user?.id && write.seq > (seq ?? -1))

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
    onForgotten(() => {
      this.#store.withoutNames()
      this.#answered = []
      this.#read()
    })
    this.#read()
  }

  /** Answers the write's key. `about` says in the person's words what it is. */
  enqueue(write: Omit<Waiting, 'key' | 'userId'> & { key?: string }) {
    const userId = session.user?.id
    if (!userId) throw new Error('Nobody is signed in')
    const key = write.key ?? newKey()
    this.#store.add({ ...write, key, userId })
    this.#read()
    this.#soon()
    return key
  }

  dismiss(write: Refused) {
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
      if ('refused' in sent) this.#store.refuse(next, sent.refused)
      else this.#accepted(next, sent.seq)
    }
  }

  /** Together, so that no page draws in between what was before the write. */
  #accepted(write: Stored, seq: number | undefined) {
    if (seq !== undefined) this.#answered = [...this.#answered, { ...write, seq }].slice(-keptAnswers)
    this.#store.remove(write)
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

async function send({ method, path, body, key }: Waiting): Promise<Written | Outcome> {
  const how = { POST: api.post, PUT: api.put, PATCH: api.patch, DELETE: api.delete }[method]
  try {
    const options = { idempotencyKey: key, signal: AbortSignal.timeout(patience) }
    return await how<Written>(path, body, options)
  } catch (error) {
    return outcomeOf(error)
  }
}

export const queue = new Queue()
