import type { Agenda } from '../model/partial-schedule.ts'
import { rescue } from './threshold-exchange.ts'
import type { Search } from '../model/search-limits.ts'
import { scoreOf, shortfallOf, weighLevels } from '../model/score.ts'

/** What a missing meeting costs while looking, as multiples of the greatest value. */
const PRICES = [0, 0.3, 0.6, 1, 2]

/**
 * Gives back of the shortfall what its tolerance allows where the value gains by it: the exchanges of `rescue`, at
 * several prices of a missing meeting, with the best value kept that stays within the tolerance.
 */
export function loosen(agenda: Agenda, search: Search, trials: number): void {
  const { objective, tolerance } = agenda.problem.instance.rules
  const [first, then] = [objective.indexOf('shortfall'), objective.indexOf('value')]
  const most = Math.floor(shortfallOf(agenda) * (1 + (tolerance.shortfall ?? 0)) + 1e-9)
  if (first < 0 || then < first || most === shortfallOf(agenda)) return
  const { mandatory } = weighLevels(agenda.problem)
  const greatest = agenda.problem.value.reduce((top, one) => Math.max(top, one), 0)
  const byValue = { value: 1, shortfall: 0, mandatory }
  const goal = (now: Agenda) => (shortfallOf(now) <= most ? scoreOf(now, byValue) : -Infinity)
  for (const price of PRICES)
    rescue(agenda, search, trials, { worth: { ...byValue, shortfall: price * greatest }, goal })
}
