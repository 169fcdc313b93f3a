import { createHmac, timingSafeEqual } from 'node:crypto'

/** The session cookie as better-auth writes it: the token, a dot and its signature. */
export const signToken = (token: string, secret: string): string =>
  encodeURIComponent(`${token}.${signatureOf(token, secret)}`)

/** The token of a cookie that we signed ourselves, or null. */
export function readToken(value: string | undefined, secret: string): string | null {
  const text = value && decode(value)
  const dot = text ? text.lastIndexOf('.') : -1
  if (!text || dot < 1) return null
  const token = text.slice(0, dot)
  const expected = Buffer.from(signatureOf(token, secret))
  const given = Buffer.from(text.slice(dot + 1))
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null
}

export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
}

const signatureOf = (token: string, secret: string) =>
  createHmac('sha256', secret).update(token).digest('base64')

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}

type Signer = {
  secret: string
  $context: Promise<{ authCookies: { sessionToken: { name: string; attributes: { secure?: boolean } } } }>
}

/** Set-Cookie of a session that did not come out of better-auth's own sign-in, with the same attributes. */
export async function sessionCookie({ secret, $context }: Signer, token: string, days: number) {
  const { name, attributes } = (await $context).authCookies.sessionToken
  const secure = attributes.secure ? '; Secure' : ''
  const age = days * 24 * 60 * 60
  return `${name}=${signToken(token, secret)}; Max-Age=${age}; Path=/; HttpOnly${secure}; SameSite=Lax`
}
