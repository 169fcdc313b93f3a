import type { ServerFrame } from '../../server/schemas/live.ts'

export type Position = { epoch: string | null; seq: number | null }

type Of<K extends ServerFrame['type']> = Extract<ServerFrame, { type: K }>
type WithData<F, D> = Omit<F, 'data'> & { data: D }

export type Snapshot<T> = WithData<Of<'snapshot'>, T>
/** `data` null: nothing for this page changed, only the number went on. */
export type Change<T> = WithData<Of<'change'>, T | null>
export type Numbered<T> = Snapshot<T> | Change<T>
export type Run = Of<'run'>
export type Frame<T> = Numbered<T> | Run | Of<'bye'> | Of<'pulse'>

export const unknownPosition: Position = { epoch: null, seq: null }

export type Step<T> = { position: Position; data?: T; resync: boolean }

/** What a numbered frame does to what we hold: a gap or another epoch asks for a snapshot, never guesses. */
export function advance<T>(position: Position, frame: Numbered<T>): Step<T> {
  const reached = { epoch: frame.epoch, seq: frame.seq }
  if (frame.type === 'snapshot') return { position: reached, data: frame.data, resync: false }
  const follows = frame.epoch === position.epoch && frame.prev === position.seq
  if (!follows) return { position: unknownPosition, resync: true }
  return frame.data === null
    ? { position: reached, resync: false }
    : { position: reached, data: frame.data, resync: false }
}

/** Full jitter between nothing and a ceiling that doubles from 0.25 s to 8 s. */
export const reconnectDelay = (attempt: number, random: number) => random * Math.min(8000, 250 * 2 ** attempt)

/**
 * How long nothing may be heard, in milliseconds, so that a cut is said within ten seconds even where the
 * browser does not notice it: after `quiet` we ask, after `answer` more we are offline. A connection that is
 * being made over a bad network is given `opening` before another is tried.
 */
export const patience = { quiet: 5_000, answer: 3_000, opening: 15_000 }

/** Whether to ask over HTTP why a socket was refused: at once where nothing was ever heard, else now and then. */
export const worthAsking = (attempt: number, everHeard: boolean) => !everHeard || attempt % 4 === 3
