import type { SlotView } from '../../../../server/schemas/event.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { headOf, underOf } from '../../../lib/naming.ts'

/** A sheet to sign: of a whole day everybody who has meetings on it, of a turn those who meet in it. */
export type SignSheet = { id: string; day: string; slot: SlotView | null }

/** For each day the list at the entrance, then a sheet for each turn in which somebody meets. */
export function signSheets({ slots, meetings }: Pick<PlanView, 'slots' | 'meetings'>): SignSheet[] {
  const held = new Set(meetings.filter(isHeld).map(({ slotId }) => slotId))
  const used = slots.filter(({ id }) => held.has(id))
  return [...Map.groupBy(used, ({ day }) => day)].flatMap(([day, turns]) => [
    { id: day, day, slot: null },
    ...turns.map((slot) => ({ id: slot.id, day, slot })),
  ])
}

const isHeld = ({ state }: PlanView['meetings'][number]) => state !== 'cancelled'

/** Its rows: of a day by surname, as those who run the event sort people; of a turn by table. */
export function rowsOf(
  sheet: SignSheet,
  view: Pick<PlanView, 'slots' | 'meetings' | 'participants' | 'tables'>,
) {
  const people = new Map(view.participants.map((one) => [one.id, one]))
  const named = (id: string) => {
    const person = people.get(id)
    if (!person) return []
    const isHost = person.side === 'host'
    // Whoever signs is a person: their own name comes first.
    const [head, under] = [headOf(person, isHost), underOf(person, isHost)]
    return [isHost && under ? { name: under, under: head } : { name: head, under }]
  }
  const ofDay = new Set(view.slots.filter(({ day }) => day === sheet.day).map(({ id }) => id))
  const meetings = view.meetings.filter(
    (one) => isHeld(one) && (sheet.slot ? one.slotId === sheet.slot.id : ofDay.has(one.slotId)),
  )
  if (!sheet.slot) {
    const there = new Set(meetings.flatMap(({ participants }) => participants))
    return view.participants
      .filter(({ id }) => there.has(id))
      .map(({ id }, at) => ({ id, lead: String(at + 1), people: named(id) }))
  }
  const tables = new Map(view.tables.map(({ id, name }, at) => [id, { name, at }]))
  const placeOf = ({ tableId }: (typeof meetings)[number]) => tables.get(tableId ?? '')
  return meetings
    .toSorted((one, other) => (placeOf(one)?.at ?? 0) - (placeOf(other)?.at ?? 0))
    .map((one) => ({
      ...{ id: one.id, lead: placeOf(one)?.name ?? '' },
      people: one.participants.flatMap(named),
    }))
}

/** How many of each one's meetings were held. */
export function heldBy({ meetings }: Pick<PlanView, 'meetings'>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { state, participants } of meetings)
    if (state === 'done') for (const id of participants) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}
