import type { InstanceFile, Level, Reason, Remedy } from '../../../solver/index.ts'
import { say, type MessageKey } from '../../messages.ts'
import { worthOf, type Candidate } from '../choices/candidates.ts'
import type { Participant } from '../participants/repository.ts'
import { ruleOfLimit } from '../solver-input/rules.ts'
import type { Camp } from '../solver-input/instance.ts'
import type { Names } from './names.ts'

/** What a reason is told by, besides names: the rules, how the run compared schedules, and what pairs were worth to it. */
export type Terms = {
  camp: Camp
  order: NonNullable<InstanceFile['rules']>
  values: Record<string, number>
  /** As the rules would have them now, by id. */
  candidates: Map<string, Candidate>
}

/** The rule that keeps two from meeting, with its number; null where the reason is no rule with a number. */
export function sayLimit(names: Names, { kind, ids, remedy }: Reason, { camp }: Terms): string | null {
  const { locale, person, list } = names
  const { change } = remedy ?? {}
  const who = list(ids.map(person))
  if ((kind === 'maxMeetings' || kind === 'maxConsecutive') && change?.kind === kind)
    return say(locale, `rule_${kind}`, { who, most: change.to - 1 })
  if (kind !== 'limits' || change?.kind !== 'limit') return null
  const someone = camp.people.find(({ id }) => id === change.participant)
  const rule = someone && ruleOfLimit(camp, someone, change.slots)
  if (!rule) return null
  const { free = 0, from = '', to = '' } = camp.rules.pause ?? {}
  const most = rule === 'pause' ? 0 : (camp.rules[rule][sideOf(someone)] ?? 0)
  return say(locale, `rule_${rule}`, { who: person(change.participant), most, free, from, to })
}

const sideOf = ({ side }: Participant) => (side === 'project' ? 'projects' : 'hosts')

/** Why it does not take the place of what is held, by the aim that would be missed. */
export function sayAim(names: Names, reason: Reason, terms: Terms): string | null {
  const { locale, pair, list } = names
  const trade = reason.instead ?? (reason.kind === 'possible' ? reason.remedy : null)
  const missed = trade && missedBy(trade, terms.order)
  if (!missed) return null
  const held = trade.change.kind === 'instead' ? trade.change.candidates : []
  const keys: Partial<Record<Missed, MessageKey>> = {
    shortfall: 'aim_guarantee',
    fairness: 'aim_fairness',
    breaks: 'aim_days',
    idle: 'aim_days',
    seatedMoves: 'aim_tables',
    tolerance: 'aim_tolerance',
  }
  const key = keys[missed]
  const percent = Math.round((terms.order.tolerance?.value ?? 0) * 100)
  const words = key ? [say(locale, key, { percent })] : []
  if (missed === 'value')
    words.push(...[reason.candidate, ...held.slice(0, 2)].flatMap((id) => sayWorth(names, id, terms)))
  // Where its place is the whole reason, that has been told.
  if (held.length > 0 && words.length > 0 && reason.kind !== 'lowerValue')
    words.unshift(say(locale, 'aim_instead', { meetings: list(held.map((id) => `“${pair(id)}”`)) }))
  return words.join(' ') || null
}

type Missed = Level | 'tolerance'

/** The first aim that is worse with it; where none is, one that cannot be told by a difference. */
function missedBy({ cost }: Remedy, { objective = [], tolerance }: Terms['order']): Missed | null {
  let isFairnessBefore = false
  for (const level of objective) {
    const more = (level === 'value' ? -1 : 1) * (level === 'fairness' ? 0 : (cost[level] ?? 0))
    if (more > 0) return level
    if (more < 0 && isFairnessBefore) return 'fairness'
    if (more < 0) return level === 'value' && tolerance?.value ? 'tolerance' : null
    isFairnessBefore ||= level === 'fairness'
  }
  return isFairnessBefore ? 'fairness' : null
}

/** What a pair is worth and by which rules; nothing where these have changed since the run. */
function sayWorth(names: Names, id: string, { camp, values, candidates }: Terms): string[] {
  const { locale } = names
  const candidate = candidates.get(id)
  if (candidate?.value !== values[id]) return []
  const { rules } = camp
  const parts: [MessageKey, number][] = [
    ['worth_wishes', worthOf(candidate.levels, rules.weights)],
    ...(candidate.affinity ? [['worth_affinity', candidate.affinity] as [MessageKey, number]] : []),
    ...(candidate.metBefore ? [['worth_met', rules.metBefore.percent] as [MessageKey, number]] : []),
  ]
  const said = names.list(parts.map(([key, points]) => say(locale, key, { points })))
  return [say(locale, 'worth', { pair: names.pair(id), points: candidate.value, parts: said })]
}

/** Why two who wished it could not be put together at all. */
export const sayApart = (locale: Names['locale'], rule: 'apart' | 'metBefore' | 'decision') =>
  say(locale, `apart_${rule}`)
