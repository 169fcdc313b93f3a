import type { RsvpBy } from '../../../server/schemas/common.ts'
import type { RsvpState } from '../../../server/schemas/rsvp.ts'
import { m } from '../../paraglide/messages.js'

export const rsvpWord = ({ rsvp }: Pick<RsvpState, 'rsvp'>): string =>
  rsvp === null ? m.rsvp_unknown() : rsvp === 'coming' ? m.rsvp_comes() : m.rsvp_comes_not()

/** How it was said, and when. */
export const rsvpWay = (by: RsvpBy, when: string): string =>
  ({ link: m.rsvp_by_link, self: m.rsvp_by_self, organisers: m.rsvp_by_organisers })[by]({ when })
