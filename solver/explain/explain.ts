import { Agenda } from '../model/partial-schedule.ts'
import { indexOf } from '../model/assignment.ts'
import { insertAll } from '../repair/min-change-insertion.ts'
import type { Instance, Level } from '../format/instance.ts'
import { measure } from '../spec/objective.ts'
import { compile, type Problem } from '../model/problem.ts'
import { applyChange, type Change } from './relaxation.ts'
import { leastLoss } from './min-loss-insertion.ts'
import { seatNear } from '../seat/seat-near-base.ts'
import { startSearch } from '../model/search-limits.ts'
import type { Meeting, Solution } from '../format/solution.ts'
import { likelyChanges, whyNever } from './relaxations.ts'
import { checkRules } from '../spec/rules.ts'
import { sayReason, sayRemedy } from './reason-text.ts'
import { EXPLAINING } from '../model/effort.ts'

/** What keeps a meeting from being held, by the name of the rule; `possible` if nothing does. */
export const REASONS = [
  'held',
  'possible',
  'availability',
  'slots',
  'tables',
  'locked',
  'maxMeetings',
  'maxConsecutive',
  'quotas',
  'fullAgenda',
  'lowerValue',
] as const
export type ReasonKind = (typeof REASONS)[number]

/** A change to the event, and a schedule that holds the meeting with it, checked against every rule. */
export interface Remedy {
  change: Change
  words: string
  /** How each level changes, where it does. */
  cost: Partial<Record<Level, number>>
  /** How many other meetings move to another slot. */
  moved: number
  meetings: Meeting[]
}

export interface Reason {
  candidate: string
  kind: ReasonKind
  /** Who or what is in the way. */
  ids: string[]
  words: string
  /** The least change with which every meeting that is held stays held; null if none was found. */
  remedy: Remedy | null
  /** Or, with nothing changed, what would have to be given up; null if it cannot be held at all. */
  instead: Remedy | null
}

/** Why a meeting is not held, and the least that would make it possible. Every remedy has been tried out. */
export async function explain(instance: Instance, solution: Solution, candidateId: string): Promise<Reason> {
  const c = instance.candidates.findIndex(({ id }) => id === candidateId)
  if (c < 0) throw new RangeError(`There is no candidate “${candidateId}”.`)
  const asked: Asked = { instance, problem: compile(instance), meetings: solution.meetings, c }
  const answer = (
    kind: ReasonKind,
    ids: string[],
    remedy: Remedy | null,
    instead: Remedy | null,
  ): Reason => ({
    candidate: candidateId,
    kind,
    ids,
    words: sayReason(instance, c, kind, ids),
    remedy,
    instead,
  })
  if (solution.meetings.some(({ candidate }) => candidate === candidateId))
    return answer('held', [], null, null)
  const rearranged = tryChange(asked, { kind: 'none' })
  if (rearranged) return answer('possible', [], rearranged, null)
  const never = whyNever(asked)
  const best = leastOf(asked)
  const instead = never ? null : giveUp(asked)
  if (never) return answer(never.kind, never.ids, best?.remedy ?? null, null)
  if (best) return answer(best.kind, best.ids, best.remedy, instead)
  return answer('lowerValue', instead ? givenUp(instead) : [], null, instead)
}

const givenUp = ({ change }: Remedy): string[] => (change.kind === 'instead' ? change.candidates : [])

export interface Asked {
  instance: Instance
  problem: Problem
  meetings: Meeting[]
  /** The candidate that is asked for. */
  c: number
}

/** The change that moves fewest others; among equals the first, as they are listed from small to large. */
function leastOf(asked: Asked) {
  let best: { kind: ReasonKind; ids: string[]; remedy: Remedy } | null = null
  for (const { kind, ids, change } of likelyChanges(asked)) {
    const remedy = tryChange(asked, change)
    if (remedy && (!best || remedy.moved < best.remedy.moved)) best = { kind, ids, remedy }
    if (best?.remedy.moved === 0) break
  }
  return best
}

/** Makes the change and puts the meeting in, everything held staying held. */
function tryChange({ instance, problem: known, meetings, c }: Asked, change: Change): Remedy | null {
  const changed = applyChange(instance, change)
  const problem = change.kind === 'none' ? known : compile(changed)
  if (meetings.length >= problem.places) return null
  const { agenda, slots, tables } = load(problem, meetings)
  if (!agenda) return null
  const inserting = { agenda, base: slots, mayDrop: () => false }
  const { stuck } = insertAll(inserting, [c], EXPLAINING.nodes)
  if (stuck.length > 0) return null
  return describe(instance, changed, change, meetings, seatNear(problem, agenda, tables, startSearch({}, 0)))
}

/** What it takes to hold the meeting with nothing changed: the least loss. */
function giveUp({ instance, problem, meetings, c }: Asked): Remedy | null {
  const { agenda, tables } = load(problem, meetings)
  const lost = agenda && leastLoss(agenda, c)
  if (!lost) return null
  const change: Change = { kind: 'instead', candidates: lost.map((one) => instance.candidates[one].id) }
  return describe(instance, instance, change, meetings, seatNear(problem, agenda, tables, startSearch({}, 0)))
}

/** The schedule as an agenda; none if it does not fit the problem. */
function load(problem: Problem, meetings: Meeting[]) {
  const { candidates, slots: slotList, tables: tableList } = problem.instance
  const [byCandidate, bySlot] = [indexOf(candidates), indexOf(slotList)]
  const byTable = indexOf(Array.isArray(tableList) ? tableList : [])
  const agenda = new Agenda(problem)
  const slots = new Int32Array(candidates.length).fill(-1)
  const tables = new Int32Array(candidates.length).fill(-1)
  for (const { candidate, slot, table } of meetings) {
    const [c, at] = [byCandidate.get(candidate), bySlot.get(slot)]
    if (c === undefined || at === undefined) return { agenda: null, slots, tables }
    slots[c] = at
    tables[c] = table === undefined ? -1 : (byTable.get(table) ?? -1)
    agenda.put(c, at)
  }
  return { agenda, slots, tables }
}

function describe(
  before: Instance,
  changed: Instance,
  change: Change,
  meetings: Meeting[],
  then: Meeting[] | null,
): Remedy | null {
  if (!then || checkRules(changed, then).length > 0) return null
  const slots = new Map(then.map(({ candidate, slot }) => [candidate, slot]))
  const moved = meetings.filter((one) => (slots.get(one.candidate) ?? one.slot) !== one.slot).length
  const cost = costOf(measure(before, meetings), measure(changed, then))
  return { change, words: sayRemedy(changed, change, moved, cost), cost, moved, meetings: then }
}

function costOf(now: ReturnType<typeof measure>, then: ReturnType<typeof measure>): Remedy['cost'] {
  const levels = Object.keys(now).filter((level) => level !== 'fairness') as Level[]
  const changes = levels.map((level) => [level, (then[level] as number) - (now[level] as number)] as const)
  return Object.fromEntries(changes.filter(([, change]) => change !== 0))
}
