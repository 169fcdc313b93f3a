import type { ScreenView } from '../../../server/schemas/agenda.ts'
import { initials } from '../../lib/format.ts'
import { slotsOfDay, type TurnClock } from '../../lib/day/turn-clock.ts'

type Meeting = ScreenView['meetings'][number]
/** What stands in a turn of a row; `behind` in minutes. */
export type Cell = { text: string; called: boolean; behind: number }
export type Row = { key: string; head: string; note: string; now: Cell | null; next: Cell | null }

const cellOf = (meeting: Meeting | undefined, text: string): Cell | null =>
  meeting ? { text, called: meeting.state === 'called', behind: meeting.behind } : null

const pairOf = ({ project, organisation, host, withPerson }: Meeting, initialsOnly: boolean) => {
  const person = withPerson ? [initialsOnly ? initials(host) : host] : []
  return [project, organisation, ...person].filter(Boolean).join(' · ')
}

/** Without a room's name, or of one room alone. */
export const inRoom = (view: ScreenView, room: string): ScreenView =>
  room ? { ...view, meetings: view.meetings.filter((meeting) => meeting.room === room) } : view

/** Of an event of several days only the one that was chosen; where none was, or it has gone, the one that it is, or the next. */
export function onDay(view: ScreenView, now: number, chosen: string): ScreenView {
  const asked = view.slots.filter(({ day }) => day === chosen)
  const slots = asked.length > 0 ? asked : slotsOfDay(view.slots, now)
  const ids = new Set(slots.map(({ id }) => id))
  return { ...view, slots, meetings: view.meetings.filter(({ slotId }) => ids.has(slotId)) }
}

/** Who is being called to a table. */
export const callsOf = ({ meetings }: ScreenView, initialsOnly: boolean) =>
  meetings
    .filter(({ state, table }) => state === 'called' && table)
    .map((meeting) => ({
      key: `${meeting.slotId} ${meeting.table}`,
      table: meeting.table!,
      pair: pairOf(meeting, initialsOnly),
    }))

const byText = (one: string, other: string) => one.localeCompare(other, 'it', { numeric: true })

/** A row for each table that is used today: who sits there now, who next. */
export function rowsByTable(view: ScreenView, { now, next }: TurnClock, initialsOnly: boolean): Row[] {
  const tables = new Map<string, string>()
  for (const { table, room } of view.meetings) if (table) tables.set(table, room)
  const rooms = new Set(tables.values())
  const at = (turn: TurnClock['now'], table: string) => {
    const meeting = view.meetings.find((one) => one.slotId === turn?.id && one.table === table)
    return cellOf(meeting, meeting ? pairOf(meeting, initialsOnly) : '')
  }
  return [...tables]
    .sort(([one, room], [other, otherRoom]) => byText(one, other) || byText(room, otherRoom))
    .map(([table, room]) => ({
      key: table,
      head: table,
      note: rooms.size > 1 ? room : '',
      now: at(now, table),
      next: at(next, table),
    }))
}

/** A row for each project and each host, to find oneself by name. */
export function rowsByName(view: ScreenView, { now, next }: TurnClock, words: Words): Row[] {
  const people = new Map<string, { head: string; note: string; mine: Meeting[] }>()
  const add = (key: string, head: string, note: string, meeting: Meeting) => {
    const person = people.get(key) ?? { head, note, mine: [] }
    person.mine.push(meeting)
    people.set(key, person)
  }
  for (const meeting of view.meetings) {
    const host = words.initialsOnly ? initials(meeting.host) : meeting.host
    add(meeting.projectId, meeting.project, '', meeting)
    add(meeting.hostId, meeting.organisation, host, meeting)
  }
  const at = (turn: TurnClock['now'], mine: Meeting[]) => {
    const meeting = mine.find((one) => one.slotId === turn?.id)
    return cellOf(meeting, meeting ? words.table(meeting.table) : '')
  }
  return [...people]
    .map(([key, { head, note, mine }]) => ({ key, head, note, now: at(now, mine), next: at(next, mine) }))
    .sort((one, other) => byText(one.head, other.head) || byText(one.note, other.note))
}

type Words = { initialsOnly: boolean; table: (name: string | null) => string }
