import type { EventRules } from '../../schemas/event.ts'
import type { SlotRow, TableRow } from '../events/repository.ts'
import type { Person } from '../participants/repository.ts'

/** A pair as the solver sees it; a lock holds it where it is. */
export type Pair = {
  id: string
  projectId: string
  hostId: string
  value: number
  lock: { slot: string; table: string | null } | null
}

export type Camp = {
  name: string
  rules: EventRules
  slots: SlotRow[]
  tables: TableRow[]
  people: Person[]
  unavailable: Map<string, Set<string>>
}

/** The camp in the solver's open file format: ids and numbers, nobody's name. */
export const buildInstance = (camp: Camp, pairs: Pair[]) => ({
  format: 'incontro/instance' as const,
  version: 1 as const,
  name: camp.name,
  slots: camp.slots.map(({ id, startsAt, endsAt, block }) => ({
    id,
    start: startsAt.toISOString(),
    end: endsAt.toISOString(),
    block,
  })),
  tables: camp.tables.map(({ id, features }) => ({ id, features })),
  participants: camp.people.map((person) => buildParticipant(camp, person)),
  candidates: pairs.map(({ id, projectId, hostId, value, lock }) => ({
    id,
    participants: [projectId, hostId],
    value,
    ...(lock && { lock: { slot: lock.slot, ...(lock.table && { table: lock.table }) } }),
  })),
})

function buildParticipant({ rules, unavailable }: Camp, person: Person) {
  const isProject = person.side === 'project'
  const most = person.maxMeetings ?? (isProject ? rules.maximum.projects : rules.maximum.hosts)
  return {
    id: person.id,
    side: person.side,
    unavailable: [...(unavailable.get(person.id) ?? [])].sort(),
    minMeetings: guaranteeOf(rules, person),
    ...(most !== null && { maxMeetings: most }),
    ...(isProject && { fairnessGroup: person.financed ? 'financed' : 'not-financed' }),
  }
}

/** Meetings that somebody is promised. */
export function guaranteeOf(
  { guarantee }: EventRules,
  { side, financed }: Pick<Person, 'side' | 'financed'>,
): number {
  if (side === 'host') return guarantee.hosts
  return financed ? guarantee.financed : guarantee.notFinanced
}
