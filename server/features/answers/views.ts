import { topic } from '../../changes.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { AnswersView, type AnswerRow } from '../../schemas/choice.ts'
import type { PreferenceLevel, SupportForm } from '../../schemas/common.ts'
import type { View } from '../../view.ts'
import type { Statement } from '../choices/candidates.ts'
import { hasWithdrawn, presentName, presentOrganisations } from '../choices/present.ts'
import { findChoosers, findStatements, type Chooser } from '../choices/repository.ts'
import { findCandidates } from '../choices/pairs.ts'
import { openEventView } from '../events/open.ts'
import { presentEvent } from '../events/present.ts'
import { findEvent, findGridSlots, findGridTables } from '../events/repository.ts'
import { findUnavailable } from '../participants/repository.ts'

/** Who has answered, for organisers. */
export const answersView: View = {
  name: 'answers',
  path: '/events/:eventId/answers',
  schema: AnswersView,
  open: (reader, actor, eventId) => openEventView(reader, actor, eventId, 'answer.read', [topic.organisers]),
  read: (reader, _actor, eventId) => readAnswers(reader, eventId),
  shared: true,
}

async function readAnswers(reader: Reader, eventId: string): Promise<AnswersView> {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const [slots, tables, candidates, people, statements, unavailable] = await Promise.all([
    findGridSlots(reader, eventId),
    findGridTables(reader, eventId),
    findCandidates(reader, eventId),
    findChoosers(reader, eventId),
    findStatements(reader, eventId),
    findUnavailable(reader, eventId),
  ])
  const given = Map.groupBy(statements, ({ fromId }) => fromId)
  const received = Map.groupBy(statements, ({ toId }) => toId)
  return {
    event: presentEvent(found.event, found.programme),
    slots: slots.length,
    tables: tables.length,
    candidates: candidates.length,
    answers: people
      .filter((person) => !hasWithdrawn(person))
      .map((person) => {
        const { id } = person.participant
        const said = { given: given.get(id) ?? [], received: received.get(id) ?? [] }
        return presentAnswer(person, said, slots.filter((slot) => !unavailable.get(id)?.has(slot.id)).length)
      }),
  }
}

type Said = { given: Statement[]; received: Statement[] }

function presentAnswer(person: Chooser, said: Said, availableSlots: number): AnswerRow {
  const { participant, project } = person
  const { avoid: _, ...received } = countLevels(said.received)
  return {
    participantId: participant.id,
    side: participant.side,
    name: presentName(person),
    organisations: presentOrganisations(person),
    financed: project?.financed ?? null,
    projectId: participant.projectId,
    hostId: participant.hostId,
    hasEmail: person.reachable,
    proposalStatus: project?.proposal.status ?? null,
    supportForms: formsOf(person),
    given: countLevels(said.given),
    received,
    availableSlots,
    answeredAt: participant.answeredAt?.toISOString() ?? null,
    remindedAt: participant.remindedAt?.toISOString() ?? null,
  }
}

const formsOf = ({ project, host }: Chooser): SupportForm[] =>
  project
    ? project.proposal.content.support.map(({ form }) => form)
    : ((host?.supportForms ?? []) as SupportForm[])

function countLevels(statements: Statement[]) {
  const count = (wanted: PreferenceLevel) => statements.filter(({ level }) => level === wanted).length
  return { must: count('must'), want: count('want'), open: count('open'), avoid: count('avoid') }
}
