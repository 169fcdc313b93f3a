import { describe, expect, test } from 'vitest'
import { parseInstance } from '../../../solver/index.ts'
import { errorsOf } from '../refused.ts'
import { tinyJson } from '../tiny.ts'

const ofInstance = (parts: Record<string, unknown>) => errorsOf(() => parseInstance(tinyJson(parts)))

const [c11, c12, ...others] = tinyJson().candidates
const first = (change: object) => ({ candidates: [{ ...c11, ...change }, c12, ...others] })

describe('ids are read', () => {
  test('such as those that every object has', () => {
    const participants = [{ id: 'constructor' }, { id: '__proto__' }]
    const candidates = [{ id: 'toString', participants: ['constructor', '__proto__'] }]
    expect(parseInstance(tinyJson({ participants, candidates })).candidates[0].participants).toEqual([
      'constructor',
      '__proto__',
    ])
    const inherited = Object.assign(Object.create({ name: 'inherited' }), tinyJson())
    expect(parseInstance(inherited).name).toBe('')
  })

  test('in lists that several places share, each checked by what it is a list of', () => {
    const shared = ['s1', 's2', 's3']
    const unavailable = (list: string[]) => ({
      participants: [
        { id: 'p1', unavailable: list },
        { id: 'p2', unavailable: list },
        { id: 'h1', unavailable: list },
        { id: 'h2' },
      ],
    })
    const read = parseInstance(tinyJson(unavailable(shared)))
    expect(read.participants.map((one) => one.unavailable)).toEqual([shared, shared, shared, []])
    expect(read.participants[1].unavailable).toBe(read.participants[0].unavailable)
    const wrong = ['s1', 's2', 'sx']
    expect(ofInstance(unavailable(wrong))).toEqual(
      [0, 1, 2].map((p) => `/participants/${p}/unavailable/2: there is no slot “sx”`),
    )
    const short = parseInstance(tinyJson(unavailable(['s1', 's2']))).participants
    expect(short[0].unavailable).not.toBe(short[1].unavailable)
    const both = { ...unavailable(shared), ...first({ after: shared }) }
    expect(ofInstance(both)).toEqual(
      [0, 1, 2].map((i) => `/candidates/0/after/${i}: there is no candidate “s${i + 1}”`),
    )
  })
})
