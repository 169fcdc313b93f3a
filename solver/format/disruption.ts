import { idsIn, identified, reference, references } from './ids.ts'
import { candidate, lockParts, participant, type Instance } from './instance.ts'
import { child, fail, isAbsent, readDocument, valueAt, type Context, type Node } from './json-reader.ts'
import {
  checked,
  filled,
  list,
  named,
  record,
  withDefault,
  type Given,
  type Read,
  type Schema,
} from './schema.ts'
import { header } from './values.ts'

const stretchParts = {
  from: filled(reference('slots'), 'now', ({ now }) => now, 'First slot.'),
  to: filled(
    reference('slots'),
    'the last slot',
    ({ slots }) => [...slots].at(-1) ?? '',
    'Last slot, inclusive.',
  ),
}
const absence = record({ participant: reference('participants'), ...stretchParts })
const tableOut = record({ table: reference('tables'), ...stretchParts })
/** A stretch of slots, both ends included. */
export type Stretch = Pick<Read<typeof absence>, keyof typeof stretchParts>
const locked = record({ candidate: reference('candidates'), ...lockParts })

/** A list that is kept as it is in the file, so that it can be put into an instance. */
const asGiven = <T, G>(item: Schema<T, G>): Schema<G[]> => {
  const { json, read } = identified(item)
  return { json, read: (node) => read(node).map((_, index) => child(node, index).value as G) }
}

/** The file of what goes differently from a schedule (open file format, version 1). */
export const disruptionFile = record({
  ...header('incontro/disruption'),
  now: filled(
    reference('slots'),
    'the first slot',
    ({ now }) => now,
    'The first slot that may still change.',
  ),
  absent: withDefault(
    list(named('absence', checked(absence, checkOrder))),
    [],
    'Who is away, from a slot to a slot.',
  ),
  tablesOut: withDefault(
    list(named('tableOut', checked(tableOut, checkOrder))),
    [],
    'Tables that cannot be used.',
  ),
  slotsLost: withDefault(references('slots'), [], 'Slots in which nobody meets.'),
  newParticipants: withDefault(asGiven(participant), [], 'As in an instance.'),
  newCandidates: withDefault(asGiven(candidate), [], 'As in an instance.'),
  locks: withDefault(list(named('locked', locked)), [], 'Meetings to be held, in a slot and/or at a table.'),
})
export type DisruptionFile = Given<typeof disruptionFile>
export type Disruption = Omit<Read<typeof disruptionFile>, 'format' | 'version'>

/**
 * Reads a disruption of an instance (open file format, version 1).
 * @throws FormatError with a JSON pointer for every problem found
 */
export function parseDisruption(json: unknown, instance: Instance): Disruption {
  const read = (node: Node) => {
    checkNew(child(node, 'newParticipants'), instance.participants)
    checkNew(child(node, 'newCandidates'), instance.candidates)
    return disruptionFile.read(node)
  }
  const { format: _, version: __, ...disruption } = readDocument(json, read, contextOf(json, instance))
  return disruption
}

/** Those of the instance and the new ones. */
function contextOf(json: unknown, { slots, tables, participants, candidates, base }: Instance): Context {
  const ids = (list: { id: string }[], key = '') =>
    new Set([...list.map(({ id }) => id), ...idsIn(valueAt(json, key))])
  const [known, now] = [ids(slots), valueAt(json, 'now') as string]
  return {
    slots: known,
    tables: Array.isArray(tables) ? ids(tables) : null,
    participants: ids(participants, 'newParticipants'),
    candidates: ids(candidates, 'newCandidates'),
    hasBase: base !== null,
    now: known.has(now) ? now : (slots[0]?.id ?? ''),
  }
}

function checkNew(node: Node, old: { id: string }[]): void {
  const known = new Set<unknown>(old.map(({ id }) => id))
  const things: unknown[] = Array.isArray(node.value) ? node.value : []
  things.forEach((thing, index) => {
    const id = valueAt(thing, 'id')
    if (known.has(id)) fail(child(child(node, index), 'id'), `“${String(id)}” is there already`)
  })
}

function checkOrder({ from, to }: Stretch, node: Node): void {
  const place = [...node.context.slots]
  const end = child(node, 'to')
  if (place.indexOf(to) < place.indexOf(from) && !isAbsent(end)) fail(end, 'must not be earlier than from')
}
