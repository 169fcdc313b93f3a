/** Something that is asked of the solver: busy while it is, and given up when the reader says so. */
export class Asking {
  busy = $state(false)
  refusal = $state<string | null>(null)
  #controller: AbortController | null = null

  async run(ask: (signal: AbortSignal) => Promise<void>) {
    const controller = new AbortController()
    this.#controller = controller
    this.busy = true
    this.refusal = null
    try {
      await ask(controller.signal)
    } catch (error) {
      if (!controller.signal.aborted) this.refusal = error instanceof Error ? error.message : String(error)
    } finally {
      // What was stopped may end after something else was asked.
      if (this.#controller === controller) this.busy = false
    }
  }

  stop() {
    this.#controller?.abort()
  }
}
