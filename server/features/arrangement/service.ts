import { expectContent, type Edits } from '../../content-version.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import type { Written } from '../../schemas/common.ts'
import type { ArrangementEffects, GridInput, PostponeInput, TablesInput } from '../../schemas/event.ts'
import { daysBetween, moveSlots, type SlotTime } from '../../schemas/slot-times.ts'
import { sameKey } from '../../spreadsheets/words.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { isUnderWay } from '../disruptions/facts.ts'
import { ofEvent, openEvent, type FoundEvent } from '../events/open.ts'
import {
  findGridSlots,
  findGridTables,
  takeOutSlots,
  takeOutTables,
  updateEvent,
  writeOwnTables,
  writeSlots,
  writeTables,
  type SlotRow,
} from '../events/repository.ts'
import { contentOf, madeSlots, moveDays } from '../events/service.ts'
import { findAdded, insertKept, inverseOf, keeping, putBack, type Kept } from '../former-rows/keeping.ts'
import { findParticipants, findStatedAbsences } from '../participants/repository.ts'
import { findActiveRun } from '../runs/service.ts'
import { lostIn, readEffects, type Lost, type Rearrangement } from './effects.ts'
import { loosen, report, shorten } from './losses.ts'
import { matchSlots, type Matching } from './matching.ts'
import { findPlanned, forgetMoved, forgetRepairs, insertAbsences } from './repository.ts'

/**
 * Days, slots and tables of an event, changed at any time. What hangs on a change is listed before: whoever accepts
 * it says what they have seen.
 */
type Asked<Input> = (reader: Reader, call: Call, found: FoundEvent, input: Input) => Promise<Rearrangement>

const preview =
  <Input>(asked: Asked<Input>) =>
  async (reader: Reader, call: Call, eventId: string, input: Input): Promise<ArrangementEffects> => {
    const found = await openEvent(reader, call.actor, eventId, 'event.edit')
    return (await readEffects(reader, eventId, await asked(reader, call, found, input))).effects
  }

export const previewGrid = preview<GridInput>(async (reader, call, found, grid) => {
  const { slots, tables, matching } = await regrid(reader, call, found, grid)
  return byGrid(slots, tables, matching)
})
export const previewTables = preview<TablesInput>((reader, _, { event }, input) =>
  byTables(reader, event.id, input),
)
export const previewPostponement = preview<PostponeInput>(byDays)

async function regrid(reader: Reader, call: Call, { event, programme }: FoundEvent, grid: GridInput) {
  const [slots, tables] = await Promise.all([
    findGridSlots(reader, event.id),
    findGridTables(reader, event.id),
  ])
  return {
    slots,
    tables,
    matching: matchSlots(slots, madeSlots(call, grid, event.date, programme.timezone, '')),
  }
}

const byGrid = (
  slots: SlotRow[],
  tables: Rearrangement['tables'],
  { kept, added }: Matching<SlotRow>,
): Rearrangement => ({
  ...{ slots, tables, added: added.length },
  kept: new Map(kept.map(({ id, next }) => [id, next])),
  daysOut: new Map(tables.map(({ id, daysOut }) => [id, daysOut])),
})

async function byTables(
  reader: Reader,
  eventId: string,
  { tables: input }: TablesInput,
): Promise<Rearrangement> {
  const [slots, tables] = await Promise.all([findGridSlots(reader, eventId), findGridTables(reader, eventId)])
  const out = new Map(tables.map(({ id, daysOut }) => [id, daysOut]))
  return {
    ...{ slots, tables, added: 0, kept: new Map(slots.map((slot) => [slot.id, slot])) },
    daysOut: new Map(
      input.flatMap(({ id, daysOut }) => (id && out.has(id) ? [[id, daysOut ?? out.get(id)!] as const] : [])),
    ),
  }
}

async function byDays(
  reader: Reader,
  call: Call,
  { event, programme }: FoundEvent,
  { date }: PostponeInput,
): Promise<Rearrangement> {
  const [slots, tables, planned] = await Promise.all([
    findGridSlots(reader, event.id),
    findGridTables(reader, event.id),
    findPlanned(reader, event.id),
  ])
  if (planned.some(({ kind, state }) => kind === 'live' && isUnderWay(state)))
    throw new DomainError('meeting-begun')
  const days = daysBetween(event.date, date)
  const moved = moveSlots(slots, days, programme.timezone)
  if (!moved) throw invalidInput(call, '/date', 'field_noSuchTime')
  return {
    ...{ slots, tables, added: 0, kept: new Map(moved.map((slot) => [slot.id, slot])) },
    daysOut: new Map(tables.map(({ id }) => [id, []])),
  }
}

