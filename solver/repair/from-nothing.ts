import type { Agenda } from '../model/partial-schedule.ts'
import type { Problem } from '../model/problem.ts'

/** Arranges a problem from nothing; null if it has no schedule. */
export type FromNothing = (problem: Problem) => Promise<Agenda | null>
