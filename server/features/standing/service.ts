import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Actor } from '../../actor.ts'
import type { Ties } from '../../schemas/standing.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { slotsAhead } from '../disruptions/facts.ts'
import { insertDisruptions } from '../disruptions/repository.ts'
import { clockOf } from '../events/clock.ts'
import { findProgramme, findSlots } from '../events/repository.ts'
import { DELETED_DAYS, insertKept, inverseOf, keeping, putBack, type Kept } from '../former-rows/keeping.ts'
import { updateAttendance } from '../participants/repository.ts'
import { deleteIdlePeople } from '../people/bulk.ts'
import { findLive } from '../schedules/repository.ts'
import {
  countTies,
  deleteAbsences,
  deleteDraftMeetings,
  deleteSubject,
  findPlaces,
  findSubject,
  hasRunUnderWay,
  updateWithdrawn,
  type Found,
  type Subject,
} from './repository.ts'

const ofSubject = (subject: Subject) => async (reader: Reader) =>
  (await findSubject(reader, subject))?.programmeId ?? null

const scopeOf = (programmeId: string, { side, id }: Subject) =>
  side === 'project' ? { programmeId, projects: [id] } : { programmeId, hosts: [id] }

async function openSubject(reader: Reader, subject: Subject): Promise<Found> {
  const found = await findSubject(reader, subject)
  if (!found) throw notFound()
  return found
}

/** What hangs on a project or a host, to be read before it is withdrawn or deleted. */
export async function readTies(reader: Reader, actor: Actor, subject: Subject): Promise<Ties> {
  const { programmeId, name, withdrawnAt } = await openSubject(reader, subject)
  allow(actor, 'people.read', { programmeId })
  const ties = await countTies(reader, subject)
  return { id: subject.id, name, withdrawn: withdrawnAt !== null, ...ties, deletable: isDeletable(ties) }
}

const isDeletable = ({ published, twins }: Pick<Ties, 'published' | 'twins'>) => published + twins === 0

/** Withdraws a project or a host, or brings it back. What it said stays; its coming seats are for a repair to fill. */
export async function withdraw(db: Database, call: Call, subject: Subject, withdrawn: boolean) {
  return write(db, call, ofSubject(subject), async (context) => {
    const { tx, programmeId } = context
    allow(context.call.actor, 'people.edit', { programmeId })
    const { withdrawnAt, mergedIntoId } = await openSubject(tx, subject)
    if (mergedIntoId !== null) throw new DomainError('merged')
    if ((withdrawnAt !== null) === withdrawn) return { id: subject.id }
    const kept = await keeping(tx, scopeOf(programmeId, subject), async () => {
      await updateWithdrawn(tx, subject, withdrawn ? new Date() : null)
      if (withdrawn) await reportAway(tx, programmeId, subject)
      else await reportBack(tx, programmeId, subject)
    })
    await recordOf(context, subject, withdrawn ? 'withdrawn' : 'broughtBack', kept)
    return { id: subject.id }
  })
}

/** Where a published schedule still has turns to come for them. */
async function placesAhead(tx: Transaction, programmeId: string, subject: Subject) {
  const programme = await findProgramme(tx, programmeId)
  if (!programme) throw notFound()
  const found = []
  for (const { participant, event } of await findPlaces(tx, subject)) {
    const ahead = slotsAhead(await findSlots(tx, event.id), clockOf(programme))
    if (event.deletedAt === null && ahead.length > 0 && (await findLive(tx, event.id)))
      found.push({ participant, eventId: event.id, fromId: ahead[0].id, toId: ahead[ahead.length - 1].id })
  }
  return found
}

/** Their absence from now on is there to repair. */
async function reportAway(tx: Transaction, programmeId: string, subject: Subject): Promise<void> {
  for (const { participant, ...turns } of await placesAhead(tx, programmeId, subject)) {
    await deleteAbsences(tx, [participant.id])
    await insertDisruptions(tx, [{ ...turns, kind: 'no_show', participantId: participant.id }])
    const { attendance, arrivedAt } = participant
    const was = attendance === 'here' ? { attendance: 'left' as const, arrivedAt } : null
    await updateAttendance(
      tx,
      participant.id,
      was ?? { attendance: 'absent', arrivedAt: null, attendanceDay: null },
    )
  }
}

/** Past days stay as they were. */
async function reportBack(tx: Transaction, programmeId: string, subject: Subject): Promise<void> {
  for (const { participant } of await placesAhead(tx, programmeId, subject)) {
    if (participant.attendance !== 'absent' && participant.attendance !== 'left') continue
    await deleteAbsences(tx, [participant.id])
    const { attendance, arrivedAt } = participant
    const back = attendance === 'left' ? { attendance: 'here' as const, arrivedAt } : null
    await updateAttendance(tx, participant.id, back ?? { attendance: 'expected', arrivedAt: null })
  }
}

/** Deletes a project or a host with what hangs on it, as long as no published schedule knows it. */
export async function deleteEntry(db: Database, call: Call, subject: Subject) {
  return write(db, call, ofSubject(subject), async (context) => {
    const { tx, programmeId } = context
    allow(context.call.actor, 'people.edit', { programmeId })
    const { name } = await openSubject(tx, subject)
    const ties = await countTies(tx, subject)
    if (!isDeletable(ties)) throw new DomainError('history-needs-it', { name })
    if (await hasRunUnderWay(tx, subject)) throw new DomainError('run-in-progress')
    const kept = await keeping(tx, scopeOf(programmeId, subject), async () => {
      await deleteDraftMeetings(tx, subject)
      await deleteSubject(tx, subject)
      await deleteIdlePeople(tx, programmeId)
    })
    await recordOf(context, subject, 'deleted', kept, DELETED_DAYS)
    return { id: subject.id }
  })
}

async function recordOf(
  { tx, programmeId, record }: WriteContext,
  { side, id }: Subject,
  done: 'withdrawn' | 'broughtBack' | 'deleted',
  kept: Kept,
  days?: number,
): Promise<void> {
  const inverse = inverseOf(kept)
  const seq =
    side === 'project'
      ? await record({ type: `project.${done}`, payload: { projectId: id }, inverse })
      : await record({ type: `host.${done}`, payload: { hostId: id }, inverse })
  await insertKept(tx, programmeId, seq, kept, days)
}

type About = { projectId?: string; hostId?: string; organisationId?: string }

/** Takes back an edit, a withdrawal, a deletion or a merge, unless the same was changed since. */
export async function rowsBack(
  { tx, record }: WriteContext,
  programmeId: string,
  seq: number,
  { projectId = null, hostId = null, organisationId = null }: Partial<Record<keyof About, string | null>>,
): Promise<void> {
  await putBack(tx, programmeId, seq)
  await deleteIdlePeople(tx, programmeId)
  await record({ type: 'people.undone', payload: { projectId, hostId, organisationId } })
}
