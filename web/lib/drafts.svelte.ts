import { SvelteSet } from 'svelte/reactivity'
import { session } from './session.svelte.ts'
import { onViewCacheCleared } from './view-cache.ts'

type Fields = Record<string, unknown>

/** What somebody has written in a form and the service does not have yet. */
export type Draft = {
  userId: string
  /** Where it is saved. */
  path: string
  /** The page of the form, and in its words what is written there. */
  page: string
  about: string
  base: Fields
  mine: Fields
  /** What was sent and not answered, which the service may have all the same. */
  sent: Fields[]
}

const prefix = 'draft '
const entryOf = ({ userId, path }: Pick<Draft, 'userId' | 'path'>) => `${prefix}${userId} ${path}`

/** Drafts on this device, each of its own person, until they are sent or that person signs out. */
class Drafts {
  #all = $state.raw<Draft[]>([])
  #shown = new SvelteSet<string>()

  readonly mine: readonly Draft[] = $derived(this.#all.filter(({ userId }) => userId === session.user?.id))
  /** Of forms that are not on this page, which say themselves how far they are. */
  readonly elsewhere: readonly Draft[] = $derived(this.mine.filter(({ path }) => !this.#shown.has(path)))

  constructor() {
    this.#read()
    addEventListener('storage', this.#read)
    onViewCacheCleared((going) => {
      for (const draft of this.#all) {
        if (going === 'left' && draft.userId === session.user?.id) this.drop(draft)
        else this.keep({ ...draft, about: '' })
      }
    })
  }

  find(userId: string, path: string) {
    return this.#all.find((draft) => draft.userId === userId && draft.path === path)
  }

  /** False where the device keeps nothing. */
  keep(draft: Draft) {
    try {
      localStorage.setItem(entryOf(draft), JSON.stringify(draft))
      this.#read()
      return true
    } catch {
      return false
    }
  }

  drop(draft: Pick<Draft, 'userId' | 'path'>) {
    try {
      localStorage.removeItem(entryOf(draft))
    } catch {
      // Nothing was kept where storage is forbidden.
    }
    this.#read()
  }

  /** Its form is on the page, until the answer is called; no other tab sends it meanwhile. */
  show(path: string) {
    let leave = () => {}
    const left = new Promise<void>((resolve) => (leave = resolve))
    this.#shown.add(path)
    void navigator.locks?.request(prefix + path, { mode: 'shared' }, () => left)
    return () => {
      this.#shown.delete(path)
      leave()
    }
  }

  /** Does something with a draft that no tab has in a form. */
  async unlessShown(path: string, work: () => Promise<void>) {
    if (!navigator.locks) return work()
    await navigator.locks.request(prefix + path, { ifAvailable: true }, (lock) => (lock ? work() : undefined))
  }

  #read = () => {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix))
      this.#all = names.flatMap((name) => readEntry(localStorage.getItem(name)))
    } catch {
      this.#all = []
    }
  }
}

function readEntry(text: string | null): Draft[] {
  try {
    return text ? [JSON.parse(text) as Draft] : []
  } catch {
    return []
  }
}

export const drafts = new Drafts()
