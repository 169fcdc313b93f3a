import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { refusal } from '../../policy.ts'
import { AgendaView, type PrintView } from '../../schemas/agenda.ts'
import type { Asked, Opened, View } from '../../view.ts'
import { currentDay } from '../disruptions/facts.ts'
import { clockOf } from '../events/clock.ts'
import { openEvent } from '../events/open.ts'
import { findEvent, findSlots, findTables } from '../events/repository.ts'
import { presentEvent, presentSlot } from '../events/present.ts'
import { propagate } from '../day/propagate.ts'
import { findRooms } from '../events/repository.ts'
import { findUnavailable, findWithdrawn, onDay } from '../participants/repository.ts'
import { findPublished, findSuggestions } from '../schedules/repository.ts'
import { findTold } from '../told/repository.ts'
import { presentAgenda, presentPublished, presentSelf, type AgendaDay } from './present.ts'
import {
  findAgendaMeetings,
  findAppointments,
  findAgendaOwners,
  findProfiles,
  type Profile,
} from './repository.ts'

/** The day of the participant that the key names, as published. */
export const agendaView: View = {
  name: 'agenda',
  path: '/events/:eventId/agendas/:key',
  schema: AgendaView,
  async open(reader, actor, eventId, key) {
    const [opened] = await openAgendas(reader, eventId, [{ actor, key }])
    if (opened instanceof DomainError) throw opened
    return opened
  },
  read: readAgenda,
  many: { open: openAgendas, read: readAgendas },
}

async function openAgendas(reader: Reader, eventId: string, asked: Asked[]) {
  const found = await findAgendaOwners(reader, [...new Set(asked.map(({ key }) => key).filter(isId))])
  return asked.map(({ actor, key }): Opened | DomainError => {
    const owner = found.get(key ?? '')
    if (owner?.eventId !== eventId) return notFound()
    const { id, programmeId, projectId, hostId } = owner
    return (
      refusal(actor, 'agenda.read', { programmeId, eventId, projectId, hostId }) ?? {
        programmeId,
        topics: [topic.participant(id)],
      }
    )
  })
}

/** Keys of sockets are any text. */
const isId = (key: string | null): key is string =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key ?? '')

async function readAgenda(reader: Reader, _: Actor, eventId: string, key: string | null) {
  const [agenda] = (await readAgendas(reader, eventId, [key ?? ''])).values()
  if (!agenda) throw notFound()
  return agenda
}

/** Of more than so many it is quicker to read everybody's. */
const FEW = 40

/** Several people's days; the number of queries does not depend on how many they are. */
async function readAgendas(reader: Reader, eventId: string, keys: string[]) {
  const owners = await findAgendaOwners(reader, keys.filter(isId))
  const ids = [...new Set([...owners.values()].map(({ id }) => id))]
  const { day, meetingsOf } = await readDays(reader, eventId, keys.length > FEW ? null : ids)
  return new Map(
    keys.flatMap((key): [string, AgendaView][] => {
      const self = day.profiles.get(owners.get(key)?.id ?? '')
      return self ? [[key, presentAgenda(day, self, meetingsOf(self))]] : []
    }),
  )
}

/** So many turns are printed at once: all agendas of a usual event, some of a large one. */
const MOST_TURNS = 3_000

/** Days for paper, of those who are asked for or the first ones; the number of queries does not depend on how many they are. */
export async function readPrint(
  reader: Reader,
  actor: Actor,
  eventId: string,
  asked: string[] | null,
): Promise<PrintView> {
  await openEvent(reader, actor, eventId, 'print.read')
  const { day, meetingsOf } = await readDays(reader, eventId, null)
  const gone = await findWithdrawn(reader, eventId)
  // Who has left is printed only as long as meetings of theirs are on the record.
  const printed = [...day.profiles.values()].filter(
    (self) => !gone.has(self.id) || meetingsOf(self).length > 0,
  )
  const most = Math.max(1, Math.floor(MOST_TURNS / Math.max(1, day.slots.length)))
  const chosen = asked ? printed.filter(({ id }) => asked.includes(id)) : printed
  return {
    event: day.event,
    people: printed.map(presentSelf),
    most,
    agendas: chosen.slice(0, most).map((self) => presentAgenda(day, self, meetingsOf(self))),
  }
}

/** The days of some participants, or of all. */
async function readDays(reader: Reader, eventId: string, ids: string[] | null) {
  const { day, meetings } = await readDay(reader, eventId, ids)
  const ofProject = Map.groupBy(meetings, ({ projectId }) => projectId)
  const ofHost = Map.groupBy(meetings, ({ hostId }) => hostId)
  const meetingsOf = ({ side, id }: Profile) => (side === 'project' ? ofProject : ofHost).get(id) ?? []
  return { day, meetingsOf }
}

async function readDay(reader: Reader, eventId: string, ids: string[] | null) {
  const [found, published, slots, tables, unavailable, rooms, told] = await Promise.all([
    findEvent(reader, eventId),
    findPublished(reader, eventId),
    findSlots(reader, eventId),
    findTables(reader, eventId),
    findUnavailable(reader, eventId, ids),
    findRooms(reader, eventId),
    findTold(reader, eventId, ids),
  ])
  if (!found) throw notFound()
  // A delay comes from meetings of others too: who is held up elsewhere holds up whom they meet next.
  const isDelayed = rooms.some(({ delayFromId }) => delayFromId !== null)
  const read = published ? await findAgendaMeetings(reader, published.live.id, isDelayed ? null : ids) : []
  const meetings = ids
    ? read.filter(({ projectId, hostId }) => ids.includes(projectId) || ids.includes(hostId))
    : read
  const toldOf = [...told.values()].flatMap((row) => Object.values(row.meetings)).map((one) => one.with)
  const concerned = [...meetings.flatMap(({ projectId, hostId }) => [projectId, hostId]), ...toldOf]
  const [profiles, appointments, suggestions] = await Promise.all([
    findProfiles(reader, eventId, ids && [...new Set([...ids, ...concerned])]),
    findAppointments(reader, found.event),
    findSuggestions(reader, published && published.live),
  ])
  const today = currentDay(slots, clockOf(found.programme), found.programme.timezone)
  const day: AgendaDay = {
    event: presentEvent(found.event, found.programme),
    published: presentPublished(published),
    slots,
    shown: slots.map(presentSlot),
    tables: new Map(tables.map((table) => [table.id, table])),
    ownTables: new Map(
      tables.flatMap(({ ownerId, name, room }) => (ownerId ? [[ownerId, { name, room }] as const] : [])),
    ),
    profiles: new Map(profiles.map((profile) => [profile.id, onDay(profile, today)])),
    unavailable,
    appointments,
    times: propagate(slots, rooms, tables, read),
    suggestions,
    told,
  }
  return { day, meetings }
}
