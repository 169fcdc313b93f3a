import { ApiError } from './api.ts'

/** What becomes of a write that was not done. */
export type Outcome = 'later' | 'signed-out' | { refused: string }

/** A failure that passes by itself is tried again; one that signing in would heal waits for it; the rest is final. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof ApiError)) return 'later'
  if (error.status === 401 || error.code === 'passkey-needed') return 'signed-out'
  const passing = [0, 408, 425, 429].includes(error.status) || error.status >= 500
  return passing || error.code === 'request-in-progress' ? 'later' : { refused: error.message }
}
