import { DateTime } from 'luxon'
import type { ScheduledState } from '../../schemas/letters.ts'
import { clockOf } from '../events/clock.ts'
import type { FoundEvent } from '../events/open.ts'
import type { Scheduled } from './repository.ts'

const MORNING = 9
const EVENING = 18

type Asked = Pick<Scheduled, 'kind' | 'days'>

/** When it goes, where the programme is: it moves with what it hangs on. Null where an event has no deadline. */
export function dueAt({ event, programme }: FoundEvent, { kind, days }: Asked): Date | null {
  const zone = programme.timezone
  if (kind === 'thanks')
    return DateTime.fromISO(event.lastDate, { zone }).plus({ days }).set({ hour: EVENING }).toJSDate()
  if (kind === 'reminder' && !event.replyBy) return null
  const of =
    kind === 'reminder'
      ? DateTime.fromJSDate(event.replyBy!, { zone })
      : DateTime.fromISO(event.date, { zone })
  return of.minus({ days }).startOf('day').set({ hour: MORNING }).toJSDate()
}

/** More than a day late, after the deadline or on the day itself it would only confuse. */
function isTooLate({ event, programme }: FoundEvent, kind: Scheduled['kind'], due: Date): boolean {
  const zone = programme.timezone
  const now = DateTime.fromJSDate(clockOf(programme), { zone })
  if (now >= DateTime.fromJSDate(due).plus({ days: 1 })) return true
  if (kind === 'reminder') return now.toJSDate() >= event.replyBy!
  return kind === 'coming' && now >= DateTime.fromISO(event.date, { zone })
}

export function stateOf(found: FoundEvent, one: Omit<Scheduled, 'id'>): ScheduledState {
  if (one.doneAt) return 'done'
  const due = dueAt(found, one)
  if (due === null) return one.on ? 'undated' : 'off'
  if (isTooLate(found, one.kind, due)) return 'missed'
  return one.on ? 'on' : 'off'
}

export const isDue = (found: FoundEvent, one: Scheduled): boolean =>
  stateOf(found, one) === 'on' && dueAt(found, one)! <= clockOf(found.programme)
