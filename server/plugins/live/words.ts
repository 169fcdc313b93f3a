/**
 * A view put into words: each of its members as JSON, each row of a member that is a list of rows with an id. Kept
 * while somebody has it on their page, so that the next frame carries only the rows that differ.
 */
export type Words = Map<string, Said>
type Said = string | Map<string, string>

export function inWords(view: object): Words {
  const members = Object.entries(view).filter(([, value]) => value !== undefined)
  return new Map(members.map(([member, value]) => [member, rowsOf(value) ?? JSON.stringify(value)]))
}

function rowsOf(value: unknown): Map<string, string> | null {
  if (!Array.isArray(value)) return null
  const rows = new Map<string, string>()
  for (const row of value as { id?: unknown }[]) {
    if (typeof row?.id !== 'string') return null
    rows.set(row.id, JSON.stringify(row))
  }
  return rows.size === value.length ? rows : null
}

export const wholeJson = (words: Words): string =>
  objectJson([...words].map(([member, said]) => [member, typeof said === 'string' ? said : listJson(said)]))

/** What to replace in one view to have the other; null where that can't be said by members. */
export function changedJson(before: Words, after: Words): string | null {
  if (before.size !== after.size) return null
  const changed: [string, string][] = []
  for (const [member, said] of after) {
    const old = before.get(member)
    if (old === undefined) return null
    const json = typeof said === 'string' ? valueJson(old, said) : rowsJson(old, said)
    if (json) changed.push([member, json])
  }
  return objectJson(changed)
}

const valueJson = (old: Said, said: string) => (old === said ? null : `{"value":${said}}`)

function rowsJson(old: Said, rows: Map<string, string>): string | null {
  if (typeof old === 'string') return `{"value":${listJson(rows)}}`
  const differing = new Map([...rows].filter(([id, json]) => old.get(id) !== json))
  const ids = [...rows.keys()]
  const sameOrder = old.size === rows.size && [...old.keys()].every((id, index) => id === ids[index])
  if (sameOrder) return differing.size === 0 ? null : `{"rows":${listJson(differing)}}`
  return `{"rows":${listJson(differing)},"order":${JSON.stringify(ids)}}`
}

const listJson = (rows: Map<string, string>) => `[${[...rows.values()].join(',')}]`
const objectJson = (members: [string, string][]) =>
  `{${members.map(([member, json]) => `${JSON.stringify(member)}:${json}`).join(',')}}`
