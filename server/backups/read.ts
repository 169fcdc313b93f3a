import { createHash } from 'node:crypto'
import {
  BackupError,
  END_OF_ROWS,
  FORMAT,
  unseal,
  type Counted,
  type End,
  type Header,
  type Section,
} from './format.ts'
import { Lines } from './lines.ts'

/** Takes the rows of a table, as COPY writes them, to their end. */
export type Take = (section: Section, rows: AsyncGenerator<Buffer>) => Promise<void>
export type Read = Counted & { header: Header }

/** Reads a file to its end and answers what is in it; refuses one that is not whole. */
export const checkBackup = (path: string, passphrase: string | null): Promise<Read> =>
  readBackup(path, passphrase, async (_section, rows) => {
    for await (const _ of rows);
  })

export async function readBackup(path: string, passphrase: string | null, take: Take): Promise<Read> {
  const hash = createHash('sha256')
  const source = await unseal(path, passphrase)
  const lines = new Lines(source)
  const broken = new BackupError(`${path} is not whole: it was cut off or changed. Take another backup.`)
  let last: Buffer | null = null
  const next = async (): Promise<Buffer> => {
    // The last line of all is not part of what it is the sum of.
    if (last) hash.update(last)
    last = await lines.next().catch(() => null)
    if (!last) throw broken
    return last
  }
  const parse = async <T>(): Promise<T> => {
    const text = String(await next())
    try {
      return JSON.parse(text) as T
    } catch {
      throw broken
    }
  }
  let rows = 0
  async function* rowsOf(): AsyncGenerator<Buffer> {
    for (let line = await next(); !line.equals(END); line = await next()) {
      rows += 1
      yield line
    }
  }
  try {
    const header = await parse<Header>()
    if (header.incontro !== 'backup') throw broken
    if (header.format > FORMAT)
      throw new BackupError(
        `${path} was made by a newer version of Incontro: install that one, then restore.`,
      )
    let [tables, total] = [0, 0]
    for (;;) {
      const section = await parse<Section | End>()
      if ('sha256' in section) {
        if (section.sha256 !== hash.digest('hex') || section.rows !== total || section.tables !== tables)
          throw broken
        return { header, tables, rows: total }
      }
      rows = 0
      await take(section, rowsOf())
      if ((await parse<{ rows: number }>()).rows !== rows) throw broken
      tables += 1
      total += rows
    }
  } finally {
    source.destroy()
  }
}

const END = Buffer.from(END_OF_ROWS)
