import type { Agenda } from '../model/partial-schedule.ts'

interface End {
  participant: number
  from: number
  to: number
}

/**
 * A Kempe chain: the meetings of two slots that hang together through shared participants. Swapping their slots
 * keeps everybody at one meeting a slot, and changes when somebody is busy only at its two ends
 * (A. B. Kempe 1879; for timetables: Thompson and Dowsland 1998).
 */
export interface Chain {
  meetings: number[]
  /** The two slots that are swapped. */
  slots: [number, number]
  /** Participants whose agenda moves: from a slot to the other one. Empty for a closed chain. */
  ends: End[]
  /** The two ends there can be, kept so that millions of trials make no garbage. */
  spare: [End, End]
}

export const newChain = (): Chain => ({ meetings: [], slots: [0, 0], ends: [], spare: [newEnd(), newEnd()] })

const newEnd = (): End => ({ participant: 0, from: 0, to: 0 })

/** Fills `chain` with the one that takes a held meeting to another slot; false if some rule forbids it. */
export function findChain(agenda: Agenda, start: number, to: number, chain: Chain): boolean {
  const { first, second } = agenda.problem
  chain.meetings.length = 0
  chain.ends.length = 0
  chain.slots[0] = agenda.slotOf[start]
  chain.slots[1] = to
  chain.meetings.push(start)
  if (!follow(agenda, start, first[start], chain)) return false
  const isClosed = chain.ends.length === 0
  if (!isClosed && !follow(agenda, start, second[start], chain)) return false
  return hasRoom(agenda, chain) && keepsOrder(agenda, chain)
}

function follow(agenda: Agenda, start: number, through: number, chain: Chain): boolean {
  const { at, problem } = agenda
  const { first, second, slotCount, allowed } = problem
  let [meeting, participant] = [start, through]
  let [from, to] = chain.slots
  for (;;) {
    if (!allowed[meeting * slotCount + to]) return false
    const next = at[participant * slotCount + to]
    if (next === start) return true
    if (next < 0) {
      addEnd(chain, participant, from, to)
      return true
    }
    chain.meetings.push(next)
    meeting = next
    participant = first[next] === participant ? second[next] : first[next]
    const swapped = from
    from = to
    to = swapped
  }
}

function addEnd({ ends, spare }: Chain, participant: number, from: number, to: number): void {
  const end = spare[ends.length]
  end.participant = participant
  end.from = from
  end.to = to
  ends.push(end)
}

const otherSlot = ({ slots }: Chain, slot: number): number => (slot === slots[0] ? slots[1] : slots[0])

function hasRoom({ inSlot, slotOf, problem }: Agenda, { meetings, slots }: Chain): boolean {
  let more = 0
  for (const c of meetings) more += slotOf[c] === slots[0] ? 1 : -1
  if (more > 0) return inSlot[slots[1]].length + more <= problem.tablesIn[slots[1]]
  return inSlot[slots[0]].length - more <= problem.tablesIn[slots[0]]
}

function keepsOrder({ problem, slotOf }: Agenda, chain: Chain): boolean {
  const { earlier, later, isOrdered } = problem
  if (!isOrdered) return true
  const newSlot = (c: number) => (chain.meetings.includes(c) ? otherSlot(chain, slotOf[c]) : slotOf[c])
  for (const c of chain.meetings) {
    if (earlier[c].length === 0 && later[c].length === 0) continue
    const slot = newSlot(c)
    if (earlier[c].some((one) => slotOf[one] >= 0 && newSlot(one) >= slot)) return false
    if (later[c].some((one) => slotOf[one] >= 0 && newSlot(one) <= slot)) return false
  }
  return true
}

/** Swaps the slots of a chain; false, with nothing changed, if the tables of a slot do not suit. */
export function swap(agenda: Agenda, chain: Chain): boolean {
  exchange(agenda, chain)
  if (!agenda.seating || chain.meetings.every((c) => agenda.seating!.tableOf[c] >= 0)) return true
  exchange(agenda, chain)
  return false
}

function exchange(agenda: Agenda, { meetings, slots }: Chain): void {
  const isSecond = meetings.map((c) => agenda.slotOf[c] === slots[1])
  for (const c of meetings) agenda.remove(c)
  for (let i = 0; i < meetings.length; i++) agenda.put(meetings[i], isSecond[i] ? slots[0] : slots[1])
}
