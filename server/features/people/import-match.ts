import type { PeopleKind } from '../../schemas/import.ts'
import type { FoundHost, FoundProject } from './repository.ts'
import { likeKey, sameKey } from '../../spreadsheets/words.ts'

/** Somebody known, in the words of the import. */
export type Known = {
  id: string
  code: string
  name: string
  organisation: string
  email: string | null
  found: FoundProject | FoundHost
}
/** Somebody as a row tells: hosts of several organisations may bear the same name, projects may not. */
export type Told = { code?: string; name: string; organisation: string; email?: string }

export const keyOf = (text: string) => text.trim().toLowerCase()
const whole = (by: (name: string) => string, { name, organisation }: Told | Known, kind: PeopleKind) =>
  kind === 'projects' ? by(name) : `${by(name)}\n${by(organisation)}`

/** By which a person is certainly the same, and by which perhaps. */
export const certainKey = (one: Told | Known, kind: PeopleKind) => whole(sameKey, one, kind)
export const probableKey = (one: Told | Known, kind: PeopleKind) => whole(likeKey, one, kind)

/** Somebody may stand for two organisations; a row that names none means the one that is known. */
const isSame = (one: Known, told: Told, kind: PeopleKind) =>
  sameKey(one.name) === sameKey(told.name) &&
  (kind === 'projects' || !told.organisation || sameKey(one.organisation) === sameKey(told.organisation))

export type Match = { known: Known } | { candidates: Known[] }

/**
 * Finds who a row is: by code; else by address where the name says the same, and the organisation of a host too; else
 * by name and organisation. The same address under another name or organisation, a code that is new for a name that is
 * known, and a name that is the same but for accents, titles or the order of its words are for a person to decide.
 */
export function matcher(kind: PeopleKind, known: Known[]): (told: Told) => Match {
  const by = (key: (one: Known) => string | null) => Map.groupBy(known, key)
  const byCode = by(({ code }) => keyOf(code))
  const byMail = by(({ email }) => email)
  const byName = by((one) => certainKey(one, kind))
  const byLikeness = by((one) => probableKey(one, kind))
  return (told) => {
    const coded = told.code ? byCode.get(keyOf(told.code)) : undefined
    if (coded) return { known: coded[0] }
    const mailed = (told.email && byMail.get(told.email)) || []
    const named = byName.get(certainKey(told, kind)) ?? []
    const same = mailed.filter((one) => isSame(one, told, kind))
    const certain = same.length === 1 ? same : named
    if (certain.length === 1 && !told.code) return { known: certain[0] }
    const alike = byLikeness.get(probableKey(told, kind)) ?? []
    return { candidates: [...new Set([...certain, ...alike, ...mailed])].slice(0, 5) }
  }
}
