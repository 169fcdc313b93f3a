import type { DayView } from '../../server/schemas/day.ts'
import type { Random } from '../../solver/model/random.ts'

/** A write as somebody on the day would ask for it. */
export type Operation = { method: 'POST' | 'PUT'; path: string; body: object; version: number | null }
export type Place = {
  programmeId: string
  eventId: string
  drafts: string[]
  /** Projects that do not take part yet. */
  spare: string[]
}
type Ask = (board: DayView, random: Random, place: Place) => Operation | null
type Kind = keyof typeof OPERATIONS

export const post = (path: string, body: object = {}, version: number | null = null): Operation => {
  return { method: 'POST', path, body, version }
}
const oneOf = <T>(list: readonly T[], random: Random): T | undefined => list[random.below(list.length)]

const anyMeeting = ({ meetings }: DayView, random: Random) =>
  oneOf(
    meetings.filter(({ state }) => state !== 'cancelled'),
    random,
  )
const anyCell = ({ slots, tables }: DayView, random: Random) => {
  return { slotId: oneOf(slots, random)!.id, tableId: oneOf(tables, random)!.id }
}
const anyone = ({ participants }: DayView, random: Random) => oneOf(participants, random)!

const stateOf = (states: readonly string[]) => (board: DayView, random: Random) => {
  const meeting = anyMeeting(board, random)
  return meeting ? post(`/meetings/${meeting.id}/state`, { state: oneOf(states, random) }) : null
}
const attendanceOf = (words: readonly string[]) => (board: DayView, random: Random) => {
  const path = `/participants/${anyone(board, random).id}/attendance`
  return { method: 'PUT' as const, path, body: { attendance: oneOf(words, random) }, version: null }
}

const OPERATIONS = {
  move(board, random) {
    const meeting = anyMeeting(board, random)
    return meeting ? post(`/meetings/${meeting.id}/move`, anyCell(board, random), meeting.version) : null
  },
  lock(board, random) {
    const meeting = anyMeeting(board, random)
    return meeting ? post(`/meetings/${meeting.id}/lock`, { locked: random.below(3) === 0 }) : null
  },
  state: stateOf(['planned', 'called', 'in_progress', 'done', 'no_show']),
  cancel: stateOf(['cancelled']),
  slot: (board, random, { eventId }) =>
    post(`/events/${eventId}/slots/${oneOf(board.slots, random)!.id}/state`, {
      state: oneOf(['called', 'in_progress', 'done'], random),
    }),
  checkIn: attendanceOf(['here', 'expected']),
  absence: attendanceOf(['absent', 'left', 'here', 'here']),
  late: (board, random) =>
    post(`/participants/${anyone(board, random).id}/late`, { minutes: 1 + random.below(60) }),
  report(board, random, { eventId }) {
    const { slotId, tableId } = anyCell(board, random)
    const when = { fromSlotId: slotId, toSlotId: slotId }
    const what = oneOf(
      [
        { kind: 'table_out', tableId },
        { kind: 'early', participantId: anyone(board, random).id },
        { kind: 'slot_lost' },
      ],
      random,
    )
    return post(`/events/${eventId}/disruptions`, { ...what, ...when })
  },
  dismiss(board, random) {
    const standing = oneOf(
      board.disruptions.filter(({ state }) => state !== 'dismissed'),
      random,
    )
    return standing ? post(`/disruptions/${standing.id}/dismiss`) : null
  },
  undo(board, random, { programmeId }) {
    const change = oneOf(board.log.slice(0, 12), random)
    return change ? post(`/programmes/${programmeId}/undo`, { seq: change.seq }) : null
  },
  walkIn(_, random, { eventId, spare }) {
    return post(`/events/${eventId}/participants`, { projectId: oneOf(spare, random) })
  },
  add(board, random, { eventId }) {
    const of = (side: string) =>
      oneOf(
        board.participants.filter((one) => one.side === side),
        random,
      )!.id
    const pair = { projectId: of('project'), hostId: of('host') }
    return post(`/events/${eventId}/meetings`, { ...pair, ...anyCell(board, random) })
  },
  roomDelay: (board, random, { eventId }) =>
    post(`/events/${eventId}/delay`, {
      ...{ roomId: oneOf(board.rooms, random)!.id, fromSlotId: oneOf(board.slots, random)!.id },
      minutes: random.below(3) * 5,
    }),
  delay: (board, random, { eventId }) =>
    post(`/events/${eventId}/delay`, {
      ...{ roomId: null, fromSlotId: oneOf(board.slots, random)!.id },
      minutes: random.below(2) === 0 ? 5 : -5,
    }),
  propose: (_board, _random, { eventId }) => post(`/events/${eventId}/repairs`),
  repair(board, random) {
    const repair = oneOf(board.repairs, random)
    return repair ? post(`/repairs/${repair.id}/apply`, {}, board.schedule!.version) : null
  },
  publish: (_, random, { drafts }) => post(`/schedules/${oneOf(drafts, random)}/publish`, {}, 1),
  rollBack: (board, random, { eventId }) =>
    post(
      `/events/${eventId}/rollback`,
      { number: 1 + random.below(board.schedule!.number) },
      board.schedule!.version,
    ),
} satisfies Record<string, Ask>

/** How often each is asked for. */
export type Habits = Partial<Record<Kind, number>>
export const EVERYTHING: Habits = {
  ...{ move: 30, lock: 4, state: 12, cancel: 8, slot: 1, checkIn: 14, absence: 4, late: 2 },
  ...{ report: 2, dismiss: 5, undo: 10, walkIn: 2, add: 8, roomDelay: 1, delay: 1 },
  ...{ propose: 0.3, repair: 2, publish: 1, rollBack: 0.5 },
}
/** What can be taken back, each after those that came later. */
export const UNDOABLE: Habits = { move: 40, lock: 4, state: 10, cancel: 4, checkIn: 20, roomDelay: 1 }

export function nextOperation(board: DayView, random: Random, place: Place, habits: Habits): Operation {
  const kinds = Object.entries(habits) as [Kind, number][]
  for (;;) {
    let left = random.unit() * kinds.reduce((sum, [, weight]) => sum + weight, 0)
    const [kind] = kinds.find(([, weight]) => (left -= weight) < 0) ?? kinds[0]
    const operation = (OPERATIONS[kind] as Ask)(board, random, place)
    if (operation) return operation
  }
}
