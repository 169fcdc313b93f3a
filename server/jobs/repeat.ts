/**
 * Does something at once and again every so often, one at a time. What fails is reported, and tried again the next time.
 * Answers how to end it.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<unknown>,
  report: (error: unknown) => void = () => {},
): () => Promise<void> {
  let working: Promise<unknown> = Promise.resolve()
  const again = () => void (working = working.then(work).catch(report))
  again()
  const timer = setInterval(again, everyMs)
  return async () => {
    clearInterval(timer)
    await working
  }
}
