import { parseInstance, type Instance, type Level, type Participant, type Table } from '../format/instance.ts'

/** Whom a limit of people is varied for: these, or all of a fairness group or a side; without any, everybody. */
export interface Whom {
  participants?: readonly string[]
  fairnessGroup?: string
  side?: string
}

/** What of an event is varied, by the name of the rule. What a step then is stands beside it. */
export type Variation =
  /** The number itself. */
  | ({ rule: 'minMeetings' | 'maxMeetings' | 'maxConsecutive' } & Whom)
  /** The most of every limit that these people have. */
  | ({ rule: 'limits' } & Whom)
  | { rule: 'quotaMin' | 'quotaMax'; quota: string }
  | { rule: 'maxBreakSpread' }
  /** The share that may be given back, 0 to 1. */
  | { rule: 'tolerance'; level: Level }
  /** How many more: tables with everything that any has, slots at the end of the day, whole hours of slots. */
  | { rule: 'tables' | 'slots' | 'hours' }
  /** How many more people with the wishes and limits of this one. */
  | { rule: 'people'; like: string }

export const VARIED = [
  'minMeetings',
  'maxMeetings',
  'maxConsecutive',
  'limits',
  'quotaMin',
  'quotaMax',
  'maxBreakSpread',
  'tolerance',
  'tables',
  'slots',
  'hours',
  'people',
] as const satisfies Variation['rule'][]

/**
 * The event as it is at a step. Its `source` is not that of a file any more.
 * @throws RangeError if the step is none of this rule, or where there is nothing to vary
 */
export function vary(instance: Instance, variation: Variation, step: number): Instance {
  checkStep(instance, variation, step)
  switch (variation.rule) {
    case 'minMeetings':
    case 'maxMeetings':
    case 'maxConsecutive':
      return withLimit(instance, variation, step)
    case 'limits':
      return withLimits(instance, variation, step)
    case 'quotaMin':
    case 'quotaMax':
      return withQuota(instance, variation, step)
    case 'maxBreakSpread':
      return { ...instance, rules: { ...instance.rules, maxBreakSpread: step } }
    case 'tolerance': {
      const tolerance = { ...instance.rules.tolerance, [variation.level]: step }
      return { ...instance, rules: { ...instance.rules, tolerance } }
    }
    case 'tables':
      return { ...instance, tables: withTables(instance, step) }
    case 'slots':
      return withSlots(instance, step)
    case 'hours':
      return withSlots(instance, step * slotsInAnHour(instance))
    case 'people':
      return withPeople(instance, variation.like, step)
  }
}

function checkStep({ rules }: Instance, variation: Variation, step: number): void {
  const { rule } = variation
  const refuse = (wish: string) => {
    throw new RangeError(`a step of ${rule} must be ${wish}, not ${step}`)
  }
  if (rule === 'tolerance') {
    if (!(step >= 0 && step <= 1)) refuse('a number from 0 to 1')
    const isKnown = rules.objective.includes(variation.level)
    if (!isKnown || variation.level === 'fairness' || variation.level === 'changes')
      throw new RangeError(`there is no tolerance of “${variation.level}”`)
  } else if (rule === 'tables') {
    if (!Number.isInteger(step)) refuse('a whole number')
  } else if (!Number.isInteger(step) || step < (rule === 'maxConsecutive' ? 1 : 0))
    refuse(`a whole number from ${rule === 'maxConsecutive' ? 1 : 0}`)
}

function withLimit(
  instance: Instance,
  { rule, ...whom }: Extract<Variation, { rule: 'minMeetings' | 'maxMeetings' | 'maxConsecutive' }>,
  step: number,
): Instance {
  const ids = new Set(whoIs(instance, whom))
  const participants = instance.participants.map((one) => (ids.has(one.id) ? { ...one, [rule]: step } : one))
  return { ...instance, participants }
}

function withLimits(instance: Instance, whom: Whom, max: number): Instance {
  const ids = new Set(whoIs(instance, whom))
  const isAbout = (one: Participant) => ids.has(one.id) && one.limits.length > 0
  if (!instance.participants.some(isAbout)) throw new RangeError('nobody of them has limits')
  const participants = instance.participants.map((one) =>
    isAbout(one) ? { ...one, limits: one.limits.map((limit) => ({ ...limit, max })) } : one,
  )
  return { ...instance, participants }
}

function whoIs({ participants }: Instance, { participants: ids, fairnessGroup, side }: Whom): string[] {
  const unknown = ids?.find((id) => !participants.some((one) => one.id === id))
  if (unknown !== undefined) throw new RangeError(`there is no participant “${unknown}”`)
  const found = participants
    .filter((one) => ids?.includes(one.id) ?? true)
    .filter((one) => fairnessGroup === undefined || one.fairnessGroup === fairnessGroup)
    .filter((one) => side === undefined || one.side === side)
  if (found.length === 0) throw new RangeError('there is nobody whom that is about')
  return found.map(({ id }) => id)
}

