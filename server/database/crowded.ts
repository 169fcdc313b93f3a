import { setTimeout as sleep } from 'node:timers/promises'

/** What a server says that has no connection left, for anybody, for this database or for this role. */
const TOO_MANY = '53300'
const ASK_AGAIN_MS = 200
const PATIENCE_MS = 30_000

export const isCrowded = (error: unknown): boolean => (error as { code?: string }).code === TOO_MANY

/** Where the server has no connection left for it, waits until one of ours or of others is free. */
export async function whenFree<Result>(act: () => Promise<Result>): Promise<Result> {
  const begun = performance.now()
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!isCrowded(error) || performance.now() - begun > PATIENCE_MS) throw error
      await sleep(ASK_AGAIN_MS)
    }
  }
}
