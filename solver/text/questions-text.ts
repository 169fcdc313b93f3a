import type { Finding } from '../check/finding.ts'
import type { Point } from '../explain/point.ts'
import type { Distribution, Stress } from '../stress/summary.ts'
import { sayCause } from './infeasibility-text.ts'
import type { Instance } from '../format/instance.ts'

/** What the command line says of a check, a frontier and a stress test, in plain words. */

export function describeFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Counting finds nothing in the way.'
  return findings.map(describeFinding).join('\n')
}

function describeFinding({ severity, words, remedy, unsought }: Finding): string {
  const help = remedy ? `\n  What would help: ${remedy.words}` : ''
  return `${severity}: ${words}${unsought ? '\n  Not all that might help was tried.' : help}`
}

const HEAD = ['step', 'value', 'bound', 'proven', 'shortfall', 'meetings']

export function describePoints(instance: Instance, points: readonly Point[]): string {
  const rows = points.map((one) => [
    ...[one.step, one.value, one.bound].map(orDash),
    one.proven ? 'yes' : 'no',
    orDash(one.shortfall?.value),
    orDash(one.meetings),
  ])
  const reasons = points.flatMap(({ step, infeasible }) =>
    infeasible ? [`${step}: ${sayCause(instance, infeasible.reason)}`] : [],
  )
  return [...inColumns([HEAD, ...rows]), ...reasons].join('\n')
}

export const describePoint = ({ step, value, bound, proven }: Point): string =>
  `step ${step}: value ${orDash(value)}${proven ? ', proven' : `, bound ${orDash(bound)}`}`

const orDash = (number: number | null | undefined): string => (number == null ? '–' : String(number))

function inColumns(rows: string[][]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padStart(widths[column]))
      .join('  ')
      .trimEnd(),
  )
}

const MOST_EXPOSED = 10

export function describeStress({ scenarios, unsolved, proven, plan, participants, ...told }: Stress): string {
  const isUnsolved = unsolved > 0 ? `, ${unsolved} without a schedule` : ''
  const columns = ['', 'plan', 'least', '5 %', 'median', '95 %', 'most', 'mean']
  const row = (name: string, planned: string, numbers: Distribution | null) => [
    name,
    planned,
    ...(numbers
      ? [numbers.min, numbers.p5, numbers.median, numbers.p95, numbers.max].map(String)
      : Array.from({ length: 5 }, () => '–')),
    numbers ? numbers.mean.toFixed(1) : '–',
  ]
  const exposed = participants.filter(({ lost, broken }) => lost > 0 || broken > 0).slice(0, MOST_EXPOSED)
  return [
    `${scenarios} days${isUnsolved}; changes proven to be the fewest in ${proven}.`,
    ...inColumns([
      columns,
      row('people who stay away', '0', told.absent),
      row('planned meetings kept', String(plan.held), told.kept),
      row('meetings held', String(plan.held), told.held),
      row('value', String(plan.value), told.value),
      row('guarantees broken', String(plan.broken), told.broken),
    ]),
    ...exposed.map(
      ({ participant, lost, planned, worst, broken }) =>
        `${participant} loses ${lost.toFixed(2)} of ${planned} meetings on average, ${worst} at worst${broken > 0 ? `; owed on ${(broken * 100).toFixed(0)} % of the days` : ''}.`,
    ),
  ].join('\n')
}
