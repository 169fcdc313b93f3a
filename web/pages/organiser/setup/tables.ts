import type { TablesInput } from '../../../../server/schemas/event.ts'

export type TableDraft = TablesInput['tables'][number]

/** So many more in a room, each called by the next number that no table has. */
export function withTables(
  tables: TableDraft[],
  more: number,
  room: string,
  features: string[],
): TableDraft[] {
  const taken = new Set(tables.map(({ name }) => name))
  const added: TableDraft[] = []
  for (let number = 1; added.length < more; number += 1) {
    if (!taken.has(String(number))) added.push({ name: String(number), room, features })
  }
  return [...tables, ...added]
}
