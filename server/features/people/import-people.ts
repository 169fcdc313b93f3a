import type { Locale } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { nameOf, splitName } from '../../naming.ts'
import type { HostKind } from '../../schemas/common.ts'
import type { ImportField, PeopleKind } from '../../schemas/import.ts'
import type { HostPersonPatch, NewPerson, ProjectPatch } from '../../schemas/programme.ts'
import { NOBODY, personIn } from './import-contact.ts'
import { kindWord, languageWord, yesWord } from './import-fields.ts'
import type { Known } from './import-match.ts'
import type { Values } from './import-rows.ts'
import { sameKey } from '../../spreadsheets/words.ts'
import { findHosts, findProjects, type FoundHost, type FoundProject, type PersonRow } from './repository.ts'

/** What a row says of a project and its first contact, or of a host. */
export type Patch = NewPerson & {
  name?: string
  code?: string
  label?: string
  notes?: string
  financed?: boolean
  rank?: number | null
  organisations?: string[]
  /** The whole team as it was, of former values alone. */
  team?: NonNullable<ProjectPatch['team']>
  organisation?: string
  kind?: HostKind
}
export type Member = keyof Patch
export type Change = { member: Member; before: unknown; after: unknown }

/** Members in the words of columns: several columns may make one. */
const FIELDS: Partial<Record<string, ImportField[]>> = {
  title: ['role'],
  firstName: ['firstName', 'fullName'],
  lastName: ['lastName', 'fullName'],
}
export const fieldOf = (member: string): ImportField[] => FIELDS[member] ?? [member as ImportField]
/** The columns that say who somebody is. */
export const NAMED_BY: Record<PeopleKind, ImportField[]> = {
  projects: ['name'],
  hosts: ['fullName', 'lastName', 'firstName', 'role'],
}

export async function knownPeople(reader: Reader, programmeId: string, kind: PeopleKind): Promise<Known[]> {
  if (kind === 'hosts') {
    const hosts = (await findHosts(reader, programmeId)).filter(({ mergedIntoId }) => mergedIntoId === null)
    return hosts.map((found) => ({ ...found, name: nameOf(found.person), email: found.person.email, found }))
  }
  const projects = await findProjects(reader, programmeId)
  return projects.map((found) => ({
    ...found,
    ...{ organisation: '', email: found.team.at(0)?.email ?? null, found },
  }))
}

const isDivided = ({ fullName, firstName, lastName }: Values) =>
  typeof fullName === 'string' && !firstName && !lastName

/** A name in one column is divided; one in two stays as it is given. */
export function patchOf(values: Values): Patch {
  const { fullName, role, ...rest } = values
  const named = isDivided(values)
  const { title, ...divided } = named ? splitName(String(fullName)) : { title: '' }
  const words = (role as string | undefined) || title
  return { ...(rest as Patch), ...(named && divided), ...(words && { title: words }) }
}

/** Where a name is divided was a guess, and a role is no name: neither replaces a name that is known and the same. */
export function withKnownName(patch: Patch, values: Values, person: PersonRow | null): Patch {
  if (!isDivided(values) || !person) return patch
  const { firstName = '', lastName = '', ...rest } = patch
  const told = nameOf({ firstName, lastName, title: '' })
  return told === '' || sameKey(told) === sameKey(nameOf({ ...person, title: '' })) ? rest : patch
}

export const nameIn = (kind: PeopleKind, { name = '', firstName = '', lastName = '', title = '' }: Patch) =>
  kind === 'projects' ? name : nameOf({ firstName, lastName, title })

function valuesOf(found: FoundProject | FoundHost): Record<string, unknown> {
  const person = ('team' in found ? found.team.at(0) : found.person) ?? NOBODY
  const { firstName, lastName, title, email, phone, language } = person
  return { ...found, firstName, lastName, title, email, phone, language }
}

/** What a row changes of somebody who is known, member by member. */
export function changesOf({ found }: Known, patch: Patch): Change[] {
  const before = valuesOf(found)
  const after = { ...patch }
  if (after.notes !== undefined) after.notes = mergeNotes(String(before.notes ?? ''), after.notes)
  return (Object.keys(after) as Member[])
    .map((member) => ({ member, before: before[member] ?? null, after: after[member] }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
}

/** A note of the same heading takes the place of the one before; others stay. */
function mergeNotes(before: string, after: string): string {
  const headed = (line: string) => line.slice(0, line.indexOf(':') + 1)
  const lines = after.split('\n')
  const replaced = new Set(lines.map(headed))
  const kept = before
    .split('\n')
    .filter((line) => line && !lines.includes(line) && !(headed(line) && replaced.has(headed(line))))
  return [...kept, ...lines].join('\n')
}

export const hostFrom = (patch: Patch): HostPersonPatch => patch as HostPersonPatch

/**
 * Who is named beside a project is its first contact, be it who is that already, another of the team or (null) somebody
 * new; the rest of a team stays.
 */
export function projectFrom(
  patch: Patch,
  team: PersonRow[] = [],
  contact = team.at(0) ?? null,
): ProjectPatch {
  const said = personIn(patch)
  const { firstName: _, lastName: _1, title: _2, email: _3, phone: _4, language: _5, ...project } = patch
  if (project.team || Object.keys(said).length === 0) return project as ProjectPatch
  const { firstName, lastName, title, email, phone } = { ...NOBODY, ...contact, ...said }
  const isSomebody = [firstName, lastName, title, email, phone].some(Boolean)
  const first = isSomebody ? [{ ...(contact && { id: contact.id }), ...said }] : []
  const others = team.filter((one) => one !== contact).map(({ id }) => ({ id }))
  return { ...(project as ProjectPatch), team: [...first, ...others] }
}

/** A value as a person reads it. */
export function wordsOf(member: Member, value: unknown, locale: Locale): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return yesWord(value, locale)
  if (member === 'kind') return kindWord(value as HostKind, locale)
  if (member === 'language') return languageWord(value as Locale, locale)
  return Array.isArray(value) ? value.join('; ') : String(value)
}
