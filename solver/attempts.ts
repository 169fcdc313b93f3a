import { ATTEMPTS } from './model/effort.ts'
import type { Problem } from './model/problem.ts'
import { forkOf, type Search } from './model/search-limits.ts'
import { asksForTimesFirst, hasTolerance } from './spend-tolerance.ts'

/** One way from the choice of meetings to a schedule. */
export interface Attempt {
  /** For the stages up to who sits where, of which nothing counts if the caller asks to end before. */
  placing: Search
  /** For what is given up afterwards, which only gets better, wherever it ends. */
  spending: Search
  /** To be asked when the meetings are placed. */
  isBroken: () => boolean
}

/**
 * A single attempt, as long as the search. But where breaks or changes of table are asked for before meetings, better
 * times may lead to a worse choice of meetings in the end. So there are several, each longer than the one before, of
 * which the best counts: a longer search makes all those that a shorter one does. The first is short, and is made
 * however little time there is.
 */
export function* attemptsOf(problem: Problem, search: Search): Generator<Attempt> {
  if (!asksForTimesFirst(problem.instance) || hasTolerance(problem.instance)) {
    yield { placing: search, spending: search, isBroken: () => false }
    return
  }
  const usual = search.effort.steps(problem)
  let planned = 0
  for (const [index, share] of ATTEMPTS.shares.entries()) {
    const steps = Math.ceil(usual * share)
    planned += steps
    if (index === 0) yield firstOf(search, steps)
    else if (planned > search.maxIterations) return
    else yield attemptOf(search, forkOf(search, steps))
  }
  if (search.maxIterations === Infinity) yield attemptOf(search, forkOf(search))
}

const attemptOf = (search: Search, own: Search): Attempt => ({
  placing: own,
  spending: own,
  isBroken: search.isStopped,
})

function firstOf(search: Search, steps: number): Attempt {
  const placing: Search = forkOf(search)
  placing.maxIterations = placing.horizon = steps
  placing.isStopped = () => false
  placing.isOver = () => placing.iterations >= steps
  return { placing, spending: forkOf(search, 0), isBroken: () => false }
}
