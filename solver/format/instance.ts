import * as read from './json-reader.ts'
import type { Node } from './json-reader.ts'
import type { Meeting } from './solution.ts'

/** Levels of the objective; `value` and `fairness` are maximised, the others minimised. */
export const LEVELS = ['shortfall', 'changes', 'value', 'fairness', 'breaks', 'idle', 'tableMoves'] as const
export type Level = (typeof LEVELS)[number]
const LEVELS_WITHOUT_BASE = LEVELS.filter((level) => level !== 'changes')

export interface Slot {
  id: string
  /** RFC 3339 date and time, or null when slots are just numbered. */
  start: string | null
  end: string | null
  /** Slots of one block have no pause between them; blocks are contiguous. */
  block: number
}

export interface Table {
  id: string
  features: string[]
  /** Slots in which nobody can sit there. */
  unavailable: string[]
}

export interface Participant {
  id: string
  /** A label such as "project" or "host"; the rules do not depend on it, but for ties in table moves. */
  side: string | null
  unavailable: string[]
  /** The guarantee: each missing meeting counts 1 in `shortfall`. */
  minMeetings: number
  maxMeetings: number
  /** Most meetings in a row inside a block. */
  maxConsecutive: number
  /** Features that every table of this participant must have. */
  needs: string[]
  /** The only tables this participant may sit at, or null for any. */
  tables: string[] | null
  /** Who carries one takes part in `fairness`. */
  fairnessGroup: string | null
}

/** Whether a person can sit at a table. */
export const suits = (
  { needs, tables }: Pick<Participant, 'needs' | 'tables'>,
  { id, features }: Table,
): boolean => (tables?.includes(id) ?? true) && needs.every((need) => features.includes(need))

export interface Lock {
  slot: string | null
  table: string | null
}

export interface Candidate {
  id: string
  participants: [string, string]
  value: number
  required: boolean
  /** The only slots it may be held in, or null for any. */
  slots: string[] | null
  /** Candidates that, if both are held, must come strictly earlier. */
  after: string[]
  /** Held for certain, at this slot and/or table. */
  lock: Lock | null
}

export interface Quota {
  id: string
  candidates: string[]
  min: number
  max: number
}

export const BREAK_SCOPES = ['block', 'event'] as const
export const REPAIR_ORDERS = ['fewest-changes', 'fewest-losses'] as const

export interface Rules {
  objective: Level[]
  breakScope: (typeof BREAK_SCOPES)[number]
  /** Most that the numbers of breaks of two participants may differ, or null for no such rule. */
  maxBreakSpread: number | null
  /** Share (0 to 1) of a level's own optimum that later levels may give back. */
  tolerance: Partial<Record<Level, number>>
  repair: (typeof REPAIR_ORDERS)[number]
}

/** A parsed problem with every default filled in. */
export interface Instance {
  name: string
  slots: Slot[]
  /** The tables, only their number, or null for no limit. */
  tables: Table[] | number | null
  participants: Participant[]
  candidates: Candidate[]
  quotas: Quota[]
  /** The schedule that is to be kept as far as it can be, or null; the level `changes` counts from it. */
  base: Meeting[] | null
  rules: Rules
  /** The JSON as given; a solution carries its hash. */
  source: unknown
}

export interface Ids {
  slots: ReadonlySet<string>
  tables: ReadonlySet<string> | null
  participants: ReadonlySet<string>
  candidates: ReadonlySet<string>
}

const MOST = Number.MAX_SAFE_INTEGER
export const MOST_VALUE = 1_000_000
export const MOST_COUNT = 1_000_000

const TOP_KEYS = 'format version name slots tables participants candidates quotas base rules'.split(' ')
const SLOT_KEYS = 'id start end block'.split(' ')
const PARTICIPANT_KEYS =
  'id side unavailable minMeetings maxMeetings maxConsecutive needs tables fairnessGroup'.split(' ')
const CANDIDATE_KEYS = 'id participants value required slots after lock'.split(' ')
const RULE_KEYS = 'objective breakScope maxBreakSpread tolerance repair'.split(' ')

/**
 * Reads an instance (open file format, version 1) and fills in every default.
 * @param json the parsed JSON document
 * @throws FormatError with a JSON pointer for every problem found
 */
export function parseInstance(json: unknown): Instance {
  const node = read.root(json)
  if (!read.isRecord(node, TOP_KEYS)) read.throwIfWrong(node)
  readHeader(node, 'incontro/instance')
  const known = readIds(node)
  const instance = readParts(node, known)
  read.throwIfWrong(node)
  return instance
}

/** Checks `format` and `version`, which every file of the format begins with. */
export function readHeader(node: Node, format: string): void {
  const given = read.child(node, 'format')
  if (given.value !== format) read.fail(given, `must be “${format}”`)
  const version = read.child(node, 'version')
  if (version.value !== 1) read.fail(version, 'must be 1, the only version there is')
}

