import { randomBytes } from 'node:crypto'
import type { Config } from '../../config.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { HIDDEN } from '../mail/service.ts'
import { findAsked, insertLinks } from './repository.ts'

/** More than 128 bits, in letters that an address can carry. */
const TOKEN_BYTES = 24

/** A link for each, told once: only its digest is kept. Those they had before stay good, in the mails that they came with. */
export async function makeLinks<One extends { participantId: string }>(tx: Transaction, people: One[]) {
  const links = people.map((one) => ({ ...one, token: randomBytes(TOKEN_BYTES).toString('base64url') }))
  await insertLinks(tx, links)
  return links
}

/**
 * The two links of a mail, of one token that is its secret: who reads the outbox cannot answer for others by it. Each has
 * its answer chosen already, and the page asks to confirm it: programmes that check mails open all links in them, so what
 * a link alone does must change nothing. The token stands behind the #, which no browser sends and no server writes into
 * its log.
 */
export const linkFields = ({ publicUrl }: Config) => ({
  coming: `${publicUrl}/vengo?risposta=si#${HIDDEN}`,
  notComing: `${publicUrl}/vengo?risposta=no#${HIDDEN}`,
})

/** In a test that organisers send themselves: the page says that it is one. */
export const testFields = ({ publicUrl }: Config) => ({
  coming: `${publicUrl}/vengo?prova=si`,
  notComing: `${publicUrl}/vengo?prova=no`,
})

/** Those of them who were given links. */
export const readAsked = (reader: Reader, participantIds: string[]) => findAsked(reader, participantIds)
