import { describe, expect, test } from 'vitest'
import { parseInstance, solve } from '../../solver/index.ts'

const required = (id: string, one: string, other: string) => ({
  id,
  participants: [one, other],
  required: true,
})

/** Three people who all meet each other need three slots; the other meetings have nothing to do with it. */
const triangle = {
  format: 'incontro/instance',
  version: 1,
  slots: [{ id: 's1' }, { id: 's2' }],
  participants: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ({ id })),
  candidates: [
    required('de', 'd', 'e'),
    required('ab', 'a', 'b'),
    required('fg', 'f', 'g'),
    required('bc', 'b', 'c'),
    required('ca', 'c', 'a'),
    required('ef', 'e', 'f'),
  ],
}

describe('required meetings that do not fit together', () => {
  test('are named, and no others', async () => {
    const { status, infeasible } = await solve(parseInstance(triangle))
    expect([status, infeasible]).toEqual([
      'infeasible',
      {
        reason:
          '3 required meetings do not fit together: in every timetable somebody has two at once, a table is missing, the order is broken. Without any one of them the others do.',
        core: ['ab', 'bc', 'ca'],
      },
    ])
  })

  test.each(['ab', 'bc', 'ca'])('fit once %s is no longer required', async (id) => {
    const candidates = triangle.candidates.map((one) => (one.id === id ? { ...one, required: false } : one))
    const { infeasible, meetings } = await solve(parseInstance({ ...triangle, candidates }))
    expect([infeasible, meetings.length]).toEqual([undefined, 5])
  })
})
