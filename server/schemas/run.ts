import { Type, type Static } from 'typebox'
import { Suggestion } from './choice.ts'
import { EventInfo } from './event.ts'
import { Id, Named, Nullable, Shape, Side, Time, oneOf } from './common.ts'

export const OBJECTIVES = [
  'shortfall',
  'value',
  'fairness',
  'breaks',
  'idle',
  'seatedMoves',
  'tableMoves',
] as const
export const Objective = oneOf(OBJECTIVES)
export type Objective = Static<typeof Objective>

const Figure = Type.Union([Type.Number(), Type.Array(Type.Number())])

/** One level of the objective: what the schedule reaches, what nothing can beat, and whether that is proven. */
export const ObjectiveLevel = Shape({
  level: Objective,
  value: Figure,
  bound: Nullable(Figure),
  proven: Type.Boolean(),
})
export type ObjectiveLevel = Static<typeof ObjectiveLevel>

/** What a run keeps of the schedule it starts from: all it can, the locked meetings, or nothing. */
export const KEEPS = ['all', 'locks', 'nothing'] as const
export const Keep = oneOf(KEEPS)
export type Keep = Static<typeof Keep>

/** Where a run starts; left out, near the plan in force, or near a draft with locks, if there is one. */
const start = { keep: Type.Optional(Keep), base: Type.Optional(Id) }
export const RunStart = Shape(start)
export type RunStart = Static<typeof RunStart>

export const NewRun = Shape({
  seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  ...start,
})
export type NewRun = Static<typeof NewRun>

export const RUN_STATUSES = ['queued', 'running', 'done', 'stopped', 'infeasible', 'failed'] as const
export const RunStatus = oneOf(RUN_STATUSES)
export type RunStatus = Static<typeof RunStatus>

/** A point of the live curve. Levels not known yet are null. */
export const RunProgress = Shape({
  elapsedMs: Type.Number(),
  stage: Type.String(),
  shortfall: Nullable(Type.Number()),
  value: Nullable(Type.Number()),
  bound: Nullable(Type.Number()),
  breaks: Nullable(Type.Number()),
})
export type RunProgress = Static<typeof RunProgress>

export const RunView = Shape({
  id: Id,
  status: RunStatus,
  seed: Type.Integer(),
  seconds: Type.Integer(),
  keep: Keep,
  /** The schedule it started from. */
  baseId: Nullable(Id),
  /** What it changes of that, weighed, and whether nothing that is owed as little changes less. */
  changes: Nullable(Shape({ value: Type.Number(), bound: Type.Number(), proven: Type.Boolean() })),
  createdAt: Time,
  finishedAt: Nullable(Time),
  elapsedMs: Nullable(Type.Number()),
  progress: Type.Array(RunProgress),
  objective: Type.Array(ObjectiveLevel),
  /** Of what wishes are worth, what was given back for the aims after them: at most, where the best is not proven. */
  givenBack: Nullable(
    Shape({ percent: Type.Number(), points: Type.Number(), best: Type.Number(), proven: Type.Boolean() }),
  ),
  meetings: Nullable(Type.Integer()),
  candidates: Type.Integer(),
  /** How many others go before it while it waits. */
  ahead: Nullable(Type.Integer()),
  /** The draft it made. */
  scheduleId: Nullable(Id),
  /** Why nothing came of it, in words. */
  reason: Nullable(Type.String()),
})
export type RunView = Static<typeof RunView>

/** A schedule that a run can start from, and the meetings that are locked in it. */
export const RunBase = Shape({
  id: Id,
  kind: oneOf(['draft', 'live', 'version'] as const),
  name: Type.String(),
  number: Nullable(Type.Integer()),
  changedAt: Time,
  edited: Type.Boolean(),
  meetings: Type.Integer(),
  locks: Type.Array(Shape({ names: Type.Array(Type.String()), startsAt: Time, table: Type.String() })),
})
export type RunBase = Static<typeof RunBase>

/** Build page of the organiser. */
export const RunsView = Shape({
  event: EventInfo,
  ready: Shape({
    slots: Type.Integer(),
    tables: Type.Integer(),
    participants: Type.Integer(),
    answered: Type.Integer(),
    candidates: Type.Integer(),
  }),
  /** The usual one first, and what is kept of it if nothing else is said. */
  bases: Type.Array(RunBase),
  keep: Keep,
  runs: Type.Array(RunView),
})
export type RunsView = Static<typeof RunsView>

/** Exact price of more tables, by solving the selection again. */
export const TablePrice = Shape({
  tables: Type.Integer(),
  extra: Type.Integer(),
  value: Shape({ now: Type.Number(), then: Type.Number() }),
  shortfall: Shape({ now: Type.Number(), then: Type.Number() }),
  meetings: Shape({ now: Type.Integer(), then: Type.Integer() }),
})
export type TablePrice = Static<typeof TablePrice>

