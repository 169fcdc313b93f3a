import { FULL_EFFORT, type Effort } from './effort.ts'
import { seededRandom, type Random } from './random.ts'
import type { Level } from '../format/instance.ts'
import type { LevelValue } from '../format/solution.ts'

export interface Progress {
  /** `select`, `place`, `compact`, `seat` or `prove`. */
  stage: string
  /** What is known of each level so far. */
  incumbent: Partial<Record<Level, LevelValue>>
  bound: Partial<Record<Level, LevelValue>>
  elapsedMs: number
}

export interface SolveOptions {
  /** Whole number; the same seed and instance give the same solution unless time ends the search. Default 1. */
  seed?: number
  /** Ends the search after so many steps; without it and without `stop` a limit by size is set. */
  maxIterations?: number
  /** Asked now and then; true ends the search with what there is. */
  stop?: () => boolean
  /** Milliseconds, for `stats.ms` and `elapsedMs` only. */
  now?: () => number
  onProgress?: (progress: Progress) => void
}

/** What one run of `solve` carries along. */
export interface Search {
  effort: Effort
  random: Random
  iterations: number
  maxIterations: number
  isOver(): boolean
  /** Whether the caller asked to end, however many iterations are left. */
  isStopped(): boolean
}

/** @param usual steps where the caller sets no limit */
export function startSearch(
  { seed = 1, maxIterations, stop }: SolveOptions,
  usual: number,
  effort: Effort = FULL_EFFORT,
): Search {
  const search: Search = {
    effort,
    random: seededRandom(seed),
    iterations: 0,
    maxIterations: maxIterations ?? (stop && effort.isOpenEnded ? Infinity : usual),
    isOver: () => search.iterations >= search.maxIterations || search.isStopped(),
    isStopped: () => stop?.() ?? false,
  }
  return search
}

/**
 * A search that goes on by itself from where the whole is: with the same chance, and with as many steps as that has
 * left or fewer. They are counted in the whole, too.
 */
export function forkOf(whole: Search, steps = Infinity): Search {
  const most = Math.min(steps, whole.maxIterations - whole.iterations)
  let own = 0
  return {
    ...whole,
    random: whole.random.fork(),
    get iterations() {
      return own
    },
    set iterations(count) {
      whole.iterations += count - own
      own = count
    },
    maxIterations: most,
    isOver: () => own >= most || whole.isStopped(),
  }
}

/** Lets a worker receive messages, such as "stop", before going on; where it can be without a millisecond's pause. */
export const breathe = (): Promise<void> =>
  new Promise((resume) => {
    if (typeof setImmediate === 'function') setImmediate(resume)
    else setTimeout(resume, 0)
  })
