import type { Reason, Remedy } from '../../../solver/index.ts'
import { say, type MessageKey } from '../../messages.ts'
import { sayChange } from './change-words.ts'
import type { Names } from './names.ts'
import { sayAim, sayLimit, type Terms } from './rule-words.ts'

/** Why a pair does not meet, as a sentence. */
export function sayReason(names: Names, reason: Reason, terms?: Terms): string {
  const named = terms && sayLimit(names, reason, terms)
  const aim = terms && sayAim(names, reason, terms)
  return [named ?? sayCause(names, reason), aim].filter(Boolean).join(' ')
}

function sayCause(names: Names, { kind, ids, candidate, instead }: Reason): string {
  const { locale, person, pair, quota, list } = names
  // What it would cost is told of the aim that would be missed, which may be another one.
  const isEqual = (instead?.cost.value ?? 0) >= 0
  const held: MessageKey = isEqual ? 'why_place' : 'why_lowerValue'
  const key: MessageKey = kind !== 'lowerValue' ? `why_${kind}` : ids.length === 0 ? 'why_noRoom' : held
  return say(locale, key, {
    pair: pair(candidate),
    who: list(ids.map(person)),
    meetings: list(ids.map((id) => `“${pair(id)}”`)),
    ids: list(ids.map(quota)),
  })
}

/** What to change, then what that moves and costs. */
export function sayRemedy(names: Names, remedy: Remedy): string {
  const { locale } = names
  const { moved, cost } = remedy
  const [owed, value] = [cost.shortfall ?? 0, cost.value ?? 0]
  const effects = [
    moved > 0 ? say(locale, 'remedy_moves', { moved }) : '',
    owed > 0 ? say(locale, 'remedy_owed', { owed }) : '',
    value !== 0 ? say(locale, 'remedy_value', { value: value > 0 ? `+${value}` : `−${-value}` }) : '',
  ]
  return `${[sayChange(names, remedy.change), ...effects.filter(Boolean)].join('; ')}.`
}
