import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type postgres from 'postgres'
import { readJournal } from '../database/migrate.ts'
import { overOneConnection, type Place } from '../database/place.ts'
import {
  BackupError,
  END_OF_ROWS,
  FORMAT,
  line,
  seal,
  through,
  type Counted,
  type Header,
  type Section,
} from './format.ts'
import { checkBackup } from './read.ts'
import { findTables } from './tables.ts'

export type Made = Counted & { path: string; bytes: number; madeAt: string }

/**
 * Writes all that is kept as it is at one moment, while the service goes on, and reads the file back before it gets its
 * name: what has a name is whole. Whoever has it reads everything, so nobody but its owner may.
 */
export async function writeBackup(place: Place, path: string, passphrase: string | null): Promise<Made> {
  const unfinished = `${path}.part`
  try {
    await mkdir(dirname(path), { recursive: true })
    const written = await overOneConnection(place, (client) =>
      client.begin('isolation level repeatable read read only', async (tx) => {
        const content = new Content(tx, await headerOf(tx, place))
        const packed = through(Readable.from(content.lines()), createGzip())
        const file = createWriteStream(unfinished, { mode: 0o600, flush: true })
        await pipeline(await seal(packed, passphrase), file)
        return content
      }),
    )
    const read = await checkBackup(unfinished, passphrase)
    if (read.rows !== written.rows || read.tables !== written.tables)
      throw new BackupError(
        `${unfinished} does not hold what was written to it: look at the disk, and make another one.`,
      )
    await rename(unfinished, path)
    return {
      path,
      bytes: (await stat(path)).size,
      madeAt: read.header.madeAt,
      tables: read.tables,
      rows: read.rows,
    }
  } catch (error) {
    await rm(unfinished, { force: true })
    throw explained(error, path)
  }
}

function explained(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC')
    return new BackupError(`There is no room for ${path}: free some space and make another backup.`)
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'EISDIR')
    return new BackupError(`${path} cannot be written (${code}): choose another place.`)
  return error
}

async function headerOf(tx: postgres.TransactionSql, place: Place): Promise<Header> {
  const [{ madeAt, epoch }] = await tx<{ madeAt: Date; epoch: string }[]>`
    select now() as "madeAt", epoch from installations`
  const migrations = await readJournal(tx, place)
  return { incontro: 'backup', format: FORMAT, madeAt: madeAt.toISOString(), epoch, migrations }
}

class Content implements Counted {
  tables = 0
  rows = 0
  #tx: postgres.TransactionSql
  #header: Header

  constructor(tx: postgres.TransactionSql, header: Header) {
    this.#tx = tx
    this.#header = header
  }

  async *lines(): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    for await (const piece of this.#body()) {
      const bytes = Buffer.from(piece)
      hash.update(bytes)
      yield bytes
    }
    const { tables, rows } = this
    yield Buffer.from(line({ sha256: hash.digest('hex'), tables, rows }))
  }

  async *#body(): AsyncGenerator<Buffer | string> {
    yield line(this.#header)
    for (const table of await findTables(this.#tx)) yield* this.#table(table)
  }

  async *#table({ table, columns }: Section): AsyncGenerator<Buffer | string> {
    const tx = this.#tx
    yield line({ table, columns })
    let rows = 0
    for await (const piece of await tx`copy ${tx(table)} (${tx(columns)}) to stdout`.readable()) {
      for (const byte of piece as Buffer) if (byte === 10) rows += 1
      yield piece as Buffer
    }
    yield END_OF_ROWS + line({ rows })
    this.tables += 1
    this.rows += rows
  }
}
