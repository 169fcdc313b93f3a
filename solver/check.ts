import { likelyChanges, type Changes } from './check/changes.ts'
import { countAll, type Count, type Counted } from './check/counts.ts'
import type { Finding } from './check/finding.ts'
import { applyChange } from './explain/relaxation.ts'
import type { Instance } from './format/instance.ts'
import { compile } from './model/problem.ts'
import { findContradiction } from './presolve/presolve.ts'
import { sayCount, sayChanges } from './text/check-text.ts'

export interface CheckOptions {
  /** Asked between two findings and two changes that are tried; true leaves the rest of them out. */
  stop?: () => boolean
  now?: () => number
  onProgress?: (progress: { finding: Finding; done: number; elapsedMs: number }) => void
}

/**
 * What counting alone shows of an event before it is solved, each with the smallest change that helps: the impossible
 * first, one after the other as if the changes for those before had been made. Nothing found does not promise that a
 * schedule exists; what is found holds of every schedule. For the first 50 findings of a kind what helps is sought; of
 * an impossible one beyond them nothing that it names is asked for any more, to go on to the next.
 */
export function check(
  instance: Instance,
  { stop = () => false, now = () => 0, onProgress }: CheckOptions = {},
): Finding[] {
  const started = now()
  const found: Finding[] = []
  for (const finding of findings(instance, stop)) {
    found.push(finding)
    onProgress?.({ finding, done: found.length, elapsedMs: now() - started })
    if (stop()) break
  }
  return found
}

function* findings(instance: Instance, stop: Stop): Generator<Finding> {
  const seek = seeker(stop)
  const event = yield* impossible(instance, seek, stop)
  if (!event) return
  const counted = countAll(compile(event))
  for (const { severity, count } of counted)
    yield tell(event, severity, count, seek(event, count, [isUncounted(count, counted)]))
}

type Stop = () => boolean

/** What is impossible, one after the other; returns the event in which nothing is any more, null if there is none. */
function* impossible(instance: Instance, seek: Seek, stop: Stop): Generator<Finding, Instance | null> {
  let event = instance
  const seen = new Set<string>()
  for (let count = firstOf(event); count; count = firstOf(event)) {
    // What was let go as a whole and is found all the same is not to be had by that.
    if (seen.has(keyOf(count))) return null
    seen.add(keyOf(count))
    const found = seek(event, count, waysOut(event, seen, stop))
    yield tell(event, 'impossible', count, found)
    if (!found.changes && !found.unsought) return null
    event = applyAll(event, found.changes ?? askForNothing(count))
  }
  return event
}

/** What a change should do: away with this and nothing new in its place, or at least away with this. */
function waysOut(event: Instance, seen: ReadonlySet<string>, stop: Stop): Helps[] {
  const helps = areGone(seen)
  let keys: Set<string> | null = null
  const addsNone: Helps = (after) => {
    keys ??= new Set(contradictionsOf(event, stop))
    return helps(after) && contradictionsOf(after, stop).every((key) => keys!.has(key))
  }
  return [addsNone, helps]
}

/** The first contradictions, each got out of the way of the next by asking for nothing that it names. */
export function contradictionsOf(instance: Instance, stop: Stop = () => false): string[] {
  const keys: string[] = []
  let event = instance
  for (let count = firstOf(event); count && keys.length < MOST_AT_ONCE; count = firstOf(event)) {
    if (stop()) break
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

interface Sought {
  changes: Changes | null
  /** Whether some changes were not tried. */
  unsought?: true
}

/** Looks for changes that help in the first of these ways, or else in the next. */
type Seek = (event: Instance, count: Count, ways: Helps[]) => Sought

/** Beyond so many findings of a kind there is no more to learn from what helps each. */
const MOST_SOUGHT = 50

function seeker(stop: Stop): Seek {
  const sought = new Map<Count['code'], number>()
  return (event, count, ways) => {
    const before = sought.get(count.code) ?? 0
    sought.set(count.code, before + 1)
    return before < MOST_SOUGHT ? remedyOf(event, count, ways, stop) : { changes: null, unsought: true }
  }
}

function remedyOf(event: Instance, count: Count, ways: Helps[], stop: Stop): Sought {
  for (const helps of ways)
    for (const changes of likelyChanges(event, count)) {
      const isHelp = !stop() && helps(applyAll(event, changes))
      // Where it was stopped in the middle of a trial, the trial says nothing.
      if (stop()) return { changes: null, unsought: true }
      if (isHelp) return { changes }
    }
  return { changes: null }
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
  { changes, unsought }: Sought,
): Finding {
  const remedy = changes && { changes, words: sayChanges(instance, changes) }
  const words = sayCount(instance, severity, count)
  return { severity, ...count, words, remedy, ...(unsought && { unsought }) }
}
