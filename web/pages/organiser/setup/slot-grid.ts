import type { SlotGrid, SlotView } from '../../../../server/schemas/event.ts'
import { addDays, makeSlots, type GridFault } from '../../../../server/schemas/slot-times.ts'
import { time } from '../../../lib/format.ts'

/** A grid while it is being typed: a field may be empty. */
export type GridDraft = {
  slotMinutes: number | null
  changeoverMinutes: number | null
  blocks: BlockDraft[]
  /** Days, by their number, that have the hours of the one before. */
  same?: number[]
}
/**
 * `id` tells a block from the others while two people change the same grid; `day` is the number of its day while its
 * date is typed. The first day of an event that is not there yet has no date of its own: the event's.
 */
export type BlockDraft = { id?: string; day?: number; date: string; start: string; slots: number | null }
export type DayDraft = {
  day: number
  date: string
  same: boolean
  blocks: { block: BlockDraft; at: number }[]
}

/** The slots of one day as they would be; before each block but the first, the minutes of the pause. */
export type DayPreview = {
  date: string
  blocks: { pause: number; turns: { start: string; end: string }[] }[]
}

const DAY = 24 * 60
/** While no date is chosen: a day like most, on which no clock changes. */
const ANY_DAY = '2030-01-14'

export const usualGrid = (): GridDraft => ({
  slotMinutes: 20,
  changeoverMinutes: 5,
  blocks: [
    { date: '', start: '09:30', slots: 8 },
    { date: '', start: '14:00', slots: 8 },
  ],
})

/** A grid as the values of a form: its blocks by what they are known by, each where its date and its start say. */
export type GridValues = Pick<GridDraft, 'slotMinutes' | 'changeoverMinutes'> & {
  blocks: Record<string, Omit<BlockDraft, 'id' | 'day'>>
}

export function valuesOf({ slotMinutes, changeoverMinutes, blocks }: GridDraft): GridValues {
  const taken = new Set(blocks.map(({ id }) => id))
  const free = blocks.map((_, at) => `new ${at}`).filter((id) => !taken.has(id))
  return {
    ...{ slotMinutes, changeoverMinutes },
    blocks: Object.fromEntries(
      blocks.map(({ id = free.shift()!, date, start, slots }) => [id, { date, start, slots }]),
    ),
  }
}

export function draftOf({ blocks, ...lengths }: GridValues): GridDraft {
  const sorted = Object.entries(blocks)
    .map(([id, block]) => ({ id, ...block }))
    .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
  const dates = [...new Set(sorted.map(({ date }) => date))]
  const draft = { ...lengths, blocks: sorted.map((block) => ({ ...block, day: dates.indexOf(block.date) })) }
  const days = daysOf(draft)
  const isSame = (day: DayDraft, index: number) => index > 0 && hoursOf(day) === hoursOf(days[index - 1]!)
  return { ...draft, same: days.filter(isSame).map(({ day }) => day) }
}

const placeOf = ({ date, start }: { date?: string; start: string }) => `${date ?? ''} ${start}`
const hoursOf = ({ blocks }: DayDraft) => blocks.map(({ block }) => `${block.start} ${block.slots}`).join()

/** The grid with the ids of the blocks that it had before: by their place, and the others one after the other. */
export function knownBy({ blocks, ...lengths }: GridDraft, before: GridValues['blocks']): GridDraft {
  const idAt = new Map(Object.entries(before).map(([id, block]) => [placeOf(block), id]))
  const left = Object.keys(before).filter(
    (id) => !blocks.some((block) => placeOf(block) === placeOf(before[id]!)),
  )
  return {
    ...lengths,
    blocks: blocks.map((block) => ({ id: idAt.get(placeOf(block)) ?? left.shift(), ...block })),
  }
}

/** The blocks day by day, each with its place in the whole grid. */
export function daysOf({ blocks, same = [] }: GridDraft): DayDraft[] {
  const placed = blocks.map((block, at) => ({ block, at }))
  return [...Map.groupBy(placed, ({ block }) => block.day ?? 0)].map(([day, of]) => ({
    ...{ day, date: of[0]!.block.date, same: same.includes(day), blocks: of },
  }))
}

/** Days that have the hours of the one before follow it. */
export function withSameHours(draft: GridDraft): GridDraft {
  const blocks: BlockDraft[] = []
  let before: BlockDraft[] = []
  for (const { day, date, same, blocks: own } of daysOf(draft)) {
    const hours = before.map(({ start, slots }, at) => ({ id: own[at]?.block.id, day, date, start, slots }))
    before = same ? hours : own.map(({ block }) => block)
    blocks.push(...before)
  }
  return { ...draft, blocks }
}

