import type { Locale } from '../../actor.ts'
import { isMessage, say } from '../../messages.ts'
import type { ChangeRow } from '../../schemas/programme.ts'
import { canUndo } from '../undo/undoable.ts'
import type { FoundChange } from './repository.ts'

/** Members of a payload that name somebody or something, under the word the sentence uses for it. */
const NAMED = {
  projectId: 'who',
  hostId: 'who',
  participantId: 'who',
  fromId: 'who',
  toId: 'whom',
} as const

/** A change in words, in the reader's language. */
export function presentChange(
  { change, actor }: FoundChange,
  names: Map<string, string>,
  locale: Locale,
): ChangeRow {
  const { seq, at, type, eventId, payload, inverse } = change
  const key = `change_${type}`
  return {
    seq,
    at: at.toISOString(),
    actor: actor || say(locale, 'change_nobody'),
    type,
    text: isMessage(key) ? say(locale, key, valuesOf(payload, names, eventId, locale)) : type,
    eventId,
    undoable: canUndo(type, inverse),
  }
}

function valuesOf(
  payload: Record<string, unknown>,
  names: Map<string, string>,
  eventId: string | null,
  locale: Locale,
) {
  const values: Record<string, string | number> = { event: names.get(eventId ?? '') ?? '' }
  for (const [member, value] of Object.entries(payload)) {
    if (member in NAMED) values[NAMED[member as keyof typeof NAMED]] = names.get(String(value)) ?? '?'
    else if (typeof value === 'number') values[member] = value
  }
  for (const word of ['level', 'kind'] as const) {
    const key = `change_${word}_${String(payload[word] ?? 'none')}`
    if (isMessage(key)) values[word] = say(locale, key)
  }
  return values
}
