import type { Agenda } from './partial-schedule.ts'
import type { Problem } from './problem.ts'

/** What a meeting is worth for the levels `shortfall` and `value` together, the earlier level outweighing the later. */
export interface Worth {
  value: number
  shortfall: number
  mandatory: number
}

export function weighLevels({ value, guarantee, instance, participantCount }: Problem): Worth {
  const values = value.reduce((sum, one) => sum + one, 0) + 1
  const missing = guarantee.reduce((sum, one) => sum + one, 0) + 1
  const order = instance.rules.objective
  const [atValue, atShortfall] = [order.indexOf('value'), order.indexOf('shortfall')]
  const weights = {
    value: atValue < 0 ? 0 : atShortfall >= 0 && atShortfall < atValue ? 1 : missing,
    shortfall: atShortfall < 0 ? 0 : atShortfall < atValue ? values : 1,
  }
  return {
    ...weights,
    mandatory: 2 * (weights.value * values + weights.shortfall * (missing + participantCount)),
  }
}

/** What is lost if a held candidate is removed. */
export function worthOf(agenda: Agenda, worth: Worth, c: number): number {
  const { first, second, value, mandatory } = agenda.problem
  return (
    value[c] * worth.value +
    worth.shortfall * (isOwed(agenda, first[c]) + isOwed(agenda, second[c])) +
    worth.mandatory * (mandatory[c] + quotasInNeed(agenda, c, 0))
  )
}

/** What is won if a candidate that is not held is added. */
export function gainOf(agenda: Agenda, worth: Worth, c: number): number {
  const { first, second, value, mandatory, guarantee } = agenda.problem
  const owed = (p: number) => (agenda.count[p] < guarantee[p] ? 1 : 0)
  const needed = worth.mandatory * (mandatory[c] + quotasInNeed(agenda, c, 1))
  return value[c] * worth.value + worth.shortfall * (owed(first[c]) + owed(second[c])) + needed
}

/** Quotas that would miss their minimum without the candidate; `adding` 1 if it is not held yet. */
function quotasInNeed({ problem, slotOf }: Agenda, c: number, adding: 0 | 1): number {
  return problem.quotasOf[c].filter((quota) => {
    const { members, min } = problem.quotas[quota]
    return min > 0 && members.filter((one) => slotOf[one] >= 0).length + adding <= min
  }).length
}

const isOwed = (agenda: Agenda, participant: number): number =>
  agenda.count[participant] <= agenda.problem.guarantee[participant] ? 1 : 0

/** Meetings that people have less than their guarantee. */
export const shortfallOf = ({ count, problem }: Agenda): number =>
  problem.guarantee.reduce((sum, one, p) => sum + Math.max(0, one - count[p]), 0)

/** What the whole schedule is worth: the greater, the better it is by mandatory meetings, shortfall and value. */
export function scoreOf({ problem, slotOf, count }: Agenda, worth: Worth): number {
  const { value, mandatory, guarantee, quotas } = problem
  let score = 0
  for (let c = 0; c < slotOf.length; c++)
    score += slotOf[c] >= 0 ? value[c] * worth.value : -mandatory[c] * worth.mandatory
  for (let p = 0; p < count.length; p++) score -= worth.shortfall * Math.max(0, guarantee[p] - count[p])
  for (const { members, min } of quotas)
    score -= worth.mandatory * Math.max(0, min - members.filter((c) => slotOf[c] >= 0).length)
  return score
}
