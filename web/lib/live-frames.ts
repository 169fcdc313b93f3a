export type Position = { epoch: string | null; seq: number | null }

export type Snapshot<T> = { type: 'snapshot'; epoch: string; prev: null; seq: number; at: string; data: T }
export type Change<T> = { type: 'change'; epoch: string; prev: number; seq: number; at: string; data: T | null }
export type Run = { type: 'run' } & Record<string, unknown>
export type Clock = { type: 'clock'; now: string; offsetMs: number }
export type Bye = { type: 'bye'; code: string }
export type Frame<T> = Snapshot<T> | Change<T> | Run | Clock | Bye

export const unknownPosition: Position = { epoch: null, seq: null }

export type Step<T> = { position: Position; data?: T; resync: boolean }

/** What a numbered frame does to what we hold: a gap or another epoch asks for a snapshot, never guesses. */
export function advance<T>(position: Position, frame: Snapshot<T> | Change<T>): Step<T> {
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
