import type { Instance } from '../format/instance.ts'
import type { Problem } from '../model/problem.ts'
import type { DayCertificate } from '../format/solution.ts'

/** Prices of being busy in a slot, at participant × slotCount + slot, and of a table in each slot. */
export interface SlotPrices {
  busy: Float64Array
  tables: Float64Array
}

export const emptyPrices = ({ participantCount, slotCount }: Problem): SlotPrices => ({
  busy: new Float64Array(participantCount * slotCount),
  tables: new Float64Array(slotCount),
})

const GRAIN = 1024

/** Multiples of 1/1024, so that sums of prices are exact and a bound is the same wherever it is computed. */
export const toGrain = (price: number): number => Math.round(price * GRAIN) / GRAIN

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
