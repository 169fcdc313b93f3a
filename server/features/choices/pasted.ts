import { topic, type Inverse } from '../../change-catalogue.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type {
  CheckedAnswers,
  PastedAnswers,
  PastedOrder,
  SavedAnswers,
} from '../../schemas/pasted-answers.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { ofEvent, openEvent, type FoundEvent } from '../events/open.ts'
import { findParticipantRows, markAnswered, unmarkAnswered } from '../participants/repository.ts'
import { changesOf, mustsOf, pairKey, planAnswers, saidOf, type AnswerChange } from './pasted-plan.ts'
import { deletePreference, findStatements, upsertPreferences } from './repository.ts'

/** Only whoever reads everybody's answers writes them for everybody. */
async function openAnswers(reader: Reader, { actor }: Call, eventId: string): Promise<FoundEvent> {
  const found = await openEvent(reader, actor, eventId, 'answer.read')
  allow(actor, 'choice.edit', { programmeId: found.programme.id, eventId })
  return found
}

/** What pasted answers would change, row by row. Nothing is kept. */
export async function checkPasted(
  db: Database,
  call: Call,
  eventId: string,
  { content }: PastedAnswers,
): Promise<CheckedAnswers> {
  const { event } = await openAnswers(db, call, eventId)
  const { rows, basis } = await planAnswers(db, event, content, call.actor.locale)
  return { rows: rows.map(({ change: _, ...row }) => row), basis }
}

/** Saves what the dry run has shown, all valid rows together, as one entry of the log. */
export async function savePasted(
  db: Database,
  call: Call,
  eventId: string,
  { content, basis }: PastedOrder,
): Promise<SavedAnswers> {
  return write(db, call, ofEvent(eventId), async ({ tx, call, record }): Promise<SavedAnswers> => {
    const { event, programme } = await openAnswers(tx, call, eventId)
    const plan = await planAnswers(tx, event, content, call.actor.locale)
    if (plan.basis !== basis) throw new DomainError('answers-outdated')
    const answers = changesOf(plan)
    if (answers.length === 0) return { id: eventId, answers: 0 }
    await state(tx, eventId, answers)
    const at = clockOf(programme)
    const speakers = answers.filter(isSaid).map(({ fromId }) => fromId)
    const answered = await markAnswered(tx, [...new Set(speakers)], at)
    await record({
      eventId,
      type: 'answers.pasted',
      payload: { answers: answers.length },
      inverse: { answers, answered, answeredAt: at.toISOString() },
      also: ownOf(answers),
    })
    return { id: eventId, answers: answers.length }
  })
}

const ownOf = (answers: AnswerChange[]) => ({
  of: 'own' as const,
  topics: [...new Set(answers.map(({ fromId }) => topic.participant(fromId)))],
})

const isSaid = ({ after }: AnswerChange) => after.level !== null || after.conflict

async function state(tx: Transaction, eventId: string, answers: AnswerChange[]): Promise<void> {
  const said = answers.filter(isSaid).map(({ fromId, toId, after }) => ({ eventId, fromId, toId, ...after }))
  await upsertPreferences(tx, said)
  for (const { fromId, toId } of answers.filter((one) => !isSaid(one)))
    await deletePreference(tx, fromId, toId)
}

/** Takes a whole paste back, unless somebody has said something else of one of its pairs since. */
export async function pastedBack(
  { tx, record }: WriteContext,
  { event }: FoundEvent,
  { answers, answered = [], answeredAt }: Inverse<'answers.pasted'>,
): Promise<void> {
  const said = new Map((await findStatements(tx, event.id)).map((one) => [pairKey(one), one]))
  const people = new Set((await findParticipantRows(tx, event.id)).map(({ id }) => id))
  const stands = answers.every((one) => {
    const now = saidOf(said.get(pairKey(one)))
    const isSame = now.level === one.after.level && now.conflict === one.after.conflict
    return isSame && people.has(one.fromId) && people.has(one.toId)
  })
  if (!stands) throw new DomainError('moved-on')
  const back = answers.map(({ before, after, ...pair }) => ({ ...pair, before: after, after: before }))
  await state(tx, event.id, back)
  await refuseTooManyMusts(tx, event, back)
  if (answeredAt) await unmarkAnswered(tx, answered, new Date(answeredAt))
  const payload = { answers: back.length }
  await record({ eventId: event.id, type: 'answers.pasteUndone', payload, also: ownOf(back) })
}

/** Somebody may have given the must that the paste took from them to another since. */
async function refuseTooManyMusts(tx: Transaction, { id, rules }: FoundEvent['event'], back: AnswerChange[]) {
  const counts = mustsOf(await findStatements(tx, id))
  const musts = back.filter(({ after }) => after.level === 'must')
  if (musts.some(({ fromId }) => (counts.get(fromId) ?? 0) > rules.musts)) throw new DomainError('moved-on')
}
