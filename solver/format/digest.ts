import canonicalize from 'canonicalize'

/**
 * SHA-256 (lower-case hex) of the RFC 8785 form of a JSON document as given, before defaults.
 * Two files that differ only in spaces or in the order of keys have the same hash.
 */
export async function digest(json: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(write(json, new Map()))
  const hash = await crypto.subtle.digest('SHA-256', bytes)
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** As `canonicalize` does, but a list that many places share is written once. */
function write(json: unknown, lists: Map<object, string>): string | undefined {
  if (Array.isArray(json)) {
    const old = lists.get(json)
    if (old !== undefined) return old
    const text = `[${json.map((one) => write(one ?? null, lists)).join(',')}]`
    lists.set(json, text)
    return text
  }
  if (!isPlain(json)) return canonicalize(json)
  const keys = Object.keys(json).filter((key) => json[key] !== undefined)
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write(json[key], lists)}`)
    .join(',')}}`
}

const isPlain = (json: unknown): json is Record<string, unknown> =>
  json !== null && typeof json === 'object' && Object.getPrototypeOf(json) === Object.prototype
