import { describe, expect, test } from 'vitest'
import { parseSolution } from '../../../solver/index.ts'
import { errorsOf, stranger } from '../refused.ts'
import { claimless, meetings } from '../tiny.ts'

const solution = (parts: object) => ({ ...claimless(meetings('c1 s1 t1', 'c2 s2')), ...parts })
const ofSolution = (parts: object) => errorsOf(() => parseSolution(solution(parts)))
const prices = { participants: { p: -1.5 }, tables: 2, shortfall: 0, quotas: { q: -3 } }
const days = { participants: { p: { s1: 1 } }, tables: { s1: 0 } }
const reason = (parts: object) => ({ infeasible: { reason: { code: 'noSlot', ...parts }, core: ['p'] } })

describe('a solution', () => {
  test.each<[string, object, string[]]>([
    [
      'another format',
      { format: 'incontro/instance', version: 2 },
      ['/format: must be “incontro/solution”', '/version: must be 1, the only version there is'],
    ],
    [
      'an unknown key',
      { more: 1 },
      [
        `/more: ${stranger('format, version, instance, seed, status, meetings, objective, certificate, infeasible, stats')}`,
      ],
    ],
    [
      'heads',
      { instance: '', seed: -1, status: 'good' },
      [
        '/instance: must not be empty',
        '/seed: must be a whole number, 0 or more',
        '/status: must be one of optimal, feasible, infeasible, unknown',
      ],
    ],
    ['a seed that is not whole', { seed: 0.5 }, ['/seed: must be a whole number']],
    [
      'missing parts',
      { instance: undefined, status: undefined, meetings: undefined, objective: undefined },
      ['/instance: is missing', '/status: is missing', '/meetings: is missing', '/objective: is missing'],
    ],
    [
      'meetings',
      { meetings: [{ candidate: 1, slot: '', table: 3, day: 1 }, 'c1'] },
      [
        `/meetings/0/day: ${stranger('candidate, slot, table')}`,
        '/meetings/0/candidate: must be a text',
        '/meetings/0/slot: must not be empty',
        '/meetings/0/table: must be a text',
        '/meetings/1: must be an object',
      ],
    ],
    [
      'levels',
      { objective: { beauty: {}, value: { value: -1, bound: 'x', proven: 1, more: 1 } } },
      [
        `/objective/beauty: ${stranger('shortfall, changes, value, fairness, breaks, idle, seatedMoves, tableMoves')}`,
        `/objective/value/more: ${stranger('value, bound, proven')}`,
        '/objective/value/value: must be a number, 0 or more',
        '/objective/value/bound: must be a number, 0 or more',
        '/objective/value/proven: must be true or false',
      ],
    ],
    [
      'fairness',
      { objective: { fairness: { value: 1, bound: [1.5, -1] } } },
      [
        '/objective/fairness/value: must be an array',
        '/objective/fairness/bound/0: must be a whole number',
        '/objective/fairness/bound/1: must be a whole number, 0 or more',
      ],
    ],
    ['levels that are none', { objective: 3 }, ['/objective: must be an object']],
    [
      'certificates',
      { certificate: { fairness: {}, value: { ...prices, tables: -1, shortfall: -1, more: 1 } } },
      [
        `/certificate/fairness: ${stranger('shortfall, value, breaks')}`,
        `/certificate/value/more: ${stranger('participants, tables, shortfall, quotas, days')}`,
        '/certificate/value/tables: must be a number, 0 or more',
        '/certificate/value/shortfall: must be a number, 0 or more',
      ],
    ],
    ['certificates that are none', { certificate: [] }, ['/certificate: must be an object']],
    [
      'prices that are none',
      { certificate: { value: { ...prices, quotas: { q: 'x' }, participants: { p: -Infinity } } } },
      [
        `/certificate/value/participants/p: must be a number, ${-Number.MAX_SAFE_INTEGER} or more`,
        `/certificate/value/quotas/q: must be a number, ${-Number.MAX_SAFE_INTEGER} or more`,
      ],
    ],
    [
      'prices by slot',
      {
        certificate: {
          value: { ...prices, days: { participants: { p: { s1: -1 } }, tables: { s1: -1 }, more: 1 } },
        },
      },
      [
        `/certificate/value/days/more: ${stranger('participants, tables')}`,
        '/certificate/value/days/participants/p/s1: must be a number, 0 or more',
        '/certificate/value/days/tables/s1: must be a number, 0 or more',
      ],
    ],
    [
      'prices of breaks',
      { certificate: { breaks: { participants: [], more: 1 } } },
      [
        `/certificate/breaks/more: ${stranger('participants, tables')}`,
        '/certificate/breaks/participants: must be an object',
        '/certificate/breaks/tables: must be an object',
      ],
    ],
    [
      'reasons',
      {
        infeasible: {
          reason: {
            code: 'bad',
            rules: ['x'],
            count: -1,
            most: 'x',
            row: 1.5,
            minimal: 1,
            slots: 's',
            more: 1,
          },
          core: 3,
          more: 1,
        },
      },
      [
        `/infeasible/more: ${stranger('reason, core')}`,
        `/infeasible/reason/more: ${stranger('code, participants, candidates, slots, tables, quotas, rules, count, most, row, minimal')}`,
        '/infeasible/reason/code: must be one of neverTogether, lockedAway, noSlot, noTable, noMeetings, takenByLocks, personLockedTwice, tableLockedTwice, slotOverfull, tooManyMeetings, tooFewSlots, tooManyInRow, limitsTooLow, tooFewPlaces, quotaTooLow, quotaTooHigh, quotasTogether, wrongOrder, noTimetable',
        '/infeasible/reason/slots: must be an array',
        '/infeasible/reason/rules/0: must be one of tables, ownTables, maxMeetings, maxConsecutive, limits, after, quotas, maxBreakSpread',
        '/infeasible/reason/count: must be a whole number, 0 or more',
        '/infeasible/reason/most: must be a whole number, 0 or more',
        '/infeasible/reason/row: must be a whole number',
        '/infeasible/reason/minimal: must be true or false',
        '/infeasible/core: must be an array',
      ],
    ],
    [
      'statistics',
      { stats: { ms: -1, iterations: 'x', more: 1 } },
      [
        `/stats/more: ${stranger('ms, iterations')}`,
        '/stats/ms: must be a number, 0 or more',
        '/stats/iterations: must be a number, 0 or more',
      ],
    ],
  ])('is refused for %s', (_, parts, errors) => {
    expect(ofSolution(parts)).toEqual(errors)
  })

  test.each<[string, object]>([
    [
      'levels',
      {
        objective: {
          value: { value: 0.5, bound: 2, proven: true },
          fairness: { value: [0, 1], bound: [], proven: false },
        },
      },
    ],
    ['prices', { certificate: { shortfall: { participants: {}, tables: 0 }, value: { ...prices, days } } }],
    [
      'prices of breaks',
      { certificate: { breaks: { participants: { p: { s1: -2.5 } }, tables: { s1: -1 } } } },
    ],
    [
      'a reason',
      reason({
        participants: ['p'],
        candidates: [],
        slots: ['s'],
        tables: ['t'],
        quotas: ['q'],
        rules: ['quotas', 'after'],
        count: 0,
        most: 1,
        row: 2,
        minimal: false,
      }),
    ],
    ['a short reason', reason({})],
    ['statistics', { seed: 0, stats: { ms: 1.5, iterations: 7 }, status: 'optimal' }],
  ])('is read with %s as given', (_, parts) => {
    expect(parseSolution(solution(parts))).toEqual(solution(parts))
  })

  test('is read with what may be left out', () => {
    const {
      seed: _,
      stats: __,
      certificate: ___,
      ...bare
    } = solution({ objective: { idle: { value: 0, bound: 0 } } })
    const read = parseSolution(bare)
    expect(read).toEqual({
      ...bare,
      seed: 1,
      objective: { idle: { value: 0, bound: 0, proven: false } },
      certificate: {},
      stats: { ms: 0, iterations: 0 },
    })
    expect(Object.keys(read)).not.toContain('infeasible')
    expect(Object.keys(read.meetings[1])).toEqual(['candidate', 'slot'])
    expect(parseSolution(solution({ stats: {} })).stats).toEqual({ ms: 0, iterations: 0 })
    const { certificate } = parseSolution(
      solution({ certificate: { value: { participants: {}, tables: 0 } } }),
    )
    expect(Object.keys(certificate.value!)).toEqual(['participants', 'tables'])
  })
})
