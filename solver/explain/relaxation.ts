import type { Instance, InstanceFile, Limit } from '../format/instance.ts'
import { newIds } from './variation.ts'

/** One thing that could be different, for a meeting that is not held. */
export type Change =
  | { kind: 'none' }
  | { kind: 'maxMeetings' | 'maxConsecutive'; participant: string; to: number }
  | { kind: 'limit'; participant: string; slots: string[]; to: number }
  | { kind: 'available'; participants: string[]; slot: string }
  | { kind: 'slot'; candidate: string; slot: string }
  | { kind: 'table'; table: string }
  | { kind: 'features'; table: string; features: string[] }
  | { kind: 'ownTable'; participant: string; table: string }
  | { kind: 'quota'; quota: string; to: number }
  | { kind: 'unlock'; candidate: string }
  | { kind: 'instead'; candidates: string[] }

/** One thing that could be different about an event, whoever asks. */
export type EventChange =
  | Change
  | { kind: 'minMeetings'; participant: string; to: number }
  | { kind: 'quotaMin'; quota: string; to: number }
  /** Neither required nor locked. */
  | { kind: 'optional'; candidates: string[] }
  /** Tables with everything that any table has. */
  | { kind: 'tables'; more: number }
  /** A candidate need not come after another. */
  | { kind: 'order'; candidate: string; after: string }

type Item = Record<string, unknown> & { id: string }
type Document = Record<string, unknown>

/** The instance with the change made: a file of its own, with its own hash. */
export function applyChange(instance: Instance, change: EventChange): Instance {
  if (change.kind === 'none' || change.kind === 'instead') return instance
  const slots = instance.slots.map(({ id }) => id)
  const apply = (document: Document) => ({ ...document, ...changed(document, change, slots) })
  return {
    ...(apply(instance as unknown as Document) as unknown as Instance),
    source: apply(instance.source) as InstanceFile,
  }
}

/** The changed part; parsed instances and files have the same keys. */
function changed(document: Document, change: EventChange, slots: string[]): Document {
  const edit = (key: string, id: string, parts: (item: Item) => Document) => editIn(document, key, id, parts)
  const without = (list: unknown, id: string) => ((list ?? []) as string[]).filter((one) => one !== id)
  switch (change.kind) {
    case 'maxMeetings':
    case 'maxConsecutive':
      return edit('participants', change.participant, () => ({ [change.kind]: change.to }))
    case 'limit':
      return edit('participants', change.participant, ({ limits }) => ({
        limits: (limits as Limit[]).map((one) =>
          areSame(one.slots, change.slots) ? { ...one, max: Math.max(one.max, change.to) } : one,
        ),
      }))
    case 'available':
      return {
        participants: ((document.participants ?? []) as Item[]).map((item) =>
          change.participants.includes(item.id)
            ? { ...item, unavailable: without(item.unavailable, change.slot) }
            : item,
        ),
      }
    case 'slot':
      return edit('candidates', change.candidate, (item) => ({
        slots: slots.filter((slot) => slot === change.slot || (item.slots as string[]).includes(slot)),
      }))
    case 'quota':
      return edit('quotas', change.quota, () => ({ max: change.to }))
    case 'unlock':
      return edit('candidates', change.candidate, (item) => (item.lock ? unlocked(document, item) : {}))
    case 'table':
      return { tables: withTable(document.tables as Item[] | number, change.table) }
    case 'minMeetings':
      return edit('participants', change.participant, () => ({ minMeetings: change.to }))
    case 'quotaMin':
      return edit('quotas', change.quota, () => ({ min: change.to }))
    case 'optional': {
      const letGo = { ...unlocked(document, { id: '' }), required: false }
      return change.candidates.reduce(
        (parts, id) => editIn({ ...document, ...parts }, 'candidates', id, () => letGo),
        {},
      )
    }
    case 'features':
      return edit('tables', change.table, ({ features }) => ({
        features: [...((features ?? []) as string[]), ...change.features],
      }))
    case 'ownTable':
      return edit('participants', change.participant, ({ tables }) => ({
        tables: [...(tables as string[]), change.table],
      }))
    case 'tables':
      return { tables: withTables(document.tables as Item[] | number, change.more) }
    case 'order':
      return edit('candidates', change.candidate, ({ after }) => ({ after: without(after, change.after) }))
    default:
      return {}
  }
}

const editIn = (
  document: Document,
  key: string,
  id: string,
  parts: (item: Item) => Document,
): Record<string, Item[]> => ({
  [key]: ((document[key] ?? []) as Item[]).map((item) =>
    item.id === id ? { ...item, ...parts(item) } : item,
  ),
})

const areSame = (some: string[], others: string[]): boolean =>
  some.length === others.length && some.every((one, index) => one === others[index])

/** Parsed instances write null for no lock, files leave the key out. */
const unlocked = (document: Document, { lock: _ }: Item): Document =>
  'source' in document ? { lock: null, required: true } : { lock: undefined, required: true }

function withTable(tables: Item[] | number, id: string): Item[] | number {
  if (typeof tables === 'number') return tables + 1
  const features = [...new Set(tables.flatMap((table) => (table.features ?? []) as string[]))]
  return [...tables, { id, features, unavailable: [] }]
}

function withTables(tables: Item[] | number, more: number): Item[] | number {
  if (typeof tables === 'number') return tables + more
  const ids = newIds('table', more, tables)
  return ids.reduce((list: Item[], id) => withTable(list, id) as Item[], tables)
}
