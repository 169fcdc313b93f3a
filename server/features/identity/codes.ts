import { timingSafeEqual } from 'node:crypto'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, type ErrorCode } from '../../errors.ts'
import type { CodeAsked } from '../../schemas/access.ts'
import { isKnown, type Browser } from './browsers.ts'
import * as repository from './codes-repository.ts'
import { addressOf } from './repository.ts'
import { CODE_MINUTES, LIMITS, newCode, openCode, sealCode, type Bucket } from './sign-in-codes.ts'

/** The code to mail, if one goes out now. */
export type Mailing = { code: string; expiresAt: Date } | null

/**
 * Asked again while a code lives, the same one is sent again and lives no longer for it: whichever mail arrives first, and
 * however late, its code is the one that works. Where too many went out the one that did is told instead, so nobody who
 * asks for somebody else's keeps them out. A printed code stays the valid one. A code for an open call is another one than
 * that for signing in, which the sample shows to whoever plays there; what is counted of both is counted together.
 */
export async function askCode(
  db: Database,
  address: string,
  secret: string,
  call: string | null = null,
): Promise<{ asked: CodeAsked; mailing: Mailing }> {
  const email = addressOf(address)
  const of = codeName(email, call)
  return db.transaction(async (tx) => {
    await repository.lockCode(tx, of)
    const live = await repository.findCode(tx, of)
    const code = live && (await openCode(live.sealed, secret))
    const taken = await repository.take(tx, ...mailsOf(email))
    if (live && code && (live.printed || taken.refusedMs !== null))
      return { asked: asAsked(live, taken.againAt), mailing: null }
    if (taken.refusedMs !== null) throw tooMany('code-wait', taken.refusedMs)
    const sent =
      live && code ? await repository.noteSent(tx, live) : await makeCode(tx, of, secret, { code: newCode() })
    return {
      asked: asAsked(sent, taken.againAt),
      mailing: { code: code ?? (await openCode(sent.sealed, secret)) ?? '', expiresAt: sent.expiresAt },
    }
  })
}

const asAsked = ({ sentAt, expiresAt }: repository.CodeRow, againAt: Date): CodeAsked => ({
  sentAt: sentAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  againAt: againAt.toISOString(),
})

/** Whose code, and for which programme's call; no address has a space. */
const codeName = (email: string, call: string | null) => (call ? `${email} ${call}` : email)

/** Another one takes the place of whatever the address had. */
export async function makeCode(
  tx: Transaction,
  of: string,
  secret: string,
  { code, printed = false }: { code: string; printed?: boolean },
): Promise<repository.CodeRow> {
  const expiresAt = new Date(Date.now() + CODE_MINUTES * 60_000)
  return repository.replaceCode(tx, { of, sealed: await sealCode(code, secret), expiresAt, printed })
}

/**
 * Lets a right code pass. Each try is counted before it is looked at, so that no crowd of them gets past the limits, and a
 * right one is not counted; asking again gives none back. Browsers that signed in to this account before count by
 * themselves: whatever is tried elsewhere does not keep the owner out. Answers which code it was.
 */
export async function checkCode(
  db: Database,
  tried: { email: string; code: string; browser: Browser | null; secret: string; call?: string },
): Promise<string> {
  const email = addressOf(tried.email)
  const counted: [string, Bucket][] = []
  for (const [key, bucket] of triesOf(email, tried.browser, tried.secret)) {
    const { refusedMs } = await repository.take(db, key, bucket)
    if (refusedMs !== null) throw tooMany('code-tries', refusedMs)
    counted.push([key, bucket])
  }
  const live = await repository.findCode(db, codeName(email, tried.call ?? null))
  const code = live && (await openCode(live.sealed, tried.secret))
  if (!live || !code || !isSame(code, tried.code)) throw new DomainError('code-invalid')
  for (const one of [...counted, mailsOf(email)]) await repository.giveBack(db, ...one)
  return live.id
}

const mailsOf = (email: string): [string, Bucket] => [`code-mails:${email}`, LIMITS.mails]

function triesOf(email: string, browser: Browser | null, secret: string): [string, Bucket][] {
  const own: [string, Bucket] = [`code-tries:${email}:${browser?.id ?? 'elsewhere'}`, LIMITS.browser]
  if (browser && isKnown(browser, email, secret)) return [[`${own[0]}:known`, own[1]]]
  return [own, [`code-tries:${email}`, LIMITS.strangers]]
}

const isSame = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

function tooMany(code: ErrorCode, waitMs: number): DomainError {
  const seconds = Math.ceil(waitMs / 1_000)
  return new DomainError(code, { seconds: String(seconds), minutes: String(Math.ceil(seconds / 60)) })
}
