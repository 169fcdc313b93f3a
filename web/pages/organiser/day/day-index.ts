import type { Attendance, MeetingState } from '../../../../server/schemas/common.ts'
import type { DayMeeting, DayParticipant, DayView } from '../../../../server/schemas/day.ts'

export type Slot = DayView['slots'][number]
export type Table = DayView['tables'][number]
/** What a tile is about: a meeting's state, or a table that is free or out of use. */
export type TileState = Exclude<MeetingState, 'cancelled'> | 'free' | 'out'
export type Tile = {
  table: Table
  state: TileState
  meeting: DayMeeting | null
  people: DayParticipant[]
  /** Those of the two who cannot be counted on: not here, or away in this slot. */
  missing: DayParticipant[]
}

export const indexOf = (view: DayView) => ({
  people: new Map(view.participants.map((one) => [one.id, one])),
  slots: new Map(view.slots.map((one) => [one.id, one])),
  tables: new Map(view.tables.map((one) => [one.id, one])),
  rooms: new Map(view.rooms.map((one) => [one.id, one])),
  meetings: new Map(view.meetings.map((one) => [one.id, one])),
})
export type Index = ReturnType<typeof indexOf>

const OVER = new Set<TileState>(['done', 'no_show'])

/** Every table in one slot, in the order of the room. */
export function tilesOf(view: DayView, index: Index, slotId: string): Tile[] {
  const held = new Map(
    view.meetings
      .filter((one) => one.slotId === slotId && one.state !== 'cancelled')
      .map((one) => [one.tableId, one]),
  )
  return view.tables.map((table) => {
    const meeting = held.get(table.id) ?? null
    const people = meeting?.participants.flatMap((id) => index.people.get(id) ?? []) ?? []
    const state = stateOf(table, meeting, slotId)
    const missing = OVER.has(state) ? [] : people.filter((one) => isMissing(one, slotId))
    return { table, state, meeting, people, missing }
  })
}

const stateOf = (table: Table, meeting: DayMeeting | null, slotId: string): TileState => {
  if (meeting && meeting.state !== 'cancelled') return meeting.state
  return table.out.includes(slotId) ? 'out' : 'free'
}

const isMissing = ({ attendance, away }: DayParticipant, slotId: string) =>
  attendance !== 'here' || away.includes(slotId)

/** What asks for an eye: somebody is missing, it is behind, or its table is out of use. */
export const needsCare = ({ table, meeting, missing }: Tile): boolean =>
  meeting !== null && (missing.length > 0 || meeting.behind > 0 || table.out.includes(meeting.slotId))

export const countBy = <T, K extends string>(list: T[], keyOf: (one: T) => K): Map<K, number> =>
  new Map([...Map.groupBy(list, keyOf)].map(([key, some]) => [key, some.length]))

/** The states out of which a whole slot's step takes its meetings, as on the server. */
export const STEPS = {
  called: ['planned'],
  in_progress: ['planned', 'called'],
  done: ['planned', 'called', 'in_progress'],
} as const satisfies Partial<Record<MeetingState, MeetingState[]>>
export type Step = keyof typeof STEPS

export const NEXT: Partial<Record<TileState, Step>> = {
  planned: 'called',
  called: 'in_progress',
  in_progress: 'done',
}

export const ATTENDANCE_ORDER: Attendance[] = ['expected', 'late', 'here', 'absent', 'left']

/** Tables where nothing is held in a slot and that can be used. */
export function freeTables(view: DayView, slotId: string): Table[] {
  const taken = new Set(
    view.meetings
      .filter((one) => one.slotId === slotId && one.state !== 'cancelled')
      .map(({ tableId }) => tableId),
  )
  return view.tables.filter(({ id, out }) => !taken.has(id) && !out.includes(slotId))
}

/** Who sits at a table in a slot. */
export const busyIn = (view: DayView, slotId: string): Set<string> =>
  new Set(
    view.meetings
      .filter((one) => one.slotId === slotId && one.state !== 'cancelled')
      .flatMap(({ participants }) => participants),
  )
