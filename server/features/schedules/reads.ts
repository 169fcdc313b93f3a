import type { Database, Reader } from '../../database/client.ts'
import type { CellsView, Comparison } from '../../schemas/schedule.ts'
import { notFound } from '../../errors.ts'
import { markedName } from '../../naming.ts'
import type { Call } from '../../write.ts'
import { findSlots, findTables, type SlotRow, type TableRow } from '../events/repository.ts'
import { cellsOf } from './cells.ts'
import { affectedBy, compareMeetings, type Placement, type Step } from './difference.ts'
import { readOccupancy } from './occupancy.ts'
import { findParticipants, type Participant } from '../participants/repository.ts'
import { findMeetings } from './repository.ts'
import { openMeeting, openSchedule } from './service.ts'
import { heldIn } from './succession.ts'

/** Where a meeting may go, and what is in the way elsewhere. */
export async function readCells(db: Database, call: Call, meetingId: string): Promise<CellsView> {
  const found = await openMeeting(db, call, meetingId)
  const cells = cellsOf(await readOccupancy(db, found), found.meeting)
  return { meetingId, version: found.meeting.version, cells }
}

/** How a schedule differs from another one of its event. */
export async function readComparison(
  db: Database,
  call: Call,
  scheduleId: string,
  otherId: string,
): Promise<Comparison> {
  const { schedule, event } = await openSchedule(db, call, scheduleId, 'plan.read')
  const { schedule: other } = await openSchedule(db, call, otherId, 'plan.read')
  if (other.eventId !== event.id) throw notFound()
  const [before, after, people, cells] = await Promise.all([
    findMeetings(db, other.id),
    findMeetings(db, schedule.id),
    findParticipants(db, event.id),
    findCells(db, event.id, [schedule.id, other.id]),
  ])
  const [from, to] = [heldIn(other, before), heldIn(schedule, after)]
  return presentComparison(compareMeetings(from, to), to.length, { people, ...cells })
}

/** Slots and tables of an event, also those that were taken out of it where one of the schedules still holds them. */
async function findCells(reader: Reader, eventId: string, scheduleIds: string[]) {
  const found = await Promise.all(
    scheduleIds.map(
      async (id) => [await findSlots(reader, eventId, id), await findTables(reader, eventId, id)] as const,
    ),
  )
  const once = <T extends { id: string }>(rows: T[]) => [
    ...new Map(rows.map((row) => [row.id, row])).values(),
  ]
  return {
    slots: once(found.flatMap(([slots]) => slots)),
    tables: once(found.flatMap(([, tables]) => tables)),
  }
}

type Known = { people: Participant[]; slots: SlotRow[]; tables: TableRow[] }

export function presentComparison(steps: Step[], held: number, { people, slots, tables }: Known): Comparison {
  const count = (kind: Step['kind']) => steps.filter((step) => step.kind === kind).length
  return {
    added: count('added'),
    removed: count('removed'),
    moved: count('moved'),
    tableOnly: count('table'),
    unchanged: held - count('added') - count('moved') - count('table'),
    affected: affectedBy(steps).size,
    changes: presentSteps(steps, people, slots, tables),
  }
}

/** Changes in the order of the day, with the names that people go by. */
export function presentSteps(
  steps: Step[],
  people: Participant[],
  slots: SlotRow[],
  tables: TableRow[],
): Comparison['changes'] {
  const names = new Map(people.map((one) => [one.id, markedName(one)]))
  const starts = new Map(slots.map(({ id, startsAt }) => [id, startsAt.toISOString()]))
  const tableNames = new Map(tables.map(({ id, name }) => [id, name]))
  const cellOf = (at: Placement | null) =>
    at && { startsAt: starts.get(at.slotId) ?? '', table: tableNames.get(at.tableId ?? '') ?? '' }
  const whenOf = ({ from, to }: Step) => starts.get((to ?? from)!.slotId) ?? ''
  return steps
    .toSorted((one, other) => whenOf(one).localeCompare(whenOf(other)))
    .map(({ kind, participants, from, to }) => ({
      kind,
      names: participants.map((id) => names.get(id) ?? ''),
      from: cellOf(from),
      to: cellOf(to),
    }))
}
