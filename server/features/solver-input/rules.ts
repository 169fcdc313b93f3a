import type { InstanceFile, Level } from '../../../solver/index.ts'
import type { Aim, EventRules } from '../../schemas/rules.ts'
import type { SlotRow } from '../events/repository.ts'
import type { Participant } from '../participants/repository.ts'
import { daysOf, halvesOf, slotsBetween } from '../events/stretches.ts'

type PersonFile = NonNullable<InstanceFile['participants']>[number]
type LimitFile = NonNullable<PersonFile['limits']>[number]
type QuotaFile = NonNullable<InstanceFile['quotas']>[number]
type RulesFile = NonNullable<InstanceFile['rules']>
type Pair = { id: string; projectId: string; hostId: string }
type Time = { slots: SlotRow[]; timezone: string }

/** A kind of rule, as the solver is told it. */
type Kind<Rule> = {
  /** What it says of a participant. */
  person?: (
    rule: Rule,
    person: Participant,
  ) => Pick<PersonFile, 'minMeetings' | 'maxMeetings' | 'maxConsecutive'>
  /** Of which slots together a participant may have how many at most. */
  limits?: (rule: Rule, person: Participant, time: Time) => LimitFile[]
  /** Of which pairs together so many are held at most. */
  quotas?: (rule: Rule, pairs: Pair[], people: Map<string, Participant>) => QuotaFile[]
  /** How schedules are compared. */
  order?: (rule: Rule) => RulesFile
}

/** Every kind once; those that say nothing here are about the wishes (features/choices). */
const KINDS: { [K in keyof EventRules]: Kind<EventRules[K]> } = {
  weights: {},
  musts: {},
  apart: {},
  metBefore: {},
  suggestions: {},
  affinity: {},
  // Changes of table of everybody count last: they would rather have nobody meet.
  aims: { order: (rule) => ({ objective: [...rule.flatMap((aim) => LEVELS_OF[aim]), 'tableMoves'] }) },
  tolerance: { order: (rule) => (rule === 0 ? {} : { tolerance: { value: rule / 100 } }) },
  seated: {
    order: ({ projects, hosts }) => ({
      seated: [...(projects ? ['project'] : []), ...(hosts ? ['host'] : [])],
    }),
  },
  guarantee: { person: (rule, person) => ({ minMeetings: guaranteed(rule, person) }) },
  maximum: { person: (rule, person) => most('maxMeetings', person.maxMeetings ?? rule[sideOf(person)]) },
  inRow: { person: (rule, person) => most('maxConsecutive', rule[sideOf(person)]) },
  perDay: {
    limits: (rule, person, { slots }) => limitsOf(rule[sideOf(person)], daysOf(slots)),
  },
  perHalf: {
    limits: (rule, person, { slots }) => limitsOf(rule[sideOf(person)], daysOf(slots).flatMap(halvesOf)),
  },
  organisation: {
    quotas(max, pairs, people) {
      if (max === null) return []
      const withOne = Map.groupBy(pairs, ({ projectId, hostId }) =>
        organisationQuota.id(projectId, people.get(hostId)?.organisationId ?? hostId),
      )
      return [...withOne]
        .filter(([, some]) => some.length > max)
        .map(([id, some]) => ({ id, candidates: some.map((pair) => pair.id), max }))
    },
  },
  pause: {
    limits: (rule, _, { slots, timezone }) =>
      rule === null
        ? []
        : daysOf(slots)
            .map((day) => slotsBetween(day, rule.from, rule.to, timezone))
            .flatMap((window) => limitsOf(Math.max(0, window.length - rule.free), [window])),
  },
}

const LEVELS_OF: Record<Aim, Level[]> = {
  guarantee: ['shortfall'],
  wishes: ['value'],
  fairness: ['fairness'],
  days: ['breaks', 'idle'],
  tables: ['seatedMoves'],
}

/** The name of a quota, and whom it is about. */
export const organisationQuota = {
  id: (projectId: string, organisationId: string) => `${projectId} ${organisationId}`,
  of: (id: string) => ({ projectId: id.split(' ')[0], organisationId: id.split(' ')[1] }),
}

const sideOf = ({ side }: Participant) => (side === 'project' ? 'projects' : 'hosts')

