import type { Level } from '../format/instance.ts'
import type { Meeting } from '../format/solution.ts'
import type { Change } from './relaxation.ts'

/** What keeps a meeting from being held, by the name of the rule; `possible` if nothing does. */
export const REASONS = [
  'held',
  'possible',
  'availability',
  'slots',
  'tables',
  'locked',
  'maxMeetings',
  'maxConsecutive',
  'limits',
  'quotas',
  'fullAgenda',
  'lowerValue',
] as const
export type ReasonKind = (typeof REASONS)[number]

/** A change to the event, and a schedule that holds the meeting with it, checked against every rule. */
export interface Remedy {
  change: Change
  words: string
  /** How each level changes, where it does. */
  cost: Partial<Record<Level, number>>
  /** How many other meetings move to another slot. */
  moved: number
  meetings: Meeting[]
}

export interface Reason {
  candidate: string
  kind: ReasonKind
  /** Who or what is in the way. */
  ids: string[]
  words: string
  /** The least change with which every meeting that is held stays held; null if none was found. */
  remedy: Remedy | null
  /** Or, with nothing changed, what would have to be given up; null if it cannot be held at all. */
  instead: Remedy | null
}
