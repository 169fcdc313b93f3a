import type { EventChange } from '../../../solver/index.ts'
import { say } from '../../messages.ts'
import { isUsual } from '../../schemas/features.ts'
import type { Names } from './names.ts'

/** One thing that could be different about an event, as what to do. */
export function sayChange(names: Names, change: EventChange): string {
  const { locale, person, pair, slot, table, quota, list } = names
  const meetings = (ids: string[]) => list(ids.map((id) => `“${pair(id)}”`))
  // Those that every event may ask for have words of ours; others are the organisers' own.
  const usual = (feature: string) => (isUsual(feature) ? say(locale, `feature_${feature}`) : feature)
  switch (change.kind) {
    case 'maxMeetings':
    case 'maxConsecutive':
    case 'minMeetings':
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
    case 'quotaMin':
      return say(locale, `remedy_${change.kind}`, { ids: quota(change.quota), to: change.to })
    case 'unlock':
      return say(locale, 'remedy_unlock', { meetings: meetings([change.candidate]) })
    case 'optional':
      return say(locale, 'remedy_unlock', { meetings: meetings(change.candidates) })
    case 'features':
      return say(locale, 'remedy_features', {
        table: table(change.table),
        features: list(change.features.map(usual)),
      })
    case 'ownTable':
      return say(locale, 'remedy_ownTable', { who: person(change.participant), table: table(change.table) })
    case 'tables':
      return say(locale, change.more === 1 ? 'remedy_table' : 'remedy_tables', { more: change.more })
    case 'order':
      return say(locale, 'remedy_order', { meetings: meetings([change.after, change.candidate]) })
    case 'instead':
      if (change.candidates.length === 0) return say(locale, 'remedy_move')
      return say(locale, 'remedy_instead', { meetings: meetings(change.candidates) })
    default:
      return say(locale, `remedy_${change.kind}`)
  }
}
