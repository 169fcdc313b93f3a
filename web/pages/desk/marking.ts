import type { AttendanceInput } from '../../../server/schemas/day.ts'
import { sayAttendance, sayLate } from '../../lib/day/attendance-writes.ts'
import { toast } from '../../lib/toasts.svelte.ts'
import { m } from '../../paraglide/messages.js'
import type { Person } from './people.ts'

const words = {
  here: m.desk_done_here,
  expected: m.desk_done_expected,
  absent: m.desk_done_absent,
  left: m.desk_done_left,
}

/** Checks somebody in or out; sent when the network allows. */
export function mark(person: Person, attendance: AttendanceInput['attendance']) {
  const about = words[attendance]({ name: person.name })
  sayAttendance(person.id, attendance, about)
  toast(about, { tone: 'good', undo: backTo(person) })
}

export function markLate(person: Person, minutes: number) {
  const about = m.desk_done_late({ name: person.name, minutes })
  sayLate(person.id, minutes, about)
  toast(about, { undo: backTo(person) })
}

/** Taking it back says again what stood before; how late they were to be is not known any more. */
function backTo({ id, name, attendance }: Person) {
  const before = attendance === 'late' ? 'expected' : attendance
  return () => sayAttendance(id, before, words[before]({ name }))
}
