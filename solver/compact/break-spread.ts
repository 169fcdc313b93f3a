import { countBreaks } from '../model/breaks.ts'
import type { Agenda } from '../model/partial-schedule.ts'
import { gainOf, weighLevels, worthOf, type Worth } from '../model/score.ts'

/**
 * Makes the numbers of breaks differ by no more than `maxBreakSpread`: meetings of whoever has too many breaks are
 * given up, those of least worth where it does not matter which, until nobody has; then whatever still finds room
 * without breaking the rule comes in. False, with the agenda as it was, if meetings that must be held forbid it.
 */
export function evenOut(agenda: Agenda): boolean {
  const spread = agenda.problem.instance.rules.maxBreakSpread
  if (spread === null) return true
  const evening = startEvening(agenda, spread)
  const before = agenda.slotOf.slice()
  for (let p = evening.worst(); p >= 0; p = evening.worst()) {
    const c = cheapestOf(evening, p)
    if (c < 0) {
      agenda.restore(before)
      return false
    }
    evening.remove(c)
  }
  fill(evening)
  return true
}

interface Evening {
  agenda: Agenda
  worth: Worth
  remove(c: number): void
  put(c: number, slot: number): void
  /** Breaks beyond what the spread allows, of everybody. */
  excess(): number
  /** Who has the most breaks, if that is too many; else −1. */
  worst(): number
}

function startEvening(agenda: Agenda, spread: number): Evening {
  const { first, second, participantCount, slotCount } = agenda.problem
  const breaks = Int32Array.from({ length: participantCount }, (_, p) => breaksOf(agenda, p))
  // How many people have each number of breaks.
  const people = new Int32Array(slotCount + 1)
  for (const one of breaks) people[one]++
  const recount = (c: number) => {
    for (const p of [first[c], second[c]]) {
      people[breaks[p]]--
      breaks[p] = breaksOf(agenda, p)
      people[breaks[p]]++
    }
  }
  const most = () => people.findIndex((count) => count > 0) + spread
  return {
    agenda,
    worth: weighLevels(agenda.problem),
    remove(c) {
      agenda.remove(c)
      recount(c)
    },
    put(c, slot) {
      agenda.put(c, slot)
      recount(c)
    },
    excess() {
      const limit = most()
      return people.reduce((sum, count, own) => sum + count * Math.max(0, own - limit), 0)
    },
    worst() {
      const top = people.findLastIndex((count) => count > 0)
      return top > most() ? breaks.indexOf(top) : -1
    },
  }
}

const breaksOf = ({ at, problem }: Agenda, p: number): number =>
  countBreaks(problem, at, p * problem.slotCount).breaks

/** The meeting of p that leaves the least excess when it goes, then the least worth; −1 if none may go. */
function cheapestOf(evening: Evening, p: number): number {
  const { agenda, worth } = evening
  const { slotCount, mandatory } = agenda.problem
  let [best, least, loss] = [-1, Infinity, Infinity]
  for (let slot = 0; slot < slotCount; slot++) {
    const c = agenda.at[p * slotCount + slot]
    if (c < 0 || mandatory[c]) continue
    const own = worthOf(agenda, worth, c)
    if (own >= worth.mandatory) continue
    evening.remove(c)
    const left = evening.excess()
    evening.put(c, slot)
    if (left < least || (left === least && own < loss)) [best, least, loss] = [c, left, own]
  }
  return best
}

function fill(evening: Evening): void {
  const { agenda, worth } = evening
  const { slotCount, allowed, possible } = agenda.problem
  const gains = new Map(
    [...possible.keys()]
      .filter((c) => possible[c] && agenda.slotOf[c] < 0)
      .map((c) => [c, gainOf(agenda, worth, c)]),
  )
  for (const [c] of [...gains].sort(([, one], [, other]) => other - one))
    for (let slot = 0; slot < slotCount && agenda.slotOf[c] < 0; slot++) {
      if (!allowed[c * slotCount + slot] || !agenda.fits(c, slot)) continue
      evening.put(c, slot)
      if (evening.worst() >= 0) evening.remove(c)
    }
}
