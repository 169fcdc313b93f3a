import { describe, expect, test } from 'vitest'
import { parseInstance } from '../../../solver/index.ts'
import { errorsOf } from '../refused.ts'
import { tinyJson } from '../tiny.ts'

const ofInstance = (parts: Record<string, unknown>) => errorsOf(() => parseInstance(tinyJson(parts)))

describe('a text is refused', () => {
  test('if it is too long, and not at the longest', () => {
    const name = 'x'.repeat(10_000)
    expect(ofInstance({ name })).toEqual([])
    expect(ofInstance({ name: `${name}x` })).toEqual(['/name: must have at most 10000 characters'])
    expect(ofInstance({ name: '\udc00' })).toEqual(['/name: has half a character (a lone surrogate)'])
  })
})
