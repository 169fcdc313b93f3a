import type { SlotTime } from '../../schemas/slot-times.ts'

type Old = Pick<SlotTime, 'day' | 'block' | 'startsAt' | 'endsAt'> & { id: string }
export type Matching<S extends Old = Old> = {
  /** Slots that stay the same ones, with what they become: whatever hangs on them follows. */
  kept: { id: string; next: SlotTime }[]
  added: SlotTime[]
  removed: S[]
}

/**
 * Which of the slots of a new grid are those of the old one. Days go together by their date, the others in their
 * order. Within a day of as many slots in as many blocks each slot stays, only its time moves. Otherwise those stay
 * that have the same time, and of the others those that share some of it.
 */
export function matchSlots<S extends Old>(old: S[], next: SlotTime[]): Matching<S> {
  const [oldDays, nextDays] = [Map.groupBy(old, ({ day }) => day), Map.groupBy(next, ({ day }) => day)]
  const kept: Matching['kept'] = []
  for (const [from, to] of pairedDays([...oldDays.keys()], [...nextDays.keys()]))
    kept.push(...matchDay(oldDays.get(from)!, nextDays.get(to)!))
  const [ids, taken] = [new Set(kept.map(({ id }) => id)), new Set(kept.map((one) => one.next))]
  return {
    kept,
    added: next.filter((slot) => !taken.has(slot)),
    removed: old.filter(({ id }) => !ids.has(id)),
  }
}

function pairedDays(old: string[], next: string[]): [string, string][] {
  const same = old.filter((day) => next.includes(day))
  const [gone, come] = [old.filter((day) => !same.includes(day)), next.filter((day) => !same.includes(day))]
  const moved = gone.slice(0, come.length).map((day, index): [string, string] => [day, come[index]])
  return [...same.map((day): [string, string] => [day, day]), ...moved]
}

function matchDay(old: Old[], next: SlotTime[]): Matching['kept'] {
  if (shapeOf(old) === shapeOf(next)) return old.map(({ id }, index) => ({ id, next: next[index] }))
  const left = new Set(old)
  const kept = new Map<SlotTime, Old>()
  const take = (slot: SlotTime, found: Old | undefined) => {
    if (!found) return
    kept.set(slot, found)
    left.delete(found)
  }
  for (const slot of next)
    take(
      slot,
      [...left].find((one) => sharedTime(one, slot) === whole(one, slot)),
    )
  for (const slot of next) if (!kept.has(slot)) take(slot, mostShared([...left], slot))
  return [...kept].map(([slot, { id }]) => ({ id, next: slot }))
}

const shapeOf = (slots: Pick<SlotTime, 'block'>[]): string =>
  [...Map.groupBy(slots, ({ block }) => block).values()].map(({ length }) => length).join()

type Time = Pick<SlotTime, 'startsAt' | 'endsAt'>
const sharedTime = (one: Time, other: Time): number =>
  Math.min(one.endsAt.getTime(), other.endsAt.getTime()) -
  Math.max(one.startsAt.getTime(), other.startsAt.getTime())
const whole = (one: Time, other: Time): number =>
  Math.max(one.endsAt.getTime(), other.endsAt.getTime()) -
  Math.min(one.startsAt.getTime(), other.startsAt.getTime())

const mostShared = (old: Old[], slot: SlotTime): Old | undefined =>
  old
    .filter((one) => sharedTime(one, slot) > 0)
    .toSorted((one, other) => sharedTime(other, slot) - sharedTime(one, slot))
    .at(0)
