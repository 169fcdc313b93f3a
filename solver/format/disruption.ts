import { readCandidate, readHeader, readParticipant, type Ids, type Instance, type Lock } from './instance.ts'
import * as read from './json-reader.ts'
import type { Node } from './json-reader.ts'

/** A stretch of slots, both ends included. */
export interface Stretch {
  from: string
  to: string
}

/** What goes differently from a schedule. */
export interface Disruption {
  /** The first slot that may still change. */
  now: string
  absent: ({ participant: string } & Stretch)[]
  tablesOut: ({ table: string } & Stretch)[]
  slotsLost: string[]
  /** As in an instance file, so that they can be put into one. */
  newParticipants: unknown[]
  newCandidates: unknown[]
  locks: ({ candidate: string } & Lock)[]
}

const KEYS = 'format version now absent tablesOut slotsLost newParticipants newCandidates locks'.split(' ')

/**
 * Reads a disruption of an instance (open file format, version 1).
 * @throws FormatError with a JSON pointer for every problem found
 */
export function parseDisruption(json: unknown, instance: Instance): Disruption {
  const node = read.root(json)
  if (!read.isRecord(node, KEYS)) read.throwIfWrong(node)
  readHeader(node, 'incontro/disruption')
  const disruption = readParts(node, instance)
  read.throwIfWrong(node)
  return disruption
}

function readParts(node: Node, { slots, ...instance }: Instance): Disruption {
  const list = (key: string) => read.items(read.child(node, key), true)
  const known = knownIds(node, { slots, ...instance })
  const now = readSlot(read.child(node, 'now'), known, slots[0]?.id ?? '')
  const stretch = (item: Node) => readStretch(item, known, now, slots)
  const fresh = (key: string, readOne: (item: Node, known: Ids) => unknown) =>
    list(key).map((item) => (readOne(item, known), item.value))
  return {
    now,
    absent: list('absent').map((item) => {
      read.isRecord(item, ['participant', 'from', 'to'])
      const place = read.child(item, 'participant')
      return { participant: read.reference(place, known.participants, 'participant'), ...stretch(item) }
    }),
    tablesOut: list('tablesOut').map((item) => {
      read.isRecord(item, ['table', 'from', 'to'])
      return { table: readTable(read.child(item, 'table'), known), ...stretch(item) }
    }),
    slotsLost: read.references(read.child(node, 'slotsLost'), known.slots, 'slot'),
    newParticipants: fresh('newParticipants', readParticipant),
    newCandidates: fresh('newCandidates', readCandidate),
    locks: list('locks').map((item) => readLocked(item, known)),
  }
}

/** Those of the instance and the new ones, which must differ. */
function knownIds(node: Node, { slots, tables, participants, candidates }: Instance): Ids {
  const ids = (list: { id: string }[]) => new Set(list.map(({ id }) => id))
  const withNew = (key: string, old: { id: string }[]) => {
    const [items, known] = [read.items(read.child(node, key), true), ids(old)]
    for (const place of items.map((item) => read.child(item, 'id')))
      if (known.has(place.value as string)) read.fail(place, `“${String(place.value)}” is there already`)
    return new Set([...known, ...read.ids(items)])
  }
  return {
    slots: ids(slots),
    tables: Array.isArray(tables) ? ids(tables) : null,
    participants: withNew('newParticipants', participants),
    candidates: withNew('newCandidates', candidates),
  }
}

const readSlot = (node: Node, known: Ids, absent: string): string =>
  read.isAbsent(node) ? absent : read.reference(node, known.slots, 'slot')

function readStretch(node: Node, known: Ids, now: string, slots: { id: string }[]): Stretch {
  const from = readSlot(read.child(node, 'from'), known, now)
  const to = readSlot(read.child(node, 'to'), known, slots.at(-1)?.id ?? '')
  const place = (id: string) => slots.findIndex((slot) => slot.id === id)
  if (place(to) < place(from) && !read.isAbsent(read.child(node, 'to')))
    read.fail(read.child(node, 'to'), 'must not be earlier than from')
  return { from, to }
}

function readTable(node: Node, { tables }: Ids): string {
  if (tables) return read.reference(node, tables, 'table')
  read.fail(node, 'needs the tables to be listed one by one, not only counted')
  return ''
}

function readLocked(node: Node, known: Ids): { candidate: string } & Lock {
  read.isRecord(node, ['candidate', 'slot', 'table'])
  const [slot, table] = [read.child(node, 'slot'), read.child(node, 'table')]
  return {
    candidate: read.reference(read.child(node, 'candidate'), known.candidates, 'candidate'),
    slot: read.isAbsent(slot) ? null : read.reference(slot, known.slots, 'slot'),
    table: read.isAbsent(table) ? null : readTable(table, known),
  }
}
