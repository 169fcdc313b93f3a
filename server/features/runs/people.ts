import { parseInstance, parseSolution, type Instance, type Meeting } from '../../../solver/index.ts'
import type { Actor } from '../../actor.ts'
import type { Database, Reader } from '../../database/client.ts'
import { say } from '../../messages.ts'
import type { Suggestion } from '../../schemas/choice.ts'
import type { RunPeople, RunShortfalls } from '../../schemas/run.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { findStatements } from '../choices/service.ts'
import { findParticipants } from '../participants/repository.ts'
import { findSuggestions } from '../schedules/repository.ts'
import { findFiles } from './repository.ts'
import { missingOf } from './suggestions.ts'
import { openResult, readNames } from './unmet.ts'
import { sayReason } from './unmet-words.ts'

type Person = RunPeople['people'][number]

/** What a run gives each participant: meetings, wishes met and pauses. */
export async function readPeople(db: Database, actor: Actor, runId: string): Promise<RunPeople> {
  const { eventId, hasSchedule } = await openResult(db, actor, runId)
  if (!hasSchedule) return { people: [], suggestions: [] }
  const [plan, proposed, people, statements] = await Promise.all([
    readPlan(db, runId),
    findSuggestions(db, { runId }),
    findParticipants(db, eventId),
    findStatements(db, eventId),
  ])
  const taking = new Map(people.filter(({ withdrawn }) => !withdrawn).map((one) => [one.id, one]))
  const wishes = Map.groupBy(
    statements.filter(({ toId }) => taking.has(toId)),
    ({ fromId }) => fromId,
  )
  return {
    people: plan.instance.participants.flatMap(({ id, minMeetings }) => {
      const person = taking.get(id)
      if (!person) return []
      const stops = plan.stops.get(id) ?? []
      const met = new Set(stops.map(({ other }) => other))
      const count = (level: 'must' | 'want' | 'open') => {
        const stated = (wishes.get(id) ?? []).filter((wish) => wish.level === level)
        return { stated: stated.length, met: stated.filter(({ toId }) => met.has(toId)).length }
      }
      const { side, name, organisations, short, mark, financed } = person
      return {
        ...{ id, side, name, organisations, short, mark, financed },
        ...{ meetings: stops.length, guarantee: minMeetings },
        wishes: { must: count('must'), want: count('want'), open: count('open') },
        pause: pauseOf(plan.instance, stops),
        moves: movesOf(plan.instance, stops),
      }
    }),
    suggestions: suggestedIn(plan, proposed),
  }
}

/** Those that still nobody has asked for: whoever did since has a meeting by wish. */
function suggestedIn(
  { instance, meetings }: Plan,
  proposed: Map<string, Suggestion>,
): RunPeople['suggestions'] {
  const wished = meetings.filter(({ candidate }) => !proposed.has(candidate))
  const short = missingOf(instance.source, wished)
  const held = new Set(meetings.map(({ candidate }) => candidate))
  return instance.candidates
    .filter(({ id }) => held.has(id) && proposed.has(id))
    .map(({ id, participants }) => ({
      participants: [...participants],
      ...proposed.get(id)!,
      short: participants.filter((one) => short.has(one)),
    }))
}

type Stop = { slot: number; other: string; table?: string }
type Plan = { instance: Instance; meetings: Meeting[]; stops: Map<string, Stop[]> }

async function readPlan(reader: Reader, runId: string): Promise<Plan> {
  const files = await findFiles(reader, runId)
  const instance = parseInstance(JSON.parse(files.instance))
  const { meetings } = parseSolution(JSON.parse(files.solution))
  const slots = new Map(instance.slots.map(({ id }, index) => [id, index]))
  const pairs = new Map(instance.candidates.map(({ id, participants }) => [id, participants]))
  const stops = new Map<string, Stop[]>()
  for (const { candidate, slot, table } of meetings) {
    const [one, other] = pairs.get(candidate)!
    for (const [id, met] of [
      [one, other],
      [other, one],
    ])
      stops.set(id, [...(stops.get(id) ?? []), { slot: slots.get(slot)!, other: met, table }])
  }
  for (const own of stops.values()) own.sort((one, other) => one.slot - other.slot)
  return { instance, meetings, stops }
}

