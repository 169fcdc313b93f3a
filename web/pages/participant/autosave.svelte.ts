import { untrack } from 'svelte'
import type { Written } from '../../../server/schemas/common.ts'
import { api, ApiError } from '../../lib/api.ts'
import { drafts } from '../../lib/drafts.svelte.ts'
import { session } from '../../lib/session.svelte.ts'
import { onViewCacheCleared } from '../../lib/view-cache.ts'
import { outcomeOf } from '../../lib/write-outcome.ts'
import { changesOf, mergeThreeWays, type Fields } from './three-way-merge.ts'

export type SaveState = 'saved' | 'saving' | 'waiting' | 'failed' | 'conflict'

export type Source<C> = {
  path: string
  /** The page of the form, and what is written there, in the words of the page. */
  page: string
  about: string
  content: C
  version: number
  /** The server's state of now, asked when somebody else has saved meanwhile. */
  reload: () => Promise<{ content: C; version: number }>
  /** Puts what the build before had kept on this device into the form of now. */
  renew?: (kept: Partial<C>) => Partial<C>
}
type Draft<C> = { base: Partial<C>; mine: Partial<C>; sent: Partial<C>[] }

const pause = 700
const retryEvery = 5_000
// So long an answer is waited for where a network swallows what is sent.
const patience = 15_000
// More than what can have been sent without an answer since one came.
const remembered = 10

// A form that was left before everything could be sent goes on trying, and is found again on return.
const unsent = new Map<string, Autosave<Fields>>()
onViewCacheCleared(() => {
  for (const form of unsent.values()) form.stop()
  unsent.clear()
})

/** Whether a form that was left in this tab is still at it. */
export const isBeingSent = (path: string) => unsent.has(path)

/** The form of one record: the one still being sent, or a new one that takes up what this person had not saved. */
export function autosaveOf<C extends Fields>(source: Source<C>) {
  return (unsent.get(source.path) as unknown as Autosave<C> | undefined) ?? new Autosave(source)
}

/** A form that saves itself field by field. What is typed stays on the device until the server has it. */
export class Autosave<C extends Fields> {
  content: C = $state()!
  state = $state<SaveState>('saved')
  savedAt = $state<number | null>(null)
  error = $state.raw<ApiError | null>(null)
  /** Fields that somebody else changed too: nothing is sent before the person has chosen. */
  both = $state.raw<(keyof C & string)[]>([])

  #base: C = $state.raw()!
  #theirs: C | null = null
  #version: number
  #source: Source<C>
  #userId = session.user?.id ?? ''
  /** What was sent since an answer came. */
  #asked: Partial<C>[] = []
  /** Whether what is typed outlives the page. */
  #isKept = this.#userId !== ''
  #refused = new Map<string, string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<void> | null = null

  constructor(source: Source<C>) {
    this.#source = source
    this.#version = source.version
    this.#base = source.content
    this.content = structuredClone(source.content)
    const draft = this.#readDraft()
    if (!draft) return
    // Known from the start, so that nobody else takes the same draft up beside it.
    unsent.set(source.path, this as unknown as Autosave<Fields>)
    this.#asked = draft.sent
    this.#merge(draft, source.content)
  }

