import type { ImportField, PeopleKind } from '../../../../server/schemas/import.ts'
import { m } from '../../../paraglide/messages.js'

const LABELS: Record<ImportField, () => string> = {
  name: m.import_field_name,
  organisations: m.import_field_organisations,
  financed: m.import_field_financed,
  rank: m.import_field_rank,
  email: m.import_field_email,
  code: m.import_field_code,
  notes: m.import_field_notes,
  fullName: m.import_field_fullName,
  firstName: m.import_field_firstName,
  lastName: m.import_field_lastName,
  role: m.import_field_role,
  organisation: m.import_field_organisation,
  kind: m.import_field_kind,
  phone: m.import_field_phone,
  language: m.import_field_language,
  label: m.import_field_label,
}
export const fieldLabel = (field: ImportField) => LABELS[field]()

/** What a column can be, in the order it is offered. */
export const FIELDS: Record<PeopleKind, ImportField[]> = {
  projects: [
    ...(['name', 'organisations', 'financed', 'rank', 'fullName', 'firstName', 'lastName', 'role'] as const),
    ...(['email', 'phone', 'language', 'code', 'notes'] as const),
  ],
  hosts: [
    ...(['fullName', 'firstName', 'lastName', 'role', 'organisation', 'kind'] as const),
    ...(['email', 'phone', 'language', 'label', 'code', 'notes'] as const),
  ],
}

/** Of each of these at least one has to be a column; the first stands for all in words. */
const NEEDED: Record<PeopleKind, ImportField[][]> = {
  projects: [['name']],
  hosts: [['fullName', 'firstName', 'lastName', 'role'], ['organisation']],
}

/** Why the columns are not right yet, in words; null where they are. */
export function faultOf(kind: PeopleKind, columns: (ImportField | null)[]): string | null {
  const missing = NEEDED[kind].filter((fields) => !fields.some((field) => columns.includes(field)))
  if (missing.length > 0)
    return m.import_missing({ fields: missing.map(([field]) => fieldLabel(field)).join(', ') })
  const twice = columns.find((field, at) => field && field !== 'notes' && columns.indexOf(field) !== at)
  return twice ? m.import_twice({ field: fieldLabel(twice) }) : null
}

/** A column as spreadsheets name it: A … Z, AA … */
export const letterOf = (index: number): string =>
  (index >= 26 ? letterOf(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
