import type { Reason, Remedy } from '../../../solver/index.ts'
import { say, type MessageKey } from '../../messages.ts'
import type { Names } from './names.ts'

/** Why a pair does not meet, as a sentence. */
export function sayReason(names: Names, { kind, ids, candidate }: Reason): string {
  const { locale, person, pair, quota, list } = names
  const key: MessageKey = kind === 'lowerValue' && ids.length === 0 ? 'why_noRoom' : `why_${kind}`
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
  return `${[sayChange(names, remedy), ...effects.filter(Boolean)].join('; ')}.`
}

function sayChange({ locale, person, pair, slot, quota, list }: Names, { change }: Remedy): string {
  const meetings = (ids: string[]) => list(ids.map((id) => `“${pair(id)}”`))
  switch (change.kind) {
    case 'maxMeetings':
    case 'maxConsecutive':
      return say(locale, `remedy_${change.kind}`, { who: person(change.participant), to: change.to })
    case 'limit':
      return say(locale, 'remedy_limit', {
        who: person(change.participant),
        to: change.to,
        slots: list(change.slots.map(slot)),
      })
    case 'available':
      return say(locale, 'remedy_available', {
        who: list(change.participants.map(person)),
        slot: slot(change.slot),
      })
    case 'slot':
      return say(locale, 'remedy_slot', { slot: slot(change.slot) })
    case 'quota':
      return say(locale, 'remedy_quota', { ids: quota(change.quota), to: change.to })
    case 'unlock':
      return say(locale, 'remedy_unlock', { meetings: meetings([change.candidate]) })
    case 'instead':
      if (change.candidates.length === 0) return say(locale, 'remedy_move')
      return say(locale, 'remedy_instead', { meetings: meetings(change.candidates) })
    default:
      return say(locale, `remedy_${change.kind}`)
  }
}
