import { ApiError } from './api.ts'

/** One form's way to the server: busy while it travels, and why it came back. What was typed is not touched. */
export class Saving {
  busy = $state(false)
  error = $state.raw<Error | null>(null)

  /** True once done; false if it failed (the reason is in `error`) or one is already on its way. */
  async run(work: () => Promise<unknown>) {
    if (this.busy) return false
    this.busy = true
    this.error = null
    try {
      await work()
      return true
    } catch (error) {
      this.error = error as Error
      return false
    } finally {
      this.busy = false
    }
  }

  /** The message for one field, by its JSON pointer. */
  at(pointer: string) {
    return this.error instanceof ApiError ? this.error.at(pointer) : undefined
  }
}
