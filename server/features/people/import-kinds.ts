import type { Locale } from '../../actor.ts'
import { say } from '../../messages.ts'
import type { HostKind } from '../../schemas/common.ts'
import type { Remark } from '../../schemas/import.ts'
import { kindWord } from './import-fields.ts'
import type { Patch } from './import-people.ts'

/** Of each organisation that a table names, its kind and the first row that tells it: an organisation has one. */
export type KindsTold = Map<string, { kind: HostKind; row: number }>

export function kindsTold(rows: { row: number; patch: Patch }[]): KindsTold {
  const told: KindsTold = new Map()
  for (const { row, patch } of rows)
    if (patch.organisation) tellKind(told, patch.organisation, row, patch.kind)
  return told
}

/** What a row says against a row before it. */
export function contradicted(
  told: KindsTold,
  organisation: string | undefined,
  { row, kind, column }: { row: number; kind: HostKind | undefined; column: string },
  locale: Locale,
): Remark[] {
  if (!organisation || !kind) return []
  const first = tellKind(told, organisation, row, kind)
  if (!first || first.kind === kind) return []
  const message = say(locale, 'import_kinds', { line: first.row, kind: kindWord(first.kind, locale) })
  return [{ column, message }]
}

function tellKind(told: KindsTold, organisation: string, row: number, kind: HostKind | undefined) {
  if (kind && !told.has(organisation)) told.set(organisation, { kind, row })
  return told.get(organisation)
}

/** What of a planned row tells a kind. */
type Row = {
  action: string
  patch: Patch
  known: { organisation?: string } | null
  changes: { member: string }[]
}

/** Newcomers of an organisation whose kind changes with the same table do not change it back. */
export function withChangedKinds(rows: Row[]): Patch[] {
  const changed = new Map(
    rows
      .filter(({ action, changes }) => action === 'update' && changes.some(({ member }) => member === 'kind'))
      .map(({ known, patch }) => [patch.organisation ?? known?.organisation, patch.kind]),
  )
  return rows
    .filter(({ action }) => action === 'create')
    .map(({ patch }) =>
      changed.has(patch.organisation) ? { ...patch, kind: changed.get(patch.organisation) } : patch,
    )
}