function readIds(node: Node): Ids {
  const tables = read.child(node, 'tables')
  return {
    slots: read.ids(read.items(read.child(node, 'slots'))),
    tables: Array.isArray(tables.value) ? read.ids(read.items(tables)) : null,
    participants: read.ids(read.items(read.child(node, 'participants'), true)),
    candidates: read.ids(read.items(read.child(node, 'candidates'), true)),
  }
}

function readParts(node: Node, known: Ids): Instance {
  const list = <T>(key: string, one: (item: Node, known: Ids) => T): T[] =>
    read.items({ ...read.child(node, key), errors: node.errors }, true).map((item) => one(item, known))
  const slots = list('slots', readSlot)
  checkBlocks(read.child(node, 'slots'), slots)
  return {
    name: read.optionalText(read.child(node, 'name')) ?? '',
    slots,
    tables: readTables(read.child(node, 'tables'), known),
    participants: list('participants', readParticipant),
    candidates: list('candidates', readCandidate),
    quotas: readQuotas(read.child(node, 'quotas'), known),
    base: read.isAbsent(read.child(node, 'base')) ? null : readBase(read.child(node, 'base'), known),
    rules: readRules(read.child(node, 'rules'), !read.isAbsent(read.child(node, 'base'))),
    source: node.value,
  }
}

