import type { Attendee, ParticipantsInput } from '../../../../server/schemas/taking-part.ts'
import { shownAs } from '../../../lib/naming.ts'
import { searched } from '../../../lib/search.ts'

/** How the organisers know somebody: by organisation, person and, where two look alike, their own mark. */
export const knownAs = (who: Attendee): string =>
  [shownAs(who, who.side === 'host'), who.label].filter(Boolean).join(' · ')

export const idsOf = (people: Attendee[]): ParticipantsInput => ({
  projects: people.filter(({ side }) => side === 'project').map(({ id }) => id),
  hosts: people.filter(({ side }) => side === 'host').map(({ id }) => id),
})

/** Those of whom a name, an organisation or the organisers' mark holds what is sought. */
export const matching = (people: Attendee[], sought: string): Attendee[] =>
  searched(people, sought, ({ name, organisations, label }) => [name, ...organisations, label])