/** Between two meetings of a block with a turn or more between them. */
function pauseOf({ slots }: Instance, stops: Stop[]): Person['pause'] {
  const minutes = stops.slice(1).flatMap(({ slot }, index) => {
    const [before, after] = [slots[stops[index].slot], slots[slot]]
    const isPause = slot - stops[index].slot > 1 && before.block === after.block && before.day === after.day
    return isPause && before.end !== null && after.start !== null
      ? [Math.round((Date.parse(after.start) - Date.parse(before.end)) / 60_000)]
      : []
  })
  return { minutes: minutes.reduce((sum, one) => sum + one, 0), longest: Math.max(0, ...minutes) }
}

const movesOf = ({ slots }: Instance, stops: Stop[]): number =>
  stops.slice(1).filter(({ slot, table }, index) => {
    const before = stops[index]
    return before.table !== table && slots[before.slot].day === slots[slot].day
  }).length

const LIMIT_MS = 15_000
/** Of each person so many of the strongest wishes are explained, and of so many people. */
const MOST_WISHES = 3
const MOST_PEOPLE = 15

/** Why some have fewer meetings than they are guaranteed, or none at all: what keeps each of their strongest wishes from being met. */
export async function readShortfalls(
  { db, solver }: { db: Database; solver: SolverPool },
  actor: Actor,
  runId: string,
  signal: AbortSignal,
): Promise<RunShortfalls> {
  const { eventId, programmeId, hasSchedule } = await solver.lookUp(() => openResult(db, actor, runId))
  if (!hasSchedule) return { people: [] }
  const { instance, meetings, stops } = await readPlan(db, runId)
  const held = new Set(meetings.map(({ candidate }) => candidate))
  const pairsOf = new Map<string, typeof instance.candidates>(instance.participants.map(({ id }) => [id, []]))
  for (const pair of instance.candidates) for (const id of pair.participants) pairsOf.get(id)!.push(pair)
  const under = instance.participants
    .filter(({ id, minMeetings }) => (stops.get(id)?.length ?? 0) < Math.max(1, minMeetings))
    .map(({ id }) => {
      const pairs = pairsOf.get(id)!
      const open = pairs
        .filter((pair) => !held.has(pair.id))
        .toSorted((one, other) => other.value - one.value)
      return { id, pairs: pairs.length, open: open.slice(0, MOST_WISHES).map((pair) => pair.id) }
    })
  const candidates = [...new Set(under.slice(0, MOST_PEOPLE).flatMap(({ open }) => open))]
  const answered =
    candidates.length === 0
      ? null
      : await solver.ask({
          ...{ key: `shortfalls ${runId}`, programmeId, limitMs: LIMIT_MS, signal },
          async prepare() {
            const files = await findFiles(db, runId)
            return { question: { type: 'explain' as const, ...files, candidates }, context: null }
          },
        })
  const names = await readNames(db, actor, eventId)
  const words = new Map(
    (answered?.answer.reasons ?? []).map((reason) => [reason.candidate, sayReason(names, reason)]),
  )
  return {
    people: under.map(({ id, pairs, open }) => {
      const key = pairs === 0 ? 'why_noPairs' : 'why_fewPairs'
      const few = open.length === 0 ? [say(actor.locale, key, { count: pairs })] : []
      const told = open.flatMap((candidate) => {
        const said = words.get(candidate)
        if (!said) return []
        return said.includes(names.pair(candidate)) ? [said] : [`${names.pair(candidate)}: ${said}`]
      })
      return { id, reasons: [...few, ...new Set(told)] }
    }),
  }
}
