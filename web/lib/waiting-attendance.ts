import type { Attendance } from '../../server/schemas/common.ts'

type Waiting = { path: string; body?: unknown }

/** What this device has said of people's attendance and not sent yet, by participant. */
export const waitingAttendance = (waiting: readonly Waiting[]): Map<string, Attendance> =>
  new Map(waiting.flatMap((write) => stateIn(write) ?? []))

function stateIn({ path, body }: Waiting): [[string, Attendance]] | null {
  const [, id, what] = path.match(/\/participants\/([^/]+)\/(attendance|late)$/) ?? []
  if (!id) return null
  return [[id, what === 'late' ? 'late' : (body as { attendance: Attendance }).attendance]]
}
