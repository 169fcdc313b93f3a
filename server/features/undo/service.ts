import { topic } from '../../changes.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { removeNewcomers } from '../people/write.ts'
import { findProgramme } from '../events/repository.ts'
import { lockBack, moveBack } from '../schedules/service.ts'
import { findChange } from './repository.ts'
import { canUndo, type UndoableType } from './undoable.ts'

type Members = Record<string, unknown>
type Undo = (context: WriteContext, programmeId: string, inverse: Members, payload: Members) => Promise<void>

/** What is taken back with what the change itself kept for it. Each refuses where things have moved on. */
const UNDO: Record<UndoableType, Undo> = {
  'people.imported': removePeople,
  'project.added': removePeople,
  'host.added': removePeople,
  'meeting.moved': (context, _, inverse, payload) => moveBack(context, inverse as never, payload as never),
  'meeting.locked': (context, _, inverse) => lockBack(context, inverse as never),
  'meeting.unlocked': (context, _, inverse) => lockBack(context, inverse as never),
}

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
    const { type, inverse, payload } = change
    if (!canUndo(type, inverse)) throw new DomainError('not-undoable')
    await UNDO[type as UndoableType](context, programmeId, inverse as Members, payload)
    return { id: String(seq) }
  })
}

async function removePeople({ tx, record }: WriteContext, programmeId: string, inverse: Members) {
  const { kind, created } = inverse as { kind: 'projects' | 'hosts'; created: string[] }
  const removed = await removeNewcomers(tx, programmeId, kind, created)
  await record({ type: 'people.removed', payload: { kind, removed }, audience: [topic.everyone] })
}
