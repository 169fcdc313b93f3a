import { ApiError } from '../../lib/api.ts'
import { fieldOf, mergeForms, same, withField, type Conflict, type Tree } from './merge.ts'
import { Saving } from '../../lib/saving.svelte.ts'

/** What a form changes, as the server had it at some moment. */
export type Seen<T> = { values: T; version: number }
/** A field that somebody else changed too, and whose text the person keeps; null until they said so. */
export type OpenConflict = Conflict & { kept: 'mine' | 'theirs' | null }

type Form<T> = {
  /** What stands in the form. */
  read: () => T
  show: (values: T) => void
  /** The server's state of now; null where there is no such thing any more. */
  reload: () => Promise<Seen<T> | null>
}

/** So many times others may be quicker before the person is told to try again. */
const TRIES = 3

/** The form of something that is there: what others changed meanwhile is merged, or the person is asked, field by field. */
export class Editing<T extends Tree> extends Saving {
  conflicts = $state.raw<OpenConflict[]>([])
  /** Whose the other texts are, in a sentence; empty where nobody can say. */
  lastEdit = $state.raw('')
  #opened: Seen<T> = $state.raw()!
  #form: Form<T>

  constructor(opened: Seen<T>, form: Form<T>) {
    super()
    this.#opened = opened
    this.#form = form
  }

  /** The values that the form was opened with, or that others have left since. */
  get was() {
    return this.#opened.values
  }

  get changed() {
    return !same(this.was, this.#form.read())
  }

  /** True once the server has what stands in the form; false if it failed or the person has to choose first. */
  async save(send: (ifMatch: string) => Promise<unknown>) {
    let isSent = false
    await this.run(async () => {
      this.conflicts = []
      isSent = await this.#send(send, TRIES)
    })
    return isSent
  }

  async #send(send: (ifMatch: string) => Promise<unknown>, tries: number): Promise<boolean> {
    if (!this.changed) return true
    const values = this.#form.read()
    try {
      await send(`"${this.#opened.version}"`)
      this.#opened = { ...this.#opened, values }
      return true
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412 || tries === 0) throw error
      const now = await this.#form.reload()
      if (!now) throw error
      this.#takeUp(now)
      this.lastEdit = error.detail
      return this.conflicts.length === 0 && this.#send(send, tries - 1)
    }
  }

  #takeUp(now: Seen<T>) {
    const { value, conflicts } = mergeForms(this.was, this.#form.read(), now.values)
    this.#opened = now
    this.#form.show(value)
    this.conflicts = conflicts.map((conflict) => ({ ...conflict, kept: null }))
  }

  /** Takes up what the page read anew. Where that needs a choice it waits until the form is saved. */
  follow(now: Seen<T>) {
    if (now.version === this.#opened.version || this.conflicts.length > 0 || this.busy) return
    if (mergeForms(this.was, this.#form.read(), now.values).conflicts.length === 0) this.#takeUp(now)
  }

  /** The other text is kept too, so that each choice can be taken back. */
  choose(conflict: OpenConflict, kept: 'mine' | 'theirs') {
    if (conflict.kept === kept) return
    const { path, theirs } = conflict
    const form = this.#form.read()
    const mine = conflict.kept === 'theirs' ? conflict.mine : fieldOf(form, path)
    this.#form.show(withField(form, path, kept === 'mine' ? mine : theirs) as T)
    this.conflicts = this.conflicts.map((one) => (one === conflict ? { ...one, mine, kept } : one))
  }
}
