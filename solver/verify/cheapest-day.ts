import type { Instance } from '../format/instance.ts'
import { isInOneStretch } from '../spec/stretch.ts'
import type { Certain } from './certain.ts'
import type { Facts, Person } from './facts.ts'

/** Whether idle slots before this one are no break for what comes from here on. */
export const beginsAnew = (instance: Instance, slot: number): boolean =>
  slot > 0 && !isInOneStretch(instance, instance.slots[slot - 1], instance.slots[slot])

/** Before the first meeting of a block, in a meeting, or idle after one. */
const PHASES = ['before', 'busy', 'idle'] as const
const [BEFORE, BUSY, IDLE] = PHASES.keys()

type Use = 'never' | 'maybe' | 'always'

/**
 * Least of breaks and prices over all days with as many meetings as the person can have, busy only where one of them
 * can be. Breaks that cannot be avoided count even in days that would do without: those have only to be paid beyond.
 * @param fewest breaks that cannot be avoided
 * @param price what being busy costs in each slot
 */
export function cheapestDay(
  { instance }: Facts,
  certain: Certain,
  person: Person,
  fewest: number,
  price: number[],
): number {
  const [low, high] = [certain.low[person.index], certain.high[person.index]]
  if (high === 0) return 0
  const uses = usesOf(instance, certain, person)
  const breaks = fewest + 1
  // Cost of the cheapest beginning of a day, by its meetings, its breaks up to the fewest, and its phase.
  let now = new Float64Array((high + 1) * breaks * PHASES.length).fill(Infinity)
  now[BEFORE] = 0
  for (const [slot, use] of uses.entries())
    now = goOn(now, breaks, { use, price: price[slot], isNew: beginsAnew(instance, slot) })
  return fewest + Math.min(...now.subarray(low * breaks * PHASES.length))
}

/** The same one slot later. */
function goOn(
  now: Float64Array<ArrayBuffer>,
  breaks: number,
  { use, price, isNew }: { use: Use; price: number; isNew: boolean },
): Float64Array<ArrayBuffer> {
  const next = new Float64Array(now.length).fill(Infinity)
  const reach = (state: number, cost: number) => {
    if (cost < next[state]) next[state] = cost
  }
  const [oneBreak, oneMeeting] = [PHASES.length, PHASES.length * breaks]
  now.forEach((cost, state) => {
    if (cost === Infinity) return
    const base = state - (state % PHASES.length)
    const phase = isNew ? BEFORE : state % PHASES.length
    if (use !== 'always') reach(base + (phase === BEFORE ? BEFORE : IDLE), cost)
    if (use === 'never' || base + oneMeeting >= now.length) return
    const busy = base + oneMeeting + BUSY
    const isPaid = (base / oneBreak) % breaks === breaks - 1
    if (phase !== IDLE) reach(busy, cost + price)
    else reach(isPaid ? busy : busy + oneBreak, cost + price + (isPaid ? 1 : 0))
  })
  return next
}

/** Where a person can be busy, and where it is for certain. */
function usesOf({ slots }: Instance, certain: Certain, { meetings }: Person): Use[] {
  const uses: Use[] = slots.map(() => 'never')
  for (const meeting of meetings.filter((one) => certain.open.has(one))) {
    const left = certain.slots[meeting.index]
    const isFixed = certain.held.has(meeting) && left.length === 1
    for (const slot of left) if (isFixed || uses[slot] === 'never') uses[slot] = isFixed ? 'always' : 'maybe'
  }
  return uses
}
