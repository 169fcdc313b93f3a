import { versionOf } from '../../content-version.ts'
import type { Reader } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { markedName } from '../../naming.ts'
import type { ArrangementEffects } from '../../schemas/event.ts'
import type { SlotTime } from '../../schemas/slot-times.ts'
import type { SlotRow, TableRow } from '../events/repository.ts'
import { isUnderWay } from '../disruptions/facts.ts'
import { findRulings } from '../pair-rulings/service.ts'
import { findParticipants, findStatedAbsences } from '../participants/repository.ts'
import { findPlanned, type Planned } from './repository.ts'

/** What slots and tables become. */
export type Rearrangement = {
  slots: SlotRow[]
  tables: TableRow[]
  /** Of every slot that stays, its day and times from now on. */
  kept: Map<string, Pick<SlotTime, 'day' | 'startsAt' | 'endsAt'>>
  added: number
  /** Of every table that stays, the days on which it is not there. */
  daysOut: Map<string, string[]>
}

/** The meetings that cannot be held where they are any more. */
export type Lost = { bySlot: Planned[]; byTable: Planned[] }

const movedIds = ({ slots, kept }: Rearrangement) =>
  new Set(
    slots
      .filter(({ id, startsAt, endsAt }) => isMoved(kept.get(id), { startsAt, endsAt }))
      .map(({ id }) => id),
  )

type Times = Pick<SlotTime, 'startsAt' | 'endsAt'>
const isMoved = (next: Times | undefined, { startsAt, endsAt }: Times): boolean =>
  next !== undefined &&
  (next.startsAt.getTime() !== startsAt.getTime() || next.endsAt.getTime() !== endsAt.getTime())

/** Of what had been lost before the change nothing is lost by it. */
export function lostIn(planned: Planned[], { slots, tables, kept, daysOut }: Rearrangement): Lost {
  const [slotOf, tableOf] = [
    new Map(slots.map((one) => [one.id, one])),
    new Map(tables.map((one) => [one.id, one])),
  ]
  const here = planned.filter(({ slotId }) => slotOf.has(slotId))
  const isTakenOut = ({ slotId, tableId }: Planned) => {
    const table = tableOf.get(tableId ?? '')
    if (!table || table.daysOut.includes(slotOf.get(slotId)!.day)) return false
    const out = daysOut.get(table.id)
    return !out || out.includes(kept.get(slotId)!.day)
  }
  return {
    bySlot: here.filter(({ slotId }) => !kept.has(slotId)),
    byTable: here.filter((one) => kept.has(one.slotId) && isTakenOut(one)),
  }
}

/** Everything that hangs on it: what goes, what follows, and whom that concerns. */
export async function readEffects(
  reader: Reader,
  eventId: string,
  change: Rearrangement,
): Promise<{ effects: ArrangementEffects; planned: Planned[] }> {
  const [planned, unavailable, people, rulings] = await Promise.all([
    findPlanned(reader, eventId),
    findStatedAbsences(reader, eventId),
    findParticipants(reader, eventId),
    findRulings(reader, eventId),
  ])
  const { slots, tables, kept, added } = change
  const lost = lostIn(planned, change)
  const gone = [...lost.bySlot, ...lost.byTable]
  if (gone.some(({ kind, state }) => kind === 'live' && isUnderWay(state)))
    throw new DomainError('meeting-begun')
  const moved = movedIds(change)
  const peopleOf = (rows: Pick<Planned, 'projectId' | 'hostId'>[]) =>
    new Set(rows.flatMap(({ projectId, hostId }) => [projectId, hostId])).size
  const saying = (is: (slotId: string) => boolean) =>
    [...unavailable.values()].filter((own) => [...own].some(is)).length
  const names = new Map(people.map((one) => [one.id, markedName(one)]))
  const known = {
    starts: new Map(slots.map(({ id, startsAt }) => [id, startsAt.toISOString()])),
    tables: new Map(tables.map(({ id, name }) => [id, name])),
  }
  const owners = tables.flatMap(({ id, name, ownerId }) =>
    ownerId && !change.daysOut.has(id) ? [{ name: names.get(ownerId) ?? '', table: name }] : [],
  )
  const found = {
    owners,
    slots: { kept: kept.size - moved.size, moved: moved.size, added, removed: slots.length - kept.size },
    availability: {
      gone: saying((id) => !kept.has(id) && known.starts.has(id)),
      moved: saying((id) => moved.has(id)),
    },
    rulings: rulings.filter(({ slotId }) => slotId && known.starts.has(slotId) && !kept.has(slotId)).length,
    moved: peopleOf(planned.filter(({ kind, slotId }) => kind === 'live' && moved.has(slotId))),
    drafts: [
      ...Map.groupBy(
        gone.filter(({ kind }) => kind === 'draft'),
        (one) => one.scheduleId,
      ).values(),
    ].map((rows) => ({
      name: rows[0].schedule,
      meetings: rows.length,
      locked: rows.filter(({ locked }) => locked).length,
    })),
    published: gone
      .filter(({ kind }) => kind === 'live')
      .map(({ slotId, tableId, projectId, hostId, locked }) => ({
        startsAt: known.starts.get(slotId) ?? '',
        table: known.tables.get(tableId ?? '') ?? '',
        names: [projectId, hostId].map((id) => names.get(id) ?? ''),
        locked,
      }))
      .toSorted((one, other) => one.startsAt.localeCompare(other.startsAt)),
  }
  const { availability, drafts, published } = found
  const lists = owners.length + drafts.length + published.length
  const hangs = availability.gone + availability.moved + found.rulings + found.moved + lists > 0
  return { effects: { effects: hangs ? versionOf(found) : null, ...found }, planned }
}
