import type { ReasonKind, Remedy } from './reason.ts'
import type { Instance } from '../format/instance.ts'
import type { Change, EventChange } from './relaxation.ts'

/** What `explain` says, in words. */

const list = (ids: string[]): string =>
  ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

export function sayReason(instance: Instance, c: number, kind: ReasonKind, ids: string[]): string {
  const { id, participants } = instance.candidates[c]
  const [a, b] = participants
  const sentences: Record<ReasonKind, string> = {
    held: `${id} is held.`,
    possible: `Nothing keeps ${a} and ${b} from meeting: this schedule just does not hold it.`,
    availability: `${a} and ${b} are never both free when the other is there.`,
    slots: `${id} may only be held in slots in which that cannot be.`,
    tables: `No table is left when ${a} and ${b} could meet.`,
    locked: `${list(ids)} ${ids.length === 1 ? 'is' : 'are'} locked when ${a} and ${b} could meet.`,
    maxMeetings: `${list(ids)} has as many meetings as allowed.`,
    maxConsecutive: `${list(ids)} would have too many meetings in a row.`,
    limits: `${list(ids)} has as many meetings as allowed in some slots.`,
    quotas: `Quota ${list(ids)} is used up.`,
    fullAgenda: `${list(ids)} is in a meeting whenever available.`,
    lowerValue: ids.length > 0 ? `It would take the place of ${list(ids)}.` : `There is no room for it.`,
  }
  return sentences[kind]
}

export function sayRemedy(instance: Instance, change: Change, moved: number, cost: Remedy['cost']): string {
  const moves = moved > 0 ? `; ${times(moved, 'other meeting')} would move` : ''
  const value = cost.value ?? 0
  const missing = cost.shortfall ?? 0
  const worth = value === 0 ? '' : `; ${value > 0 ? `${value} more` : `${-value} less`} in value`
  const owed = missing > 0 ? `; ${times(missing, 'guaranteed meeting')} more would be missing` : ''
  return `${sayChange(instance, change)}${moves}${owed}${worth}.`
}

/** A change as a wish, without a full stop. */
export function sayChange(instance: Instance, change: EventChange): string {
  switch (change.kind) {
    case 'none':
      return 'It can be held as things are'
    case 'maxMeetings':
      return `Allow ${change.participant} ${times(change.to, 'meeting')}`
    case 'maxConsecutive':
      return `Allow ${change.participant} ${change.to} meetings in a row`
    case 'limit':
      return `Allow ${change.participant} ${times(change.to, 'meeting')} in ${list(change.slots)}`
    case 'available':
      return `Have ${list(change.participants)} come in slot ${change.slot}`
    case 'slot':
      return `Allow it in slot ${change.slot}`
    case 'table':
      return `Add a table (${Array.isArray(instance.tables) ? instance.tables.length : instance.tables} in all)`
    case 'quota':
      return `Allow ${change.to} of quota ${change.quota}`
    case 'unlock':
      return `Let ${change.candidate} be at another time`
    case 'minMeetings':
      return change.to === 0
        ? `Guarantee ${change.participant} nothing`
        : `Guarantee ${change.participant} no more than ${times(change.to, 'meeting')}`
    case 'quotaMin':
      return `Ask for no more than ${change.to} of quota ${change.quota}`
    case 'optional':
      return `Leave it open whether ${list(change.candidates)} ${change.candidates.length === 1 ? 'is' : 'are'} held`
    case 'features':
      return `Give table ${change.table} what it lacks: ${list(change.features)}`
    case 'ownTable':
      return `Let ${change.participant} sit at table ${change.table}, too`
    case 'tables':
      return `Add ${times(change.more, 'table')} with all that any table has`
    case 'order':
      return `Let ${change.candidate} be before ${change.after}`
    case 'instead':
      return change.candidates.length > 0 ? `Give up ${list(change.candidates)}` : 'Move others'
  }
}
