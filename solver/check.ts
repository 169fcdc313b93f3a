import { likelyChanges, type Changes } from './check/changes.ts'
import { countAll, type Count, type Counted } from './check/counts.ts'
import type { Finding } from './check/finding.ts'
import { applyChange } from './explain/relaxation.ts'
import type { Instance } from './format/instance.ts'
import { compile } from './model/problem.ts'
import { findContradiction } from './presolve/presolve.ts'
import { sayCount, sayChanges } from './text/check-text.ts'

export interface CheckOptions {
  /** Asked between two findings; true leaves the rest of them out. */
  stop?: () => boolean
  now?: () => number
  onProgress?: (progress: { finding: Finding; done: number; elapsedMs: number }) => void
}

/**
 * What counting alone shows of an event before it is solved, each with the smallest change that helps: the impossible
 * first, one after the other as if the changes for those before had been made. Nothing found does not promise that a
 * schedule exists; what is found holds of every schedule.
 */
export function check(
  instance: Instance,
  { stop = () => false, now = () => 0, onProgress }: CheckOptions = {},
): Finding[] {
  const started = now()
  const found: Finding[] = []
  for (const finding of findings(instance)) {
    found.push(finding)
    onProgress?.({ finding, done: found.length, elapsedMs: now() - started })
    if (stop()) break
  }
  return found
}

function* findings(instance: Instance): Generator<Finding> {
  let event = instance
  const seen = new Set<string>()
  let count = firstOf(event)
  for (; count; count = firstOf(event)) {
    seen.add(keyOf(count))
    const helps = areGone(seen)
    const keys = new Set(contradictionsOf(event))
    const addsNone: Helps = (after) => helps(after) && contradictionsOf(after).every((key) => keys.has(key))
    const changes = remedyOf(event, count, addsNone) ?? remedyOf(event, count, helps)
    yield tell(event, 'impossible', count, changes)
    if (!changes) return
    event = applyAll(event, changes)
  }
  const counted = countAll(compile(event))
  for (const one of counted)
    yield tell(event, one.severity, one.count, remedyOf(event, one.count, isUncounted(one.count, counted)))
}

/** The first contradictions, each got out of the way of the next by asking for nothing that it names. */
export function contradictionsOf(instance: Instance): string[] {
  const keys: string[] = []
  let event = instance
  for (let count = firstOf(event); count && keys.length < MOST_AT_ONCE; count = firstOf(event)) {
    keys.push(keyOf(count))
    event = applyAll(event, askForNothing(count))
  }
  return keys
}

/** Beyond so many it is for the next findings to tell. */
const MOST_AT_ONCE = 10

const askForNothing = ({ quotas = [], candidates = [] }: Count): Changes => [
  { kind: 'optional', candidates },
  ...quotas.map((quota) => ({ kind: 'quotaMin' as const, quota, to: 0 })),
]

const firstOf = (instance: Instance): Count | null => findContradiction(compile(instance))?.reason ?? null

const applyAll = (instance: Instance, changes: Changes): Instance => changes.reduce(applyChange, instance)

/** What a finding is about: of a meeting that cannot be held, whatever keeps it from it. */
export function keyOf({ code, participants, candidates, slots, tables, quotas }: Count): string {
  if (OF_MEETINGS.has(code)) return `meeting ${candidates![0]}`
  const about = code === 'noTableForPerson' || !OF_PEOPLE.has(code) ? { candidates, slots, tables } : {}
  return JSON.stringify([code, participants, quotas, code === 'noTableForPerson' ? null : about])
}

const OF_MEETINGS: ReadonlySet<string> = new Set<Count['code']>([
  'neverTogether',
  'lockedAway',
  'noSlot',
  'noTable',
  'noMeetings',
  'takenByLocks',
])

/** Of a participant, whichever of its meetings are named. */
const OF_PEOPLE: ReadonlySet<string> = new Set<Count['code']>([
  'tooManyMeetings',
  'tooFewSlots',
  'tooManyInRow',
  'guaranteeTooHigh',
  'slotsJustEnough',
  'guaranteeJustEnough',
])

type Helps = (after: Instance) => boolean

function remedyOf(instance: Instance, count: Count, helps: Helps): Changes | null {
  for (const changes of likelyChanges(instance, count)) if (helps(applyAll(instance, changes))) return changes
  return null
}

/** Whether the next contradiction, if there is one, is none of these. */
const areGone =
  (seen: ReadonlySet<string>): Helps =>
  (after) => {
    const next = firstOf(after)
    return next === null || !seen.has(keyOf(next))
  }

/** Whether it is counted no longer, with nothing in its place that can be had in no schedule. */
function isUncounted(count: Count, before: Counted[]): Helps {
  const keys = new Set(before.map((one) => keyOf(one.count)))
  const isFine = (one: Counted) => {
    const key = keyOf(one.count)
    return key !== keyOf(count) && (one.severity === 'tight' || keys.has(key))
  }
  return (after) => firstOf(after) === null && countAll(compile(after)).every(isFine)
}

function tell(
  instance: Instance,
  severity: Finding['severity'],
  count: Count,
  changes: Changes | null,
): Finding {
  const remedy = changes && { changes, words: sayChanges(instance, changes) }
  return { severity, ...count, words: sayCount(instance, severity, count), remedy }
}
