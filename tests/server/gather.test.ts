import { expect, test } from 'vitest'
import { gather } from '../../server/gather.ts'

function recording(answer = (questions: number[]) => Promise.resolve(questions.map((one) => one * 2))) {
  const asked: number[][] = []
  const ask = gather((questions: number[]) => {
    asked.push(questions)
    return answer(questions)
  })
  return { asked, ask }
}

test('who comes alone is asked for at once', () => {
  const { asked, ask } = recording()
  void ask(1)
  expect(asked).toEqual([[1]])
})

test('a crowd is asked for together, and each gets the answer to their own question', async () => {
  const { asked, ask } = recording()
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => ask(n)))
  expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => n * 2))
  expect(asked.map((questions) => questions.length)).toEqual([1, 99])
})

test('who asks after an answer is asked for again', async () => {
  const { asked, ask } = recording()
  await ask(1)
  await ask(1)
  expect(asked).toEqual([[1], [1]])
})

test('what fails fails for those who asked together, and for nobody else', async () => {
  const { ask } = recording(([first, ...rest]) =>
    rest.length > 0 ? Promise.reject(new Error('cut')) : Promise.resolve([first]),
  )
  const outcomes = await Promise.allSettled([ask(1), ask(2), ask(3)])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(await ask(4)).toBe(4)
})
