import {
  canUndo,
  type Inverse,
  type StoredPayload,
  type Undoable,
  type UndoableKind,
} from '../../change-catalogue.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type { Services } from '../../services.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { switchBack } from '../applications/call.ts'
import { decisionBack } from '../applications/decisions.ts'
import { attendanceBack } from '../day/attendance.ts'
import { delayBack, roomDelayBack } from '../day/delays.ts'
import { disruptionBack } from '../day/disruption-reports.ts'
import { additionBack, cancelBack } from '../day/meetings.ts'
import { openDay } from '../day/open.ts'
import { repairBack } from '../day/repairs.ts'
import { statesBack } from '../day/states.ts'
import { importBack } from '../people/import.ts'
import { pastedBack } from '../choices/pasted.ts'
import { ownTableBack } from '../arrangement/own-table.ts'
import { arrangementBack } from '../arrangement/service.ts'
import { openEvent } from '../events/open.ts'
import { eventBack } from '../events/service.ts'
import { additionOfHelperBack, removalOfHelperBack } from '../members/service.ts'
import { rulingBack } from '../pair-rulings/service.ts'
import { newcomersBack } from '../people/roster.ts'
import { publicityBack } from '../public/service.ts'
import { copyBack } from '../schedules/copy.ts'
import { draftBack, lockBack, moveBack } from '../schedules/service.ts'
import { swapBack } from '../schedules/swap.ts'
import { standInBack } from '../rsvp/stand-in.ts'
import { screenBack } from '../screen-links/service.ts'
import { rowsBack } from '../standing/service.ts'
import { participantsBack, removalBack } from '../taking-part/service.ts'
import { findChange } from './repository.ts'

/** The programme and the event a change was about, when it was made, and who takes it back. */
type About = { programmeId: string; seq: number; eventId: string; at: Date; call: Call; services: Services }
type Undone<K extends UndoableKind> = About & { inverse: Inverse<K>; payload: StoredPayload<K> }
type Undo<K extends UndoableKind> = (context: WriteContext, undone: Undone<K>) => Promise<void>

/**
 * Every kind of the catalogue that can be taken back, with what the change itself kept for it. Each refuses where
 * things have moved on.
 */
export const UNDO: { [K in UndoableKind]: Undo<K> } = {
  'people.imported': (context, { inverse, programmeId, seq }) =>
    importBack(context, programmeId, seq, inverse),
  'project.added': newcomers,
  'host.added': newcomers,
  'project.edited': rows,
  'project.withdrawn': rows,
  'project.broughtBack': rows,
  'project.deleted': rows,
  'host.corrected': rows,
  'host.withdrawn': rows,
  'host.broughtBack': rows,
  'host.deleted': rows,
  'host.merged': rows,
  'organisation.edited': rows,
  'organisation.merged': rows,
  'pair.ruled': (context, { inverse, eventId }) => rulingBack(context, inverse, eventId),
  'event.postponed': arrangement,
  'grid.replaced': arrangement,
  'tables.replaced': arrangement,
  'table.owned': (context, { inverse, eventId }) => ownTableBack(context, inverse, eventId),
  'event.deleted': (context, { inverse }) => eventBack(context, inverse),
  'answers.pasted': async (context, { call, eventId, inverse }) =>
    pastedBack(context, await openEvent(context.tx, call.actor, eventId, 'choice.edit'), inverse),
  'schedule.deleted': (context, { programmeId, seq, eventId, payload }) =>
    draftBack(context, programmeId, seq, eventId, payload),
  'schedule.copied': (context, { eventId, inverse }) => copyBack(context, eventId, inverse),
  'member.added': (context, { programmeId, inverse }) => additionOfHelperBack(context, programmeId, inverse),
  'member.removed': (context, { programmeId, inverse }) => removalOfHelperBack(context, programmeId, inverse),
  'publicity.decided': (context, { inverse, payload }) => publicityBack(context, inverse, payload),
  'call.switched': (context, { inverse }) => switchBack(context, inverse),
  'application.refused': (context, { inverse }) => decisionBack(context, inverse, 'refused'),
  'application.admitted': (context, { inverse }) => decisionBack(context, inverse, 'admitted'),
  'screen.created': (context, { inverse }) => screenBack(context, inverse),
  'meeting.moved': (context, { inverse, payload }) => moveBack(context, inverse, payload),
  'meeting.swapped': (context, { inverse }) => swapBack(context, inverse),
  'meeting.locked': (context, { inverse }) => lockBack(context, inverse),
  'meeting.unlocked': (context, { inverse }) => lockBack(context, inverse),
  'participants.added': async (context, undone) =>
    participantsBack(context, undone.inverse, await dayOf(context, undone)),
  'participants.removed': async (context, undone) =>
    removalBack(context, undone.inverse, await dayOf(context, undone)),
  'participant.replaced': (context, { inverse, services }) => standInBack(services, context, inverse),
  'attendance.expected': attendance,
  'attendance.here': attendance,
  'attendance.late': attendance,
  'attendance.absent': attendance,
  'attendance.left': attendance,
  'disruption.reported': disruption,
  'disruption.dismissed': disruption,
  'disruption.withdrawn': disruption,
  'event.delayed': async (context, undone) =>
    delayBack(context, undone.inverse, await dayOf(context, undone), undone.at),
  'room.delayed': async (context, undone) =>
    roomDelayBack(context, undone.inverse, undone.payload, await dayOf(context, undone)),
  'meeting.planned': states,
  'meeting.called': states,
  'meeting.in_progress': states,
  'meeting.done': states,
  'meeting.no_show': states,
  'meeting.cancelled': async (context, undone) =>
    cancelBack(context, undone.inverse, await dayOf(context, undone)),
  'meeting.added': async (context, undone) =>
    additionBack(context, undone.inverse, undone.payload, await dayOf(context, undone)),
  'repair.applied': async (context, undone) =>
    repairBack(context, undone.inverse, await dayOf(context, undone), 'repair.undone'),
  'repair.undone': async (context, undone) =>
    repairBack(context, undone.inverse, await dayOf(context, undone), 'repair.applied'),
}

