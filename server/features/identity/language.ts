import type { Actor } from '../../actor.ts'
import { lockProgramme } from '../../changes.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { Language, Written } from '../../schemas/common.ts'
import type { LanguageUsed } from '../../schemas/session.ts'
import type { Call } from '../../write.ts'
import { findOwnPeople, findUser, isSharedMailbox, updateLanguages } from './repository.ts'

/** In which language mails go to somebody, in all that they are; null where that differs or nobody has said. */
export async function languageOf(reader: Reader, userId: string): Promise<Language | null> {
  const languages = new Set((await findOwnPeople(reader, userId)).map(({ language }) => language))
  return languages.size === 1 ? [...languages][0] : null
}

/**
 * Whoever uses a page in a language is written to in it from then on, whatever organisers entered before. In a mailbox
 * of several people it is the language of the one that they are on the page. The log says nothing of it.
 */
export async function learnLanguage(
  db: Database,
  { actor }: Call,
  { language, ...as }: LanguageUsed,
): Promise<Written> {
  if (actor.kind !== 'user') throw new DomainError(actor.kind === 'nobody' ? 'signed-out' : 'forbidden')
  const learners = (await learnersOf(db, actor, as)).filter((one) => one.language !== language)
  const programmeIds = [...new Set(learners.map(({ programmeId }) => programmeId))].toSorted()
  if (learners.length > 0)
    await db.transaction(async (tx) => {
      // Organisers who edit the same person meanwhile do not put the language back.
      for (const id of programmeIds) await lockProgramme(tx, id)
      await updateLanguages(
        tx,
        learners.map(({ id }) => id),
        language,
      )
    })
  return { id: actor.userId }
}

async function learnersOf(
  reader: Reader,
  { userId }: Extract<Actor, { kind: 'user' }>,
  { projectId, hostId }: Omit<LanguageUsed, 'language'>,
) {
  const [user, own] = await Promise.all([findUser(reader, userId), findOwnPeople(reader, userId)])
  if (!user || !(await isSharedMailbox(reader, user.email))) return own
  const isHere = (one: (typeof own)[number]) =>
    one.hostId === null ? one.projectId === projectId : one.hostId === hostId
  return own.filter(isHere)
}
