import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import { DateTime } from 'luxon'
import type { Config } from '../../config.ts'
import type { Reader } from '../../database/client.ts'
import { regionOf, say } from '../../messages.ts'
import { shownAs } from '../../naming.ts'
import type { Language } from '../../schemas/common.ts'
import { shownOnly } from '../../text.ts'
import type { ToldMeeting } from '../../database/schema.ts'
import type { AgendaChange } from '../../schemas/agenda-changes.ts'
import { propagate } from '../day/propagate.ts'
import {
  findRooms,
  findSlots,
  findTables,
  type EventRow,
  type ProgrammeRow,
  type SlotRow,
} from '../events/repository.ts'
import { findParticipants, type Participant } from '../participants/repository.ts'
import { findLive, findMeetings } from '../schedules/repository.ts'
import { isHeld } from '../schedules/succession.ts'

/** What a mail carries of an agenda: the list to be read, and a calendar file; both are empty where there are no meetings. */
export type AgendaLetter = { lines: string[]; calendar: string | null }

type Row = {
  /** Of the pair, the same through all versions. */
  id: string
  startsAt: Date
  endsAt: Date
  table: string
  room: string
  other: Participant | undefined
  held: boolean
}

type Changes = AgendaChange<ToldMeeting>[]

/**
 * The agendas of an event as they are in force, at the times that its rooms really keep, read once for all who are
 * written to. Of what was taken from somebody's agenda, their calendar hears.
 */
export async function readAgendaLetters(
  reader: Reader,
  { publicUrl }: Config,
  { event, programme }: { event: EventRow; programme: ProgrammeRow },
): Promise<(participantId: string, language: Language, changes?: Changes) => AgendaLetter> {
  const live = await findLive(reader, event.id)
  if (!live) return () => ({ lines: [], calendar: null })
  const [meetings, slots, tables, rooms, everybody] = await Promise.all([
    findMeetings(reader, live.id),
    findSlots(reader, event.id, live.id),
    findTables(reader, event.id, live.id),
    findRooms(reader, event.id),
    findParticipants(reader, event.id),
  ])
  const times = propagate(slots, rooms, tables, meetings)
  const slotOf = new Map(slots.map((slot) => [slot.id, slot]))
  const tableOf = new Map(tables.map((table) => [table.id, table]))
  const called = new Map(everybody.map((one) => [one.id, one]))
  const rowsOf = (self: string): Row[] =>
    meetings
      .filter(({ projectId, hostId }) => projectId === self || hostId === self)
      .flatMap((meeting) => {
        const slot = slotOf.get(meeting.slotId)
        const table = tableOf.get(meeting.tableId ?? '')
        const other = called.get(meeting.projectId === self ? meeting.hostId : meeting.projectId)
        if (!slot) return []
        const { startsAt, endsAt } = times.get(meeting.id) ?? slot
        const where = { table: table?.name ?? '', room: table?.room ?? '' }
        return {
          ...{ id: meeting.candidateId, startsAt, endsAt, ...where, other },
          held: isHeld(meeting),
        }
      })
      .toSorted((one, next) => one.startsAt.getTime() - next.startsAt.getTime())
  const several = event.date !== event.lastDate
  const host = new URL(publicUrl).hostname
  return (participantId, language, changes = []) => {
    const own = rowsOf(participantId)
    const rows = [...own, ...takenFrom(own, changes, slots, called)]
    const held = rows.filter((row) => row.held)
    return {
      lines: held.map((row) => lineOf(row, { language, zone: programme.timezone, several })),
      // Of meetings called off calendars hear too.
      calendar:
        rows.length === 0 ? null : calendarOf(rows, { event, language, host, sequence: programme.seq }),
    }
  }
}

/** Meetings that are in the plan no more. How long one was to be is not kept: as long as others. */
function takenFrom(own: Row[], changes: Changes, slots: SlotRow[], called: Map<string, Participant>): Row[] {
  const there = new Set(own.map(({ id }) => id))
  const length = slots.length > 0 ? slots[0].endsAt.getTime() - slots[0].startsAt.getTime() : 0
  return changes.flatMap((one) => {
    if (one.kind !== 'removed' || !one.before || there.has(one.id)) return []
    const startsAt = new Date(one.before.startsAt)
    return {
      ...{ id: one.id, startsAt, endsAt: new Date(startsAt.getTime() + length) },
      ...{ table: one.before.table ?? '', room: '', other: called.get(one.before.with), held: false },
    }
  })
}

type Said = { language: Language; zone: string; several: boolean }

function lineOf(row: Row, { language, zone, several }: Said): string {
  const at = (date: Date) => DateTime.fromJSDate(date, { zone }).setLocale(regionOf(language))
  const times = `${at(row.startsAt).toFormat(several ? 'ccc d LLL HH:mm' : 'HH:mm')}–${at(row.endsAt).toFormat('HH:mm')}`
  return [times, placeOf(row, language), nameOf(row.other)].filter((words) => words !== '').join(' · ')
}

function placeOf({ table, room }: Row, language: Language): string {
  if (table === '') return room
  const named = say(language, 'letter_table', { table })
  return room === '' ? named : `${named} (${room})`
}

const nameOf = (other: Participant | undefined) => (other ? shownAs(other.organisations, other.name) : '')

type Dated = { event: EventRow; language: Language; host: string; sequence: number }

/** Plain UTC times, and nobody's address. The number of the programme's last change only ever rises, as SEQUENCE has to. */
function calendarOf(rows: Row[], { event, language, host, sequence }: Dated): string {
  const calendar = ical({
    name: shownOnly(event.title),
    prodId: { company: 'Incontro', product: 'Agenda', language: language.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
  })
  for (const row of rows)
    calendar.createEvent({
      id: `${row.id}@${host}`,
      sequence,
      start: row.startsAt,
      end: row.endsAt,
      summary: shownOnly(say(language, 'letter_meeting', { name: nameOf(row.other) })),
      location: shownOnly([placeOf(row, language), event.venue].filter((words) => words !== '').join(', ')),
      status: row.held ? ICalEventStatus.CONFIRMED : ICalEventStatus.CANCELLED,
    })
  return calendar.toString()
}