/** Does it, if all that hangs on it was seen, and keeps what it takes to undo it. */
async function accept(
  { tx, programmeId }: WriteContext,
  eventId: string,
  change: Rearrangement,
  seen: number | undefined,
  act: (lost: Lost) => Promise<unknown>,
): Promise<Kept> {
  const { effects, planned } = await readEffects(tx, eventId, change)
  if (effects.effects !== null && effects.effects !== seen) throw new DomainError('confirm-change')
  const goes = effects.slots.removed > 0 || change.daysOut.size < change.tables.length
  // A run would answer with what is no longer there.
  if (goes && (await findActiveRun(tx, eventId))) throw new DomainError('run-in-progress')
  return keeping(tx, { programmeId, events: [eventId] }, async () => {
    const lost = lostIn(planned, change)
    await loosen(tx, lost)
    await act(lost)
    await report(tx, eventId, lost, await findGridSlots(tx, eventId))
    await forgetRepairs(tx, eventId)
  })
}

const editsOf = (eventId: string, kind: 'grid.replaced' | 'tables.replaced' | 'event.postponed'): Edits => ({
  kinds: [kind, 'arrangement.undone'],
  eventId,
})

export async function replaceGrid(db: Database, call: Call, eventId: string, input: GridInput) {
  return change(db, call, eventId, async (context, found) => {
    const { tx, record } = context
    await expectContent(context, await contentOf(tx, found.event), editsOf(eventId, 'grid.replaced'))
    const { slots, tables, matching } = await regrid(tx, call, found, input)
    const rearranged = byGrid(slots, tables, matching)
    const kept = await accept(context, eventId, rearranged, input.effects, () =>
      writeGrid(context, found, slots, matching),
    )
    const payload = { slots: matching.kept.length + matching.added.length }
    await insertKept(
      tx,
      context.programmeId,
      await record({ eventId, type: 'grid.replaced', payload, inverse: inverseOf(kept) }),
      kept,
    )
  })
}

/** Who could not come at a time can't come to a new slot that touches it. */
async function writeGrid(
  { tx }: WriteContext,
  { event }: FoundEvent,
  slots: SlotRow[],
  { kept, added, removed }: Matching<SlotRow>,
): Promise<void> {
  const staying = new Set(kept.map(({ id }) => id))
  const unavailable = await findStatedAbsences(tx, event.id)
  await shorten(tx, event.id, slots, (id) => staying.has(id))
  await takeOutSlots(
    tx,
    removed.map(({ id }) => id),
  )
  const times = kept.map(({ id, next }) => ({ ...next, id }))
  const made = await writeSlots(tx, event.id, times, added)
  const was = new Map(slots.map((slot) => [slot.id, slot]))
  const touches = (slot: SlotTime, id: string) =>
    was.has(id) && slot.startsAt < was.get(id)!.endsAt && was.get(id)!.startsAt < slot.endsAt
  await insertAbsences(
    tx,
    event.id,
    made.flatMap((slot) =>
      [...unavailable]
        .filter(([, own]) => [...own].some((id) => touches(slot, id)))
        .map(([participantId]) => ({ participantId, slotId: slot.id })),
    ),
  )
  const [first] = [...kept.map((one) => one.next.day), ...added.map(({ day }) => day)].sort()
  await updateEvent(tx, event.id, { date: first })
}

export async function changeTables(db: Database, call: Call, eventId: string, input: TablesInput) {
  return change(db, call, eventId, async (context, { event }) => {
    const { tx, record } = context
    const content = await contentOf(tx, event)
    await expectContent(context, content, editsOf(eventId, 'tables.replaced'))
    checkTableNames(call, input.tables)
    await checkOwners(tx, call, eventId, input.tables)
    const known = content.tables.map(({ id }) => id)
    const given = input.tables.flatMap(({ id }) => id ?? [])
    if (!given.every((id) => known.includes(id))) throw notFound()
    const rearranged = await byTables(tx, eventId, input)
    const kept = await accept(context, eventId, rearranged, input.effects, async () => {
      await takeOutTables(
        tx,
        known.filter((id) => !given.includes(id)),
      )
      const tables = input.tables.map((table) => ({
        ...table,
        daysOut: table.id ? rearranged.daysOut.get(table.id) : table.daysOut,
      }))
      const ids = await writeTables(tx, eventId, tables)
      const owned = input.tables.flatMap(({ ownerId }, at) =>
        ownerId === undefined ? [] : [{ tableId: ids[at], ownerId }],
      )
      await settleOwners(tx, content.tables, owned)
    })
    const payload = { tables: input.tables.length }
    await insertKept(
      tx,
      context.programmeId,
      await record({ eventId, type: 'tables.replaced', payload, inverse: inverseOf(kept) }),
      kept,
    )
  })
}

