import { canUndo } from '../../change-catalogue.ts'
import type { Reader } from '../../database/client.ts'
import { say } from '../../messages.ts'
import type { ChangeRow } from '../../schemas/programme.ts'
import { findChanges, findLongEvents, findNames, type FoundChange, type Narrowed } from './repository.ts'
import { namedIn, sentenceOf, type ReadBy } from './sentence.ts'

/** Entries of a programme's log in the reader's words, the newest first. */
export async function readEntries(
  reader: Reader,
  programmeId: string,
  narrowed: Narrowed,
  by: ReadBy,
): Promise<ChangeRow[]> {
  const found = await findChanges(reader, programmeId, narrowed)
  const names = await findNames(
    reader,
    programmeId,
    found.flatMap(({ change }) => namedIn(change)),
  )
  const long = await findLongEvents(reader, programmeId)
  return found.map((one) => presentChange(one, names, long, by))
}

function presentChange(
  { change, actor }: FoundChange,
  names: Map<string, string>,
  long: Set<string>,
  by: ReadBy,
): ChangeRow {
  const { seq, at, type, eventId } = change
  return {
    seq,
    at: at.toISOString(),
    actor: actor || say(by.locale, 'change_nobody'),
    type,
    text: sentenceOf({ ...change, days: long.has(eventId ?? '') }, names, by),
    eventId,
    undoable: canUndo(change),
  }
}