/** Pairs of a run that could meet and do not, those that count most first. */
export const UnmetWishes = Shape({
  wishes: Type.Array(
    Shape({
      candidateId: Id,
      project: Type.String(),
      host: Type.String(),
      /** The host's: several hosts may hold the same office. */
      organisation: Type.String(),
      value: Type.Number(),
    }),
  ),
  /** Wishes that could not be met whatever the plan, as a rule or the organisers keep the two apart. */
  apart: Type.Array(
    Shape({
      ...{ id: Type.String(), project: Type.String(), host: Type.String(), organisation: Type.String() },
      ...{ value: Type.Number(), reason: Type.String() },
    }),
  ),
})
export type UnmetWishes = Static<typeof UnmetWishes>

/** Why a pair does not meet, and what would make it possible, in words. */
export const UnmetWish = Shape({
  candidateId: Id,
  reason: Type.String(),
  /** The least change with which every other meeting stays held; null if none was found. */
  remedy: Nullable(Type.String()),
  /** What it takes with nothing changed; null if it cannot be held at all. */
  instead: Nullable(Type.String()),
})
export type UnmetWish = Static<typeof UnmetWish>

/** What counting shows before a run, in words: the impossible first. */
export const CheckView = Shape({
  findings: Type.Array(
    Shape({
      severity: oneOf(['impossible', 'unreachable', 'tight'] as const),
      words: Type.String(),
      /** The smallest change that was found to help. */
      remedy: Nullable(Type.String()),
    }),
  ),
})
export type CheckView = Static<typeof CheckView>

const Met = Shape({ stated: Type.Integer(), met: Type.Integer() })

/** What a run gives each participant. */
export const RunPeople = Shape({
  people: Type.Array(
    Shape({
      id: Id,
      side: Side,
      ...Named,
      financed: Nullable(Type.Boolean()),
      meetings: Type.Integer(),
      guarantee: Type.Integer(),
      /** Of the wishes they stated. */
      wishes: Shape({ must: Met, want: Met, open: Met }),
      /** Minutes between two meetings in which nothing is on, inside a block: in all and at most. */
      pause: Shape({ minutes: Type.Integer(), longest: Type.Integer() }),
      /** Changes of table from one meeting of a day to the next. */
      moves: Type.Integer(),
    }),
  ),
  /** Meetings held that nobody asked for, the project first, and who would be short of their guarantee without them. */
  suggestions: Type.Array(
    Shape({
      participants: Type.Array(Id, { minItems: 2, maxItems: 2 }),
      ...Suggestion.properties,
      short: Type.Array(Id),
    }),
  ),
})
export type RunPeople = Static<typeof RunPeople>

/** Why some have fewer meetings than they are guaranteed, or none at all, in words. */
export const RunShortfalls = Shape({
  people: Type.Array(Shape({ id: Id, reasons: Type.Array(Type.String()) })),
})
export type RunShortfalls = Static<typeof RunShortfalls>

/** What is varied to see its price: a guarantee or a maximum of a group, or how many more of something. */
export const PRICED = [
  'guaranteeFinanced',
  'guaranteeNotFinanced',
  'guaranteeHosts',
  'maximumProjects',
  'maximumHosts',
  'tables',
  'slots',
  'hours',
  'hosts',
] as const
export const Priced = oneOf(PRICED)
export type Priced = Static<typeof Priced>

/** What each step of a rule costs or brings. */
export const PriceCurve = Shape({
  rule: Priced,
  /** The step that holds now. */
  now: Nullable(Type.Integer()),
  /** Like whom one more host would be. */
  like: Nullable(Type.String()),
  points: Type.Array(
    Shape({
      step: Type.Integer(),
      /** Points of wishes met by a schedule that was found; none where the step leaves no schedule. */
      value: Nullable(Type.Number()),
      proven: Type.Boolean(),
      meetings: Nullable(Type.Integer()),
      /** Guaranteed meetings that are missing. */
      shortfall: Type.Integer(),
    }),
  ),
  /** Whether every step was reached in time. */
  complete: Type.Boolean(),
})
export type PriceCurve = Static<typeof PriceCurve>

/** What is left of a run's meetings on days drawn with some absent: a share of the days, by its seed. */
export const RunStress = Shape({
  /** Meetings of the plan, and of each day drawn those still held and the guarantees broken. */
  planned: Type.Integer(),
  kept: Type.Array(Type.Integer()),
  broken: Type.Array(Type.Integer()),
  /** The guarantees broken although everybody comes. */
  under: Type.Integer(),
  /** Whoever loses meetings by the absence of others: days with them there, and meetings lost in all of them. */
  exposed: Type.Array(Shape({ id: Id, name: Type.String(), days: Type.Integer(), lost: Type.Number() })),
  complete: Type.Boolean(),
  /** Of the plan's people, who has said that they do not come: absent on every day. */
  notComing: Type.Array(Type.String()),
})
export type RunStress = Static<typeof RunStress>
