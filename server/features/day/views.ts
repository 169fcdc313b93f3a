import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { DayView, DeskView } from '../../schemas/day.ts'
import type { View } from '../../view.ts'
import { findCandidates } from '../choices/pairs.ts'
import { clockOf } from '../events/clock.ts'
import { openEventView } from '../events/open.ts'
import { presentEvent, presentSlot } from '../events/present.ts'
import { findEvent, findSlots, findTables } from '../events/repository.ts'
import { readEntries } from '../log/present.ts'
import { findPairs } from '../solver-input/repository.ts'
import { findParticipants, findUnavailable, type Participant } from '../participants/repository.ts'
import { readMarks } from '../schedules/marks.ts'
import { findLive, findMeetings } from '../schedules/repository.ts'
import { currentDay, currentSlot, factsOf, slotsTaken } from '../disruptions/facts.ts'
import {
  levelsIn,
  presentDesk,
  presentDisruption,
  presentMeeting,
  presentParticipant,
  presentRepair,
  presentRoom,
  presentTable,
  type Read,
} from './present.ts'
import { propagate } from './propagate.ts'
import { findRepairs } from './repository.ts'
import { findParticipantRows, onDay } from '../participants/repository.ts'
import { findRooms } from '../events/repository.ts'
import { findDisruptions } from '../disruptions/repository.ts'
import { fillInsOf } from './fill-ins.ts'

const LOGGED = 50
/** Turns ahead for which free places are offered: the one that is on, or next, and the one after. */
const FILL_IN_SLOTS = 2

/** The organisers' board: who is here, what goes differently, what can be done about it. */
export const dayView: View = {
  name: 'day',
  path: '/events/:eventId/day',
  schema: DayView,
  open: (reader, actor, eventId) => openEventView(reader, actor, eventId, 'day.read', [topic.organisers]),
  read: readBoard,
  colleagues: true,
}

/** The desk at the entrance: who is who, here or not, and where to go. */
export const deskView: View = {
  name: 'desk',
  path: '/events/:eventId/desk',
  schema: DeskView,
  open: (reader, actor, eventId) => openEventView(reader, actor, eventId, 'desk.read', [topic.desk]),
  read: readDesk,
  shared: true,
  colleagues: true,
}

async function readBoard(reader: Reader, actor: Actor, eventId: string): Promise<DayView> {
  const { programme, ...day } = await readDay(reader, eventId)
  const by = { locale: actor.locale, zone: programme.timezone }
  const { timezone } = programme
  const camp = { ...day, name: day.event.title, rules: day.event.rules, timezone }
  const [repairs, pairs, log, marks] = await Promise.all([
    findRepairs(reader, eventId),
    findPairs(reader, eventId),
    readEntries(reader, programme.id, { eventId, before: null, limit: LOGGED }, by),
    readMarks(reader, day.live, { camp, facts: day.facts, meetings: day.meetings, now: day.now }),
  ])
  const levels = levelsIn(day.candidates)
  const participants = day.people.map((person) => presentParticipant(day, person))
  return {
    event: presentEvent(day.event, programme),
    schedule: day.live && {
      ...{ id: day.live.id, version: day.live.version, number: day.live.number ?? 0 },
      changedAt: day.live.changedAt.toISOString(),
    },
    slots: day.slots.map(presentSlot),
    rooms: day.rooms.map(presentRoom),
    tables: day.tables.map((table) => presentTable(table, day.facts)),
    participants,
    meetings: day.meetings.map((meeting) => presentMeeting(day, levels, meeting)),
    disruptions: day.disruptions.map((row) => presentDisruption(day, row)),
    repairs: repairs.map((repair) => presentRepair(day, levels, pairs, repair)),
    standby: fillInsOf({
      ...day,
      slots: slotsToFill(day),
      people: participants,
      humans: humansOf(day.people),
      needs: new Map(day.people.map(({ id, needs }) => [id, needs])),
    }),
    marks,
    log,
  }
}

function slotsToFill({ slots, now, live }: Read) {
  const current = currentSlot(slots, now)
  const first = current ? slots.indexOf(current) : slots.length
  return live ? slots.slice(first, first + FILL_IN_SLOTS).filter(({ day }) => day === current?.day) : []
}

async function readDesk(reader: Reader, _: Actor, eventId: string): Promise<DeskView> {
  const { programme, ...day } = await readDay(reader, eventId)
  return {
    event: presentEvent(day.event, programme),
    slots: day.slots.map(presentSlot),
    people: presentDesk(day),
  }
}

const humansOf = (people: Participant[]) =>
  new Map(people.flatMap(({ id, human }) => (human ? [[id, human] as const] : [])))

async function readDay(reader: Reader, eventId: string) {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const [live, slots, tables, rooms, people, taking, unavailable, candidates, disruptions] =
    await Promise.all([
      findLive(reader, eventId),
      findSlots(reader, eventId),
      findTables(reader, eventId),
      findRooms(reader, eventId),
      findParticipants(reader, eventId),
      findParticipantRows(reader, eventId),
      findUnavailable(reader, eventId),
      findCandidates(reader, eventId),
      findDisruptions(reader, eventId),
    ])
  const meetings = live ? await findMeetings(reader, live.id) : []
  const meetingsOf = new Map([
    ...Map.groupBy(meetings, ({ projectId }) => projectId),
    ...Map.groupBy(meetings, ({ hostId }) => hostId),
  ])
  const now = clockOf(found.programme)
  const today = currentDay(slots, now, found.programme.timezone)
  const day: Read = {
    ...{
      event: found.event,
      live,
      slots,
      tables,
      rooms,
      // Who was taken out is shown as long as meetings of theirs are on the record.
      people: people.filter(({ id, withdrawn }) => !withdrawn || meetingsOf.has(id)),
      unavailable,
      meetings,
      meetingsOf,
      candidates,
      // Of what was taken out and is repaired nothing is left to say.
      disruptions: disruptions.filter((one) => slotsTaken(one, slots).length > 0),
    },
    participants: new Map(taking.map((one) => [one.id, onDay(one, today)])),
    facts: factsOf(disruptions, slots, tables),
    times: propagate(slots, rooms, tables, meetings),
    now,
  }
  return { ...day, programme: found.programme }
}
