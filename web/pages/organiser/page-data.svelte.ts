import { untrack } from 'svelte'
import { api } from '../../lib/api.ts'

/** What a page reads over HTTP. Create it while a component initialises; what is shown stays while it is read again. */
export class PageData<T> {
  data = $state.raw<T | null>(null)
  error = $state.raw<Error | null>(null)
  #path: () => string
  #asked = 0

  constructor(path: () => string) {
    this.#path = path
    $effect(() => {
      path()
      untrack(() => {
        this.data = null
        void this.refresh()
      })
    })
  }

  refresh = async () => {
    const mine = ++this.#asked
    try {
      const data = await api.get<T>(this.#path())
      if (mine !== this.#asked) return
      this.data = data
      this.error = null
    } catch (error) {
      if (mine === this.#asked) this.error = error as Error
    }
  }
}
