import { suits, type Instance, type Participant, type Table } from '../format/instance.ts'
import type { Change } from './relaxation.ts'

/** What about tables keeps people from sitting at one together, and could be different, the smallest first. */

/** A table gets what these people need of it, the table that lacks least first. */
export function equip(instance: Instance, people: Participant[]): Change[] {
  const wanted = [...new Set(people.flatMap(({ needs }) => needs))]
  return tablesOf(instance)
    .filter((table) => people.every(({ tables }) => suits({ needs: [], tables }, table)))
    .map(({ id, features }) => ({ id, missing: wanted.filter((need) => !features.includes(need)) }))
    .filter(({ missing }) => missing.length > 0)
    .sort((one, other) => one.missing.length - other.missing.length)
    .map(({ id, missing }) => ({ kind: 'features', table: id, features: missing }))
}

/** Somebody with tables of their own sits at one more, one that suits all of them first. */
export function welcome(instance: Instance, people: Participant[]): Change[] {
  const lacking = (table: Table, guest: Participant) =>
    people.filter((one) => !suits(one === guest ? { ...one, tables: null } : one, table)).length
  return people.flatMap((guest) =>
    tablesOf(instance)
      .filter(({ id }) => guest.tables && !guest.tables.includes(id))
      .toSorted((one, other) => lacking(one, guest) - lacking(other, guest))
      .map(({ id }): Change => ({ kind: 'ownTable', participant: guest.id, table: id })),
  )
}

const tablesOf = ({ tables }: Instance): Table[] => (Array.isArray(tables) ? tables : [])
