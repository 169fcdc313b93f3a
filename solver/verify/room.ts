import type { Instance, Participant } from '../format/instance.ts'
import { isInOneBlock } from '../spec/stretch.ts'

/**
 * How many meetings a person's longest row and limits leave room for in some slots, given in order. Taking each slot
 * that is not too much yet is the most there can be where the slots of every limit follow each other among the given
 * ones; of any other limit it is only said that what is outside of it comes on top.
 */
export function mostInSlots(instance: Instance, person: Participant, slots: number[]): number {
  const limits = person.limits.map(({ slots: ids, max }) => ({
    slots: slots.filter((slot) => ids.includes(instance.slots[slot].id)),
    max,
  }))
  const isOneRun = (limit: Limit) => {
    const places = limit.slots.map((slot) => slots.indexOf(slot))
    return places.every((place, index) => place === places[0] + index)
  }
  const runs = limits.filter(isOneRun)
  const count = (some: number[]) => takeInTurn(instance, person, some, runs).length
  const others = limits.filter((limit) => !runs.includes(limit))
  const sums = others.map((limit) => limit.max + count(slots.filter((slot) => !limit.slots.includes(slot))))
  return Math.min(count(slots), ...sums)
}

interface Limit {
  slots: number[]
  max: number
}

function takeInTurn(
  { slots: all }: Instance,
  { maxConsecutive }: Participant,
  slots: number[],
  limits: Limit[],
): number[] {
  const taken: number[] = []
  const isRowFull = (slot: number) => {
    const row = taken.slice(-maxConsecutive)
    return (
      row.length === maxConsecutive &&
      row[0] === slot - maxConsecutive &&
      isInOneBlock(all[row[0]], all[slot])
    )
  }
  const isFull = ({ slots: own, max }: Limit) => taken.filter((slot) => own.includes(slot)).length >= max
  for (const slot of slots)
    if (!isRowFull(slot) && !limits.some((limit) => limit.slots.includes(slot) && isFull(limit)))
      taken.push(slot)
  return taken
}
