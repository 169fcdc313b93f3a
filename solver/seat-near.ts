import type { Agenda } from './agenda.ts'
import { Seating } from './seating.ts'

/**
 * A table for every meeting, the one of the base where it can be: whoever has one sits down first, then the others
 * find a table along the shortest chain of people who change theirs.
 * @param wished table of each candidate in the base, −1 if any will do
 */
export function seatNear({ problem, inSlot }: Agenda, wished: Int32Array): Int32Array {
  const seating = new Seating(problem, inSlot)
  inSlot.forEach((list, slot) => {
    const rest = list.filter((c) => wished[c] < 0 || !seating.sit(c, slot, wished[c]))
    rest.sort((one, other) => freedom(problem.suitable[one]) - freedom(problem.suitable[other]))
    for (const c of rest) seating.seat(c, slot)
  })
  return seating.tableOf
}

const freedom = (suitable: number[] | null): number => suitable?.length ?? Infinity
