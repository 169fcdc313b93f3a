import type { Slot } from './day-index.ts'

const MINUTE = 60_000
type Moment = { startsAt: number; endsAt: number }
export type Shift = { before: Moment; after: Moment; block: number }

const momentOf = ({ startsAt, endsAt }: Slot): Moment => ({
  startsAt: Date.parse(startsAt),
  endsAt: Date.parse(endsAt),
})

/** Each slot that moves, as it stands and as it will. */
export function shiftsOf(slots: Slot[], moved: Slot[]): Shift[] {
  const known = new Map(slots.map((slot) => [slot.id, slot]))
  return moved.flatMap((slot) => {
    const now = known.get(slot.id)
    return now ? [{ before: momentOf(now), after: momentOf(slot), block: slot.block }] : []
  })
}

/** Breaks between blocks that become shorter or longer, in minutes. */
export function breaksChanged(shifts: Shift[]) {
  return shifts.slice(1).flatMap((shift, index) => {
    const last = shifts[index]!
    if (last.block === shift.block) return []
    const gap = (key: 'before' | 'after') => Math.round((shift[key].startsAt - last[key].endsAt) / MINUTE)
    const [before, after] = [gap('before'), gap('after')]
    return before === after ? [] : [{ at: last.after.endsAt, before, after }]
  })
}
