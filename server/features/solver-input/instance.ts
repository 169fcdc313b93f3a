import type { InstanceFile } from '../../../solver/index.ts'
import type { EventRules } from '../../schemas/rules.ts'
import type { Candidate } from '../choices/candidates.ts'
import { slotsOut } from '../disruptions/facts.ts'
import type { SlotRow, TableRow } from '../events/repository.ts'
import type { Participant } from '../participants/repository.ts'
import { ofPerson, orderOf, quotasOf } from './rules.ts'
import { withSharedTime, type Held as Seat } from './shared-time.ts'

/** A pair as the solver sees it; a lock holds it where it is. */
export type Pair = {
  id: string
  projectId: string
  hostId: string
  value: number
  /** It has to be held. */
  required?: boolean
  lock: { slot: string; table: string | null } | null
}

export type Camp = {
  name: string
  /** Of the place, for hours of the day. */
  timezone: string
  rules: EventRules
  slots: SlotRow[]
  tables: TableRow[]
  people: Participant[]
  unavailable: Map<string, Set<string>>
}

type Held = Pick<Pair, 'projectId' | 'hostId' | 'value'> & {
  candidateId: string
  slotId: string
  tableId: string | null
  locked: boolean
}

/** The pairs that could meet, and those that are held whatever the wishes say; a locked one stays where it is. */
export function pairsFor(candidates: (Candidate & { id: string })[], held: Held[]): Pair[] {
  const pairs = new Map(
    candidates.map(({ id, projectParticipantId: projectId, hostParticipantId: hostId, value, must }) => {
      const lock = must?.slotId ? { slot: must.slotId, table: null } : null
      return [id, { id, projectId, hostId, value, required: must !== undefined, lock } as Pair]
    }),
  )
  for (const { candidateId: id, projectId, hostId, value, locked, slotId, tableId } of held) {
    const known = pairs.get(id) ?? { id, projectId, hostId, value, lock: null }
    pairs.set(id, { ...known, lock: locked ? { slot: slotId, table: tableId } : known.lock })
  }
  return [...pairs.values()]
}

/** The two chairs of each meeting. */
export const seatsOf = (meetings: { projectId: string; hostId: string; slotId: string }[]): Seat[] =>
  meetings.flatMap(({ projectId, hostId, slotId }) =>
    [projectId, hostId].map((participantId) => ({ participantId, slotId })),
  )

export const lockedSeats = (pairs: Pair[]): Seat[] =>
  seatsOf(pairs.flatMap(({ lock, ...pair }) => (lock ? [{ ...pair, slotId: lock.slot }] : [])))

/** The camp in the solver's open file format: ids and numbers, nobody's name. */
export function buildInstance(camp: Camp, pairs: Pair[], held = lockedSeats(pairs)) {
  const unavailable = withSharedTime(camp, held)
  const quotas = quotasOf(camp, pairs)
  return {
    format: 'incontro/instance',
    version: 1,
    name: camp.name,
    slots: slotsFor(camp.slots),
    tables: tablesFor(camp),
    participants: camp.people.map((person) => buildParticipant({ ...camp, unavailable }, person)),
    candidates: pairs.map(({ id, projectId, hostId, value, required, lock }) => ({
      id,
      participants: [projectId, hostId],
      value,
      ...(required && { required }),
      ...(lock && { lock: { slot: lock.slot, ...(lock.table && { table: lock.table }) } }),
    })),
    ...(quotas.length > 0 && { quotas }),
    rules: orderOf(camp.rules),
  } satisfies InstanceFile
}

/** Days and blocks by number; a slot that was taken out breaks the row that it stands in. */
function slotsFor(slots: SlotRow[]) {
  const days = [...new Set(slots.map(({ day }) => day))]
  let block = 0
  return slots.map(({ id, day, startsAt, endsAt, ...slot }, index) => {
    const before = slots.at(index - 1)
    const isOneRow = before?.block === slot.block && before.day === day
    if (index > 0 && (!isOneRow || slot.removedAt || before?.removedAt)) block += 1
    const times = { start: startsAt.toISOString(), end: endsAt.toISOString() }
    return { id, ...times, block, ...(days.length > 1 && { day: days.indexOf(day) }) }
  })
}

/** With the slots of the days on which a table is not there. */
function tablesFor({ slots, tables }: Camp) {
  const out = slotsOut(slots, tables)
  return tables.map(({ id, features }) => {
    const unavailable = [...(out.get(id) ?? [])]
    return { id, features, ...(unavailable.length > 0 && { unavailable }) }
  })
}

/** What a run keeps of it. */
export type CampInstance = ReturnType<typeof buildInstance>

function buildParticipant(camp: Camp, person: Participant) {
  const ownTables = camp.tables.filter(({ ownerId }) => ownerId === person.id).map(({ id }) => id)
  return {
    id: person.id,
    side: person.side,
    unavailable: [...(camp.unavailable.get(person.id) ?? [])].sort(),
    ...ofPerson(camp, person),
    ...(person.needs.length > 0 && { needs: person.needs }),
    ...(ownTables.length > 0 && { tables: ownTables }),
    ...(person.side === 'project' && { fairnessGroup: person.financed ? 'financed' : 'not-financed' }),
  }
}
