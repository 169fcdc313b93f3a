import type { Locale } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { say } from '../../messages.ts'
import type { HostKind } from '../../schemas/common.ts'
import type { ImportField, PeopleKind } from '../../schemas/import.ts'
import { kindWord, yesWord } from './import-fields.ts'
import type { Known } from './import-match.ts'
import type { Values } from './import-rows.ts'
import { findHosts, findProjects } from './repository.ts'

/** What is written of a project or a host: members of NewProject or NewHost. */
export type Patch = {
  name?: string
  code?: string
  email?: string | null
  notes?: string
  financed?: boolean
  rank?: number | null
  organisations?: string[]
  organisation?: string
  kind?: HostKind
}
export type Member = keyof Patch
export type Change = { member: Member; before: unknown; after: unknown }

/** Members in the words of columns: several columns may make one. */
const FIELDS: Record<PeopleKind, Partial<Record<string, ImportField[]>>> = {
  projects: {},
  hosts: { name: ['fullName', 'lastName', 'firstName', 'role'] },
}
export const fieldOf = (kind: PeopleKind, member: string): ImportField[] =>
  FIELDS[kind][member] ?? [member as ImportField]

export async function knownPeople(reader: Reader, programmeId: string, kind: PeopleKind): Promise<Known[]> {
  if (kind === 'hosts') return (await findHosts(reader, programmeId)).map((found) => ({ ...found, found }))
  const projects = await findProjects(reader, programmeId)
  return projects.map((found) => ({ ...found, organisation: '', found }))
}

/** A first name and a surname are joined; a role is the name of who has none, else it is kept as a note. */
export function patchOf(kind: PeopleKind, values: Values, locale: Locale): Patch {
  const { fullName, firstName, lastName, role, ...rest } = values as Record<string, unknown>
  if (kind === 'projects') return rest
  const name = [firstName, lastName].filter(Boolean).join(' ') || fullName
  const line = name && role ? `${say(locale, 'column_role')}: ${String(role)}` : null
  const notes = [line, rest.notes].filter(Boolean).join('\n')
  return {
    ...rest,
    ...(((name || role) as string) && { name: (name || role) as string }),
    ...(notes && { notes }),
  }
}

/** What a row changes of somebody who is known, member by member. */
export function changesOf(kind: PeopleKind, { found }: Known, patch: Patch): Change[] {
  const before = found as unknown as Record<Member, unknown>
  if (patch.notes !== undefined) patch.notes = mergeNotes(String(before.notes ?? ''), patch.notes)
  return (Object.keys(patch) as Member[])
    .filter((member) => kind === 'hosts' || member !== 'kind')
    .map((member) => ({ member, before: before[member] ?? null, after: patch[member] }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
}

/** A note of the same heading takes the place of the one before; others stay. */
function mergeNotes(before: string, after: string): string {
  const headed = (line: string) => line.slice(0, line.indexOf(':') + 1)
  const lines = after.split('\n')
  const replaced = new Set(lines.map(headed))
  const kept = before.split('\n').filter((line) => line && !(replaced.has(headed(line)) && headed(line)))
  return [...kept, ...lines].join('\n')
}

/** A value as a person reads it. */
export function wordsOf(member: Member, value: unknown, locale: Locale): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return yesWord(value, locale)
  if (member === 'kind') return kindWord(value as HostKind, locale)
  return Array.isArray(value) ? value.join('; ') : String(value)
}
