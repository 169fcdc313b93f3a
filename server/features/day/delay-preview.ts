import type { Actor } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import type { DelayPreview } from '../../schemas/day.ts'
import { openEvent } from '../events/open.ts'
import { presentSlot } from '../events/present.ts'
import { findSlots } from '../events/repository.ts'
import { shiftSlots, slotsToDelay } from './propagate.ts'

/** The slots from one of them on as a delay of the whole event would set them; nothing is written. */
export async function previewDelay(
  reader: Reader,
  actor: Actor,
  eventId: string,
  delay: { fromSlotId: string; minutes: number; breaksGive: boolean },
): Promise<DelayPreview> {
  await openEvent(reader, actor, eventId, 'day.read')
  const all = await findSlots(reader, eventId)
  if (!all.some(({ id }) => id === delay.fromSlotId)) throw notFound()
  const { slots, from } = slotsToDelay(all, delay.fromSlotId)
  return { slots: from ? shiftSlots(slots, from.id, delay.minutes, delay.breaksGive).map(presentSlot) : [] }
}
