import { randomUUID } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import {
  isBetterOrEqual,
  isSame,
  parseInstance,
  type InstanceFile,
  type Level,
  type LevelValue,
  type Meeting,
  type Solution,
} from '../../../solver/index.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import type { Suggestion } from '../../schemas/choice.ts'
import { findUnasked } from '../choices/pairs.ts'
import { fitOf } from '../choices/present.ts'
import { findChoosers } from '../choices/service.ts'
import { findEvent } from '../events/repository.ts'
import { findLive, findMeetings } from '../schedules/repository.ts'
import { isHeld } from '../schedules/succession.ts'
import { findCamp, findPairs } from '../solver-input/repository.ts'
import { quotasOf } from '../solver-input/rules.ts'

/**
 * Meetings that nobody asked for, proposed where wishes alone leave somebody short of their guarantee. A run is solved
 * without them first; the missing ones are then chosen beside all the meetings found, the best affinity first, and with
 * those few, worth nothing, it is solved again: what is proven holds for the problem that is kept with the run.
 */
export type Suggested = { id: string; participants: [string, string]; suggestion: Suggestion }

type Pairs = NonNullable<InstanceFile['candidates']>
type Missing = Map<string, number>

/** Of somebody who is short so many partners are looked at. */
const MOST_EACH = 60
/** More than any affinity: one meeting that serves two goes before two that serve one each. */
const FOR_BOTH = 1_000

/** Who has fewer meetings than promised, and how many are missing. */
export function missingOf(
  { participants = [], candidates = [] }: InstanceFile,
  meetings: Meeting[],
): Missing {
  const pairs = new Map(candidates.map((pair) => [pair.id, pair.participants]))
  const counts = new Map<string, number>()
  for (const { candidate } of meetings)
    for (const id of pairs.get(candidate) ?? []) counts.set(id, (counts.get(id) ?? 0) + 1)
  return new Map(
    participants
      .map(({ id, minMeetings = 0 }): [string, number] => [id, minMeetings - (counts.get(id) ?? 0)])
      .filter(([, missing]) => missing > 0),
  )
}

/** What the meetings found are worth in wishes, and how many are missing to guarantees. */
export function worthOf(instance: InstanceFile, meetings: Meeting[]) {
  const values = new Map((instance.candidates ?? []).map(({ id, value = 1 }) => [id, value]))
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0)
  return {
    value: sum(meetings.map(({ candidate }) => values.get(candidate) ?? 0)),
    shortfall: sum(missingOf(instance, meetings).values()),
  }
}

/** The pairs of these people that nobody asked for and nothing forbids, and that fit as well as the event's rule says. */
export async function findSuggestible(
  reader: Reader,
  eventId: string,
  { candidates = [] }: InstanceFile,
  ids: Iterable<string>,
): Promise<Suggested[]> {
  const found = await findEvent(reader, eventId)
  const least = found?.event.rules.suggestions ?? null
  if (least === null) return []
  const [people, isUnasked, known, off] = [
    await findChoosers(reader, eventId),
    await findUnasked(reader, eventId),
    await findPairs(reader, eventId),
    await findCalledOff(reader, eventId),
  ]
  const keyOf = (one: string, other: string) => `${one} ${other}`
  const idOf = new Map([...known].map(([id, { projectId, hostId }]) => [keyOf(projectId, hostId), id]))
  const taken = new Set([...candidates.map(({ participants: [one, other] }) => keyOf(one, other)), ...off])
  const byId = new Map(people.map((one) => [one.participant.id, one]))
  const suggested = new Map<string, Suggested>()
  for (const id of ids) {
    await breathe()
    const self = byId.get(id)
    if (!self) continue
    const fitting = people
      .filter(({ participant }) => participant.side !== self.participant.side)
      .flatMap((other) => {
        const [project, host] = self.project ? [self, other] : [other, self]
        const [projectId, hostId] = [project.participant.id, host.participant.id]
        const key = keyOf(projectId, hostId)
        if (taken.has(key) || !isUnasked({ projectParticipantId: projectId, hostParticipantId: hostId }))
          return []
        const suggestion = fitOf(host, project)
        const participants: Suggested['participants'] = [projectId, hostId]
        return suggestion.compatibility < least ? [] : [{ key, participants, suggestion }]
      })
      .toSorted((one, other) => other.suggestion.compatibility - one.suggestion.compatibility)
    for (const { key, ...pair } of fitting.slice(0, MOST_EACH))
      suggested.set(key, suggested.get(key) ?? { id: idOf.get(key) ?? randomUUID(), ...pair })
  }
  return [...suggested.values()]
}

