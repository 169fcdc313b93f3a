import type { Slot } from './day-index.ts'

const MINUTE = 60_000
type Moment = { startsAt: number; endsAt: number }
export type Shift = { before: Moment; after: Moment; block: number }

/** The slots from one on when everything is later, as the server will put them: breaks may give half of theirs. */
export function shiftOf(slots: Slot[], fromId: string, minutes: number, breaksGive: boolean): Shift[] {
  const from = slots.findIndex(({ id }) => id === fromId)
  if (from < 0) return []
  let shift = minutes * MINUTE
  return slots.slice(from).map((slot, place) => {
    const last = slots[from + place - 1]
    const before = { startsAt: Date.parse(slot.startsAt), endsAt: Date.parse(slot.endsAt) }
    if (breaksGive && place > 0 && last && last.block !== slot.block)
      shift = Math.max(0, shift - (before.startsAt - Date.parse(last.endsAt)) / 2)
    const after = { startsAt: before.startsAt + shift, endsAt: before.endsAt + shift }
    return { before, after, block: slot.block }
  })
}

/** Breaks between blocks that become shorter or longer, in minutes. */
export function breaksChanged(shifts: Shift[]) {
  return shifts.slice(1).flatMap((shift, place) => {
    const last = shifts[place]!
    if (last.block === shift.block) return []
    const gap = (key: 'before' | 'after') => Math.round((shift[key].startsAt - last[key].endsAt) / MINUTE)
    const [before, after] = [gap('before'), gap('after')]
    return before === after ? [] : [{ at: last.after.endsAt, before, after }]
  })
}
