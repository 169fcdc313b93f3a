/** Answers begin so many milliseconds apart at least. */
const PACE_MS = 25

/**
 * One question at a time for the caller, few queries for the database: a question that comes alone is asked at once,
 * those that come in a crowd are gathered for a moment and asked together. An answer is never older than its question.
 */
export function gather<Question, Answer>(
  answer: (questions: Question[]) => Promise<Answer[]>,
): (question: Question) => Promise<Answer> {
  type Waiting = { question: Question; resolve(answer: Answer): void; reject(error: unknown): void }
  let waiting: Waiting[] = []
  let lastAsked = -Infinity

  async function ask(): Promise<void> {
    const asked = waiting
    waiting = []
    lastAsked = performance.now()
    try {
      const answers = await answer(asked.map(({ question }) => question))
      asked.forEach(({ resolve }, index) => resolve(answers[index]))
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }

  function add(one: Waiting): void {
    waiting.push(one)
    if (waiting.length > 1) return
    const wait = lastAsked + PACE_MS - performance.now()
    if (wait > 0) setTimeout(() => void ask(), wait)
    else void ask()
  }

  return (question) => new Promise((resolve, reject) => add({ question, resolve, reject }))
}
