import type { SlotPrices } from './dual-bound.ts'
import type { Instance } from './instance.ts'
import type { DayCertificate } from './solution.ts'

/** Prices by id, without those that are 0. */
export function writeSlotPrices(
  { participants, slots }: Instance,
  { busy, tables }: SlotPrices,
): DayCertificate {
  const bySlot = (prices: Float64Array) =>
    Object.fromEntries(
      slots.map(({ id }, slot) => [id, prices[slot]] as const).filter(([, price]) => price !== 0),
    )
  const days = participants.map(
    ({ id }, p) => [id, bySlot(busy.subarray(p * slots.length, (p + 1) * slots.length))] as const,
  )
  return {
    participants: Object.fromEntries(days.filter(([, day]) => Object.keys(day).length > 0)),
    tables: bySlot(tables),
  }
}

/** Prices by index; ids that the instance does not have are left out. */
export function readSlotPrices({ participants, slots }: Instance, given: DayCertificate): SlotPrices {
  const price = (prices: Record<string, number> | undefined, id: string) =>
    prices && Object.hasOwn(prices, id) ? prices[id] : 0
  const day = (id: string) => (Object.hasOwn(given.participants, id) ? given.participants[id] : undefined)
  return {
    busy: Float64Array.from(participants.flatMap(({ id }) => slots.map((slot) => price(day(id), slot.id)))),
    tables: Float64Array.from(slots, ({ id }) => price(given.tables, id)),
  }
}
