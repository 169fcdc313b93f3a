/** One at a time; calls that come meanwhile are folded into one more round. */
export function serial(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let again = false
  const rounds = async () => {
    do {
      again = false
      await work()
    } while (again)
  }
  return () => {
    if (running) again = true
    else running = rounds().finally(() => (running = null))
    return running as Promise<void>
  }
}