/** In one room no two that look the same on a sign: "Tavolo 1", "tavolo  1" and "Tavolo 01". */
const signOf = ({ name, room }: TablesInput['tables'][number]) =>
  `${sameKey(room)} / ${sameKey(name).replace(/\b0+(?=\d)/g, '')}`

function checkTableNames(call: Call, tables: TablesInput['tables']): void {
  const twiceAt = (values: (string | undefined)[]) =>
    values.findIndex((value, index) => value !== undefined && values.indexOf(value) < index)
  const sameId = twiceAt(tables.map(({ id }) => id))
  if (sameId >= 0) throw invalidInput(call, `/tables/${sameId}/id`, 'field_uniqueItems')
  const sameSign = twiceAt(tables.map(signOf))
  if (sameSign >= 0) throw invalidInput(call, `/tables/${sameSign}/name`, 'field_sameTable')
}

/** A table of one's own is for hosts who take part, and one is enough. */
async function checkOwners(tx: Transaction, call: Call, eventId: string, tables: TablesInput['tables']) {
  const owners = tables.map(({ ownerId }) => ownerId ?? null)
  if (owners.every((id) => id === null)) return
  const people = await findParticipants(tx, eventId)
  const hosts = new Set(
    people.filter(({ side, withdrawn }) => side === 'host' && !withdrawn).map(({ id }) => id),
  )
  for (const [at, id] of owners.entries()) {
    const wrong =
      id !== null && (!hosts.has(id) ? 'field_ownerIsHost' : owners.indexOf(id) < at && 'field_ownerTwice')
    if (wrong) throw invalidInput(call, `/tables/${at}/ownerId`, wrong)
  }
}

/** Whoever had one that is somebody else's now, or nobody's, has none; who has another one has only that. */
async function settleOwners(
  tx: Transaction,
  before: { id: string; ownerId: string | null }[],
  owned: { tableId: string; ownerId: string | null }[],
): Promise<void> {
  const was = new Map(before.map(({ id, ownerId }) => [id, ownerId]))
  const changed = owned.filter(({ tableId, ownerId }) => ownerId !== (was.get(tableId) ?? null))
  const given = changed.flatMap(({ tableId, ownerId }) =>
    ownerId ? [{ participantId: ownerId, tableId }] : [],
  )
  const has = new Set(given.map(({ participantId }) => participantId))
  const left = changed.flatMap(({ tableId }) => {
    const participantId = was.get(tableId)
    return participantId && !has.has(participantId) ? [{ participantId, tableId: null }] : []
  })
  await writeOwnTables(tx, [...given, ...left])
}

/** The whole event on other days: every answer, wish and meeting stays; who was away or late on the day is not. */
export async function postponeEvent(db: Database, call: Call, eventId: string, input: PostponeInput) {
  return change(db, call, eventId, async (context, found) => {
    const { tx, record } = context
    const { event, programme } = found
    await expectContent(context, await contentOf(tx, event), editsOf(eventId, 'event.postponed'))
    if (input.date === event.date) return
    const moved = await byDays(tx, call, found, input)
    const kept = await accept(context, eventId, moved, input.effects, async () => {
      await moveDays(tx, call, event, input.date, programme.timezone)
      await forgetMoved(tx, eventId)
    })
    const payload = { fromDay: event.date, toDay: input.date }
    await insertKept(
      tx,
      context.programmeId,
      await record({ eventId, type: 'event.postponed', payload, inverse: inverseOf(kept) }),
      kept,
    )
  })
}

/** Slots, tables and days as they were, unless others have built on what they became, or a meeting that has begun would move. */
export async function arrangementBack(
  { tx, record }: WriteContext,
  programmeId: string,
  seq: number,
  eventId: string,
): Promise<void> {
  const slots = await findGridSlots(tx, eventId)
  const going = new Set(await findAdded(tx, programmeId, seq, 'slots'))
  await shorten(tx, eventId, slots, (id) => !going.has(id))
  const begun = (await findPlanned(tx, eventId)).filter(
    ({ kind, state }) => kind === 'live' && isUnderWay(state),
  )
  await putBack(tx, programmeId, seq)
  const [was, is] = [slots, await findGridSlots(tx, eventId)].map(
    (rows) => new Map(rows.map(({ id, startsAt }) => [id, startsAt.getTime()])),
  )
  if (begun.some(({ slotId }) => was.get(slotId) !== is.get(slotId))) throw new DomainError('meeting-begun')
  await forgetRepairs(tx, eventId)
  await record({ eventId, type: 'arrangement.undone', payload: { eventId } })
}

async function change(
  db: Database,
  call: Call,
  eventId: string,
  act: (context: WriteContext, found: FoundEvent) => Promise<void>,
): Promise<Written> {
  return write(db, call, ofEvent(eventId), async (context) => {
    await act(context, await openEvent(context.tx, context.call.actor, eventId, 'event.edit'))
    return { id: eventId }
  })
}
