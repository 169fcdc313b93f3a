/** Somebody's chair, where it stands already. */
export type Held = { participantId: string; slotId: string }

type Person = { id: string; human: string | null }
type Day = { slots: { id: string }[]; people: Person[]; unavailable: Map<string, Set<string>> }

/**
 * When each participant cannot come, with this added: one human who sits for two participants has each turn for one
 * of them only. Turns are shared out in order to who has the fewest of them yet; where one sits already, it stays.
 */
export function withSharedTime(day: Day, held: Held[]): Map<string, Set<string>> {
  const groups = Map.groupBy(
    day.people.filter(({ human }) => human !== null),
    ({ human }) => human,
  )
  const unavailable = new Map(day.unavailable)
  const seated = new Set(held.map(({ participantId, slotId }) => `${participantId} ${slotId}`))
  for (const group of groups.values())
    if (group.length > 1)
      for (const [id, lost] of shareOut(day, group, seated))
        unavailable.set(id, new Set([...(unavailable.get(id) ?? []), ...lost]))
  return unavailable
}

function shareOut({ slots, unavailable }: Day, group: Person[], seated: Set<string>) {
  const turns = new Map(group.map(({ id }) => [id, 0]))
  const lost = new Map(group.map(({ id }) => [id, new Set<string>()]))
  for (const { id: slot } of slots) {
    const here = group.filter(({ id }) => seated.has(`${id} ${slot}`))
    const able = here.length > 0 ? here : group.filter(({ id }) => !unavailable.get(id)?.has(slot))
    const owner = able.toSorted((one, other) => turns.get(one.id)! - turns.get(other.id)!).at(0)
    if (!owner) continue
    turns.set(owner.id, turns.get(owner.id)! + 1)
    for (const other of group) if (other !== owner && !here.includes(other)) lost.get(other.id)!.add(slot)
  }
  return lost
}
