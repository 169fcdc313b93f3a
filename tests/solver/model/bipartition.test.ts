import { describe, expect, test } from 'vitest'
import { compile } from '../../../solver/model/problem.ts'
import { splitSides } from '../../../solver/model/bipartition.ts'
import { tiny } from '../tiny.ts'

describe('the sides of an event', () => {
  const sides = (...pairs: string[]) =>
    splitSides(
      compile(
        tiny({
          participants: [...'abcde'].map((id) => ({ id })),
          candidates: pairs.map((pair, i) => ({
            id: `c${i}`,
            participants: [pair[0], pair[1]],
            slots: pair[2] ? [] : undefined,
          })),
        }),
      ),
    )

  test('are two if pairs go across them', () => {
    expect(sides('ab', 'cb', 'cd', 'ad')).toEqual(Uint8Array.of(0, 1, 0, 1, 0))
    expect(sides('be', 'ec', 'da')).toEqual(Uint8Array.of(0, 0, 0, 1, 1))
    expect(sides()).toEqual(new Uint8Array(5))
  })

  test('are none if pairs go around in an odd circle, unless one can never be held', () => {
    expect(sides('ab', 'bc', 'ca')).toBe(null)
    expect(sides('de', 'ab', 'bc', 'cd', 'ea')).toBe(null)
    expect(sides('ab', 'bc', 'ca-')).toEqual(Uint8Array.of(0, 1, 0, 0, 0))
  })
})