function withQuota(
  instance: Instance,
  { rule, quota }: Extract<Variation, { rule: 'quotaMin' | 'quotaMax' }>,
  step: number,
): Instance {
  const now = instance.quotas.find(({ id }) => id === quota)
  if (!now) throw new RangeError(`there is no quota “${quota}”`)
  const parts = rule === 'quotaMin' ? { min: step } : { max: step }
  const { min, max } = { ...now, ...parts }
  if (min > max) throw new RangeError(`quota “${quota}” cannot ask for ${min} and allow ${max}`)
  const quotas = instance.quotas.map((one) => (one.id === quota ? { ...one, ...parts } : one))
  return { ...instance, quotas }
}

/** Ids that nothing has yet: “one more table”, “one more table 2”. Those of fewer are the first of those of more. */
export function newIds(what: string, count: number, list: readonly { id: string }[]): string[] {
  const taken = new Set(list.map(({ id }) => id))
  const ids: string[] = []
  for (let n = 1; ids.length < count; n++) {
    const id = n === 1 ? `one more ${what}` : `one more ${what} ${n}`
    if (!taken.has(id)) ids.push(id)
  }
  return ids
}

function withTables({ tables, participants, candidates, base }: Instance, more: number): Instance['tables'] {
  if (tables === null || more === 0) return tables
  if (typeof tables === 'number') return Math.max(0, tables + more)
  if (more > 0) return moreTables(tables, more)
  const named = new Set([
    ...participants.flatMap((one) => one.tables ?? []),
    ...candidates.flatMap(({ lock }) => lock?.table ?? []),
    ...(base ?? []).flatMap(({ table }) => table ?? []),
  ])
  const free = tables.filter(({ id }) => !named.has(id)).slice(more)
  if (free.length < -more) throw new RangeError(`only ${free.length} tables are named nowhere`)
  return tables.filter((one) => !free.includes(one))
}

/** More tables, with every feature that any of them has. */
function moreTables(tables: Table[], more: number): Table[] {
  const features = [...new Set(tables.flatMap((table) => table.features))]
  const ids = newIds('table', more, tables)
  return [...tables, ...ids.map((id) => ({ id, features, unavailable: [] }))]
}

/** Read anew, since whoever has no limit of meetings can have more of them then. */
function withSlots({ source, slots }: Instance, more: number): Instance {
  const { block } = slots.at(-1) ?? { block: 0 }
  const ids = newIds('slot', more, slots)
  const added = ids.map((id) => ({ ...source.slots.at(-1), start: undefined, end: undefined, id, block }))
  return parseInstance({ ...source, slots: [...source.slots, ...added] })
}

function slotsInAnHour({ slots }: Instance): number {
  // From one slot to the next, with the pause between them; a pause between blocks is longer.
  const starts = slots.flatMap(({ start }) => (start === null ? [] : [Date.parse(start)]))
  const pitches = starts.slice(1).flatMap((start, at) => (start > starts[at] ? start - starts[at] : []))
  const [{ start, end } = { start: null, end: null }] = slots
  const length = start !== null && end !== null ? Date.parse(end) - Date.parse(start) : Infinity
  const pitch = pitches.length > 0 ? Math.min(...pitches) : length
  if (pitch === Infinity) throw new RangeError('slots without times have no hours')
  return Math.max(1, Math.floor(HOUR / pitch))
}

const HOUR = 3_600_000

/** Twins, each with the same wishes; what is locked, required or counted by quotas stays with the one there is. */
function withPeople(instance: Instance, like: string, more: number): Instance {
  const { participants, candidates } = instance
  const model = participants.find(({ id }) => id === like)
  if (!model) throw new RangeError(`there is no participant “${like}”`)
  const wishes = candidates.filter((one) => one.participants.includes(like))
  const people = newIds(`participant like ${like}`, more, participants)
  const taken = new Set(candidates.map(({ id }) => id))
  const copies = people.flatMap((id) => {
    const named = new Map(wishes.map((one) => [one.id, unlike(`${one.id} of ${id}`, taken)]))
    return wishes.map((one) => ({
      ...one,
      id: named.get(one.id)!,
      participants: one.participants.map((other) => (other === like ? id : other)) as [string, string],
      required: false,
      lock: null,
      after: one.after.map((other) => named.get(other) ?? other),
    }))
  })
  return {
    ...instance,
    participants: [...participants, ...people.map((id) => ({ ...model, id }))],
    candidates: [...candidates, ...copies],
  }
}

function unlike(id: string, taken: Set<string>): string {
  const name = taken.has(id) ? unlike(`${id} more`, taken) : id
  taken.add(name)
  return name
}
