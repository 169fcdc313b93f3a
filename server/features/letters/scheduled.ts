import type { Database, Reader } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { log } from '../../log.ts'
import type { Written } from '../../schemas/common.ts'
import {
  SCHEDULED_KINDS,
  type ScheduledInput,
  type ScheduledKind,
  type ScheduledView,
} from '../../schemas/letters.ts'
import { write, writeByItself, type Call } from '../../write.ts'
import { byClockOf, clockOf, todayOf } from '../events/clock.ts'
import { ofEvent, openEvent, type FoundEvent } from '../events/open.ts'
import { findEvent } from '../events/repository.ts'
import type { Post } from '../mail/service.ts'
import { readInForce } from '../told/in-force.ts'
import { findToAsk } from './coming.ts'
import { dueAt, isDue, stateOf } from './due.ts'
import { openProgramme } from './open.ts'
import { findRecipients, subjectOf, type Reachable } from './recipients.ts'
import {
  countScheduled,
  endScheduled,
  findEvents,
  findScheduled,
  findSwitchedOn,
  upsertScheduled,
  type Scheduled,
} from './repository.ts'
import { recordLetters, willing, writeLetters } from './write.ts'

/** So many days before the deadline or the event, or after it, unless somebody chose others. */
const DAYS: Record<ScheduledKind, number> = { reminder: 3, coming: 2, thanks: 1 }

type Known = Omit<Scheduled, 'id'> & { id: string | null }

async function findKnown(reader: Reader, eventId: string): Promise<Known[]> {
  const rows = await findScheduled(reader, eventId)
  return SCHEDULED_KINDS.map(
    (kind) =>
      rows.find((row) => row.kind === kind) ?? {
        ...{ id: null, eventId, kind, days: DAYS[kind], on: false, doneAt: null },
      },
  )
}

/** What goes by itself, or would, of the events that are not long over. */
export async function readScheduled(db: Reader, call: Call, programmeId: string): Promise<ScheduledView> {
  const programme = await openProgramme(db, call, programmeId, 'mail.read')
  const today = Date.parse(todayOf(programme))
  const all = (await findEvents(db, programmeId)).filter(({ kind }) => kind === 'camp' || kind === 'tutoring')
  const found = await Promise.all(all.map(({ id }) => findEvent(db, id)))
  const shown = found
    .filter((one) => one !== null)
    .filter(({ event }) => Date.parse(event.lastDate) >= today - SHOWN_DAYS * DAY)
  const events = await Promise.all(
    shown.map(async (one) => {
      const { id, title, date, lastDate } = one.event
      const known = await findKnown(db, id)
      const mails = await Promise.all(known.map((row) => present(db, one, row)))
      return { view: { id, title, date, mails }, isOver: Date.parse(lastDate) < today }
    }),
  )
  return { events: events.filter(({ view, isOver }) => !isOver || isOfUse(view)).map(({ view }) => view) }
}

/** Of an event that is over: something went, or thanks still can. */
const isOfUse = ({ mails }: ScheduledView['events'][number]) =>
  mails.some(({ kind, state, on }) => on || (kind === 'thanks' && state === 'off'))

const DAY = 24 * 60 * 60_000
const SHOWN_DAYS = 14

async function present(reader: Reader, found: FoundEvent, one: Known) {
  const { id, kind, days, on } = one
  const state = stateOf(found, one)
  const isAhead = state !== 'done' && state !== 'missed'
  const people = isAhead ? await findThose(reader, found, kind) : []
  const [first] = people
  return {
    ...{ kind, days, on, state, people: people.length },
    at: (one.doneAt ?? dueAt(found, one))?.toISOString() ?? null,
    sent: id === null ? 0 : await countScheduled(reader, id),
    first: first ? { of: subjectOf(first.person), person: first.person.personId } : null,
  }
}

