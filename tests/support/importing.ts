import type {
  CheckedTable,
  Imported,
  ImportTable,
  PeopleKind,
  ReadTable,
} from '../../server/schemas/import.ts'
import type { Problem } from '../../server/schemas/common.ts'

type Send = <T>(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: T }>
export type Given = Partial<Pick<ImportTable, 'columns' | 'decisions' | 'headings'>> & { sheet?: number }

/** A table brought in as the pages do it: read, checked, then imported as it was checked. */
export function importing(send: Send, programmeId: string) {
  const base = `/programmes/${programmeId}/import`
  const upload = (kind: PeopleKind, content: string | Uint8Array, sheet?: number) =>
    send<ReadTable & Problem>('POST', `${base}/table`, {
      kind,
      ...(typeof content === 'string'
        ? { from: 'text', content }
        : { from: 'file', content: Buffer.from(content).toString('base64') }),
      ...(sheet !== undefined && { sheet }),
    })
  async function table(kind: PeopleKind, content: string | Uint8Array, { sheet, ...given }: Given = {}) {
    const { rows, headings, columns } = (await upload(kind, content, sheet)).body
    return { kind, rows, headings, columns, decisions: [], ...given } satisfies ImportTable
  }
  const check = (given: ImportTable) => send<CheckedTable & Problem>('POST', `${base}/check`, given)
  const order = (given: ImportTable, basis: string, headers: Record<string, string> = {}) =>
    send<Imported & Problem>('POST', base, { ...given, basis }, headers)
  return {
    upload,
    table,
    check,
    order,
    /** What a dry run says. */
    async dry(kind: PeopleKind, content: string | Uint8Array, given?: Given) {
      return (await check(await table(kind, content, given))).body
    },
    /** Imports what a dry run has shown, and answers both. */
    async bring(kind: PeopleKind, content: string | Uint8Array, given?: Given) {
      const read = await table(kind, content, given)
      const { body: checked } = await check(read)
      return { checked, imported: await order(read, checked.basis) }
    },
  }
}
