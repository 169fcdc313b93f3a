import type { AttendanceInput } from '../../../server/schemas/day.ts'
import { serverNow } from '../../lib/clock.ts'
import { queue } from '../../lib/queue.svelte.ts'
import { toast } from '../../lib/toasts.svelte.ts'
import { m } from '../../paraglide/messages.js'
import type { Person } from './people.ts'

type Said = AttendanceInput['attendance']

const words = {
  here: m.desk_done_here,
  expected: m.desk_done_expected,
  absent: m.desk_done_absent,
  left: m.desk_done_left,
}

/** Checks somebody in or out; sent when the network allows. Taking it back says again what stood before. */
export function mark(person: Person, attendance: Said) {
  const about = words[attendance]({ name: person.name })
  say(person.id, attendance, about)
  // How late they were to be is not known here any more: they are expected again.
  const before = person.attendance === 'late' ? 'expected' : person.attendance
  const undo = () => say(person.id, before, words[before]({ name: person.name }))
  toast(about, { tone: 'good', undo })
}

export function markLate(person: Person, minutes: number) {
  const about = m.desk_done_late({ name: person.name, minutes })
  queue.enqueue({ method: 'POST', path: `/api/v1/participants/${person.id}/late`, body: { minutes }, about })
  const before = person.attendance === 'late' ? 'expected' : person.attendance
  toast(about, { undo: () => say(person.id, before, words[before]({ name: person.name })) })
}

function say(id: string, attendance: Said, about: string) {
  const body: AttendanceInput = { attendance, at: new Date(serverNow()).toISOString() }
  queue.enqueue({ method: 'PUT', path: `/api/v1/participants/${id}/attendance`, body, about })
}
