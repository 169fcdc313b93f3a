import { FormatError } from '../../solver/index.ts'

/** Every problem that reading finds, as “/path: message”; none if the document is read. */
export function errorsOf(parse: () => unknown): string[] {
  try {
    parse()
    return []
  } catch (error) {
    if (error instanceof FormatError) return error.errors.map(({ path, message }) => `${path}: ${message}`)
    throw error
  }
}

/** What is said of a key that is none of these. */
export const stranger = (known: string) => `is not a known key; known are ${known}`

export const UNLISTED = 'needs the tables to be listed one by one, not only counted'
