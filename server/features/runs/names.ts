import type { Locale } from '../../actor.ts'
import { say } from '../../messages.ts'
import { markedName } from '../../naming.ts'
import { timeSaid } from '../events/clock.ts'
import type { SlotRow, TableRow } from '../events/repository.ts'
import type { Participant } from '../participants/repository.ts'
import { organisationQuota } from '../solver-input/rules.ts'
import type { Pairs } from '../solver-input/repository.ts'

/** What the ids of an instance stand for, in the reader's words. */
export type Names = {
  locale: Locale
  /** As one of the event, in a sentence: the organisation of a host. */
  person(id: string): string
  /** The person, where the organisation stands beside it. */
  name(id: string): string
  /** Of a host; of a project who carries it. */
  organisation(id: string): string
  /** The two people of a candidate, the project first. */
  people(candidateId: string): [string, string]
  pair(candidateId: string): string
  /** When a slot begins. */
  slot(id: string): string
  table(id: string): string
  /** Whom a rule over several pairs is about. */
  quota(id: string): string
  list(names: string[]): string
}

type Known = {
  people: Participant[]
  slots: SlotRow[]
  tables: TableRow[]
  timezone: string
  /** The two participants of each candidate. */
  pairs: Pairs
}

/** Who or what is no longer there. */
export const GONE = '–'
const MOST_NAMED = 6

export function namesFor(locale: Locale, { slots, tables, timezone, pairs, ...known }: Known): Names {
  const [persons, times] = [
    new Map(known.people.map((person) => [person.id, person])),
    new Map<string, string>(),
  ]
  const hasDays = new Set(slots.map(({ day }) => day)).size > 1
  const by = { locale, zone: timezone, days: hasDays }
  for (const { id, startsAt } of slots) times.set(id, timeSaid(startsAt, by))
  const named = new Map(tables.map(({ id, name }) => [id, name]))
  const person = (id: string) => {
    const found = persons.get(id)
    return found ? markedName(found) : GONE
  }
  const people = (id: string): [string, string] => {
    const pair = pairs.get(id)
    return [pair?.projectId ?? '', pair?.hostId ?? '']
  }
  const join = new Intl.ListFormat(locale, { type: 'conjunction' })
  return {
    locale,
    person,
    name: (id) => persons.get(id)?.name ?? GONE,
    organisation: (id) => persons.get(id)?.organisations.join(', ') ?? '',
    people,
    pair: (id) => join.format(people(id).map(person)),
    slot: (id) => times.get(id) ?? GONE,
    table: (id) => named.get(id) ?? GONE,
    quota(id) {
      const { projectId, organisationId } = organisationQuota.of(id)
      const host = known.people.find((one) => one.organisationId === organisationId)
      const organisation = host?.organisations.join(', ') ?? GONE
      return say(locale, 'quota_organisation', { project: person(projectId), organisation })
    },
    list(names) {
      const more = names.length - MOST_NAMED
      if (more <= 1) return join.format(names)
      return join.format([...names.slice(0, MOST_NAMED), say(locale, 'cause_more', { count: more })])
    },
  }
}