const most = (name: 'maxMeetings' | 'maxConsecutive', value: number | null) =>
  value === null ? {} : { [name]: value }

/** None where the slots are too few for it to matter. */
const limitsOf = (max: number | null, stretches: SlotRow[][]): LimitFile[] =>
  stretches
    .filter(({ length }) => max !== null && length > max)
    .map((slots) => ({ slots: slots.map(({ id }) => id), max: max! }))

/** What all rules together say of a participant. */
export function ofPerson({ rules, slots, timezone }: Time & { rules: EventRules }, person: Participant) {
  const limits = all(rules, (kind, rule) => kind.limits?.(rule, person, { slots, timezone }) ?? []).flat()
  const said = all(rules, (kind, rule) => kind.person?.(rule, person) ?? {})
  return { ...said.reduce((one, other) => ({ ...one, ...other })), ...(limits.length > 0 && { limits }) }
}

const LIMITING = ['perDay', 'perHalf', 'pause'] as const

/** What limits somebody in some slots together, by the kind of rule. */
export function limitsByKind({ rules, slots, timezone }: Time & { rules: EventRules }, person: Participant) {
  const of = <K extends (typeof LIMITING)[number]>(kind: K) =>
    (KINDS[kind].limits?.(rules[kind], person, { slots, timezone }) ?? []).map((limit) => ({
      kind,
      ...limit,
    }))
  return LIMITING.flatMap((kind) => of(kind))
}

/** What they say of pairs together. */
export function quotasOf({ rules, people }: { rules: EventRules; people: Participant[] }, pairs: Pair[]) {
  const byId = new Map(people.map((person) => [person.id, person]))
  return all(rules, (kind, rule) => kind.quotas?.(rule, pairs, byId) ?? []).flat()
}

/** How they have schedules compared. */
export function orderOf(rules: EventRules) {
  const {
    seated = [],
    objective = [],
    tolerance,
  } = all<RulesFile>(rules, (kind, rule) => kind.order?.(rule) ?? {}).reduce((one, other) => ({
    ...one,
    ...other,
  }))
  const levels = objective.filter((level) => level !== 'seatedMoves' || seated.length > 0)
  return { objective: levels, seated, ...(tolerance && { tolerance }) }
}

/** Near a plan that people know, what is promised and the fewest changes come first, and nothing is given back. */
export function nearPlan<I extends { rules: ReturnType<typeof orderOf> }>(instance: I): I {
  const { tolerance: _, objective, ...rules } = instance.rules
  const others = objective.filter((level) => level !== 'shortfall')
  return { ...instance, rules: { ...rules, objective: ['shortfall', ...others] } }
}

/** The rule that allows somebody so few meetings in these slots. */
export function ruleOfLimit(
  { rules, ...time }: Time & { rules: EventRules },
  person: Participant,
  slots: string[],
): 'perDay' | 'perHalf' | 'pause' | null {
  const kinds = (['perDay', 'perHalf', 'pause'] as const).flatMap((key) => {
    const ask = <K extends typeof key>(kind: K) => KINDS[kind].limits?.(rules[kind], person, time) ?? []
    return ask(key).map((limit) => ({ key, ...limit }))
  })
  const same = kinds.filter((limit) => String(limit.slots) === String(slots))
  return same.toSorted((one, other) => (one.max ?? 0) - (other.max ?? 0)).at(0)?.key ?? null
}

const all = <T>(rules: EventRules, ask: <R>(kind: Kind<R>, rule: R) => T): T[] => {
  const of = <K extends keyof EventRules>(key: K) => ask<EventRules[K]>(KINDS[key], rules[key])
  return (Object.keys(KINDS) as (keyof EventRules)[]).map((key) => of(key))
}

/** Meetings that somebody is promised. */
export const guaranteeOf = (
  { guarantee }: EventRules,
  person: Pick<Participant, 'side' | 'financed' | 'withdrawn'>,
): number => guaranteed(guarantee, person)

/** Who has withdrawn is promised none. */
function guaranteed(
  guarantee: EventRules['guarantee'],
  { side, financed, withdrawn }: Pick<Participant, 'side' | 'financed' | 'withdrawn'>,
): number {
  if (withdrawn) return 0
  if (side === 'host') return guarantee.hosts
  return financed ? guarantee.financed : guarantee.notFinanced
}