function readSlot(node: Node): Slot {
  const known = read.isRecord(node, SLOT_KEYS)
  const at = (key: string) => read.child(node, key)
  if (!known) return { id: '', start: null, end: null, block: 0 }
  const slot = {
    id: read.text(at('id')),
    start: readTime(at('start')),
    end: readTime(at('end')),
    block: read.integer(at('block'), { min: 0, max: MOST_COUNT, default: 0 }),
  }
  if (slot.start !== null && slot.end !== null && Date.parse(slot.end) <= Date.parse(slot.start))
    read.fail(at('end'), 'must be later than start')
  return slot
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

function readTime(node: Node): string | null {
  const time = read.optionalText(node)
  if (time && !(TIME.test(time) && Number.isFinite(Date.parse(time))))
    read.fail(node, 'must be a date and time with its offset, such as 2026-11-22T09:30:00+01:00')
  return time
}

function checkBlocks(node: Node, slots: Slot[]): void {
  const closed = new Set<number>()
  slots.forEach((slot, index) => {
    if (closed.has(slot.block))
      read.fail(
        read.child(read.child(node, index), 'block'),
        `the slots of block ${slot.block} must follow each other`,
      )
    if (slots[index + 1]?.block !== slot.block) closed.add(slot.block)
  })
}

function readTables(node: Node, known: Ids): Table[] | number | null {
  if (read.isAbsent(node)) return null
  if (!Array.isArray(node.value)) return read.integer(node, { min: 0, max: MOST_COUNT })
  return read.items(node).map((item) => {
    read.isRecord(item, ['id', 'features', 'unavailable'])
    return {
      id: read.text(read.child(item, 'id')),
      features: read.texts(read.child(item, 'features')),
      unavailable: read.references(read.child(item, 'unavailable'), known.slots, 'slot'),
    }
  })
}

export function readParticipant(node: Node, known: Ids): Participant {
  read.isRecord(node, PARTICIPANT_KEYS)
  const at = (key: string) => read.child(node, key)
  const all = known.slots.size
  return {
    id: read.text(at('id')),
    side: read.optionalText(at('side')),
    unavailable: read.references(at('unavailable'), known.slots, 'slot'),
    minMeetings: read.integer(at('minMeetings'), { min: 0, max: MOST_COUNT, default: 0 }),
    maxMeetings: read.integer(at('maxMeetings'), { min: 0, max: MOST_COUNT, default: all }),
    maxConsecutive: read.integer(at('maxConsecutive'), {
      min: 1,
      max: MOST_COUNT,
      default: Math.max(1, all),
    }),
    needs: readNeeds(at('needs'), known),
    tables: read.isAbsent(at('tables')) ? null : readOwnTables(at('tables'), known),
    fairnessGroup: read.optionalText(at('fairnessGroup')),
  }
}

const NO_TABLE_LIST = 'needs the tables to be listed one by one, not only counted'

function readNeeds(node: Node, known: Ids): string[] {
  const needs = read.texts(node)
  if (needs.length > 0 && known.tables === null) read.fail(node, NO_TABLE_LIST)
  return needs
}

function readOwnTables(node: Node, known: Ids): string[] {
  if (known.tables === null) read.fail(node, NO_TABLE_LIST)
  return read.references(node, known.tables ?? new Set(), 'table')
}

export function readCandidate(node: Node, known: Ids): Candidate {
  read.isRecord(node, CANDIDATE_KEYS)
  const at = (key: string) => read.child(node, key)
  const id = read.text(at('id'))
  return {
    id,
    participants: readPair(at('participants'), known),
    value: read.integer(at('value'), { min: 0, max: MOST_VALUE, default: 1 }),
    required: read.flag(at('required'), false),
    slots: read.isAbsent(at('slots')) ? null : read.references(at('slots'), known.slots, 'slot'),
    after: readAfter(at('after'), known, id),
    lock: read.isAbsent(at('lock')) ? null : readLock(at('lock'), known),
  }
}

function readPair(node: Node, known: Ids): [string, string] {
  const pair = read.references(node, known.participants, 'participant')
  if (Array.isArray(node.value) ? node.value.length !== 2 : read.isAbsent(node))
    read.fail(node, 'must name two participants')
  return [pair[0] ?? '', pair[1] ?? '']
}

function readAfter(node: Node, known: Ids, self: string): string[] {
  const after = read.references(node, known.candidates, 'candidate')
  if (after.includes(self)) read.fail(node, 'a candidate cannot come after itself')
  return after
}

export function readLock(node: Node, known: Ids): Lock {
  read.isRecord(node, ['slot', 'table'])
  const slot = read.child(node, 'slot')
  const table = read.child(node, 'table')
  if (!read.isAbsent(table) && known.tables === null) read.fail(table, NO_TABLE_LIST)
  return {
    slot: read.isAbsent(slot) ? null : read.reference(slot, known.slots, 'slot'),
    table: read.isAbsent(table)
      ? null
      : read.reference(table, known.tables ?? new Set([String(table.value)]), 'table'),
  }
}

function readQuotas(node: Node, known: Ids): Quota[] {
  const nodes = read.items(node, true)
  read.ids(nodes)
  return nodes.map((item) => readQuota(item, known))
}

function readQuota(node: Node, known: Ids): Quota {
  read.isRecord(node, ['id', 'candidates', 'min', 'max'])
  const at = (key: string) => read.child(node, key)
  const candidates = read.references(at('candidates'), known.candidates, 'candidate')
  const quota = {
    id: read.text(at('id')),
    candidates,
    min: read.integer(at('min'), { min: 0, max: MOST, default: 0 }),
    max: read.integer(at('max'), { min: 0, max: MOST, default: candidates.length }),
  }
  if (!read.isAbsent(at('max')) && quota.min > quota.max) read.fail(at('min'), 'must not be more than max')
  return quota
}

function readBase(node: Node, known: Ids): Meeting[] {
  const seen = new Set<string>()
  return read.items(node).map((item) => {
    read.isRecord(item, ['candidate', 'slot', 'table'])
    const [candidate, table] = [read.child(item, 'candidate'), read.child(item, 'table')]
    const meeting = {
      candidate: read.reference(candidate, known.candidates, 'candidate'),
      slot: read.reference(read.child(item, 'slot'), known.slots, 'slot'),
    }
    if (seen.has(meeting.candidate)) read.fail(candidate, `“${meeting.candidate}” is there twice`)
    seen.add(meeting.candidate)
    if (read.isAbsent(table)) return meeting
    if (known.tables === null) read.fail(table, NO_TABLE_LIST)
    return {
      ...meeting,
      table: read.reference(table, known.tables ?? new Set([String(table.value)]), 'table'),
    }
  })
}

function readRules(given: Node, hasBase: boolean): Rules {
  const node = read.isAbsent(given) ? { ...given, value: {} } : given
  read.isRecord(node, RULE_KEYS)
  const at = (key: string) => read.child(node, key)
  const spread = at('maxBreakSpread')
  const repair = read.oneOf(at('repair'), REPAIR_ORDERS, 'fewest-changes')
  const objective = readObjective(at('objective'), hasBase)
  return {
    objective: hasBase ? withChanges(objective, repair) : objective,
    breakScope: read.oneOf(at('breakScope'), BREAK_SCOPES, 'block'),
    maxBreakSpread: read.isAbsent(spread) ? null : read.integer(spread, { min: 0, max: MOST_COUNT }),
    tolerance: readTolerance(at('tolerance')),
    repair,
  }
}

function readObjective(node: Node, hasBase: boolean): Level[] {
  if (read.isAbsent(node)) return [...LEVELS_WITHOUT_BASE]
  for (const item of read.items(node)) read.oneOf(item, hasBase ? LEVELS : LEVELS_WITHOUT_BASE)
  return read.texts(node) as Level[]
}

/** Where `rules.repair` puts the level `changes`, unless the objective names it. */
function withChanges(objective: Level[], repair: Rules['repair']): Level[] {
  if (objective.includes('changes')) return objective
  const before: Level[] = repair === 'fewest-losses' ? ['shortfall', 'value'] : ['shortfall']
  const place = Math.max(...before.map((level) => objective.indexOf(level))) + 1
  return objective.toSpliced(place, 0, 'changes')
}

function readTolerance(node: Node): Partial<Record<Level, number>> {
  if (read.isAbsent(node)) return {}
  const numeric = LEVELS_WITHOUT_BASE.filter((level) => level !== 'fairness')
  read.isRecord(node, numeric)
  return Object.fromEntries(
    read
      .entries(node)
      .filter(([level]) => numeric.includes(level as never))
      .map(([level, share]) => [level, read.decimal(share, { min: 0, max: 1 })]),
  )
}