/** One day more, after the last one and with its hours; `first` is the date of the first day. */
export function withNextDay(draft: GridDraft, first: string): GridDraft {
  const last = daysOf(draft).at(-1)!
  const date = last.date || (last.day === 0 ? first : '')
  const day = last.day + 1
  const fresh = last.blocks.map(({ block: { start, slots } }) => ({
    ...{ day, start, slots, date: date && addDays(date, 1) },
  }))
  return { ...draft, blocks: [...draft.blocks, ...fresh], same: [...(draft.same ?? []), day] }
}

export const withoutDay = (draft: GridDraft, gone: number): GridDraft =>
  withSameHours({
    ...draft,
    blocks: draft.blocks.filter(({ day = 0 }) => day !== gone),
    // The day after it had its hours, and keeps them as its own.
    same: draft.same?.filter((day) => day !== gone && day !== gone + 1),
  })

const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

const clockOf = (minutes: number) =>
  [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')

/** The grid once everything is filled in with sense; null before. `first` is the date of the first day. */
export function toGrid({ slotMinutes, changeoverMinutes, blocks }: GridDraft, first = ''): SlotGrid | null {
  if (!slotMinutes || slotMinutes < 5 || changeoverMinutes === null || blocks.length === 0) return null
  const whole = blocks.filter(
    ({ start, slots, date, day = 0 }) => start !== '' && slots && (date || day === 0),
  )
  if (whole.length < blocks.length) return null
  return {
    slotMinutes,
    changeoverMinutes,
    blocks: whole.map(({ date, start, slots }) => ({
      ...((date || first) && { date: date || first }),
      ...{ start: start.slice(0, 5), slots: slots ?? 1 },
    })),
  }
}

/** What the grid makes, by the same definition as on the server, or what is wrong with it. */
export function previewOf(grid: SlotGrid, zone: string): DayPreview[] | GridFault {
  const slots = makeSlots(grid, ANY_DAY, zone)
  if (!Array.isArray(slots)) return slots
  const clock = (at: Date) => time(at, zone)
  return [...Map.groupBy(slots, ({ day }) => day)].map(([date, ofDay]) => ({
    date,
    blocks: [...Map.groupBy(ofDay, ({ block }) => block).values()].map((turns) => {
      const before = ofDay[ofDay.indexOf(turns[0]!) - 1]
      return {
        pause: before ? minutesBetween(before.endsAt, turns[0]!.startsAt) : 0,
        turns: turns.map(({ startsAt, endsAt }) => ({ start: clock(startsAt), end: clock(endsAt) })),
      }
    }),
  }))
}

/** Why a grid cannot be; null where it can. */
export function gridProblem(grid: SlotGrid, zone: string): GridFault['reason'] | null {
  const made = previewOf(grid, zone)
  return Array.isArray(made) ? null : made.reason
}

const minutesBetween = (from: Date | string, to: Date | string) =>
  (new Date(to).getTime() - new Date(from).getTime()) / 60_000

/** A block of a day after its last one and an hour's break. */
export function nextBlock(draft: GridDraft, { day, date, blocks }: DayDraft): BlockDraft {
  const last = blocks.at(-1)?.block
  const { slotMinutes, changeoverMinutes } = draft
  if (!last?.start || !last.slots || !slotMinutes) return { day, date, start: '09:30', slots: 4 }
  const length = last.slots * slotMinutes + (last.slots - 1) * (changeoverMinutes ?? 0)
  const start = minutesOf(last.start) + length + 60
  return { day, date, start: clockOf(Math.min(start, DAY - 1)), slots: 4 }
}

/** The grid that makes these slots where they are: what a delay has moved apart begins a block of its own. */
export function gridOf(slots: SlotView[], zone: string): GridDraft | null {
  const [first] = slots
  if (!first) return null
  const turns = [...Map.groupBy(slots, ({ day, block }) => `${day} ${block}`).values()].flatMap((block) =>
    block.map((slot, at) => {
      const before = block[at - 1]
      return { slot, gap: before ? minutesBetween(before.endsAt, slot.startsAt) : null }
    }),
  )
  const changeoverMinutes = mostCommon(turns.flatMap(({ gap }) => gap ?? [])) ?? 0
  const blocks: GridDraft['blocks'] = []
  for (const { slot, gap } of turns) {
    const last = blocks.at(-1)
    if (last && gap === changeoverMinutes) last.slots! += 1
    else blocks.push({ date: slot.day, start: time(slot.startsAt, zone), slots: 1 })
  }
  return { slotMinutes: minutesBetween(first.startsAt, first.endsAt), changeoverMinutes, blocks }
}

/** The shorter one of two that are as common. */
const mostCommon = (numbers: number[]) =>
  [...Map.groupBy(numbers, (one) => one)].toSorted(
    ([one, its], [other, theirs]) => theirs.length - its.length || one - other,
  )[0]?.[0]
