import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { findContradiction } from '../../../solver/presolve/presolve.ts'
import { checkRules, measure, type Instance } from '../../../solver/index.ts'
import { place } from '../../../solver/place/insertion.ts'
import { compile } from '../../../solver/model/problem.ts'
import { slackOf } from '../../../solver/select/best-prices.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { startSearch, type SolveOptions } from '../../../solver/model/search-limits.ts'
import { select } from '../../../solver/select/flow-selection.ts'
import { tidy } from '../../../solver/compact/compact.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, schedules } from '../events.ts'
import { tiny, tinyJson } from '../tiny.ts'

const given = (seed: number, objective = ['breaks', 'idle'], required = 1): Instance =>
  randomEvent(seed, {
    required,
    slots: 5,
    candidates: 5,
    people: 4,
    tables: seed % 2 ? 'none' : 'counted',
    objective,
    rules: { breakScope: seed % 3 ? 'block' : 'event' },
  })

/** Places what there is and tidies it, as the search does. */
async function tidied(
  instance: Instance,
  options: SolveOptions = { maxIterations: 2_000_000 },
  isPlaced = true,
) {
  const problem = compile(instance)
  const agenda = new Agenda(problem)
  const search = startSearch(options, 0)
  const wanted = [...problem.possible.keys()].filter((c) => problem.possible[c])
  if (isPlaced) place(agenda, wanted, startSearch({}, 1e9), 100)
  let rounds = 0
  const found = await tidy(agenda, search, null, () => rounds++)
  return { found, held: heldIn(agenda), search, rounds }
}

describe('tidying where everything is given', () => {
  test('comes to the fewest breaks there are, and proves it, or tells what does not fit', async () => {
    const seen = [0, 0]
    for (let seed = 1; seed <= 9; seed++) {
      const instance = given(seed)
      if (findContradiction(compile(instance))) continue
      const all = [...schedules(instance)].map((held) => measure(instance, held).breaks as number)
      const { found, held } = await tidied(instance, undefined, seed % 4 > 0)
      seen[all.length > 0 ? 1 : 0]++
      if (all.length === 0) {
        expect(found).toMatchObject({ reason: { code: 'noTimetable' } })
        continue
      }
      const best = Math.min(...all)
      expect(checkRules(instance, held)).toEqual([])
      expect([seed, measure(instance, held).breaks]).toEqual([seed, best])
      expect(found).toMatchObject({ breaks: best })
    }
    expect(seen[1]).toBeGreaterThan(2)
  })

  test('counts no breaks where nobody asks for few', async () => {
    const { found, held } = await tidied(given(2, ['value']))
    expect(found).toEqual({ breaks: 0, prices: null })
    expect(held).toHaveLength(5)
  })

  test('ends with the search', async () => {
    const over = await tidied(given(3), { maxIterations: 0 })
    expect(over.search.iterations).toBe(0)
    expect(over.rounds).toBe(0)
    const told = await tidied(given(3), { stop: () => true })
    expect([told.search.iterations, told.rounds]).toEqual([0, 0])
  })

  test('has too many breaks only where a spread forbids them', async () => {
    const slots = ['s1', 's2', 's3'].map((id) => ({ id }))
    const ends: Record<string, object> = { c11: { slots: ['s1'] }, c12: { slots: ['s3'] } }
    const candidates = tinyJson().candidates.map((one) => ({ ...one, required: true, ...ends[one.id] }))
    const event = (rules: object) => tiny({ slots, candidates, rules: { objective: ['breaks'], ...rules } })
    const least = Math.min(
      ...[...schedules(event({}))].map((held) => measure(event({}), held).breaks as number),
    )
    expect((await tidied(event({}))).found).toMatchObject({ breaks: least })
    const uneven = (await tidied(event({ maxBreakSpread: 0 }))).found
    const all = [...schedules(event({ maxBreakSpread: 0 }))]
    if (all.length === 0)
      expect(uneven).toMatchObject({ reason: { code: 'noTimetable', rules: ['maxBreakSpread'] } })
    else expect(uneven).toHaveProperty('breaks')
  })
})

describe('tidying where meetings can be chosen', () => {
  test('holds the same meetings, with a bound for all that are worth as much', async () => {
    let sharp = 0
    for (let seed = 1; seed <= 9; seed++) {
      const instance = given(seed, ['value', 'breaks'], 0.2)
      const problem = compile(instance)
      const agenda = filledAgenda(instance, seededRandom(seed))
      const before = heldIn(agenda)
      const selection = select(problem, instance.rules.objective)
      const value = measure(instance, before).value as number
      const slack = slackOf(problem, selection, before)
      const options = seed % 2 ? { maxIterations: 3_000 } : { stop: () => search.iterations > 3_000 }
      const search = startSearch(options, 0)
      const found = await tidy(agenda, search, slack, () => {})
      const after = heldIn(agenda)
      if ('reason' in found) continue
      expect(canBeHeld(instance, after)).toBe(true)
      expect(after.map(({ candidate }) => candidate)).toEqual(before.map(({ candidate }) => candidate))
      expect(measure(instance, after).breaks).toBeLessThanOrEqual(measure(instance, before).breaks as number)
      const asGood = [...schedules(instance)]
        .map((held) => measure(instance, held))
        .filter((one) => (one.value as number) >= value)
      for (const one of asGood) expect([seed, found.breaks <= (one.breaks as number)]).toEqual([seed, true])
      if (found.breaks > 0) sharp++
    }
    expect(sharp).toBeGreaterThanOrEqual(0)
  })
})
