import { randomInt } from 'node:crypto'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'

export const CODE_MINUTES = 10
export const CODE_DIGITS = 6

export const newCode = () => String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0')

/** A code can be sent again, so it is kept: readable only with the installation's secret, as six digits are soon tried out. */
export const sealCode = (code: string, secret: string): Promise<string> =>
  symmetricEncrypt({ key: secret, data: code })

/** The code as it was; null where it was sealed with another secret. */
export const openCode = (sealed: string, secret: string): Promise<string | null> =>
  symmetricDecrypt({ key: secret, data: sealed }).catch(() => null)

const MINUTE = 60_000

/** So much at once, then one more each time that `everyMs` has passed. */
export type Bucket = { most: number; everyMs: number }

/**
 * Counted in the database, for all nodes together, and the same for known and unknown addresses. None is of a network
 * address: a hall shares one.
 */
export const LIMITS = {
  /** Mails with a code to one address. */
  mails: { most: 5, everyMs: 3 * MINUTE },
  /** Wrong codes for one address from one browser; of those that never asked for a code all are one. */
  browser: { most: 10, everyMs: 30 * MINUTE },
  /** Wrong codes for one address from all browsers that have not signed in to it before. */
  strangers: { most: 40, everyMs: 30 * MINUTE },
} satisfies Record<string, Bucket>
