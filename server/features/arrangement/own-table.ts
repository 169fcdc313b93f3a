import type { Inverse } from '../../change-catalogue.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type { OwnTableInput } from '../../schemas/event.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { findGridTables, writeOwnTables, type OwnTable } from '../events/repository.ts'
import { locateParticipant, ofParticipant } from '../participants/located.ts'
import { findParticipantRows } from '../participants/repository.ts'

/** Gives a host a table of their own, whoever had it before, or takes it from them. */
export async function giveTable(
  db: Database,
  call: Call,
  participantId: string,
  { tableId }: OwnTableInput,
): Promise<Written> {
  return write(db, call, ofParticipant(participantId), async (context) => {
    const { tx } = context
    const { participant, event, programme } = await locateParticipant(tx, participantId)
    allow(context.call.actor, 'event.edit', { programmeId: programme.id, eventId: event.id })
    if (tableId !== null && participant.side !== 'host')
      throw invalidInput(context.call, '/tableId', 'field_ownerIsHost')
    const known = await findGridTables(tx, event.id)
    if (tableId !== null && !known.some(({ id }) => id === tableId)) throw notFound()
    const rows = await findParticipantRows(tx, event.id)
    const holder = rows.find(({ id, ownTableId }) => ownTableId === tableId && id !== participant.id)
    const given = [{ participantId: participant.id, tableId }]
    if (tableId !== null && holder) given.push({ participantId: holder.id, tableId: null })
    if (participant.ownTableId !== tableId) await give(context, event.id, given)
    return { id: participant.id }
  })
}

/** The first one is whom it is about. */
async function give({ tx, record }: WriteContext, eventId: string, after: OwnTable[]): Promise<void> {
  const rows = await findParticipantRows(tx, eventId)
  const before = after.map(({ participantId }) => ({
    participantId,
    tableId: rows.find(({ id }) => id === participantId)?.ownTableId ?? null,
  }))
  await writeOwnTables(tx, after)
  await record({ eventId, type: 'table.owned', payload: after[0], inverse: { before, after } })
}

/** Takes it back, where each of them still has what was given, and the tables are there. */
export async function ownTableBack(
  context: WriteContext,
  { before, after }: Inverse<'table.owned'>,
  eventId: string,
): Promise<void> {
  const rows = await findParticipantRows(context.tx, eventId)
  const tables = new Set((await findGridTables(context.tx, eventId)).map(({ id }) => id))
  const stands = after.every(
    ({ participantId, tableId }) => rows.find(({ id }) => id === participantId)?.ownTableId === tableId,
  )
  const isFree = ({ participantId, tableId }: OwnTable) =>
    tableId === null ||
    (tables.has(tableId) &&
      rows.every(
        ({ id, ownTableId }) =>
          ownTableId !== tableId || id === participantId || after.some((one) => one.participantId === id),
      ))
  if (!stands || !before.every(isFree)) throw new DomainError('moved-on')
  await give(context, eventId, before)
}
