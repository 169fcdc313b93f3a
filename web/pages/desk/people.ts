import type { Attendance } from '../../../server/schemas/common.ts'
import type { DeskView } from '../../../server/schemas/day.ts'
import { saidAttendance } from '../../lib/day/attendance-writes.ts'
import { seek } from '../../lib/search.ts'

export type Person = DeskView['people'][number] & {
  /** Marked on this device, not yet known to the server. */
  unsent: boolean
}

/** What the server knows, and over it what this device has said since: already accepted, or still to be sent. */
export function withOutbox(people: DeskView['people'], accepted: Writes, pending: Writes): Person[] {
  const [done, unsent] = [saidAttendance(accepted), saidAttendance(pending)]
  return people.map((person) => {
    const attendance = unsent.get(person.id) ?? done.get(person.id) ?? person.attendance
    return { ...person, attendance, unsent: unsent.has(person.id) }
  })
}

type Writes = Parameters<typeof saidAttendance>[0]

/** Those whose name, organisation or code holds what is typed; null while nothing is. */
export function search(people: Person[], typed: string): Person[] | null {
  const holds = seek(typed)
  return holds && people.filter(({ name, organisations, code }) => holds([name, ...organisations, code]))
}

export const byCode = (people: Person[], code: string) =>
  people.find((person) => person.code === code.trim().toUpperCase()) ?? null

const isAhead = (now: number) => (meeting: Person['meetings'][number]) =>
  Date.parse(meeting.endsAt) > now && meeting.state !== 'done' && meeting.state !== 'no_show'

/** Meetings still to come, the one that is on included. */
export const ahead = ({ meetings }: Person, now: number) => meetings.filter(isAhead(now))

/** The slot that is on, or else the next one, and who should be in it but is not here. */
export function missingFrom({ slots }: Pick<DeskView, 'slots'>, people: Person[], now: number) {
  const slot = slots.find(({ endsAt }) => Date.parse(endsAt) > now)
  if (!slot) return null
  const missing = people.filter(
    ({ attendance, meetings }) =>
      (attendance === 'expected' || attendance === 'late') &&
      meetings.some(({ slotId, state }) => slotId === slot.id && (state === 'planned' || state === 'called')),
  )
  return { slot, missing, on: Date.parse(slot.startsAt) <= now }
}

export const countBy = (people: Person[], attendance: Attendance) =>
  people.filter((person) => person.attendance === attendance).length
