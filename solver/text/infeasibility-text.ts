import type { Cause, Premise } from '../format/infeasibility.ts'
import type { Instance } from '../format/instance.ts'

/** What the command line says of an event that cannot be, with the names that the file has. */

const MOST_NAMED = 8

const list = (names: string[]): string => {
  const more = names.length - MOST_NAMED
  const shown = more > 0 ? [...names.slice(0, MOST_NAMED), `${more} more`] : names
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

const RULES: Record<Premise, string> = {
  tables: 'the number of tables',
  ownTables: 'the tables they need',
  maxMeetings: 'their most meetings',
  maxConsecutive: 'their most meetings in a row',
  limits: 'their most meetings in some slots',
  after: 'the order of meetings',
  quotas: 'the quotas',
  maxBreakSpread: 'how much breaks may differ',
}

/** The cause as a sentence: a participant with a side is called by both, “host h7”. */
export function sayCause(instance: Instance, cause: Cause): string {
  const { participants = [], candidates = [], slots = [], tables = [], quotas = [], count, most, row } = cause
  const sides = new Map(instance.participants.map(({ id, side }) => [id, side ? `${side} ${id}` : id]))
  const pairs = new Map(instance.candidates.map((one) => [one.id, one.participants]))
  const name = (id: string) => sides.get(id) ?? id
  const pair = (id: string) => (pairs.get(id) ?? [id]).map(name).join(' and ')
  const met = list(
    candidates.flatMap((id) => (pairs.get(id) ?? []).filter((one) => !participants.includes(one)).map(name)),
  )
  const [who, first, whole] = [
    list(participants.map(name)),
    pair(candidates[0] ?? ''),
    list(candidates.map((id) => `${pair(id)} (${id})`)),
  ]
  const sentences: Record<Cause['code'], () => string> = {
    neverTogether: () => `${first} must meet but are never there at the same time.`,
    lockedAway: () => `${first} are locked in slot ${slots[0]}, but ${who} is not there then.`,
    noSlot: () => `${first} must meet, but in none of the slots set for them are both there.`,
    noTable: () => `${first} must meet, but no table is left that suits both.`,
    noMeetings: () => `${first} must meet, but ${who} may have no meetings.`,
    takenByLocks: () =>
      `${first} must meet, but whenever they could, other meetings are locked: ${list(candidates.slice(1).map(pair))}.`,
    personLockedTwice: () => `${whole} are locked in slot ${slots[0]}: ${who} cannot be at both.`,
    tableLockedTwice: () => `${whole} are locked in slot ${slots[0]}, both at table ${tables[0]}.`,
    slotOverfull: () => `${count} meetings are locked in slot ${slots[0]}, where the tables are ${most}.`,
    tooManyMeetings: () => `${who} must have ${count} meetings (${met}) but may have ${most} at most.`,
    tooFewSlots: () =>
      `${who} must have ${count} meetings (${met}), but they can be in ${most} slots only${most ? `: ${list(slots)}` : ''}.`,
    tooManyInRow: () =>
      `${who} must have ${count} meetings (${met}) but can have ${most}, with at most ${row} in a row.`,
    limitsTooLow: () =>
      slots.length > 0
        ? `${who} must have ${count} meetings (${met}) in ${list(slots)}, where ${most} at most are allowed.`
        : `${who} must have ${count} meetings (${met}), but the limits on some slots leave ${most}.`,
    tooFewPlaces: () => `${count} meetings must be held, but the places at the tables are ${most} in all.`,
    quotaTooLow: () => `Quota ${quotas[0]} allows ${most} meetings, but ${count} must be held: ${whole}.`,
    quotaTooHigh: () => `Quota ${quotas[0]} asks for ${count} meetings, but ${most} are possible.`,
    quotasTogether: () => `The fewest meetings that quotas ask for cannot be had together: ${list(quotas)}.`,
    wrongOrder: () =>
      `The slots are too few, or the order goes in a circle, for ${whole} one after the other.`,
    noTimetable: () => sayNoTimetable(cause, whole, who, quotas),
  }
  return sentences[cause.code]()
}

function sayNoTimetable(
  { rules = [], count, minimal }: Cause,
  meetings: string,
  who: string,
  quotas: string[],
): string {
  const names = { quotas: quotas.length > 0 ? ` (${list(quotas)})` : '' } as Partial<Record<Premise, string>>
  const kept = rules.map((rule) => `${RULES[rule]}${names[rule] ?? ''}`)
  const besides = kept.length > 0 ? ` Also in the way: ${list(kept)}${who ? ` (${who})` : ''}.` : ''
  const held = count
    ? `${count} meetings that must be held do not fit together: ${meetings}.`
    : 'The rules do not fit together.'
  return `${held}${besides}${minimal ? ' Without any one of these the others would.' : ''}`
}
