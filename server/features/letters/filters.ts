import type { LetterKind, RecipientFilter } from '../../schemas/letters.ts'

/** What is known of somebody who can be written to. */
export type Facts = {
  side: 'project' | 'host'
  invited: boolean
  /** Has ever signed in. */
  isIn: boolean
  /** Of the event chosen; null where none is. */
  answered: boolean | null
  /** Of projects. */
  submitted: boolean | null
  /** Whether they have said if they come to the event chosen; null where none is. */
  said: boolean | null
  /** Their agenda of that event is not as they were told last. */
  untold: boolean
}

/** Of whom recipients can be chosen: each filter once, with what it asks. */
const FILTERS: Record<RecipientFilter, (facts: Facts) => boolean> = {
  'not-invited': ({ invited }) => !invited,
  'not-in': ({ invited, isIn }) => invited && !isIn,
  'not-answered': ({ answered }) => answered === false,
  'not-submitted': ({ submitted }) => submitted === false,
  'not-said': ({ said }) => said === false,
  'not-told': ({ untold }) => untold,
  projects: ({ side }) => side === 'project',
  hosts: ({ side }) => side === 'host',
}

export const filtersOf = (facts: Facts): RecipientFilter[] =>
  (Object.keys(FILTERS) as RecipientFilter[]).filter((name) => FILTERS[name](facts))

/** Whom a mail of that kind is for, and for nobody else: who has answered is not reminded. */
export const meantFor: Partial<Record<LetterKind, RecipientFilter>> = {
  proposal: 'not-submitted',
  reminder: 'not-answered',
  coming: 'not-said',
}
