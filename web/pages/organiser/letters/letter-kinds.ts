import type { LetterKind, RecipientFilter } from '../../../../server/schemas/letters.ts'
import { m } from '../../../paraglide/messages.js'

/** Kinds of mails to many, as organisers know them. */
export const letterKinds: Record<LetterKind, () => string> = {
  invitation: m.letter_kind_invitation,
  proposal: m.letter_kind_proposal,
  reminder: m.letter_kind_reminder,
  publication: m.letter_kind_publication,
  change: m.letter_kind_change,
  coming: m.letter_kind_coming,
  thanks: m.letter_kind_thanks,
  message: m.letter_kind_message,
}

export const isLetterKind = (word: string | null): word is LetterKind => word !== null && word in letterKinds

/** Whom a kind is usually for: that is chosen first. */
export const usualFilter: Partial<Record<LetterKind, RecipientFilter>> = { invitation: 'not-invited' }

export const filterWords: Record<RecipientFilter, () => string> = {
  'not-invited': m.letter_filter_not_invited,
  'not-in': m.letter_filter_not_in,
  'not-answered': m.letter_filter_not_answered,
  'not-submitted': m.letter_filter_not_submitted,
  'not-said': m.letter_filter_not_said,
  'not-told': m.letter_filter_not_told,
  projects: m.letter_filter_projects,
  hosts: m.letter_filter_hosts,
}

export const isFilter = (word: string | null): word is RecipientFilter => word !== null && word in filterWords

/** That an agenda is ready or has changed is told from the plan, which knows who has not been told. */
export const isOfPlan = (kind: LetterKind) => kind === 'publication' || kind === 'change'

/** These are always about an event. */
export const isAboutEvent = (kind: LetterKind) =>
  isOfPlan(kind) || kind === 'reminder' || kind === 'coming' || kind === 'thanks'
