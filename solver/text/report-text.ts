import { sayCause } from './infeasibility-text.ts'
import type { Reason } from '../explain/reason.ts'
import type { Instance, Level } from '../format/instance.ts'
import type { Progress } from '../model/search-limits.ts'
import type { LevelValue, Solution } from '../format/solution.ts'
import type { Report } from '../verify/validate.ts'

/** What the command line says, in plain words. */

/** Numbers of meetings as “2 × 10, 8 × 11”: two participants with 10, eight with 11. */
export function show(value: LevelValue): string {
  if (!Array.isArray(value)) return String(value)
  const counts = new Map<number, number>()
  for (const one of value) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts].map(([meetings, people]) => `${people} × ${meetings}`).join(', ') || 'nobody'
}

export function describeReport(
  instance: Instance,
  { valid, violations, levels }: Report,
  solution: Solution,
): string {
  const lines = levels.map(({ level, result, check }) => {
    const claim = result.proven ? 'proven' : 'open'
    return `${level}: ${show(result.value)}, bound ${show(result.bound)}, ${claim}, bound ${check}`
  })
  if (solution.infeasible)
    lines.push(`infeasible (claimed): ${sayCause(instance, solution.infeasible.reason)}`)
  lines.push(...violations.map(({ rule, message, path }) => `${rule}: ${message}${path ? ` (${path})` : ''}`))
  lines.push(
    valid
      ? `The solution holds: ${solution.status}.`
      : `The solution does not hold: ${violations.length} found.`,
  )
  return lines.join('\n')
}

export function summarise(
  instance: Instance,
  { status, meetings, objective, infeasible, stats }: Solution,
): string {
  const levels = Object.entries(objective).map(
    ([level, { value, bound, proven }]) =>
      `${level}: ${show(value)} (${proven ? 'proven' : `bound ${show(bound)}`})`,
  )
  const reason = infeasible ? [sayCause(instance, infeasible.reason)] : []
  const head = `${status}, ${meetings.length} meetings, ${Math.round(stats.ms)} ms`
  return [head, ...reason, ...levels].join('\n')
}

/** One line: time, stage, then every level with its bound and the gap between them. */
export function describeProgress({ stage, incumbent, bound, elapsedMs }: Progress): string {
  const levels = [...new Set([...Object.keys(incumbent), ...Object.keys(bound)])] as Level[]
  const parts = levels.map((level) => describeLevel(level, incumbent[level], bound[level]))
  return [`${Math.round(elapsedMs)} ms`, stage, ...parts].join(' · ')
}

function describeLevel(level: Level, value: LevelValue | undefined, bound: LevelValue | undefined): string {
  if (value === undefined) return `${level} bound ${show(bound!)}`
  if (bound === undefined) return `${level} ${show(value)}`
  return `${level} ${show(value)} (bound ${show(bound)}${describeGap(value, bound)})`
}

function describeGap(value: LevelValue, bound: LevelValue): string {
  if (Array.isArray(value) || Array.isArray(bound)) return ''
  const larger = Math.max(value, bound)
  const share = larger === 0 ? 0 : Math.abs(value - bound) / larger
  return `, gap ${(share * 100).toFixed(share === 0 ? 0 : 2)} %`
}

export function describeReason({ words, remedy, instead }: Reason): string {
  const lines = remedy ? [`What would help: ${remedy.words}`] : []
  if (instead) lines.push(`${remedy ? 'Or' : 'What it takes'}, with things as they are: ${instead.words}`)
  return [words, ...lines].join('\n')
}
