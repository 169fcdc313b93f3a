import type { Contradiction } from '../format/infeasibility.ts'

/** What an event is worth at one step. */
export interface Point {
  step: number
  /** Value of a schedule that keeps every rule and is as good as was found on the levels before; null without one. */
  value: number | null
  /** No schedule that is as good on the levels before is worth more; null where nothing is known. */
  bound: number | null
  /** Whether they are the same and every level before is proven; without a schedule, that there is none. */
  proven: boolean
  /** Missing guaranteed meetings, with their own bound, and number of meetings of that schedule. */
  shortfall: { value: number; bound: number } | null
  meetings: number | null
  /** Why there is no schedule. */
  infeasible?: Contradiction
}
