import { expect, test } from 'vitest'
import type { ObjectiveLevel } from '../../../../server/schemas/run.ts'
import '../../../support/device.ts'
import { objectiveSentence } from '../../../../web/pages/organiser/objective-words.ts'

const level = (name: ObjectiveLevel['level'], value: number, bound = value): ObjectiveLevel => ({
  ...{ level: name, value, bound, proven: true },
})

test('what is proven is told in the order of the run, and of the best before something was given up', () => {
  const [wishes, breaks] = [level('value', 12), level('breaks', 0)]
  expect(objectiveSentence(wishes, [wishes, breaks])).toMatch(/can meet more wishes/)
  expect(objectiveSentence(wishes, [breaks, wishes])).toMatch(/aims before it as good/)
  expect(objectiveSentence(level('value', 12, 16), [wishes, breaks])).toMatch(/best would be 16/)
})
