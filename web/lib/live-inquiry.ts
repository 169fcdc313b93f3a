import { api, ApiError } from './api.ts'
import type { Snapshot } from './live-frames.ts'

/** What there is to show, and for how many milliseconds it was asked; or why there is nothing. */
export type Answer<T> = { frame: Snapshot<T>; took: number } | { refused: string }

/**
 * What a socket is asked over, asked over HTTP: a browser hides why a socket was refused, and some networks let
 * none through. One question at a time, whose answer counts only as long as it is wanted.
 */
export class Inquiry<T> {
  askedAt = -Infinity
  #address: string
  #wanted: object | null = null

  constructor(url: string) {
    const { pathname, search } = new URL(url)
    this.#address = pathname + search
  }

  /** Null where it is being asked already, the network failed or answered by itself, or the answer is not wanted any more. */
  async ask(): Promise<Answer<T> | null> {
    if (this.#wanted) return null
    const question = (this.#wanted = {})
    const askedAt = (this.askedAt = Date.now())
    const answer = await api.get<Snapshot<T>>(this.#address).then(
      (frame?) => (frame?.type === 'snapshot' ? { frame, took: Date.now() - askedAt } : null),
      (error) => (error instanceof ApiError ? { refused: error.code } : null),
    )
    if (this.#wanted !== question) return null
    this.#wanted = null
    return answer
  }

  drop() {
    this.#wanted = null
  }
}
