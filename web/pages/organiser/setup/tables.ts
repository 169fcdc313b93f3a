import type { TablesInput } from '../../../../server/schemas/event.ts'

export type TableDraft = TablesInput['tables'][number]

/** So many more, each called by the next free number, in the room of the last one. */
export function withTables(tables: TableDraft[], more: number): TableDraft[] {
  const taken = new Set(tables.map(({ name }) => name))
  const room = tables.at(-1)?.room ?? ''
  const added: TableDraft[] = []
  for (let number = 1; added.length < more; number += 1) {
    if (!taken.has(String(number))) added.push({ name: String(number), room, features: [] })
  }
  return [...tables, ...added]
}
