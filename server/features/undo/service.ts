import { topic } from '../../changes.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { attendanceBack } from '../day/attendance.ts'
import { delayBack, roomDelayBack } from '../day/delays.ts'
import { disruptionBack } from '../day/disruption-reports.ts'
import { additionBack, cancelBack } from '../day/meetings.ts'
import { openDay } from '../day/open.ts'
import { repairBack } from '../day/repairs.ts'
import { statesBack } from '../day/states.ts'
import { removeNewcomers } from '../people/write.ts'
import { findProgramme } from '../events/repository.ts'
import { lockBack, moveBack } from '../schedules/service.ts'
import { swapBack } from '../schedules/swap.ts'
import { findChange } from './repository.ts'
import { canUndo, type UndoableType } from './undoable.ts'

type Members = Record<string, unknown>
/** What is undone: the programme and the event it was about, the change's own payload, and when it was made. */
type Undone = { programmeId: string; eventId: string; payload: Members; at: Date; call: Call }
type Undo = (context: WriteContext, inverse: Members, undone: Undone) => Promise<void>

/** What is taken back with what the change itself kept for it. Each refuses where things have moved on. */
const UNDO: Record<UndoableType, Undo> = {
  'people.imported': removePeople,
  'project.added': removePeople,
  'host.added': removePeople,
  'meeting.moved': (context, inverse, { payload }) => moveBack(context, inverse as never, payload as never),
  'meeting.swapped': (context, inverse) => swapBack(context, inverse as never),
  'meeting.locked': (context, inverse) => lockBack(context, inverse as never),
  'meeting.unlocked': (context, inverse) => lockBack(context, inverse as never),
  'attendance.expected': attendance,
  'attendance.here': attendance,
  'attendance.late': attendance,
  'attendance.absent': attendance,
  'attendance.left': attendance,
  'disruption.reported': disruption,
  'disruption.dismissed': disruption,
  'disruption.withdrawn': disruption,
  'event.delayed': async (context, inverse, undone) =>
    delayBack(context, inverse as never, await dayOf(context, undone), undone.at),
  'room.delayed': (context, inverse, { payload, eventId }) =>
    roomDelayBack(context, inverse as never, payload as never, eventId),
  'meeting.planned': states,
  'meeting.called': states,
  'meeting.in_progress': states,
  'meeting.done': states,
  'meeting.no_show': states,
  'meeting.cancelled': async (context, inverse, undone) =>
    cancelBack(context, inverse as never, await dayOf(context, undone)),
  'meeting.added': async (context, inverse, undone) =>
    additionBack(context, inverse as never, undone.payload as never, await dayOf(context, undone)),
  'repair.applied': async (context, inverse, undone) =>
    repairBack(context, inverse as never, await dayOf(context, undone), 'repair.undone'),
  'repair.undone': async (context, inverse, undone) =>
    repairBack(context, inverse as never, await dayOf(context, undone), 'repair.applied'),
}

function attendance(context: WriteContext, inverse: Members, { payload }: Undone): Promise<void> {
  return attendanceBack(context, inverse as never, payload as never)
}

function disruption(context: WriteContext, inverse: Members, { eventId }: Undone): Promise<void> {
  return disruptionBack(context, inverse as never, eventId)
}

async function states(context: WriteContext, inverse: Members, undone: Undone): Promise<void> {
  return statesBack(context, inverse as never, undone.payload as never, await dayOf(context, undone))
}

const dayOf = ({ tx }: WriteContext, { call, eventId }: Undone) => openDay(tx, call, eventId, 'day.edit')

/** Takes a change of the log back. That is a change of its own: the log only ever grows. */
export async function undoChange(
  db: Database,
  call: Call,
  programmeId: string,
  seq: number,
): Promise<Written> {
  if (!(await findProgramme(db, programmeId))) throw notFound()
  allow(call.actor, 'change.undo', { programmeId })
  return write(db, call, programmeId, async (context) => {
    const change = await findChange(context.tx, programmeId, seq)
    if (!change) throw notFound()
    const { type, inverse, payload, at } = change
    if (!canUndo(type, inverse)) throw new DomainError('not-undoable')
    const undone = { programmeId, eventId: change.eventId ?? '', payload, at, call }
    await UNDO[type as UndoableType](context, inverse as Members, undone)
    return { id: String(seq) }
  })
}

async function removePeople({ tx, record }: WriteContext, inverse: Members, { programmeId }: Undone) {
  const { kind, created } = inverse as { kind: 'projects' | 'hosts'; created: string[] }
  const removed = await removeNewcomers(tx, programmeId, kind, created)
  await record({ type: 'people.removed', payload: { kind, removed }, audience: [topic.everyone] })
}
