import canonicalize from 'canonicalize'

/**
 * SHA-256 (lower-case hex) of the RFC 8785 form of a JSON document as given, before defaults.
 * Two files that differ only in spaces or in the order of keys have the same hash.
 */
export async function digest(json: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalize(json))
  const hash = await crypto.subtle.digest('SHA-256', bytes)
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
