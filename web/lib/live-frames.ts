import type { MemberChange, ServerFrame } from '../../server/schemas/live.ts'
import { unpacked } from './packed.ts'

export type Position = { epoch: string | null; seq: number | null }

type Of<K extends ServerFrame['type']> = Extract<ServerFrame, { type: K }>
type WithData<F, D> = Omit<F, 'data'> & { data: D }

export type Snapshot<T> = WithData<Of<'snapshot'>, T>
/** Without `data` and `changed` nothing for this page changed, only the number went on. */
export type Change<T> = WithData<Of<'change'>, T | null>
export type Numbered<T> = Snapshot<T> | Change<T>
export type Run = Of<'run'>
export type Frame<T> = Numbered<T> | Run | Of<'presence'> | Of<'bye'> | Of<'pulse'>

export const unknownPosition: Position = { epoch: null, seq: null }

export type Step<T> = { position: Position; data?: T; resync: boolean }

/**
 * What a numbered frame does to what we hold. A gap, another epoch or a change of what we don't have asks for a
 * snapshot, never guesses.
 */
export function advance<T>(position: Position, held: T | null, frame: Numbered<T>): Step<T> {
  const reached = { epoch: frame.epoch, seq: frame.seq }
  if (frame.type === 'snapshot') return { position: reached, data: unpacked(frame), resync: false }
  const follows = frame.epoch === position.epoch && frame.prev === position.seq
  if (!follows || (frame.changed && held === null)) return { position: unknownPosition, resync: true }
  if (frame.changed) return { position: reached, data: withChanges(held as T, frame.changed), resync: false }
  return frame.data === null
    ? { position: reached, resync: false }
    : { position: reached, data: unpacked({ data: frame.data, packed: frame.packed }), resync: false }
}

/** What stays as it was stays the same object, so that only what differs is drawn again. */
function withChanges<T>(held: T, changed: Record<string, MemberChange>): T {
  const members = Object.entries(changed).map(([member, change]) => [
    member,
    'rows' in change ? applyRows((held as Record<string, Row[]>)[member], change) : change.value,
  ])
  return { ...held, ...Object.fromEntries(members) }
}

type Row = { id: string }

function applyRows(held: Row[], { rows, order }: { rows: Row[]; order?: string[] }): Row[] {
  const byId = new Map([...held, ...rows].map((row) => [row.id, row]))
  return (order ?? held.map(({ id }) => id)).map((id) => byId.get(id) as Row)
}

/**
 * Full jitter between nothing and a ceiling: it doubles from 0.25 s to 1 s, so that a hall is back soon after a
 * restart; who has tried for long tries more calmly.
 */
export const reconnectDelay = (attempt: number, random: number) => random * ceiling(attempt)

const ceiling = (attempt: number) =>
  attempt < 8 ? Math.min(1000, 250 * 2 ** attempt) : attempt < 20 ? 2000 : 8000

/**
 * How long nothing may be heard, in milliseconds, so that a cut is said within ten seconds even where the
 * browser does not notice it: after `quiet` we ask, after `answer` more we are offline. A connection that is
 * being made over a bad network is given `opening` before another is tried.
 */
export const patience = { quiet: 5_000, answer: 3_000, opening: 15_000 }

/**
 * Whether to ask over HTTP, so many milliseconds after the last word was heard or asked for: soon where there is
 * nothing to show, else calmly, since a whole hall may be behind one address.
 */
export const worthAsking = (since: number, isEmpty: boolean) => since >= (isEmpty ? 3_000 : 10_000)
