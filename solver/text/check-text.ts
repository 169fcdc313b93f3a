import type { Count } from '../check/counts.ts'
import { sayChange } from '../explain/reason-text.ts'
import type { EventChange } from '../explain/relaxation.ts'
import type { Cause } from '../format/infeasibility.ts'
import type { Instance } from '../format/instance.ts'
import { sayCause } from './infeasibility-text.ts'

/** What `check` says, in plain words. */

export function sayCount(instance: Instance, severity: string, count: Count): string {
  const { code, participants = [], candidates = [], quotas = [], count: asked, most } = count
  const who = nameOf(instance, participants[0])
  const wishes = `${candidates.length} wish${candidates.length === 1 ? '' : 'es'}`
  switch (code) {
    case 'noTableForPerson':
      return `No table suits ${who}: ${wishes} can never be held.`
    case 'guaranteeTooHigh':
      return `${who} is promised ${asked} meetings but can have ${most} at most.`
    case 'guaranteesTooMany':
      return `What is promised takes ${asked} meetings, but the places at the tables are ${most} in all.`
    case 'wishesTooMany':
      return `People could have ${asked} meetings, but the places at the tables are ${most} in all.`
    case 'slotsJustEnough':
      return `${who} must have ${asked} meetings and can have no more: nothing may go wrong.`
    case 'guaranteeJustEnough':
      return `${who} is promised ${asked} meetings and can have no more: nothing may go wrong.`
    case 'placesJustEnough':
      return `${asked} meetings must be held, which takes every place at the tables.`
    case 'guaranteesJustEnough':
      return `What is promised takes ${asked} meetings, which is every place at the tables.`
    case 'quotaJustEnough':
      return `Quota ${quotas[0]} asks for ${asked} meetings, which is all that are possible.`
    default:
      return severity === 'impossible'
        ? sayCause(instance, { ...count, code })
        : sayNever(instance, { ...count, code })
  }
}

/** A wish that no schedule holds. */
function sayNever(instance: Instance, { code, candidates = [] }: Cause): string {
  const pair = instance.candidates.find(({ id }) => id === candidates[0])?.participants ?? []
  const both = pair.map((id) => nameOf(instance, id)).join(' and ')
  const reasons: Partial<Record<Cause['code'], string>> = {
    neverTogether: 'they are never there at the same time',
    noSlot: 'in none of the slots set for them are both there',
    noTable: 'no table is left that suits both',
    takenByLocks: 'whenever they could, other meetings are locked',
  }
  return `${both} can never meet (${candidates[0]}): ${reasons[code] ?? 'the rules leave them no place'}.`
}

function nameOf({ participants }: Instance, id: string): string {
  const side = participants.find((one) => one.id === id)?.side
  return side ? `${side} ${id}` : id
}

export const sayChanges = (instance: Instance, changes: EventChange[]): string =>
  `${changes.map((change) => sayChange(instance, change)).join('; ')}.`
