import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { PlanView } from '../../schemas/schedule.ts'
import type { View } from '../../view.ts'
import { byClockOf, clockOf } from '../events/clock.ts'
import { openEventView } from '../events/open.ts'
import { presentEvent, presentSlot, presentTable } from '../events/present.ts'
import { findEvent, findSlots, findTables } from '../events/repository.ts'
import { factsOf } from '../disruptions/facts.ts'
import { findDisruptions } from '../disruptions/repository.ts'
import { readMarks } from './marks.ts'
import { currentObjective } from './objective.ts'
import { findEngagements } from '../participants/engagements.ts'
import { findParticipants, findUnavailable, type Participant } from '../participants/repository.ts'
import { findMeetings, findSchedules, findSuggestions, findWishes, type MeetingRow } from './repository.ts'
import { countWishes, levelsOf } from './wishes.ts'

type Listed = Awaited<ReturnType<typeof findSchedules>>[number]

/** Tables × slots of one schedule: the one named by the key, else the live one, else the newest draft. */
export const planView: View = {
  name: 'plan',
  path: '/events/:eventId/plan/:key?',
  schema: PlanView,
  open: openPlan,
  read: readPlan,
  shared: true,
  colleagues: true,
}

async function openPlan(reader: Reader, actor: Actor, eventId: string, key: string | null) {
  const opened = await openEventView(reader, actor, eventId, 'plan.read', [topic.organisers])
  if (key !== null && !(await findSchedules(reader, eventId)).some(({ id }) => id === key)) throw notFound()
  return opened
}

async function readPlan(reader: Reader, _: Actor, eventId: string, key: string | null): Promise<PlanView> {
  const all = await findSchedules(reader, eventId)
  const schedule = chooseSchedule(all, key)
  const shown = schedule?.id ?? null
  const [found, slots, tables, people, unavailable, engagements, wishes, disruptions] = await Promise.all([
    findEvent(reader, eventId),
    findSlots(reader, eventId, shown),
    findTables(reader, eventId, shown),
    findParticipants(reader, eventId),
    findUnavailable(reader, eventId),
    findEngagements(reader, eventId),
    findWishes(reader, eventId),
    schedule?.kind === 'live' ? findDisruptions(reader, eventId) : [],
  ])
  if (!found) throw notFound()
  const { event, programme } = found
  const meetings = schedule ? await findMeetings(reader, schedule.id) : []
  const suggestions = await findSuggestions(reader, schedule)
  const { title: name, rules } = event
  const camp = { name, rules, timezone: programme.timezone, slots, tables, people, unavailable }
  const facts = factsOf(disruptions, slots, tables)
  const now = schedule?.kind === 'live' ? clockOf(programme) : null
  const held = meetings.filter(({ state }) => state !== 'cancelled')
  const levelOf = levelsOf(wishes)
  return {
    event: presentEvent(event, programme),
    schedule: schedule && presentSchedule(schedule, programme),
    schedules: all.map((one) => presentSchedule(one, programme)),
    slots: slots.map(presentSlot),
    tables: tables.map(presentTable),
    participants: people.map((person) => presentPerson(person, unavailable)),
    engagements,
    meetings: meetings.map((meeting) => ({
      ...presentMeeting(meeting, levelOf),
      suggestion: suggestions.get(meeting.candidateId) ?? null,
    })),
    objective: schedule ? currentObjective(schedule.objective, camp, held) : [],
    marks: await readMarks(reader, schedule, { camp, facts, meetings, now }),
    wishes: countWishes(wishes, meetings, new Map(people.map(({ id, side }) => [id, side]))),
  }
}

function chooseSchedule(all: Listed[], key: string | null): Listed | null {
  const chosen = all.find(({ id, kind }) => (key === null ? kind === 'live' : id === key))
  return chosen ?? (key === null ? all.find(({ kind }) => kind === 'draft') : null) ?? null
}

const presentSchedule = (
  schedule: Listed,
  programme: { clockOffsetMs: number },
): PlanView['schedules'][number] => ({
  id: schedule.id,
  kind: schedule.kind,
  name: schedule.name,
  number: schedule.number,
  version: schedule.version,
  meetings: schedule.meetings,
  createdAt: schedule.createdAt.toISOString(),
  changedAt: byClockOf(programme, schedule.changedAt).toISOString(),
  edited: schedule.edited,
  note: schedule.note,
})

const presentPerson = (
  { id, side, name, organisations, short, mark, financed }: Participant,
  unavailable: Map<string, Set<string>>,
): PlanView['participants'][number] => ({
  id,
  side,
  ...{ name, organisations, short, mark },
  financed,
  unavailable: [...(unavailable.get(id) ?? [])],
})

const presentMeeting = (
  { id, version, slotId, tableId, projectId, hostId, value, locked, state }: MeetingRow,
  levelOf: ReturnType<typeof levelsOf>,
): Omit<PlanView['meetings'][number], 'suggestion'> => ({
  id,
  version,
  slotId,
  tableId,
  participants: [projectId, hostId],
  levels: [levelOf(projectId, hostId), levelOf(hostId, projectId)],
  value,
  locked,
  state,
})
