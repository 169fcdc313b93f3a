export type Turn = { id: string; position: number; block: number; startsAt: string; endsAt: string }

/** The slots of the day that it is: that of the slot that is on or next, and after the last one still that. */
export function slotsOfDay<S extends Pick<Turn, 'endsAt'> & { day: string }>(slots: S[], now: number): S[] {
  const current = slots.find(({ endsAt }) => Date.parse(endsAt) > now) ?? slots.at(-1)
  return slots.filter(({ day }) => day === current?.day)
}

export type TurnClock = {
  kind: 'before' | 'running' | 'changeover' | 'pause' | 'over'
  /** What the countdown runs to; null once the day is over. */
  until: string | null
  /** The turn that is on, or else the one about to begin. */
  now: Turn | null
  next: Turn | null
}

/** Where the room is in its day. */
export function turnClock(turns: Turn[], now: number): TurnClock {
  const index = turns.findIndex(({ endsAt }) => Date.parse(endsAt) > now)
  const turn = turns[index]
  if (!turn) return { kind: 'over', until: null, now: null, next: null }
  const next = turns[index + 1] ?? null
  if (Date.parse(turn.startsAt) <= now) return { kind: 'running', until: turn.endsAt, now: turn, next }
  const before = turns[index - 1]
  const kind = !before ? 'before' : before.block === turn.block ? 'changeover' : 'pause'
  return { kind, until: turn.startsAt, now: turn, next }
}
