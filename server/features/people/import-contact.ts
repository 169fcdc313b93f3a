import type { NewPerson } from '../../schemas/programme.ts'
import { likeKey } from '../../spreadsheets/words.ts'
import type { PersonRow } from './repository.ts'

/** What a row says of a person. */
export const OF_PERSON = ['firstName', 'lastName', 'title', 'email', 'phone', 'language'] as const
export const NOBODY = { firstName: '', lastName: '', title: '', email: null, phone: null, language: null }

export const personIn = (one: NewPerson): NewPerson =>
  Object.fromEntries(OF_PERSON.flatMap((member) => (member in one ? [[member, one[member]]] : [])))

/**
 * Who of a team a row means by its contact; null of somebody new. Letters go to the first contact, so nobody takes
 * another's place under an address that is not theirs: a person is the same only by name or by address.
 */
export function contactOf(said: NewPerson, team: PersonRow[]): PersonRow | null {
  const [first] = team
  const isCalled = sameName(said)
  const isMailed = (one: PersonRow) => Boolean(said.email) && one.email === said.email
  const inOrder = (isMeant: (one: PersonRow) => boolean) => team.find(isMeant)
  const found = inOrder((one) => isCalled(one) && isMailed(one)) ?? inOrder(isCalled) ?? inOrder(isMailed)
  if (found || !first) return found ?? null
  return isAnother(said, first) ? null : first
}

/** Nobody has a name or an address that is not said: what is missing contradicts nothing. */
function isAnother(said: NewPerson, first: PersonRow): boolean {
  if (!wholeName(said)) return false
  return Boolean(wholeName(first)) || Boolean(said.email && first.email)
}

const wholeName = ({ firstName, lastName }: NewPerson) => [firstName, lastName].filter(Boolean).join(' ')

/** Compared are the parts that are said, in whatever order and with whatever accents. */
function sameName(said: NewPerson): (one: PersonRow) => boolean {
  const told = wholeName(said)
  return ({ firstName, lastName }) =>
    Boolean(told) &&
    likeKey(told) ===
      likeKey(
        wholeName({ ...('firstName' in said && { firstName }), ...('lastName' in said && { lastName }) }),
      )
}

/** A row of a project as it is written: with all of its contact where that is not the first any more. */
export function withContact<Said extends NewPerson>(
  said: Said,
  team: PersonRow[],
  contact: PersonRow | null,
): Said {
  if (contact === (team.at(0) ?? null)) return said
  return { ...said, ...NOBODY, ...(contact && personIn(contact)), ...personIn(said) }
}

/** A team as it was before its contact changed: the others keep what is said of them later. */
export const formerTeam = (team: PersonRow[], contact: PersonRow | null) =>
  contact === (team.at(0) ?? null)
    ? undefined
    : team.map((one) => ({ id: one.id, ...(one.id === contact?.id && personIn(one)) }))

/** Whether somebody has joined or left since a contact was put in front. */
export function isOtherTeam(former: { id?: string }[], team: PersonRow[]): boolean {
  const before = new Set(former.map(({ id }) => id))
  const come = team.filter(({ id }) => !before.has(id))
  const stayed = team.length - come.length === former.length
  return !stayed || come.length > 1 || (come.length === 1 && come[0] !== team[0])
}
