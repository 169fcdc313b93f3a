import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config.ts'

type From = Pick<Config, 'secret' | 'dataDirectory'>

const fileOf = ({ dataDirectory }: From) => join(dataDirectory, 'secret')

/** Whether it is known here, or would have to be made. */
export const hasSecret = (from: From): boolean => from.secret !== null || existsSync(fileOf(from))

/** What signs the cookies: given by the environment, or made once and kept beside the data. */
export function readSecret(from: From): string {
  const { secret, dataDirectory } = from
  if (secret) return secret
  const file = fileOf(from)
  mkdirSync(dataDirectory, { recursive: true })
  try {
    // 'wx': of two processes that start at once only one writes, and both read the same.
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8').trim()
}
