import type { Instance } from '../format/instance.ts'
import type { Agenda } from './partial-schedule.ts'
import type { Meeting } from '../format/solution.ts'

/** A schedule by index: slot and table of each candidate, −1 without. */
export interface Places {
  slots: Int32Array
  tables: Int32Array
}

/** Where each id stands in its list. */
export const indexOf = (list: { id: string }[]): Map<string, number> =>
  new Map(list.map(({ id }, index) => [id, index]))

export function placesOf({ candidates, slots, tables }: Instance, meetings: readonly Meeting[]): Places {
  const known = {
    candidates: indexOf(candidates),
    slots: indexOf(slots),
    tables: indexOf(Array.isArray(tables) ? tables : []),
  }
  const places = emptyPlaces(candidates.length)
  for (const { candidate, slot, table } of meetings) {
    const c = known.candidates.get(candidate)!
    places.slots[c] = known.slots.get(slot)!
    places.tables[c] = table === undefined ? -1 : known.tables.get(table)!
  }
  return places
}

export const emptyPlaces = (candidates: number): Places => ({
  slots: new Int32Array(candidates).fill(-1),
  tables: new Int32Array(candidates).fill(-1),
})

/** The meetings as in a file; without tables where none are known yet. */
export function meetingsAt(
  { candidates, slots, tables }: Instance,
  places: { slots: Int32Array; tables: Int32Array | null },
): Meeting[] {
  const meetings: Meeting[] = []
  places.slots.forEach((slot, c) => {
    if (slot < 0) return
    const meeting = { candidate: candidates[c].id, slot: slots[slot].id }
    const table = places.tables && Array.isArray(tables) ? { table: tables[places.tables[c]].id } : {}
    meetings.push({ ...meeting, ...table })
  })
  return meetings
}

/** The meetings of an agenda; without tables where nobody is seated yet. */
export const meetingsOf = ({ problem, slotOf }: Agenda, tables: Int32Array | null = null): Meeting[] =>
  meetingsAt(problem.instance, { slots: slotOf, tables })