/** Whom it would go to at this moment, each person once. */
async function findThose(reader: Reader, found: FoundEvent, kind: ScheduledKind): Promise<Reachable[]> {
  const ids = new Set<string>()
  return (await findMeant(reader, found, kind)).filter(
    ({ person }) => !ids.has(person.personId) && ids.add(person.personId),
  )
}

async function findMeant(reader: Reader, found: FoundEvent, kind: ScheduledKind): Promise<Reachable[]> {
  if (kind === 'coming') return findToAsk(reader, found)
  const all = willing(kind, await findRecipients(reader, { ...found, kind }))
  if (kind === 'reminder') return all
  const agendas = await readInForce(reader, found.event.id)
  return all.filter(({ participantId, attendance, rsvp }) => {
    if (attendance !== 'expected') return attendance !== 'absent'
    return rsvp !== 'not-coming' && participantId !== null && agendas?.has(participantId)
  })
}

/** Lets it go by itself when its time has come, or not. */
export async function setScheduled(
  db: Database,
  call: Call,
  { eventId, kind }: { eventId: string; kind: ScheduledKind },
  { on, days }: ScheduledInput,
): Promise<Written> {
  return write(db, call, ofEvent(eventId), async ({ tx, call, record }) => {
    const found = await openEvent(tx, call.actor, eventId, 'mail.send')
    if (found.event.rehearsal) throw new DomainError('rehearsal')
    const known = (await findKnown(tx, eventId)).find((one) => one.kind === kind)!
    if (known.on === on && known.days === days) return { id: eventId }
    if (known.doneAt || (on && stateOf(found, { ...known, on, days }) === 'missed'))
      throw new DomainError('mail-gone-by')
    await upsertScheduled(tx, { eventId, kind, on, days })
    await record({ eventId, type: 'mails.scheduled', payload: { kind, on, days } })
    return { id: eventId }
  })
}

/** Those that came due since: whoever went on then may have sent them. Answers how many. */
export async function switchOffGoneBy(db: Database, since: Date): Promise<number> {
  let off = 0
  for (const { id, eventId } of await findSwitchedOn(db))
    await writeByItself(db, ofEvent(eventId), async ({ tx, record }) => {
      const found = await findEvent(tx, eventId)
      const one = (await findScheduled(tx, eventId)).find((row) => row.id === id)
      const due = found && one && dueAt(found, one)
      if (!due || due <= byClockOf(found.programme, since) || due > clockOf(found.programme)) return
      const { kind, days } = one
      await upsertScheduled(tx, { eventId, kind, on: false, days })
      await record(null, { eventId, type: 'mails.scheduled', payload: { kind, on: false, days } })
      off += 1
    })
  return off
}

/** Sends what is due: whoever looks at the same moment finds it sent. */
export async function sendDue(services: Post & { db: Database }): Promise<void> {
  const { db } = services
  for (const { id, eventId } of await findSwitchedOn(db))
    await sendIfDue(services, eventId, id).catch((error: unknown) =>
      log.error({ err: error, eventId }, 'a scheduled mail'),
    )
}

async function sendIfDue({ db, ...post }: Post & { db: Database }, eventId: string, id: string) {
  const isReady = async (reader: Reader) => {
    const found = await findEvent(reader, eventId)
    const one = (await findScheduled(reader, eventId)).find((row) => row.id === id)
    return found && !found.event.rehearsal && one && isDue(found, one) ? { found, one } : null
  }
  // Asked without keeping anybody waiting, and again where nobody else writes.
  if (!(await isReady(db))) return
  await writeByItself(db, ofEvent(eventId), async ({ tx, record }) => {
    const ready = await isReady(tx)
    if (!ready) return
    const about = { ...ready.found, kind: ready.one.kind }
    const people = await findThose(tx, ready.found, ready.one.kind)
    await writeLetters(tx, post, about, people, id)
    await endScheduled(tx, id, clockOf(about.programme))
    await recordLetters({ tx, record: (change) => record(null, change) }, about, people)
  })
}
