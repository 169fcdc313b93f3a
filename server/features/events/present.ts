import type { EventInfo, SlotView, TableView } from '../../schemas/event.ts'
import { clockOf } from './clock.ts'
import type { EventRow, ProgrammeRow, SlotRow, TableRow } from './repository.ts'

export const presentEvent = (event: EventRow, programme: ProgrammeRow): EventInfo => ({
  id: event.id,
  programmeId: programme.id,
  programmeName: programme.name,
  kind: event.kind,
  title: event.title,
  date: event.date,
  lastDate: event.lastDate,
  venue: event.venue,
  timezone: programme.timezone,
  replyBy: event.replyBy?.toISOString() ?? null,
  now: clockOf(programme).toISOString(),
  sample: programme.sample,
  rehearsal: event.rehearsal,
})

export const presentSlot = ({ id, position, day, block, startsAt, endsAt }: SlotRow): SlotView => ({
  id,
  position,
  day,
  block,
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
})

export const presentTable = ({ id, name, room, features, daysOut, ownerId }: TableRow): TableView => ({
  ...{ id, name, room, features, daysOut, ownerId },
})
