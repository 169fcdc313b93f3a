import type { Attendance } from '../../../server/schemas/common.ts'
import type { AttendanceInput, LateInput } from '../../../server/schemas/day.ts'
import { serverNow } from '../clock.ts'
import { outbox } from '../outbox.svelte.ts'

const pathOf = (participantId: string) => `/api/v1/participants/${participantId}`

const thisMoment = () => new Date(serverNow()).toISOString()

/** Checks somebody in or out as soon as the network allows; `about` says it in the person's words. */
export function sayAttendance(
  participantId: string,
  attendance: AttendanceInput['attendance'],
  about: string,
) {
  const body: AttendanceInput = { attendance, at: thisMoment() }
  outbox.add({ method: 'PUT', path: `${pathOf(participantId)}/attendance`, body, about })
}

/** The minutes count from when it is said, also where it is sent later. */
export function sayLate(participantId: string, minutes: number, about: string) {
  const body: LateInput = { minutes, at: thisMoment() }
  outbox.add({ method: 'POST', path: `${pathOf(participantId)}/late`, body, about })
}

type Said = { path: string; body?: unknown }

/** What these writes say of people, by participant; a later one counts. */
export const saidAttendance = (writes: readonly Said[]): Map<string, Attendance> =>
  new Map(writes.flatMap((write) => stateIn(write) ?? []))

function stateIn({ path, body }: Said): [[string, Attendance]] | null {
  const [, id, what] = path.match(/\/participants\/([^/]+)\/(attendance|late)$/) ?? []
  if (!id) return null
  return [[id, what === 'late' ? 'late' : (body as AttendanceInput).attendance]]
}
