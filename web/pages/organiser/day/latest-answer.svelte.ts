import { api } from '../../../lib/api.ts'

/** A path to read; `asOf` says on what the answer stands, so that it is asked again once that is another. */
export type Question = { path: string | null; asOf: string }
type Answer<T> = { to: object; data?: T; error?: Error }

// Somebody waits for it with the hand on the next button.
const PATIENCE = 8_000

/** The answer to the question asked last: an earlier one is never shown beside it. Create it as a component starts. */
export class LatestAnswer<T> {
  #question: () => Question
  #attempt = $state(0)
  #answer = $state.raw<Answer<T> | null>(null)
  #path = $derived.by(() => this.#question().path)
  #asOf = $derived.by(() => this.#question().asOf)
  // Each time it is put, a question is another, also where the words are the same.
  #asked = $derived(
    this.#path === null ? null : { path: this.#path, asOf: this.#asOf, attempt: this.#attempt },
  )
  #current = $derived(this.#answer?.to === this.#asked ? this.#answer : null)
  data = $derived(this.#current?.data ?? null)
  error = $derived(this.#current?.error ?? null)
  waiting = $derived(this.#asked !== null && this.#current === null)

  constructor(question: () => Question) {
    this.#question = question
    $effect(() => void this.#ask(this.#asked))
    $effect(() => {
      if (!this.error) return
      addEventListener('online', this.again)
      return () => removeEventListener('online', this.again)
    })
  }

  async #ask(asked: { path: string } | null) {
    this.#answer = null
    if (!asked) return
    try {
      this.#keep({ to: asked, data: await api.get<T>(asked.path, { patience: PATIENCE }) })
    } catch (error) {
      this.#keep({ to: asked, error: error as Error })
    }
  }

  #keep(answer: Answer<T>) {
    if (answer.to === this.#asked) this.#answer = answer
  }

  again = () => void (this.#attempt += 1)
}
