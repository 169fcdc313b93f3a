import { untrack } from 'svelte'
import type { Written } from '../../../server/schemas/common.ts'
import { api, ApiError } from '../../lib/api.ts'
import { changesOf, mergeThreeWays, type Fields } from './three-way-merge.ts'

export type SaveState = 'saved' | 'saving' | 'waiting' | 'failed' | 'conflict'

type Source<C> = {
  path: string
  content: C
  version: number
  /** The server's state of now, asked when somebody else has saved meanwhile. */
  reload: () => Promise<{ content: C; version: number }>
  /** Puts what the build before had kept in this tab into the form of now. */
  renew?: (kept: Partial<C>) => Partial<C>
}
type Draft<C> = { base: Partial<C>; mine: Partial<C> }

const pause = 700
const retryEvery = 5_000

// A form that was left before everything could be sent goes on trying, and is found again on return.
const unsent = new Map<string, Autosave<Fields>>()

/** The form of one record: the one still being sent, or a new one that takes up what this tab had not saved. */
export function autosaveOf<C extends Fields>(source: Source<C>) {
  return (unsent.get(source.path) as unknown as Autosave<C> | undefined) ?? new Autosave(source)
}

/** A form that saves itself field by field. What is typed lives in the tab until the server has it. */
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
  #refused = new Map<string, string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<void> | null = null

  constructor(source: Source<C>) {
    this.#source = source
    this.#version = source.version
    this.#base = source.content
    this.content = structuredClone(source.content)
    const draft = this.#readDraft()
    if (draft) this.#merge(draft, source.content)
  }

  get version() {
    return this.#version
  }

  /** Call while the component that shows the form initialises. */
  follow() {
    $effect(() => {
      JSON.stringify(this.content)
      untrack(() => this.#touched())
    })
    $effect(() => {
      const stay = (event: BeforeUnloadEvent) => this.#dirty() && event.preventDefault()
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
    return !this.#dirty()
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
    const patch = this.#sendable(this.#changes())
    if (!Object.keys(patch).length) return
    this.state = 'saving'
    try {
      const ifMatch = `"${this.#version}"`
      const { version } = await api.patch<Written>(this.#source.path, patch, { ifMatch })
      this.#sent(patch, version!)
    } catch (error) {
      await this.#notSent(patch, error)
    }
    this.#sending = null
  }

  #sent(patch: Partial<C>, version: number) {
    this.#version = version
    this.#base = { ...this.#base, ...patch }
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
    const passing = error.status === 0 || error.status === 429 || error.status >= 502
    this.state = passing ? 'waiting' : 'failed'
    this.error = error
    if (passing) return this.#later(retryEvery)
    this.#refuse(patch, error)
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
      this.#merge({ base, mine }, content)
    } catch (error) {
      this.state = 'waiting'
      this.error = error instanceof ApiError ? error : null
      this.#later(retryEvery)
    }
  }

  #merge({ base, mine }: Draft<C>, theirs: C) {
    const merged = mergeThreeWays<C>(base, mine, theirs)
    this.content = structuredClone(merged.content)
    this.#theirs = theirs
    this.both = merged.both
    this.state = merged.both.length ? 'conflict' : 'saving'
    if (!merged.both.length) this.#later(0)
  }

  get #draftName() {
    return `draft ${this.#source.path}`
  }

  #readDraft(): Draft<C> | null {
    try {
      const draft: Draft<C> | null = JSON.parse(sessionStorage.getItem(this.#draftName) ?? 'null')
      const { renew } = this.#source
      return draft && renew ? { base: renew(draft.base), mine: renew(draft.mine) } : draft
    } catch {
      return null
    }
  }

  #keepDraft(mine: Partial<C>) {
    const keys = Object.keys(mine)
    if (!keys.length) unsent.delete(this.#source.path)
    try {
      if (!keys.length) return sessionStorage.removeItem(this.#draftName)
      const base = Object.fromEntries(keys.map((key) => [key, this.#base[key]]))
      sessionStorage.setItem(this.#draftName, JSON.stringify({ base, mine }))
    } catch {
      // Without storage the text still lives in the page, which asks before it is closed.
    }
  }
}
