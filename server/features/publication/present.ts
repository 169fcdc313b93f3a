import { markedName } from '../../naming.ts'
import type { ConcernedPerson } from '../../schemas/telling.ts'
import type { Participant } from '../participants/repository.ts'
import type { Concerned } from '../told/concerned.ts'

/** Those who are concerned, by name, each with what changes for them in the order of the day. */
export function presentConcerned(
  concerned: Concerned[],
  people: Participant[],
  contacts: ReadonlyMap<string, unknown>,
): ConcernedPerson[] {
  const byId = new Map(concerned.map((one) => [one.participantId, one]))
  const names = new Map(people.map((one) => [one.id, markedName(one)]))
  return people.flatMap(({ id, side, name, organisations, short, mark }) => {
    const found = byId.get(id)
    if (!found) return []
    return {
      ...{ id, side, name, organisations, short, mark },
      first: found.first,
      meetings: Object.keys(found.meetings).length,
      // All of a first agenda is new: how many meetings says it.
      changes: found.first ? [] : presentChanges(found.changes, names),
      byMail: contacts.has(id),
    }
  })
}

/** Changes of a person's agenda, with the names of those whom they meet. */
export function presentChanges(
  changes: Concerned['changes'],
  names: ReadonlyMap<string, string>,
): ConcernedPerson['changes'] {
  const whenOf = (one: Concerned['changes'][number]) =>
    one.kind === 'date' ? '' : (one.now ?? one.before)!.startsAt
  return changes
    .toSorted((one, other) => whenOf(one).localeCompare(whenOf(other)))
    .map((one) => {
      if (one.kind === 'date') return one
      const { kind, id, now, before } = one
      const name = names.get((now ?? before)!.with) ?? ''
      return { kind, id, name, now: placeOf(now), before: placeOf(before) }
    })
}

const placeOf = (at: { startsAt: string; table: string | null } | null) =>
  at && { startsAt: at.startsAt, table: at.table }
