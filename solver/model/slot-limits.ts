import type { Instance } from '../format/instance.ts'

/** Most meetings of a participant in some slots. */
export interface SlotLimit {
  /** 1 for the slots in which they count. */
  isIn: Uint8Array
  max: number
}

/** The limits of each participant, without those that allow a meeting in every one of their slots. */
export function compileLimits({ participants }: Instance, slots: Map<string, number>): SlotLimit[][] {
  return participants.map(({ limits }) =>
    limits
      .filter((limit) => limit.max < limit.slots.length)
      .map((limit) => {
        const isIn = new Uint8Array(slots.size)
        for (const id of limit.slots) isIn[slots.get(id)!] = 1
        return { isIn, max: limit.max }
      }),
  )
}

/**
 * Most of the free slots that can be busy with at most `most` in a row inside a block and with these limits: exact if
 * the free slots of each limit follow each other but for slots that are not free; otherwise never too few.
 */
export function mostBusySlots(
  free: Uint8Array,
  block: Int32Array,
  most: number,
  limits: readonly SlotLimit[] = [],
): number {
  const isRun = (limit: SlotLimit) => followEachOther(free, limit)
  const runs = limits.filter(isRun)
  let busy = fillFromFirst(free, block, most, runs)
  for (const limit of limits) {
    if (runs.includes(limit)) continue
    const others = free.map((one, slot) => (limit.isIn[slot] ? 0 : one))
    busy = Math.min(busy, limit.max + fillFromFirst(others, block, most, runs))
  }
  return busy
}

/** Whether no free slot that does not count is between two that do. */
function followEachOther(free: Uint8Array, { isIn }: SlotLimit): boolean {
  const counted = free.map((one, slot) => one & isIn[slot])
  const [first, last] = [counted.indexOf(1), counted.lastIndexOf(1)]
  return free.every((one, slot) => slot < first || slot > last || one === counted[slot])
}

/** Each slot in turn is busy if it can be: where all limits are of runs of slots, no choice has more. */
function fillFromFirst(
  free: Uint8Array,
  block: Int32Array,
  most: number,
  limits: readonly SlotLimit[],
): number {
  const left = limits.map(({ max }) => max)
  let busy = 0
  let row = 0
  free.forEach((isFree, slot) => {
    const continues = slot > 0 && block[slot] === block[slot - 1]
    const isOpen = limits.every(({ isIn }, index) => !isIn[slot] || left[index] > 0)
    const isBusy = isFree === 1 && isOpen && (!continues || row < most)
    row = isBusy ? (continues ? row + 1 : 1) : 0
    if (!isBusy) return
    busy++
    limits.forEach(({ isIn }, index) => (left[index] -= isIn[slot]))
  })
  return busy
}
