import type { MarkKind } from '../../schemas/marks.ts'

/**
 * The one policy for a person's decision against a rule: a change that breaks it is refused, or done and marked. `plan`
 * is a meeting moved or swapped in a plan, `spot` one that two agree on who stand there. A change answers only for what
 * it breaks anew, and what is broken without one (somebody withdraws, a table goes) is always marked. That nobody is in
 * two places, and a table has one meeting at a time, is refused by the database whatever stands here.
 */
type Ways = { plan: Policy; spot: Policy }
type Policy = 'refuse' | 'mark'

const both = (policy: Policy): Ways => ({ plan: policy, spot: policy })

const BY_HAND: Record<MarkKind, Ways> = {
  conflict: both('refuse'),
  ruledOut: both('refuse'),
  own: both('refuse'),
  withdrawn: both('refuse'),
  slot: both('refuse'),
  table: both('refuse'),
  // Who stands there and agrees is available, whatever was said before.
  absence: { plan: 'refuse', spot: 'mark' },
  notComing: { plan: 'refuse', spot: 'mark' },
  availability: { plan: 'refuse', spot: 'mark' },
  noTable: both('refuse'),
  ownTable: both('mark'),
  need: both('mark'),
  avoid: both('mark'),
  apart: both('mark'),
  metBefore: both('mark'),
  mustMeet: both('mark'),
  mustTime: both('mark'),
  maximum: both('mark'),
  inRow: both('mark'),
  perDay: both('mark'),
  perHalf: both('mark'),
  pause: both('mark'),
  organisation: both('mark'),
}

export type Way = keyof Ways

export const isRefused = (kind: MarkKind, way: Way): boolean => BY_HAND[kind][way] === 'refuse'
