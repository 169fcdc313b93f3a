import { untrack } from 'svelte'
import { api } from './api.ts'
import { untilBack } from './recovery.ts'
import { cacheView, dropCachedView, readCachedView } from './view-cache.ts'
import { outcomeOf } from './write-outcome.ts'

// So long the network is waited for before what is kept serves.
const patience = 1_500

/**
 * What a page reads over HTTP. Create it while a component initialises; what is shown stays while it is read again, and
 * what the network failed to bring is asked for again. `keep`: the last answer stays on the device, to be read without
 * network.
 */
export class PageData<T> {
  data = $state.raw<T | null>(null)
  error = $state.raw<Error | null>(null)
  /** Since when it is, where it is not of now. */
  asOf = $state<string | null>(null)
  #path: () => string
  #keep: boolean
  #asked = 0

  constructor(path: () => string, { keep = false } = {}) {
    this.#path = path
    this.#keep = keep
    $effect(() => {
      path()
      untrack(() => {
        this.data = this.error = this.asOf = null
        void this.refresh()
      })
    })
    const isCut = $derived(this.asOf !== null || (this.error !== null && outcomeOf(this.error) === 'later'))
    $effect(() => (isCut ? untilBack(this.refresh) : undefined))
  }

  refresh = async () => {
    const mine = ++this.#asked
    const path = this.#path()
    const showing = setTimeout(() => mine === this.#asked && this.#showKept(path), patience)
    try {
      const data = await api.get<T>(path)
      if (mine !== this.#asked) return
      if (this.#keep) cacheView(path, { at: new Date().toISOString(), data })
      this.data = data
      this.error = this.asOf = null
    } catch (error) {
      if (mine === this.#asked) this.#failed(path, error as Error)
    } finally {
      clearTimeout(showing)
    }
  }

  #failed(path: string, error: Error) {
    if (outcomeOf(error) === 'later' && this.#showKept(path)) return
    if (this.#keep && outcomeOf(error) !== 'later') dropCachedView(path)
    this.error = error
  }

  #showKept(path: string) {
    const kept = this.#keep ? readCachedView<T>(path) : null
    if (!kept) return false
    this.asOf = kept.at
    this.data ??= kept.data
    return true
  }
}
