import { expect, test } from 'vitest'
import type { RunBase } from '../../../../../server/schemas/run.ts'
import { shownStart } from '../../../../../web/pages/organiser/build/shown-start.ts'

const base = (id: string, meetings: number, locks: number) =>
  ({ id, meetings, locks: Array.from({ length: locks }, () => ({ names: [] })) }) as unknown as RunBase

test('a base that is gone gives way to the one shown, and nothing is kept that it lacks', () => {
  const bases = [base('live', 9, 0), base('draft', 9, 2)]
  expect(shownStart(bases, 'locks', 'draft')).toEqual({ keep: 'locks', base: 'draft' })
  expect(shownStart(bases, 'all', 'gone')).toEqual({ keep: 'all', base: 'live' })
  expect(shownStart(bases, 'locks', 'gone')).toEqual({ keep: 'nothing', base: 'live' })
  expect(shownStart([], 'all', 'gone')).toEqual({ keep: 'nothing', base: null })
})
