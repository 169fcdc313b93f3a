import { userIdOf } from '../../actor.ts'
import { topic } from '../../change-catalogue.ts'
import { versionOf } from '../../content-version.ts'
import type { Database } from '../../database/client.ts'
import type { TellInput, Told } from '../../schemas/telling.ts'
import type { Services } from '../../services.ts'
import { expectVersion, write, writeByItself, type Call, type WriteContext } from '../../write.ts'
import { byClockOf, clockOf } from '../events/clock.ts'
import { ofEvent, openEvent, type FoundEvent } from '../events/open.ts'
import { findEvent } from '../events/repository.ts'
import { tellPhones } from '../push/service.ts'
import { readConcerned, readDiffering, type Concerned } from '../told/concerned.ts'
import {
  findPending,
  keepPending,
  keepTold,
  takePending,
  type PendingNotice,
  type ToldRow,
} from '../told/repository.ts'
import { mailConcerned, type Decision, type Means } from './notice.ts'

type Writing = Pick<WriteContext, 'tx' | 'record'>
type Counts = Pick<Told, 'people' | 'mails'>

const COLLECTED_SECONDS = 60
/** One that should have left so long ago has lost its job: another takes its place. */
const STUCK_MS = 5 * 60_000
const NOBODY: Counts = { people: 0, mails: 0 }

/** Tells those who are concerned now, or as was decided. Whoever comes second finds nobody left to tell. */
export async function tellConcerned(
  services: Services,
  call: Call,
  eventId: string,
  { how }: TellInput,
): Promise<Told> {
  return write(services.db, call, ofEvent(eventId), async (context) => {
    const found = await openEvent(context.tx, context.call.actor, eventId, 'plan.publish')
    // Only what was looked at is left untold.
    if (how === 'known') expectVersion(call, versionOf(await readDiffering(context.tx, found)))
    return {
      id: eventId,
      ...(await decide(context, services, found, { how, note: '', by: userIdOf(call.actor) })),
    }
  })
}

/** The notice that is being collected does not leave; its changes stay to be decided on. */
export async function stopCollecting({ db }: Services, call: Call, eventId: string) {
  return write(db, call, ofEvent(eventId), async ({ tx, record, call: { actor } }) => {
    await openEvent(tx, actor, eventId, 'plan.publish')
    if (await takePending(tx, eventId)) await record({ eventId, type: 'agendas.stopped', payload: {} })
    return { id: eventId }
  })
}

/** What was collected leaves, unless it was stopped, or decided otherwise, meanwhile. */
export async function tellCollected(means: Means, db: Database, eventId: string, dueAt: string) {
  await writeByItself(db, ofEvent(eventId), async ({ tx, record }) => {
    const pending = await findPending(tx, eventId)
    const found = await findEvent(tx, eventId)
    if (!found || pending?.dueAt.toISOString() !== dueAt) return
    const by = pending.requestedBy
    const writing: Writing = { tx, record: (change) => record(by, change) }
    await tell(writing, means, found, { how: 'together', note: '', by })
  })
}

/**
 * An agenda always shows what is in force, at once: whoever looks must find the right table. What is *said* of it, by
 * mail, on phones and as "what changed" on the agenda's page, waits for an organiser's decision, and all three by the
 * same one: half an edit is no news, one that is taken back never was, and whoever is written to three times in ten
 * minutes stops reading.
 * This is part of the transaction of whatever was changed with it.
 */
export async function decide(
  writing: Writing,
  means: Means,
  found: FoundEvent,
  decision: Decision,
): Promise<Counts> {
  if (decision.how === 'together') return collect(writing, means, found, decision)
  if (decision.how === 'now') return tell(writing, means, found, decision)
  return leaveUntold(writing, found)
}

async function tell(
  { tx, record }: Writing,
  means: Means,
  found: FoundEvent,
  decision: Decision,
): Promise<Counts> {
  const concerned = await readConcerned(tx, found)
  const { event, programme } = found
  const pending = await takePending(tx, event.id)
  if (concerned.length === 0 && !pending) return NOBODY
  const mails = await mailConcerned(tx, means, found, concerned, withNote(pending, decision.note))
  if (means.config.push) {
    const news = new Map(
      concerned.map(({ participantId, first }) => [participantId, first ? 'ready' : 'changed'] as const),
    )
    await tellPhones(tx, means.queue, programme.id, news)
  }
  const how = decision.how === 'together' ? ('together' as const) : ('now' as const)
  await keepTold(tx, rowsOf(found, concerned, how))
  await record({
    eventId: event.id,
    type: 'agendas.told',
    payload: { told: concerned.length, mails, how },
    also: { of: 'told', topics: topicsOf(concerned) },
  })
  return { people: concerned.length, mails }
}

async function collect(
  { tx, record }: Writing,
  { queue }: Means,
  { event, programme }: FoundEvent,
  { by, note }: Decision,
): Promise<Counts> {
  const concerned = await readConcerned(tx, { event, programme })
  const pending = await findPending(tx, event.id)
  const all = withNote(pending, note)
  if (pending && pending.dueAt.getTime() > Date.now() - STUCK_MS) {
    await keepPending(tx, { ...pending, note: all })
    return NOBODY
  }
  if (concerned.length === 0) return NOBODY
  const dueAt = new Date(Date.now() + COLLECTED_SECONDS * 1_000)
  await keepPending(tx, { eventId: event.id, dueAt, requestedBy: by, note: all })
  const job = { eventId: event.id, dueAt: dueAt.toISOString() }
  await queue.enqueue(tx, 'tell', job, { startAfter: COLLECTED_SECONDS })
  const at = byClockOf(programme, dueAt).toISOString()
  await record({ eventId: event.id, type: 'agendas.collected', payload: { at } })
  return NOBODY
}

/** What one organiser wrote does not push out what another did. */
const withNote = (pending: PendingNotice | null, note: string): string =>
  [pending?.note ?? '', note].filter((one) => one !== '').join('\n')

async function leaveUntold({ tx, record }: Writing, found: FoundEvent): Promise<Counts> {
  const concerned = await readConcerned(tx, found)
  const wasCollecting = (await takePending(tx, found.event.id)) !== null
  if (concerned.length === 0 && !wasCollecting) return NOBODY
  await keepTold(tx, rowsOf(found, concerned, 'known'))
  await record({
    eventId: found.event.id,
    type: 'agendas.known',
    payload: { told: concerned.length },
    also: { of: 'told', topics: topicsOf(concerned) },
  })
  return NOBODY
}

function rowsOf(
  { event, programme }: FoundEvent,
  concerned: Concerned[],
  decision: ToldRow['decision'],
): ToldRow[] {
  const decidedAt = clockOf(programme)
  const toldAt = decision === 'known' ? null : decidedAt
  return concerned.map(({ participantId, meetings }) => ({
    ...{ eventId: event.id, participantId, date: event.date, meetings, decision, decidedAt, toldAt },
  }))
}

const topicsOf = (concerned: Concerned[]) =>
  concerned.map(({ participantId }) => topic.participant(participantId))