  /** Call while the component that shows the form initialises. */
  follow() {
    $effect(() => {
      JSON.stringify(this.content)
      untrack(() => this.#touched())
    })
    $effect(() => drafts.show(this.#source.path))
    $effect(() => {
      const stay = (event: BeforeUnloadEvent) => !this.#isKept && this.#dirty() && event.preventDefault()
      const now = () => void this.flush()
      addEventListener('beforeunload', stay)
      addEventListener('online', now)
      return () => {
        removeEventListener('beforeunload', stay)
        removeEventListener('online', now)
        void this.flush()
      }
    })
  }

  /** The server's words about a field, until the field changes. */
  errorAt(pointer: string) {
    return this.error?.at(pointer)
  }

  /** Sends what is left now; true once the server has everything. */
  async flush() {
    clearTimeout(this.#timer)
    await this.#sending
    if (this.#dirty() && !this.both.length) await (this.#sending = this.#send())
    const done = !this.#dirty()
    // Also where nothing was to be sent any more, since the service had it and only its answer was lost.
    if (done) this.#keepDraft({})
    if (done && this.state === 'saving') this.state = 'saved'
    return done
  }

  /** Sends nothing any more: its person has gone. */
  stop() {
    clearTimeout(this.#timer)
    this.#userId = ''
  }

  keepMine() {
    this.both = []
    this.#touched()
  }

  takeTheirs() {
    const fields = this.both.map((key) => [key, structuredClone(this.#theirs![key])])
    this.content = { ...this.content, ...Object.fromEntries(fields) }
    this.both = []
  }

  /** Whether what was read just now brings nothing that the form could show: it has it, or sends its own first. */
  holds({ version }: { version: number }) {
    return this.#dirty() || this.#version >= version
  }

  #dirty() {
    return Object.keys(this.#changes()).length > 0
  }

  #changes() {
    return changesOf(this.#base, $state.snapshot(this.content) as C)
  }

  #touched() {
    const changes = this.#changes()
    this.#keepDraft(changes)
    if (!Object.keys(changes).length) return
    unsent.set(this.#source.path, this as unknown as Autosave<Fields>)
    if (this.both.length || !Object.keys(this.#sendable(changes)).length) return
    this.#later(pause)
  }

  #later(delay: number) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), delay)
  }

  // A value the server refused is not sent again before it changes; the other fields are.
  #sendable(changes: Partial<C>) {
    const free = ([key, value]: [string, unknown]) => this.#refused.get(key) !== JSON.stringify(value)
    return Object.fromEntries(Object.entries(changes).filter(free)) as Partial<C>
  }

  async #send() {
    const changes = this.#changes()
    const patch = this.#sendable(changes)
    // In another tab somebody else may have signed in: the browser would send it as theirs.
    if (!Object.keys(patch).length || !session.isHere(this.#userId)) return
    this.state = 'saving'
    this.#asked = [...this.#asked, patch].slice(-remembered)
    this.#keepDraft(changes)
    try {
      const ifMatch = `"${this.#version}"`
      const answer = await api.patch<Written | undefined>(this.#source.path, patch, { ifMatch, patience })
      // An empty answer is not the service's.
      if (answer?.version === undefined) return this.#wait()
      this.#sent(patch, answer.version)
    } catch (error) {
      await this.#notSent(patch, error)
    } finally {
      this.#sending = null
    }
  }

  #wait() {
    this.state = 'waiting'
    this.#later(retryEvery)
  }

  #sent(patch: Partial<C>, version: number) {
    this.#version = version
    this.#base = { ...this.#base, ...patch }
    this.#asked = []
    this.savedAt = Date.now()
    const left = this.#changes()
    this.#keepDraft(left)
    if (Object.keys(this.#sendable(left)).length) return this.#later(pause)
    const refused = Object.keys(left).length > 0
    this.state = refused ? 'failed' : 'saved'
    if (!refused) this.error = null
  }

  async #notSent(patch: Partial<C>, error: unknown) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 412) return this.#takeOver()
    this.error = error
    const outcome = outcomeOf(error)
    if (outcome === 'later') return this.#wait()
    this.state = outcome === 'signed-out' ? 'waiting' : 'failed'
    if (outcome !== 'signed-out') this.#refuse(patch, error)
  }

  #refuse(patch: Partial<C>, error: ApiError) {
    const named = error.errors.map(({ pointer }) => pointer.split('/')[1])
    const keys = Object.keys(patch)
    const faulty = keys.filter((key) => named.includes(key))
    for (const key of faulty.length ? faulty : keys) this.#refused.set(key, JSON.stringify(patch[key]))
    if (faulty.length && faulty.length < keys.length) this.#later(0)
  }

  async #takeOver() {
    try {
      const { content, version } = await this.#source.reload()
      const mine = this.#changes()
      const base = this.#base
      this.#version = version
      this.#base = content
      this.#merge({ base, mine, sent: this.#asked }, content)
      this.#asked = []
    } catch (error) {
      this.error = error instanceof ApiError ? error : null
      this.#wait()
    }
  }

  #merge(draft: Draft<C>, theirs: C) {
    const merged = mergeThreeWays<C>(draft, theirs)
    this.content = structuredClone(merged.content)
    this.#theirs = theirs
    this.both = merged.both
    this.state = merged.both.length ? 'conflict' : 'saving'
    if (!merged.both.length) this.#later(0)
  }

  #readDraft(): Draft<C> | null {
    const draft = drafts.find(this.#userId, this.#source.path) as Draft<C> | undefined
    const renew = this.#source.renew ?? ((kept: Partial<C>) => kept)
    return draft
      ? { base: renew(draft.base), mine: renew(draft.mine), sent: draft.sent.map((one) => renew(one)) }
      : null
  }

  #keepDraft(mine: Partial<C>) {
    const { path, page, about } = this.#source
    const userId = this.#userId
    // Whoever wrote it has gone: their draft is left as it is.
    if (!userId) return
    const keys = Object.keys(mine)
    if (!keys.length) {
      unsent.delete(path)
      drafts.drop({ userId, path })
      return
    }
    const base = Object.fromEntries(keys.map((key) => [key, this.#base[key]]))
    this.#isKept = drafts.keep({ userId, path, page, about, base, mine, sent: this.#asked })
  }
}
