import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = /^incontro-\d{8}T\d{6}Z\.backup$/

/** Named by its time, so that names sort by age. */
export const pathIn = (directory: string, at: Date): string =>
  join(directory, `incontro-${at.toISOString().replace(/[-:]|\.\d+/g, '')}.backup`)

/** Keeps so many of the newest; what has another name is somebody's own. */
export async function forgetOldest(directory: string, keep: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => NAME.test(name)).toSorted()
  for (const name of names.slice(0, Math.max(0, names.length - keep)))
    await rm(join(directory, name), { force: true })
}

export const sizeOf = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
