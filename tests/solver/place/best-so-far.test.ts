import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { scoreOf, weighLevels } from '../../../solver/model/score.ts'
import { BestSoFar } from '../../../solver/place/best-so-far.ts'
import { randomEvent } from '../events.ts'

describe('the way back to the best an agenda has been', () => {
  test('ends at the first of the greatest worth, and of those at the most meetings', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed)
      const problem = compile(randomEvent(seed, { limits: true, quotas: true, required: 0.2, candidates: 9 }))
      const [agenda, worth] = [new Agenda(problem), weighLevels(problem)]
      const way = new BestSoFar(agenda)
      const standing = () => [scoreOf(agenda, worth), agenda.slotOf.filter((slot) => slot >= 0).length]
      let best = { standing: standing(), slotOf: agenda.slotOf.slice() }
      for (let step = 0; step < 60; step++) {
        const [c, slot] = [random.below(problem.candidateCount), random.below(problem.slotCount)]
        if (agenda.slotOf[c] >= 0) way.remove(c)
        else if (problem.allowed[c * problem.slotCount + slot] && agenda.fits(c, slot)) way.put(c, slot)
        way.compare()
        const [score, count] = standing()
        const isBetter = score > best.standing[0] || (score === best.standing[0] && count > best.standing[1])
        if (isBetter) best = { standing: [score, count], slotOf: agenda.slotOf.slice() }
      }
      way.goBack()
      expect([seed, ...agenda.slotOf]).toEqual([seed, ...best.slotOf])
    }
  })
})
