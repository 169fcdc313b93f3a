import {
  suits,
  type Candidate,
  type Instance,
  type Participant,
  type Slot,
  type Table,
} from '../format/instance.ts'

/** Slots that suit a candidate, its participants and a table for both, whatever else is held. */
export function slotFinder(instance: Instance): (candidate: Candidate) => number[] {
  const { slots, participants, quotas } = instance
  const away = new Map(participants.map((one) => [one.id, isIn(slots, new Set(neverIn(one)))]))
  const never = new Set(participants.filter((one) => one.maxMeetings === 0).map(({ id }) => id))
  const barred = new Set(quotas.filter(({ max }) => max === 0).flatMap(({ candidates }) => candidates))
  const tables = tableFinder(instance)
  return (candidate) => {
    const { id, participants, slots: own, lock } = candidate
    if (barred.has(id) || participants.some((one) => never.has(one))) return []
    const [one, two] = participants.map((person) => away.get(person)!)
    const hasTable = tables(candidate)
    const isOwn = own && isIn(slots, new Set(own))
    const isAllowed = (slot: number) =>
      (isOwn?.[slot] ?? true) && (lock?.slot ?? slots[slot].id) === slots[slot].id
    return slots.flatMap((_, slot) =>
      !one[slot] && !two[slot] && hasTable[slot] && isAllowed(slot) ? slot : [],
    )
  }
}

/** Slots in which a participant is not there, or may have no meeting. */
const neverIn = ({ unavailable, limits }: Participant): string[] => [
  ...unavailable,
  ...limits.filter(({ max }) => max === 0).flatMap(({ slots }) => slots),
]

const isIn = (slots: Slot[], ids: Set<string>): boolean[] => slots.map(({ id }) => ids.has(id))

/** For each slot, whether it has a table that both participants of a candidate can sit at. */
function tableFinder({ slots, tables, participants }: Instance): (candidate: Candidate) => boolean[] {
  if (!Array.isArray(tables)) return () => slots.map(() => tables !== 0)
  const away = new Map(tables.map((table) => [table, new Set(table.unavailable)]))
  const usable = (some: Table[]) => slots.map(({ id }) => some.some((table) => !away.get(table)!.has(id)))
  const anyTable = usable(tables)
  const isChoosy = (one: Participant) => one.tables !== null || one.needs.length > 0
  const own = new Map(
    participants
      .filter(isChoosy)
      .map((one) => [one.id, new Set(tables.filter((table) => suits(one, table)))]),
  )
  return ({ participants: pair, lock }) => {
    const sets = pair.flatMap((id) => own.get(id) ?? [])
    if (sets.length === 0 && !lock?.table) return anyTable
    const ofLock = tables.filter(({ id }) => (lock?.table ?? id) === id)
    return usable(ofLock.filter((table) => sets.every((set) => set.has(table))))
  }
}
