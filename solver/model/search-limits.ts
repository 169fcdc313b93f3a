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
  /** Ends the search after so many steps; without it and without `stop` a limit by size is set. Infinity sets none. */
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
  /** A chance that begins anew each time, for what is to follow from a schedule alone, however it was come by. */
  newRandom(): Random
  iterations: number
  maxIterations: number
  /**
   * Steps that the stages share out among themselves, whatever the limit is: a shorter run is the beginning of a
   * longer one. Infinity where time alone ends the search.
   */
  horizon: number
  isOver(): boolean
  /** Whether the caller asked to end, however many iterations are left. */
  isStopped(): boolean
}

/**
 * @param usual steps where the caller sets no limit
 * @param horizon steps to share out, where they are fewer than the usual ones
 */
export function startSearch(
  { seed = 1, maxIterations, stop }: SolveOptions,
  usual: number,
  effort: Effort = FULL_EFFORT,
  horizon = usual,
): Search {
  const isEndless = (maxIterations ?? Infinity) === Infinity && stop !== undefined && effort.isOpenEnded
  const search: Search = {
    effort,
    random: seededRandom(seed),
    newRandom: () => seededRandom(seed),
    iterations: 0,
    maxIterations: isEndless ? Infinity : (maxIterations ?? usual),
    horizon: isEndless ? Infinity : horizon,
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
    horizon: Math.min(steps, whole.horizon - whole.iterations),
    isOver: () => own >= most || whole.isStopped(),
  }
}

/** Lets a worker receive messages, such as "stop", before going on; where it can be without a millisecond's pause. */
export const breathe = (): Promise<void> =>
  new Promise((resume) => {
    if (typeof setImmediate === 'function') setImmediate(resume)
    else setTimeout(resume, 0)
  })