/** Pairs whose meeting in the plan in force was called off. */
async function findCalledOff(reader: Reader, eventId: string): Promise<string[]> {
  const live = await findLive(reader, eventId)
  const meetings = live ? await findMeetings(reader, live.id) : []
  return meetings.filter((one) => !isHeld(one)).map(({ projectId, hostId }) => `${projectId} ${hostId}`)
}

/** The question which of them to propose: all that was found is held, and of each person no more than is missing. */
export async function askWhich(
  reader: Reader,
  eventId: string,
  instance: InstanceFile,
  meetings: Meeting[],
  fitting: Suggested[],
): Promise<InstanceFile> {
  const missing = missingOf(instance, meetings)
  const { base: _, ...whole } = await withPairs(reader, eventId, instance, fitting)
  const held = new Set(meetings.map(({ candidate }) => candidate))
  const worth = new Map(
    fitting.map(({ id, participants, suggestion }) => {
      const isForBoth = participants.every((one) => missing.has(one))
      return [id, suggestion.compatibility + 1 + (isForBoth ? FOR_BOTH : 0)]
    }),
  )
  const ofPerson = [...missing].map(([id, max]) => {
    const own = fitting.filter(({ participants }) => participants.includes(id)).map((pair) => pair.id)
    return { id: `missing ${id}`, candidates: own, max }
  })
  const isAsked = (id: string) => held.has(id) || worth.has(id)
  return {
    ...whole,
    candidates: (whole.candidates ?? [])
      .filter(({ id }) => isAsked(id))
      .map((pair) => ({
        ...pair,
        value: worth.get(pair.id) ?? 0,
        ...(held.has(pair.id) && { required: true }),
      })),
    quotas: [...(whole.quotas ?? []), ...ofPerson].map((quota) => ({
      ...quota,
      candidates: (quota.candidates ?? []).filter(isAsked),
    })),
    rules: { ...whole.rules, objective: ['shortfall', 'value'], tolerance: {} },
  }
}

/** The problem with some pairs more, worth nothing, and what the event's rules say of pairs together. */
export async function withPairs(
  reader: Reader,
  eventId: string,
  instance: InstanceFile,
  added: Suggested[],
): Promise<InstanceFile> {
  const camp = await findCamp(reader, eventId)
  if (!camp) throw notFound()
  const more: Pairs = added.map(({ id, participants }) => ({ id, participants, value: 0 }))
  const candidates = [...(instance.candidates ?? []), ...more]
  const said = new Map((instance.quotas ?? []).map((quota) => [quota.id, quota]))
  const all = quotasOf(
    camp,
    candidates.map(({ id, participants: [projectId, hostId] }) => ({ id, projectId, hostId })),
  )
  // What was agreed already may be more than the rule allows: then that stays.
  for (const quota of all) said.set(quota.id, { ...quota, max: said.get(quota.id)?.max ?? quota.max })
  return { ...instance, candidates, ...(said.size > 0 && { quotas: [...said.values()] }) }
}

/** The same with every meeting found to be held, for when the search would give one up. */
export const holding = (instance: InstanceFile, meetings: Meeting[]): InstanceFile => {
  const held = new Set(meetings.map(({ candidate }) => candidate))
  const candidates = (instance.candidates ?? []).map((pair) =>
    held.has(pair.id) ? { ...pair, required: true } : pair,
  )
  return { ...instance, candidates }
}

/**
 * A schedule found while meetings had to be held, told of the problem without that, which had been searched before: what
 * was proven among those schedules alone counts for nothing. A bound of the search holds as long as the schedule is as
 * good as its own on the levels before; after that only what is true of every schedule does.
 */
export function heldIn(whole: InstanceFile, searched: Solution, { objective, ...held }: Solution): Solution {
  const problem = parseInstance(whole)
  let [isAsGood, isProven] = [true, true]
  const farthest = (level: Level, value: LevelValue): LevelValue => {
    if (Array.isArray(value)) return value.map(() => problem.slots.length)
    return level === 'value' ? problem.candidates.reduce((sum, one) => sum + one.value, 0) : 0
  }
  const levels = problem.rules.objective.flatMap((level) => {
    const [before, reached] = [searched.objective[level], objective[level]]
    if (!reached) return []
    const bound = isAsGood && before ? before.bound : farthest(level, reached.value)
    isProven &&= isSame(bound, reached.value)
    isAsGood &&= before !== undefined && isBetterOrEqual(level, reached.value, before.value)
    return [[level, { value: reached.value, bound, proven: isProven }] as const]
  })
  return {
    ...held,
    instance: searched.instance,
    status: isProven ? 'optimal' : 'feasible',
    objective: Object.fromEntries(levels),
    certificate: {},
  }
}
