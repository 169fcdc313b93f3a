import { createHash } from 'node:crypto'
import { expectVersion, type Call } from './write.ts'

/** As long as If-Match may be: two contents share a version once in a thousand million. */
const VERSIONS = 1_000_000_000n

/** The version of what has no counter of its own: another content has another one, the same content the same. */
export function versionOf(content: unknown): number {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest()
  return Number(digest.readBigUInt64BE() % VERSIONS)
}

/** Refuses a write that started from another content; scripts that name no version write over what is there. */
export function expectContent(call: Call, content: unknown): void {
  if (call.expected !== null) expectVersion(call, versionOf(content))
}
