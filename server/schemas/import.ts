import { Type, type Static } from 'typebox'
import { Id, Nullable, RawText, Shape, Text, oneOf } from './common.ts'

/** A table of people on its way in: read into rows of text, its columns named, tried out, then imported. */

export const PEOPLE_KINDS = ['projects', 'hosts'] as const
const PeopleKind = oneOf(PEOPLE_KINDS)
export type PeopleKind = Static<typeof PeopleKind>

/** What a column can be, for each kind; those whose text nothing here is made for are kept as notes. */
export const IMPORT_FIELDS = {
  projects: [
    ...(['name', 'organisations', 'financed', 'rank', 'fullName', 'firstName', 'lastName', 'role'] as const),
    ...(['email', 'phone', 'language', 'code', 'notes'] as const),
  ],
  hosts: [
    ...(['fullName', 'firstName', 'lastName', 'role', 'organisation', 'kind'] as const),
    ...(['email', 'phone', 'language', 'label', 'code', 'notes'] as const),
  ],
} as const
const ImportField = oneOf([...new Set([...IMPORT_FIELDS.projects, ...IMPORT_FIELDS.hosts])])
export type ImportField = Static<typeof ImportField>

/** So many rows of people, and the headings or titles above them. */
const MOST_ROWS = 10_100

/** A row by the number that the spreadsheet gives it. */
const Row = Type.Integer({ minimum: 1, maximum: 2_000_000 })
const TextRow = Shape({ row: Row, cells: Type.Array(RawText(40_000), { maxItems: 100 }) })
export type TextRow = Static<typeof TextRow>

/** A file in base64, or the text of copied cells. */
export const UploadedTable = Shape({
  kind: PeopleKind,
  from: oneOf(['file', 'text'] as const),
  content: RawText(12_000_000, 1),
  sheet: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
})
export type UploadedTable = Static<typeof UploadedTable>

export const ReadTable = Shape({
  rows: Type.Array(TextRow),
  /** The row that names the columns. */
  headings: Type.Integer(),
  /** What each column seems to be; null where its heading says nothing that is known. */
  columns: Type.Array(Nullable(ImportField)),
  /** Of a workbook, all its sheets; `sheet` is the one that was read. */
  sheets: Type.Array(Shape({ name: Type.String(), hidden: Type.Boolean() })),
  sheet: Type.Integer(),
  encoding: Nullable(Type.String()),
  hiddenRows: Type.Integer(),
})
export type ReadTable = Static<typeof ReadTable>

export const ImportTable = Shape({
  kind: PeopleKind,
  rows: Type.Array(TextRow, { maxItems: MOST_ROWS }),
  /** Rows up to this one are no people. */
  headings: Type.Integer({ minimum: 0, maximum: 2_000_000 }),
  columns: Type.Array(Nullable(ImportField), { maxItems: 100 }),
  /** Who a row is where that is not certain: somebody who is known, or (null) somebody new. */
  decisions: Type.Array(Shape({ row: Row, person: Nullable(Id) }), { maxItems: MOST_ROWS }),
})
export type ImportTable = Static<typeof ImportTable>

/** What was tried out is what is imported: where people or table have changed since, it is refused. */
export const ImportOrder = Shape({ ...ImportTable.properties, basis: Text(100, 1) })
export type ImportOrder = Static<typeof ImportOrder>

const Remark = Shape({ column: Type.String(), message: Type.String() })
export type Remark = Static<typeof Remark>

const CheckedRow = Shape({
  row: Type.Integer(),
  name: Type.String(),
  action: oneOf(['create', 'update', 'unchanged', 'undecided', 'error'] as const),
  errors: Type.Array(Remark),
  /** What may be wrong and is imported all the same. */
  warnings: Type.Array(Remark),
  changes: Type.Array(Shape({ field: ImportField, before: Type.String(), after: Type.String() })),
  /** Who it probably is. */
  candidates: Type.Array(Shape({ id: Id, name: Type.String() })),
})
export type CheckedRow = Static<typeof CheckedRow>

export const CheckedTable = Shape({
  rows: Type.Array(CheckedRow),
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  undecided: Type.Integer(),
  failed: Type.Integer(),
  /** Headings of columns that are left out. */
  ignored: Type.Array(Type.String()),
  basis: Type.String(),
})
export type CheckedTable = Static<typeof CheckedTable>

/** Ids and numbers only, as every stored reply. */
export const Imported = Shape({
  id: Id,
  seq: Type.Optional(Type.Integer()),
  created: Type.Integer(),
  updated: Type.Integer(),
})
export type Imported = Static<typeof Imported>
