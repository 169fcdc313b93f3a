import { describe, expect, test } from 'vitest'
import { measure, type Level, type Report, type Solution, type Violation } from '../../../solver/index.ts'
import {
  describeProgress,
  describeReason,
  describeReport,
  show,
  summarise,
} from '../../../solver/text/report-text.ts'
import { claimless, meetings, tiny } from '../tiny.ts'

const event = tiny()

describe('what the command line says', () => {
  const level = (value: number | number[], bound: number | number[], proven: boolean) => ({
    value,
    bound,
    proven,
  })
  const reason = { reason: { code: 'quotaTooHigh' as const, quotas: ['q'], count: 2, most: 1 }, core: ['q'] }
  const quota = 'Quota q asks for 2 meetings, but 1 are possible.'
  const solution = (parts: Partial<Solution>): Solution => ({ ...claimless(meetings('c11 s1 t1')), ...parts })

  test('of numbers of meetings is how many people have how many', () => {
    expect([show(7), show([]), show([10]), show([1, 2, 2, 3, 3, 3])]).toEqual([
      '7',
      'nobody',
      '1 × 10',
      '1 × 1, 2 × 2, 3 × 3',
    ])
  })

  test('of a report is every level, the reason, what is wrong, and whether it holds', () => {
    const levels = [
      { level: 'value' as Level, result: level(3, 4, false), check: 'checked' as const },
      { level: 'fairness' as Level, result: level([1], [2], true), check: 'claimed' as const },
    ]
    const report: Report = { valid: true, violations: [], objective: measure(event, []), levels }
    const said = [
      'value: 3, bound 4, open, bound checked',
      'fairness: 1 × 1, bound 1 × 2, proven, bound claimed',
    ]
    expect(describeReport(event, report, solution({})).split('\n')).toEqual([
      ...said,
      'The solution holds: feasible.',
    ])
    const violations: Violation[] = [
      { rule: 'claim', message: 'No.', path: '/status', ids: [] },
      { rule: 'quotas', message: 'Two.', ids: [] },
    ]
    const wrong = { ...report, valid: false, violations, levels: [] }
    expect(describeReport(event, wrong, solution({ infeasible: reason })).split('\n')).toEqual([
      `infeasible (claimed): ${quota}`,
      'claim: No. (/status)',
      'quotas: Two.',
      'The solution does not hold: 2 found.',
    ])
  })

  test('of a solution is its status, its size, its time and its levels', () => {
    const objective = { value: level(3, 4, false), fairness: level([1, 1], [1, 1], true) }
    const stats = { ms: 12.6, iterations: 5 }
    expect(summarise(event, solution({ objective, stats })).split('\n')).toEqual([
      'feasible, 1 meetings, 13 ms',
      'value: 3 (bound 4)',
      'fairness: 2 × 1 (proven)',
    ])
    const none = solution({ status: 'infeasible', meetings: [], infeasible: reason })
    expect(summarise(event, none).split('\n')).toEqual(['infeasible, 0 meetings, 0 ms', quota])
  })

  test('of progress is one line with the gaps', () => {
    const line = (incumbent: object, bound: object) =>
      describeProgress({ stage: 'place', incumbent, bound, elapsedMs: 3.4 })
    expect(line({}, {})).toBe('3 ms · place')
    expect(line({ value: 75 }, { value: 100 })).toBe('3 ms · place · value 75 (bound 100, gap 25.00 %)')
    expect(line({ value: 100, breaks: 3 }, { value: 100, idle: 2 })).toBe(
      '3 ms · place · value 100 (bound 100, gap 0 %) · breaks 3 · idle bound 2',
    )
    expect(line({ shortfall: 0, idle: 4 }, { shortfall: 0, idle: 1 })).toBe(
      '3 ms · place · shortfall 0 (bound 0, gap 0 %) · idle 4 (bound 1, gap 75.00 %)',
    )
    expect(line({ fairness: [1] }, { fairness: [2] })).toBe('3 ms · place · fairness 1 × 1 (bound 1 × 2)')
  })

  test('of a reason is the reason, what would help, and what else it takes', () => {
    const remedy = (words: string) => ({ words })
    const said = (parts: object) =>
      describeReason({
        candidate: 'c11',
        kind: 'tables',
        ids: [],
        words: 'No.',
        remedy: null,
        instead: null,
        ...parts,
      })
    expect(said({})).toBe('No.')
    expect(said({ remedy: remedy('A.') })).toBe('No.\nWhat would help: A.')
    expect(said({ instead: remedy('B.') })).toBe('No.\nWhat it takes, with things as they are: B.')
    expect(said({ remedy: remedy('A.'), instead: remedy('B.') })).toBe(
      'No.\nWhat would help: A.\nOr, with things as they are: B.',
    )
  })
})
