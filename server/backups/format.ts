import type { ReadableStream as WebStream } from 'node:stream/web'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable, type Duplex } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Decrypter, Encrypter } from 'age-encryption'

/**
 * A backup is one file: lines of text, packed by gzip, and where there is a passphrase sealed as `age` does it
 * (https://age-encryption.org/v1: `age -d FILE | gunzip` reads it without us).
 *
 *   {"incontro":"backup","format":1,"madeAt":…,"epoch":…,"migrations":[…]}   how old the tables are, oldest first
 *   {"table":"programmes","columns":["id",…]}                                each table: its rows as PostgreSQL's
 *   …                                                                         COPY writes them, ended by a line \.
 *   \.
 *   {"rows":12}
 *   {"sha256":…,"tables":61,"rows":48211}                                    of all lines before this one
 */
export const FORMAT = 1

export type Header = {
  incontro: 'backup'
  format: number
  madeAt: string
  epoch: string
  migrations: string[]
}
export type Section = { table: string; columns: string[] }
export type Counted = { tables: number; rows: number }
export type End = Counted & { sha256: string }

export const line = (value: object) => `${JSON.stringify(value)}\n`
export const END_OF_ROWS = '\\.\n'

/** What the one who runs the service can mend. */
export class BackupError extends Error {}

/** A pipe that also passes on what goes wrong: an error that nobody hears would end the process. */
export function through<To extends Duplex>(from: Readable, to: To): To {
  from.once('error', (error) => to.destroy(error))
  to.once('close', () => from.destroy())
  return from.pipe(to)
}

const SEALED = Buffer.from('age-encryption.org/')
const PACKED = Buffer.from([0x1f, 0x8b])

export async function seal(content: Readable, passphrase: string | null): Promise<Readable> {
  if (passphrase === null) return content
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  return fromWeb(await encrypter.encrypt(toWeb(content)))
}

/** The lines of a file, still in pieces. */
export async function unseal(path: string, passphrase: string | null): Promise<Readable> {
  const start = await firstBytes(path)
  if (start.subarray(0, 2).equals(PACKED)) return through(createReadStream(path), createGunzip())
  if (!start.equals(SEALED))
    throw new BackupError(`${path} is no backup of Incontro: give the file that npm run backup wrote.`)
  if (passphrase === null)
    throw new BackupError(`${path} is sealed: give its passphrase in BACKUP_PASSPHRASE.`)
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const opened = await decrypter.decrypt(toWeb(createReadStream(path))).catch(() => {
    throw new BackupError(
      `${path} was sealed with another passphrase than the one given (BACKUP_PASSPHRASE), or it is damaged.`,
    )
  })
  return through(fromWeb(opened), createGunzip())
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new BackupError(`${path} cannot be read (${error.code}): give the path of a backup.`)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SEALED.length), 0, SEALED.length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

// Node's streams and those of the web are told apart by types alone.
const toWeb = (stream: Readable) => Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>
const fromWeb = (stream: ReadableStream<Uint8Array>) => Readable.fromWeb(stream as unknown as WebStream)
