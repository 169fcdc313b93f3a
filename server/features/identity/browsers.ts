import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * A browser that asks for a code gets a name of its own, and one that has signed in proof of it: so that wrong codes
 * tried elsewhere are nothing to it. The cookie holds the name and, for each account, a digest that only we can make.
 */
export const BROWSER_COOKIE = 'incontro.browser'

export type Browser = { id: string; proofs: string[] }

const NAME = /^[\w-]{22}$/
/** A browser that several people use knows the last ones. */
const MOST_PROOFS = 8
/** As long as browsers keep any. */
const DAYS = 400

export const newBrowser = (): Browser => ({ id: randomBytes(16).toString('base64url'), proofs: [] })

export function readBrowser(cookie: string | undefined): Browser | null {
  const [id, ...proofs] = (cookie ?? '').split('.')
  return NAME.test(id) ? { id, proofs: proofs.slice(0, MOST_PROOFS) } : null
}

export const isKnown = ({ id, proofs }: Browser, email: string, secret: string): boolean => {
  const expected = Buffer.from(proofOf(id, email, secret))
  return proofs.some((proof) => {
    const given = Buffer.from(proof)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

export function withProof({ id, proofs }: Browser, email: string, secret: string): Browser {
  const proof = proofOf(id, email, secret)
  return { id, proofs: [proof, ...proofs.filter((one) => one !== proof)].slice(0, MOST_PROOFS) }
}

/** It goes to the addresses of signing in alone. */
export const browserCookie = ({ id, proofs }: Browser, secure: boolean): string =>
  `${BROWSER_COOKIE}=${[id, ...proofs].join('.')}; Max-Age=${DAYS * 24 * 60 * 60}; Path=/api/auth; HttpOnly${secure ? '; Secure' : ''}; SameSite=Lax`

const proofOf = (id: string, email: string, secret: string) =>
  createHmac('sha256', secret).update(`browser:${id}:${email}`).digest('base64url').slice(0, 22)
