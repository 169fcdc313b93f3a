const UNDOABLE = [
  'people.imported',
  'project.added',
  'host.added',
  'meeting.moved',
  'meeting.swapped',
  'meeting.locked',
  'meeting.unlocked',
  'attendance.expected',
  'attendance.here',
  'attendance.late',
  'attendance.absent',
  'attendance.left',
  'disruption.reported',
  'disruption.dismissed',
  'disruption.withdrawn',
  'event.delayed',
  'room.delayed',
  'meeting.planned',
  'meeting.called',
  'meeting.in_progress',
  'meeting.done',
  'meeting.no_show',
  'meeting.cancelled',
  'meeting.added',
  'repair.applied',
  'repair.undone',
] as const
export type UndoableType = (typeof UNDOABLE)[number]

/** Whether a change kept what it takes to undo it; whether things have moved on since is found out when it is asked. */
export const canUndo = (type: string, inverse: Record<string, unknown> | null): boolean =>
  inverse !== null &&
  UNDOABLE.some((one) => one === type) &&
  !(type === 'people.imported' && Array.isArray(inverse.created) && inverse.created.length === 0)
