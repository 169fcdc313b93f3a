import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator'
import { DateTime } from 'luxon'
import type { Config } from '../../config.ts'
import type { Reader } from '../../database/client.ts'
import { say } from '../../messages.ts'
import { shownAs } from '../../naming.ts'
import type { Language } from '../../schemas/common.ts'
import { shownOnly } from '../../text.ts'
import { findSlots, findTables, type EventRow, type ProgrammeRow } from '../events/repository.ts'
import { findParticipants, type Participant } from '../participants/repository.ts'
import { findLive, findMeetings } from './repository.ts'
import { isHeld } from './succession.ts'

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

/** The agendas of an event as they are in force, read once for all who are written to. */
export async function readAgendaLetters(
  reader: Reader,
  { publicUrl }: Config,
  { event, programme }: { event: EventRow; programme: ProgrammeRow },
): Promise<(participantId: string, language: Language) => AgendaLetter> {
  const live = await findLive(reader, event.id)
  if (!live) return () => ({ lines: [], calendar: null })
  const [meetings, slots, tables, everybody] = await Promise.all([
    findMeetings(reader, live.id),
    findSlots(reader, event.id, live.id),
    findTables(reader, event.id, live.id),
    findParticipants(reader, event.id),
  ])
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
        const { startsAt, endsAt } = slot
        const where = { table: table?.name ?? '', room: table?.room ?? '' }
        return { id: meeting.candidateId, startsAt, endsAt, ...where, other, held: isHeld(meeting) }
      })
      .toSorted((one, next) => one.startsAt.getTime() - next.startsAt.getTime())
  const several = event.date !== event.lastDate
  const host = new URL(publicUrl).hostname
  return (participantId, language) => {
    const rows = rowsOf(participantId)
    const held = rows.filter((row) => row.held)
    return {
      lines: held.map((row) => lineOf(row, { language, zone: programme.timezone, several })),
      // Of meetings called off calendars hear too.
      calendar:
        rows.length === 0 ? null : calendarOf(rows, { event, language, host, sequence: programme.seq }),
    }
  }
}

type Said = { language: Language; zone: string; several: boolean }

function lineOf(row: Row, { language, zone, several }: Said): string {
  const at = (date: Date) => DateTime.fromJSDate(date, { zone }).setLocale(language === 'en' ? 'en-GB' : 'it')
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
