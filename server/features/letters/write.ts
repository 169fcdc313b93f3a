import type { Reader, Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { say } from '../../messages.ts'
import type { Language } from '../../schemas/common.ts'
import { OPTIONAL_KINDS, type LetterKind, type LetterText } from '../../schemas/letters.ts'
import type { Services } from '../../services.ts'
import type { WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { ensureMembers } from '../identity/service.ts'
import { composeMail, languageFor, type ToCompose } from '../mail/compose.ts'
import { enqueueMails, type NewMail, type Post } from '../mail/service.ts'
import { textsOf } from '../mail/templates.ts'
import { linkFields, makeLinks } from '../rsvp/links.ts'
import { readAgendaLetters } from '../told/agenda-letter.ts'
import type { About, Reachable } from './recipients.ts'
import { updateReminded } from './repository.ts'

/** Of optional kinds, without those who do not want them. */
export const willing = (kind: LetterKind, people: Reachable[]): Reachable[] =>
  OPTIONAL_KINDS.includes(kind) ? people.filter(({ refuses }) => !refuses) : people

/** Makes them members, so that the link lets them in, and writes to each. */
export async function writeLetters(
  tx: Transaction,
  services: Post,
  about: About,
  people: Reachable[],
  scheduledId?: string,
): Promise<void> {
  const { programme } = about
  await ensureMembers(
    tx,
    people.map(({ person }) => ({ programmeId: programme.id, ...person })),
  )
  const compose = await composer(tx, services, about)
  const secrets = await secretsOf(tx, about, people)
  const written: NewMail[] = []
  for (const one of people) {
    const secret = one.participantId && secrets.get(one.participantId)
    written.push({
      ...(await compose(one)),
      ...(secret && { secret }),
      ...(scheduledId && { scheduledId }),
    })
  }
  await enqueueMails(tx, services, programme.id, written)
}

/** By participant, the token of the links by which they say whether they come. */
async function secretsOf(
  tx: Transaction,
  { kind }: About,
  people: Reachable[],
): Promise<Map<string, string>> {
  if (kind !== 'coming') return new Map()
  const ids = [...new Set(people.flatMap(({ participantId }) => participantId ?? []))]
  const links = await makeLinks(
    tx,
    ids.map((participantId) => ({ participantId })),
  )
  return new Map(links.map(({ participantId, token }) => [participantId, token]))
}

/** What each of them gets; of an agenda in force, with that. */
export async function composer(reader: Reader, services: Pick<Services, 'config'>, about: About) {
  const carries = about.kind === 'publication' || about.kind === 'coming' || about.kind === 'change'
  const letterOf =
    carries && about.event
      ? await readAgendaLetters(reader, services.config, { ...about, event: about.event })
      : null
  const textOf = textsOf(reader, about.programme.id)
  return async ({ person, participantId }: Reachable, given: Partial<ToCompose> = {}) => {
    const language = given.language ?? languageFor(person, about.programme)
    const agenda = participantId ? letterOf?.(participantId, language) : undefined
    return composeMail(reader, services, {
      ...{ ...about, person, language, choice: given.choice },
      values: {
        agenda: agenda?.lines ?? [],
        ...(about.kind === 'coming' && linkFields(services.config)),
        ...given.values,
      },
      calendar: agenda?.calendar,
      text: given.text ?? writtenIn(language, about.kind, await textOf(about.kind, language)),
    })
  }
}

/** A message of the organisers' own has none until they write one. */
function writtenIn(language: Language, kind: LetterKind, { own, ...text }: LetterText & { own: boolean }) {
  if (kind === 'message' && !own)
    throw new DomainError('mail-unwritten', { language: say(language, 'language_itself') })
  return text
}

export async function recordLetters(
  { tx, record }: Pick<WriteContext, 'tx' | 'record'>,
  { programme, event, kind }: About,
  people: Reachable[],
) {
  const persons = people.map(({ person }) => person)
  if (kind === 'invitation')
    return record({
      type: 'invitations.sent',
      payload: {
        projects: [...new Set(persons.flatMap(({ projectId }) => projectId ?? []))],
        hosts: persons.flatMap(({ hostId }) => hostId ?? []),
        invitations: people.length,
      },
    })
  const of = event && { eventId: event.id }
  const participants = people.flatMap(({ participantId }) => participantId ?? [])
  if (kind === 'coming' && of)
    return record({
      ...of,
      type: 'rsvp.asked',
      payload: { participantIds: participants, mails: people.length },
    })
  if (kind !== 'reminder')
    return record({ ...of, type: 'letters.sent', payload: { kind, letters: people.length } })
  await updateReminded(tx, participants, clockOf(programme))
  return record({ ...of, type: 'reminders.sent', payload: { participants, reminders: people.length } })
}
