import { expect, test } from 'vitest'
import { measure } from '../../../solver/index.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { takeStep, Tally } from '../../../solver/spend/tally.ts'
import { pick } from '../any-event.ts'
import { filledAgenda, heldIn, randomEvent } from '../events.ts'

test('a tally says of each step, and of the schedule after it, what measuring all of it says', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed)
    const event = randomEvent(seed, { slots: 4, candidates: 12, people: 7, limits: true, days: seed % 2 > 0 })
    const start = heldIn(filledAgenda(event, random, 0.5))
    const instance = { ...event, base: start.filter((_, index) => index % 2 > 0) }
    const tally = new Tally(instance, start)
    for (let round = 0; round < 20; round++) {
      const free = event.candidates.filter(({ id }) => !tally.meetings.some((one) => one.candidate === id))
      const out = random.below(3) && tally.meetings.length > 0 ? pick(random, tally.meetings) : null
      const slot = pick(random, event.slots).id
      const into = random.below(3) && free.length > 0 ? { candidate: pick(random, free).id, slot } : null
      const after = measure(instance, takeStep(tally.meetings, { out, into }))
      expect([seed, tally.after({ out, into })]).toEqual([seed, after])
      if (random.below(2)) tally.take({ out, into })
      expect([seed, tally.measured]).toEqual([seed, measure(instance, tally.meetings)])
    }
  }
})
