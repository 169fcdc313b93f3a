import type { Transaction } from '../../database/client.ts'
import {
  deleteDisruptions,
  findDisruptions,
  insertDisruptions,
  type NewDisruption,
} from '../disruptions/repository.ts'
import { slotsTaken } from '../disruptions/facts.ts'
import type { SlotRow } from '../events/repository.ts'
import { updateSchedule } from '../schedules/repository.ts'
import type { Lost } from './effects.ts'
import { deleteMeetings, unlock, unseat, updateStretch, type Planned } from './repository.ts'

const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id)

/** Drafts go without what cannot be; in the plan in force it stays where it was, for a repair to move. */
export async function loosen(tx: Transaction, { bySlot, byTable }: Lost): Promise<void> {
  const isDraft = ({ kind }: Planned) => kind === 'draft'
  await deleteMeetings(tx, idsOf(bySlot.filter(isDraft)))
  await unseat(tx, idsOf(byTable.filter(isDraft)))
  await unlock(tx, idsOf([...bySlot, ...byTable].filter((one) => !isDraft(one))))
  const touched = new Set([...bySlot, ...byTable].map(({ scheduleId }) => scheduleId))
  for (const id of touched) await updateSchedule(tx, id)
}

/** What was reported of a stretch of slots holds of those that are left of it. */
export async function shorten(
  tx: Transaction,
  eventId: string,
  slots: SlotRow[],
  staying: (slotId: string) => boolean,
): Promise<void> {
  for (const disruption of await findDisruptions(tx, eventId)) {
    const taken = slotsTaken(disruption, slots)
    const left = taken.filter(staying)
    if (left.length === taken.length) continue
    if (left.length === 0) await deleteDisruptions(tx, [disruption.id])
    else await updateStretch(tx, disruption.id, left[0], left[left.length - 1])
  }
}

/** The meetings of the plan in force that have lost their slot or table are there to repair, by what took it. */
export async function report(
  tx: Transaction,
  eventId: string,
  { bySlot, byTable }: Lost,
  slots: SlotRow[],
): Promise<void> {
  const isLive = ({ kind }: Planned) => kind === 'live'
  const lostSlots = [...new Set(bySlot.filter(isLive).map(({ slotId }) => slotId))]
  const rows: NewDisruption[] = lostSlots.map((id) => ({ eventId, kind: 'slot_lost', fromId: id, toId: id }))
  const dayOf = new Map(slots.map(({ id, day }) => [id, day]))
  for (const [tableId, hit] of Map.groupBy(byTable.filter(isLive), (one) => one.tableId)) {
    const days = new Set(hit.map(({ slotId }) => dayOf.get(slotId)))
    const stretch = slots.filter(({ day }) => days.has(day))
    for (const day of Map.groupBy(stretch, (slot) => slot.day).values())
      rows.push({ eventId, kind: 'table_out', tableId, fromId: day[0].id, toId: day[day.length - 1].id })
  }
  await insertDisruptions(tx, rows)
}
