import type { Agenda } from '../model/partial-schedule.ts'
import { NOBODY, waysIn, type Way } from '../model/ejections.ts'
import { weighLevels, worthOf, type Worth } from '../model/score.ts'
import { EXPLAINING } from '../model/effort.ts'

/**
 * Puts a meeting into the schedule where least is lost by it: whoever has to leave goes elsewhere if there is
 * room. Returns what is lost, or null (with nothing changed) if it can be nowhere.
 */
export function leastLoss(agenda: Agenda, c: number): number[] | null {
  const { slotCount, allowed } = agenda.problem
  const worth = weighLevels(agenda.problem)
  let best: Loss | null = null
  for (let slot = 0; slot < slotCount; slot++) {
    if (!allowed[c * slotCount + slot]) continue
    for (const way of waysIn(agenda, c, slot, NOBODY, EXPLAINING.ways)) {
      const tried = tryWay(agenda, worth, c, way)
      if (!best || tried.loss < best.loss) best = tried
    }
  }
  if (best) change(agenda, c, best)
  return best && best.lost
}

interface Loss {
  loss: number
  lost: number[]
  way: Way
  /** Where those that leave go, −1 if they are lost. */
  to: number[]
}

function change(agenda: Agenda, c: number, { way, to }: Loss): void {
  for (const other of way.leaving) agenda.remove(other)
  agenda.put(c, way.slot)
  way.leaving.forEach((other, index) => to[index] >= 0 && agenda.put(other, to[index]))
}

/** What a way in loses; nothing is changed in the end. */
function tryWay(agenda: Agenda, worth: Worth, c: number, way: Way): Loss {
  const { leaving, slot } = way
  const old = leaving.map((other) => agenda.slotOf[other])
  const losses = leaving.map((other) => worthOf(agenda, worth, other))
  for (const other of leaving) agenda.remove(other)
  agenda.put(c, slot)
  const to = leaving.map((other) => putElsewhere(agenda, other))
  for (const other of [c, ...leaving]) if (agenda.slotOf[other] >= 0) agenda.remove(other)
  leaving.forEach((other, index) => agenda.put(other, old[index]))
  const lost = leaving.filter((_, index) => to[index] < 0)
  return { loss: losses.reduce((sum, one, index) => (to[index] < 0 ? sum + one : sum), 0), lost, way, to }
}

function putElsewhere(agenda: Agenda, c: number): number {
  const { slotCount, allowed } = agenda.problem
  for (let slot = 0; slot < slotCount; slot++) {
    if (!allowed[c * slotCount + slot] || !agenda.fits(c, slot)) continue
    agenda.put(c, slot)
    return slot
  }
  return -1
}
