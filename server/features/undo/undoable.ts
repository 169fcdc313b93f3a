const UNDOABLE = [
  'people.imported',
  'project.added',
  'host.added',
  'meeting.moved',
  'meeting.locked',
  'meeting.unlocked',
] as const
export type UndoableType = (typeof UNDOABLE)[number]

/** Whether a change kept what it takes to undo it; whether things have moved on since is found out when it is asked. */
export const canUndo = (type: string, inverse: Record<string, unknown> | null): boolean =>
  inverse !== null &&
  UNDOABLE.some((one) => one === type) &&
  !(Array.isArray(inverse.created) && inverse.created.length === 0)
