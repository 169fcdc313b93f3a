import type { SlotView, TableView } from '../../../../server/schemas/event.ts'
import type { PlanMeeting, PlanParticipant, PlanView } from '../../../../server/schemas/schedule.ts'
import { featureLabel } from '../../../lib/features.ts'
import { markedName, underMarked } from '../../../lib/naming.ts'
import { seek } from '../../../lib/search.ts'

export type PlanIndex = {
  slots: Map<string, SlotView>
  tables: Map<string, TableView>
  people: Map<string, PlanParticipant>
  /** Cells in which a person cannot come or a table is not there. */
  away: Set<string>
  first: Set<string>
}
export type Layout = 'tables' | 'people'
export type Row = { id: string; label: string; detail: string; group: string }

export const cellKey = (rowId: string, slotId: string) => `${rowId} ${slotId}`

const byId = <T extends { id: string }>(list: T[]) => new Map(list.map((one) => [one.id, one]))

export const indexOf = ({ slots, tables, participants }: PlanView): PlanIndex => ({
  slots: byId(slots),
  tables: byId(tables),
  people: byId(participants),
  away: new Set([
    ...participants.flatMap(({ id, unavailable }) => unavailable.map((slotId) => cellKey(id, slotId))),
    ...tables.flatMap(({ id, daysOut }) =>
      slots.filter(({ day }) => daysOut.includes(day)).map((slot) => cellKey(id, slot.id)),
    ),
  ]),
  first: new Set(
    slots.filter((slot, at) => at > 0 && slot.block !== slots[at - 1]!.block).map(({ id }) => id),
  ),
})

const same = (one: PlanMeeting, other: PlanMeeting) =>
  one.version === other.version &&
  one.slotId === other.slotId &&
  one.tableId === other.tableId &&
  one.locked === other.locked &&
  one.state === other.state &&
  one.value === other.value &&
  one.levels.join() === other.levels.join()

/** Meetings that stay as they were keep their object, so that only the cells that changed are drawn again. */
export function keepUnchanged(before: PlanMeeting[], after: PlanMeeting[]): PlanMeeting[] {
  const known = byId(before)
  return after.map((meeting) => {
    const old = known.get(meeting.id)
    return old && same(old, meeting) ? old : meeting
  })
}

/** Which meeting stands in each cell, by row and slot. */
export function cellsByRow(meetings: PlanMeeting[], layout: Layout): Map<string, PlanMeeting> {
  const held = meetings.filter(({ state }) => state !== 'cancelled')
  return new Map(
    layout === 'tables'
      ? held.flatMap((one) => (one.tableId ? [[cellKey(one.tableId, one.slotId), one] as const] : []))
      : held.flatMap((one) => one.participants.map((id) => [cellKey(id, one.slotId), one] as const)),
  )
}

/** `ownerOf`: whose own table one is, in words. */
export const tableRows = (tables: TableView[], ownerOf: (id: string) => string): Row[] =>
  tables.map(({ id, name, room, features, ownerId }) => ({
    id,
    label: name,
    detail: [...(ownerId ? [ownerOf(ownerId)] : []), ...features.map(featureLabel)].join(', '),
    group: room,
  }))

export const peopleRows = (
  people: PlanParticipant[],
  groups: Record<PlanParticipant['side'], string>,
): Row[] =>
  (['project', 'host'] as const).flatMap((side) =>
    people
      .filter((person) => person.side === side)
      .map((person) => ({
        ...{ id: person.id, label: markedName(person), detail: underMarked(person) },
        group: groups[side],
      }))
      .toSorted((one, other) => one.label.localeCompare(other.label, 'it', { numeric: true })),
  )

type Called = Pick<PlanParticipant, 'id' | 'side' | 'short' | 'mark'>

/**
 * What stands in a cell: of hosts without the words with which several begin, such as "Fondazione", as long as what is
 * left tells them apart. The whole name is in the panel, and in a short name that the organisers give.
 */
export function cellNames(people: Called[]): Map<string, string> {
  const names = new Map(people.map((one) => [one.id, markedName(one)]))
  const hosts = people.filter(({ side }) => side === 'host')
  const beginning = (words: string[], count: number) => words.slice(0, count).join(' ').toLowerCase()
  const wordsOf = (id: string) => names.get(id)!.split(/\s+/)
  const counts = new Map<string, number>()
  for (const { id } of hosts)
    for (const at of wordsOf(id).keys()) {
      const begin = beginning(wordsOf(id), at + 1)
      counts.set(begin, (counts.get(begin) ?? 0) + 1)
    }
  const shorter = hosts.map(({ id }) => {
    const words = wordsOf(id)
    const from = words.findIndex((_, at) => (counts.get(beginning(words, at + 1)) ?? 0) < SHARED)
    return { id, name: words.slice(Math.max(0, from)).join(' ') }
  })
  const alike = Map.groupBy(shorter, ({ name }) => name.toLowerCase())
  for (const { id, name } of shorter)
    if (/\p{L}{3}/u.test(name) && alike.get(name.toLowerCase())!.length === 1) names.set(id, name)
  return names
}

const SHARED = 3

/** People whose name or organisation holds what is sought; null while nothing is. */
export function findPeople(
  people: Pick<PlanParticipant, 'id' | 'name' | 'organisations' | 'mark'>[],
  sought: string,
): Set<string> | null {
  const holds = seek(sought)
  if (!holds) return null
  const found = people.filter(({ name, organisations, mark }) => holds([name, ...organisations, mark]))
  return new Set(found.map(({ id }) => id))
}
