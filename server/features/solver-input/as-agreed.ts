import type { InstanceFile } from '../../../solver/index.ts'

type Meeting = {
  candidateId: string
  projectId: string
  hostId: string
  slotId: string
  tableId: string | null
}
type Person = NonNullable<InstanceFile['participants']>[number]
type Slots = InstanceFile['slots']

/** What was agreed, even on the spot and by hand, stands: each rule allows at least what is held already. */
export function asAgreed<I extends InstanceFile>(instance: I, meetings: Meeting[]): I {
  const held = new Map<string, Set<string>>()
  for (const { projectId, hostId, slotId } of meetings)
    for (const id of [projectId, hostId]) held.set(id, (held.get(id) ?? new Set()).add(slotId))
  const features = new Map(
    Array.isArray(instance.tables) ? instance.tables.map(({ id, features }) => [id, features ?? []]) : [],
  )
  // Who sits somewhere without it already can do so again.
  const isMet = (need: string, id: string) =>
    meetings.every(
      ({ projectId, hostId, tableId }) =>
        (projectId !== id && hostId !== id) || tableId === null || features.get(tableId)?.includes(need),
    )
  const seatsOf = (id: string) =>
    meetings.flatMap(({ projectId, hostId, tableId }) =>
      tableId !== null && features.has(tableId) && (projectId === id || hostId === id) ? [tableId] : [],
    )
  const participants = instance.participants?.map((person) => ({
    ...person,
    ...allowing(person, held.get(person.id) ?? new Set(), instance.slots),
    ...(person.needs && { needs: person.needs.filter((need) => isMet(need, person.id)) }),
    ...(person.tables && { tables: [...new Set([...person.tables, ...seatsOf(person.id)])] }),
  }))
  const meet = new Set(meetings.map(({ candidateId }) => candidateId))
  const quotas = instance.quotas?.map((quota) => {
    const agreed = (quota.candidates ?? []).filter((id) => meet.has(id)).length
    return { ...quota, max: Math.max(quota.max ?? agreed, agreed) }
  })
  return { ...instance, participants, ...(quotas && { quotas }) }
}

function allowing(person: Person, slots: Set<string>, order: Slots): Partial<Person> {
  const { maxMeetings, maxConsecutive, limits } = person
  return {
    ...(maxMeetings !== undefined && { maxMeetings: Math.max(maxMeetings, slots.size, 1) }),
    ...(maxConsecutive !== undefined && {
      maxConsecutive: Math.max(maxConsecutive, longestRow(slots, order)),
    }),
    ...(limits && {
      limits: limits.map(({ slots: some, max }) => ({
        slots: some,
        max: Math.max(max, (some ?? []).filter((id) => slots.has(id)).length),
      })),
    }),
  }
}

function longestRow(taken: Set<string>, order: Slots): number {
  let [longest, row] = [0, 0]
  for (const [at, { id, block, day }] of order.entries()) {
    const before = order[at - 1]
    const follows = before && before.block === block && before.day === day
    row = taken.has(id) ? (follows ? row : 0) + 1 : 0
    longest = Math.max(longest, row)
  }
  return longest
}
