import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import type { Written } from '../../schemas/common.ts'
import type { MailChoice } from '../../schemas/letters.ts'
import type { Services } from '../../services.ts'
import { writeByItself } from '../../write.ts'
import { findChoice, updateChoice } from './repository.ts'

/** What an address has said about mails that it need not have, to whoever holds the token that its mails carry. */
export async function readChoice(reader: Reader, token: string): Promise<MailChoice> {
  const found = await findChoice(reader, token)
  if (!found) throw notFound()
  return { programme: found.programme.name, refused: found.choice.refusedAt !== null }
}

/** Theirs to say without signing in: it opens nothing, and the log names nobody. */
export async function writeChoice({ db }: Services, token: string, refused: boolean): Promise<Written> {
  const owner = (await findChoice(db, token))?.programme.id
  if (owner === undefined) throw notFound()
  await writeByItself(db, owner, async ({ tx, record }) => {
    const found = await findChoice(tx, token)
    if (!found || (found.choice.refusedAt !== null) === refused) return
    await updateChoice(tx, token, refused ? new Date() : null)
    await record(null, { type: 'letters.chosen', payload: { refused } })
  })
  return { id: token }
}