function newcomers(context: WriteContext, undone: Undone<'project.added' | 'host.added'>) {
  return newcomersBack(context, undone.programmeId, undone.inverse)
}

type OfRows =
  'project.edited' | 'host.corrected' | 'organisation.edited' | 'organisation.merged' | 'host.merged'
type Standing = `${'project' | 'host'}.${'withdrawn' | 'broughtBack' | 'deleted'}`
function rows(context: WriteContext, { programmeId, seq, payload }: Undone<OfRows | Standing>) {
  return rowsBack(context, programmeId, seq, payload)
}

type Arrangement = 'event.postponed' | 'grid.replaced' | 'tables.replaced'
function arrangement(context: WriteContext, { programmeId, seq, eventId }: Undone<Arrangement>) {
  return arrangementBack(context, programmeId, seq, eventId)
}

type Attendance = Extract<UndoableKind, `attendance.${string}`>
function attendance(context: WriteContext, { inverse, payload }: Undone<Attendance>) {
  return attendanceBack(context, inverse, payload)
}

type Disruption = Extract<UndoableKind, `disruption.${string}`>
async function disruption(context: WriteContext, undone: Undone<Disruption>) {
  return disruptionBack(context, undone.inverse, await dayOf(context, undone))
}

type State = 'meeting.planned' | 'meeting.called' | 'meeting.in_progress' | 'meeting.done' | 'meeting.no_show'
async function states(context: WriteContext, undone: Undone<State>) {
  return statesBack(context, undone.inverse, undone.payload, await dayOf(context, undone))
}

const dayOf = ({ tx }: WriteContext, { call, eventId }: About) => openDay(tx, call, eventId, 'day.edit')

/** Takes a change of the log back. That is a change of its own: the log only ever grows. */
export async function undoChange(
  services: Services,
  call: Call,
  programmeId: string,
  seq: number,
): Promise<Written> {
  return write(services.db, call, programmeId, async (context) => {
    const { call } = context
    allow(call.actor, 'change.undo', { programmeId })
    const change = await findChange(context.tx, programmeId, seq)
    if (!change) throw notFound()
    if (!canUndo(change)) throw new DomainError('not-undoable')
    await takeBack(context, change, {
      ...{ programmeId, seq, eventId: change.eventId ?? '', at: change.at, call, services },
    })
    return { id: String(seq) }
  })
}

function takeBack<K extends UndoableKind>(context: WriteContext, change: Undoable<K>, about: About) {
  return UNDO[change.type](context, { ...about, inverse: change.inverse, payload: change.payload })
}
