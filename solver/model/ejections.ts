import type { Agenda } from './partial-schedule.ts'

/** A slot for a meeting and the meetings that must leave their place for it. */
export interface Way {
  slot: number
  leaving: number[]
}

/**
 * Every way to put a meeting in a slot. Who shares a participant must leave, or who would be in the wrong order;
 * where a table, a row, a participant's number of meetings or a quota is full there is a choice who does.
 * Those in `fixed` and those locked in their slot never leave. `limit` bounds the number of ways.
 */
export function waysIn(agenda: Agenda, c: number, slot: number, fixed: Uint8Array, limit: number): Way[] {
  const ways: Way[] = []
  const canLeave = (other: number) => !fixed[other] && !agenda.problem.pinned[other]
  const extend = (leaving: number[]): void => {
    if (ways.length >= limit || !leaving.every(canLeave)) return
    const rivals = agenda.rivals(c, slot, leaving)
    if (rivals) rivals.forEach((other) => extend([...leaving, other]))
    else if (!ways.some((way) => isSameSet(way.leaving, leaving))) ways.push({ slot, leaving })
  }
  const inTheWay: number[] = []
  agenda.inTheWay(c, slot, inTheWay)
  extend(inTheWay)
  return ways
}

/** For ways in which anybody not locked may leave. */
export const NOBODY = new Uint8Array(0)

const isSameSet = (one: number[], other: number[]): boolean =>
  one.length === other.length && one.every((c) => other.includes(c))
