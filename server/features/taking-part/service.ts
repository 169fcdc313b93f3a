import type { Inverse } from '../../change-catalogue.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Written } from '../../schemas/common.ts'
import type { ParticipantsInput } from '../../schemas/taking-part.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { bringBack, toStored } from '../day/attendance.ts'
import { openDay, type Day } from '../day/open.ts'
import { currentSlot, factsOf, isAway, slotsAhead } from '../disruptions/facts.ts'
import { deleteDisruptions, findDisruptions, insertDisruptions } from '../disruptions/repository.ts'
import { ofEvent } from '../events/open.ts'
import { findParticipantRows, type ParticipantRow } from '../participants/repository.ts'
import { comingOf } from './coming.ts'
import { countChosen, deleteUnused, insertChosen, updateRemoved } from './repository.ts'

/** Takes projects and hosts into an event, at any time; who was there before comes back with all they had said. */
export async function addParticipants(
  db: Database,
  call: Call,
  eventId: string,
  input: ParticipantsInput,
): Promise<Written> {
  return write(db, call, ofEvent(eventId), async (context) => {
    const { tx } = context
    const day = await openDay(tx, context.call, eventId, 'event.edit')
    const known = await chosenRows(tx, day, input)
    const isNew = (id: string) => !known.some(({ projectId, hostId }) => (projectId ?? hostId) === id)
    const created = await insertChosen(tx, eventId, {
      projects: input.projects.filter(isNew),
      hosts: input.hosts.filter(isNew),
    })
    const back = known.filter(({ removedAt }) => removedAt !== null)
    if (created.length + back.length > 0) await welcomeBack(context, day, created, back)
    return { id: eventId }
  })
}

async function welcomeBack(
  { tx, record }: WriteContext,
  day: Day,
  created: string[],
  back: ParticipantRow[],
): Promise<void> {
  const expected = new Set(back.filter(({ attendance }) => attendance === 'expected').map(({ id }) => id))
  const over = day.disruptions.filter(
    ({ kind, participantId }) => kind === 'no_show' && participantId !== null && expected.has(participantId),
  )
  const deleted = await deleteDisruptions(
    tx,
    over.map(({ id }) => id),
  )
  const backIds = back.map(({ id }) => id)
  await updateRemoved(tx, backIds, null)
  const participantIds = [...created, ...backIds]
  await record({
    eventId: day.event.id,
    type: 'participants.added',
    payload: { participantIds, people: participantIds.length },
    inverse: {
      fresh: created,
      back: back.map(({ id, removedAt }) => ({ id, removedAt: removedAt!.toISOString() })),
      ...{ created: [], deleted: deleted.map(toStored) },
    },
  })
}

/**
 * Takes them out of an event. What was said and held with them stays; meetings that were published and are still to
 * come are for a repair, as those of anybody who does not come.
 */
export async function removeParticipants(
  db: Database,
  call: Call,
  eventId: string,
  input: ParticipantsInput,
): Promise<Written> {
  return write(db, call, ofEvent(eventId), async (context) => {
    const day = await openDay(context.tx, context.call, eventId, 'event.edit')
    const known = await chosenRows(context.tx, day, input)
    const ids = known.filter(({ removedAt }) => removedAt === null).map(({ id }) => id)
    if (ids.length === 0) return { id: eventId }
    const { created, meetings } = await takeOut(context.tx, day, ids)
    await context.record({
      eventId,
      type: 'participants.removed',
      payload: { participantIds: ids, people: ids.length, count: meetings },
      inverse: { ids, created, deleted: [] },
    })
    return { id: eventId }
  })
}

async function takeOut(tx: Transaction, day: Day, ids: string[]) {
  await updateRemoved(tx, ids, day.now)
  const coming = await comingOf(tx, day)
  const missed = ids.filter((id) => (coming.get(id) ?? 0) > 0)
  const facts = factsOf(day.disruptions, day.slots)
  const ahead = slotsAhead(day.slots, day.now)
  const from = currentSlot(day.slots, day.now)
  const rows = missed
    .filter((id) => from && !ahead.every((slot) => isAway(facts, id, slot.id)))
    .map((participantId) => ({
      ...{ eventId: day.event.id, kind: 'no_show' as const, participantId },
      ...{ fromId: from!.id, toId: day.slots[day.slots.length - 1].id },
    }))
  const meetings = missed.reduce((sum, id) => sum + coming.get(id)!, 0)
  return { created: await insertDisruptions(tx, rows), meetings }
}

/** Those of the event among whom were chosen; all who were chosen have to be of its programme. */
async function chosenRows(tx: Transaction, { event }: Day, input: ParticipantsInput) {
  const ids = new Set([...input.projects, ...input.hosts])
  if ((await countChosen(tx, event.programmeId, input)) < ids.size) throw notFound()
  const taking = await findParticipantRows(tx, event.id)
  return taking.filter(({ projectId, hostId }) => ids.has((projectId ?? hostId)!))
}

/** Takes an addition back: whose place has been used since is taken out like anybody else. */
export async function participantsBack(
  { tx, record }: WriteContext,
  { fresh, back, created, deleted }: Inverse<'participants.added'>,
  day: Day,
): Promise<void> {
  const taking = new Map((await findParticipantRows(tx, day.event.id)).map((row) => [row.id, row]))
  const ids = [...fresh, ...back.map(({ id }) => id)]
  if (!ids.every((id) => taking.get(id)?.removedAt === null)) throw new DomainError('moved-on')
  const gone = new Set(await deleteUnused(tx, fresh))
  const used = fresh.filter((id) => !gone.has(id))
  const returned = await bringBack(tx, day.event.id, { created, deleted })
  const disruptions = await findDisruptions(tx, day.event.id)
  const out = [...used, ...back.map(({ id }) => id)]
  const { created: missed, meetings } = await takeOut(tx, { ...day, disruptions }, out)
  for (const { id, removedAt } of back) await updateRemoved(tx, [id], new Date(removedAt))
  await record({
    eventId: day.event.id,
    type: 'participants.removed',
    payload: { participantIds: ids, people: ids.length, count: meetings },
    // Whose row is gone can be added again, not brought back by a number.
    inverse:
      gone.size > 0
        ? null
        : {
            ids,
            created: [...missed, ...returned.back.map(({ id }) => id)],
            deleted: returned.undone.map(toStored),
          },
  })
}

/** Brings back who was taken out. */
export async function removalBack(
  { tx, record }: WriteContext,
  { ids, created, deleted }: Inverse<'participants.removed'>,
  day: Day,
): Promise<void> {
  const taking = (await findParticipantRows(tx, day.event.id)).filter(({ id }) => ids.includes(id))
  if (taking.length < ids.length || taking.some(({ removedAt }) => removedAt === null))
    throw new DomainError('moved-on')
  const { undone, back } = await bringBack(tx, day.event.id, { created, deleted })
  await updateRemoved(tx, ids, null)
  await record({
    eventId: day.event.id,
    type: 'participants.added',
    payload: { participantIds: ids, people: ids.length },
    inverse: {
      fresh: [],
      back: taking.map(({ id, removedAt }) => ({ id, removedAt: removedAt!.toISOString() })),
      ...{ created: back.map(({ id }) => id), deleted: undone.map(toStored) },
    },
  })
}
