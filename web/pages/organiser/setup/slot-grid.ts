import type { SlotGrid, SlotView } from '../../../../server/schemas/event.ts'
import { time } from '../../../lib/format.ts'

/** A grid while it is being typed: a field may be empty. */
export type GridDraft = {
  slotMinutes: number | null
  changeoverMinutes: number | null
  blocks: BlockDraft[]
}
/** `id` tells a block from the others while two people change the same grid. */
type BlockDraft = { id?: string; start: string; slots: number | null }

export type Turn = { start: string; end: string }

const DAY = 24 * 60

export const usualGrid = (): GridDraft => ({
  slotMinutes: 20,
  changeoverMinutes: 5,
  blocks: [
    { start: '09:30', slots: 8 },
    { start: '14:00', slots: 8 },
  ],
})

/** A grid as the values of a form: its blocks by what they are known by, each where its start says. */
export type GridValues = Omit<GridDraft, 'blocks'> & { blocks: Record<string, Omit<BlockDraft, 'id'>> }

export function valuesOf({ blocks, ...lengths }: GridDraft): GridValues {
  const taken = new Set(blocks.map(({ id }) => id))
  const free = blocks.map((_, at) => `new ${at}`).filter((id) => !taken.has(id))
  return {
    ...lengths,
    blocks: Object.fromEntries(blocks.map(({ id = free.shift()!, ...block }) => [id, block])),
  }
}

export const draftOf = ({ blocks, ...lengths }: GridValues): GridDraft => ({
  ...lengths,
  blocks: Object.entries(blocks)
    .map(([id, block]) => ({ id, ...block }))
    .toSorted((one, other) => (one.start < other.start ? -1 : 1)),
})

/** The grid with the ids of the blocks that it had before: by their start, and the others one after the other. */
export function knownBy({ blocks, ...lengths }: GridDraft, before: GridValues['blocks']): GridDraft {
  const idAt = new Map(Object.entries(before).map(([id, { start }]) => [start, id]))
  const left = Object.keys(before).filter((id) => !blocks.some(({ start }) => start === before[id]!.start))
  return {
    ...lengths,
    blocks: blocks.map((block) => ({ id: idAt.get(block.start) ?? left.shift(), ...block })),
  }
}

const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

const clockOf = (minutes: number) =>
  [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')

/** The grid once everything is filled in with sense; null before. */
export function toGrid({ slotMinutes, changeoverMinutes, blocks }: GridDraft): SlotGrid | null {
  if (!slotMinutes || slotMinutes < 5 || changeoverMinutes === null || blocks.length === 0) return null
  const whole = blocks.filter((block) => block.start !== '' && block.slots)
  if (whole.length < blocks.length) return null
  return {
    slotMinutes,
    changeoverMinutes,
    blocks: whole.map(({ start, slots }) => ({ start: start.slice(0, 5), slots: slots ?? 1 })),
  }
}

const spanOf = (grid: SlotGrid, slots: number) =>
  slots * grid.slotMinutes + (slots - 1) * grid.changeoverMinutes

/** The turns of each block, by the clock. */
export function turnsOf(grid: SlotGrid): Turn[][] {
  const step = grid.slotMinutes + grid.changeoverMinutes
  return grid.blocks.map(({ start, slots }) =>
    Array.from({ length: slots }, (_, index) => {
      const from = minutesOf(start) + index * step
      return { start: clockOf(from), end: clockOf(from + grid.slotMinutes) }
    }),
  )
}

/** Minutes of break before each block; the first has none, a negative one overlaps the block before. */
export const breaksOf = (grid: SlotGrid) =>
  grid.blocks.map(({ start }, index) => {
    const before = grid.blocks[index - 1]
    return before ? minutesOf(start) - minutesOf(before.start) - spanOf(grid, before.slots) : null
  })

/** Why a grid cannot be a day. */
export function gridProblem(grid: SlotGrid): 'overlap' | 'midnight' | null {
  if (breaksOf(grid).some((minutes) => minutes !== null && minutes < 0)) return 'overlap'
  const last = grid.blocks.at(-1)!
  return minutesOf(last.start) + spanOf(grid, last.slots) >= DAY ? 'midnight' : null
}

/** A block after the last one and an hour's break. */
export function nextBlock(grid: SlotGrid | null): GridDraft['blocks'][number] {
  const last = grid?.blocks.at(-1)
  if (!grid || !last) return { start: '09:30', slots: 4 }
  const start = minutesOf(last.start) + spanOf(grid, last.slots) + 60
  return { start: clockOf(Math.min(start, DAY - 1)), slots: 4 }
}

const gap = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 60_000

/** The grid that made these slots. */
export function gridOf(slots: SlotView[], zone: string): SlotGrid | null {
  const [first] = slots
  if (!first) return null
  const blocks = [...Map.groupBy(slots, (slot) => slot.block).values()]
  const pair = blocks.find((block) => block.length > 1)
  return {
    slotMinutes: gap(first.startsAt, first.endsAt),
    changeoverMinutes: pair ? gap(pair[0]!.endsAt, pair[1]!.startsAt) : 0,
    blocks: blocks.map((block) => ({ start: time(block[0]!.startsAt, zone), slots: block.length })),
  }
}
