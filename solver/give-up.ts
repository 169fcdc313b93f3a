import type { Agenda } from './agenda.ts'
import { waysIn, type Way } from './ways.ts'
import { weighLevels, worthOf } from './worth.ts'

const MOST_WAYS = 64
const NOBODY = new Uint8Array(0)

/**
 * Puts a meeting into the schedule where least is lost by it: whoever has to leave goes elsewhere if there is
 * room. Returns what is lost, or null (with nothing changed) if it can be nowhere.
 */
export function leastLoss(agenda: Agenda, c: number): number[] | null {
  const { slotCount, allowed } = agenda.problem
  const before = agenda.slotOf.slice()
  let best: { loss: number; lost: number[]; slotOf: Int32Array } | null = null
  for (let slot = 0; slot < slotCount; slot++) {
    if (!allowed[c * slotCount + slot]) continue
    for (const way of waysIn(agenda, c, slot, NOBODY, MOST_WAYS)) {
      const { loss, lost } = tryWay(agenda, c, way)
      if (!best || loss < best.loss) best = { loss, lost, slotOf: agenda.slotOf.slice() }
      agenda.restore(before)
    }
  }
  if (!best) return null
  agenda.restore(best.slotOf)
  return best.lost
}

function tryWay(agenda: Agenda, c: number, { slot, leaving }: Way): { loss: number; lost: number[] } {
  const worth = weighLevels(agenda.problem)
  const losses = new Map(leaving.map((other) => [other, worthOf(agenda, worth, other)]))
  for (const other of leaving) agenda.remove(other)
  agenda.put(c, slot)
  const lost = leaving.filter((other) => !putElsewhere(agenda, other))
  return { loss: lost.reduce((sum, other) => sum + losses.get(other)!, 0), lost }
}

function putElsewhere(agenda: Agenda, c: number): boolean {
  const { slotCount, allowed } = agenda.problem
  for (let slot = 0; slot < slotCount; slot++) {
    if (!allowed[c * slotCount + slot]) continue
    if (!waysIn(agenda, c, slot, NOBODY, 1).some(({ leaving }) => leaving.length === 0)) continue
    agenda.put(c, slot)
    return true
  }
  return false
}
