import type { Meeting } from '../../../solver/index.ts'
import type { Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Suggestion } from '../../schemas/choice.ts'
import type { Keep, RunStart } from '../../schemas/run.ts'
import { findCandidates, findRefused } from '../choices/pairs.ts'
import { isUnderWay, slotsAhead, slotsOut } from '../disruptions/facts.ts'
import { clockOf } from '../events/clock.ts'
import { findEvent } from '../events/repository.ts'
import { findWithdrawn } from '../participants/repository.ts'
import {
  findLive,
  findMeetings,
  findSchedule,
  findSuggestions,
  type MeetingRow,
  type ScheduleRow,
} from '../schedules/repository.ts'
import { heldIn, isHeld } from '../schedules/succession.ts'
import { asAgreed } from '../solver-input/as-agreed.ts'
import {
  buildInstance,
  lockedSeats,
  pairsFor,
  seatsOf,
  type Camp,
  type Pair,
} from '../solver-input/instance.ts'
import { nearPlan } from '../solver-input/rules.ts'
import { findCamp, type IdsOf } from '../solver-input/repository.ts'
import { findBases, usualKeep } from './bases.ts'

/** What a run solves and where it starts from: the plan in force or a draft, and how much of it stays. */
export async function readProblem<R extends Reader>(
  reader: R,
  eventId: string,
  asked: RunStart,
  idsOf: IdsOf<R>,
) {
  const [found, day] = [await findEvent(reader, eventId), await findCamp(reader, eventId)]
  if (!found || !day) throw notFound()
  const read = await readStart(reader, eventId, asked)
  const { camp, held, stands, begun } = asOfNow(day, read, clockOf(found.programme))
  const start = { ...read, held }
  const pairs = await readPairs(reader, eventId, start, idsOf, begun)
  if (camp.slots.length === 0 || camp.tables.length === 0 || pairs.length === 0)
    throw new DomainError('nothing-to-solve')
  const instance = start.keep === 'all' ? nearBase(camp, pairs, held) : buildInstance(camp, pairs)
  return {
    keep: start.keep,
    baseId: start.base?.id ?? null,
    suggestions: await keptSuggestions(reader, start.base, pairs),
    instance: stands.length > 0 ? asAgreed(instance, stands) : instance,
  }
}

type Start = { keep: Keep; base: ScheduleRow | null; held: MeetingRow[]; off: Set<string> }

async function readStart(reader: Reader, eventId: string, { keep, base: baseId }: RunStart): Promise<Start> {
  const [usual] = await findBases(reader, eventId)
  const base = baseId ? await readBase(reader, eventId, baseId) : (usual ?? null)
  const kept = keep ?? usualKeep(usual)
  const live = await findLive(reader, eventId)
  const inForce = live ? await findMeetings(reader, live.id) : []
  // The pairs whose meeting in the plan in force was called off.
  const off = new Set(inForce.filter((one) => !isHeld(one)).map(({ candidateId }) => candidateId))
  if (!base || kept === 'nothing') return { keep: 'nothing', base: null, held: [], off }
  const all = base.id === live?.id ? inForce : await findMeetings(reader, base.id)
  const gone = await findWithdrawn(reader, eventId)
  const isThere = ({ candidateId, projectId, hostId }: MeetingRow) =>
    !off.has(candidateId) && !gone.has(projectId) && !gone.has(hostId)
  return { keep: kept, base, held: heldIn(base, all).filter(isThere), off }
}

/** On the day, what stands in the turns begun stays there, with nobody else beside it. */
function asOfNow(day: Camp, { base, held }: Start, now: Date) {
  if (base?.kind !== 'live') return { camp: day, held, stands: [], begun: new Set<string>() }
  const ahead = new Set(slotsAhead(day.slots, now).map(({ id }) => id))
  const begun = new Set(day.slots.map(({ id }) => id).filter((id) => !ahead.has(id)))
  const hasBegun = ({ slotId, state }: MeetingRow) => begun.has(slotId) || isUnderWay(state)
  const stands = held.filter(hasBegun)
  const seats = new Set(seatsOf(stands).map(({ participantId, slotId }) => `${participantId} ${slotId}`))
  const unavailable = day.people.map(({ id }): [string, Set<string>] => {
    const away = [...(day.unavailable.get(id) ?? []), ...begun]
    return [id, new Set(away.filter((slot) => !seats.has(`${id} ${slot}`)))]
  })
  const out = slotsOut(day.slots, day.tables)
  const tables = new Set(day.tables.map(({ id }) => id))
  const isThere = ({ tableId, slotId }: MeetingRow) =>
    tableId !== null && tables.has(tableId) && !out.get(tableId)?.has(slotId)
  const locked = new Map(
    stands.map((one) => [one, { ...one, locked: true, tableId: isThere(one) ? one.tableId : null }]),
  )
  return {
    camp: { ...day, unavailable: new Map(unavailable) },
    held: held.map((one) => locked.get(one) ?? one),
    ...{ stands, begun },
  }
}

async function readBase(reader: Reader, eventId: string, baseId: string): Promise<ScheduleRow> {
  const found = await findSchedule(reader, baseId)
  if (found?.event.id !== eventId) throw notFound()
  return found.schedule
}

/**
 * The pairs that could meet, but for those called off, and, of those that the schedule holds, the locked whatever the
 * wishes say; where all is kept, also those whom nobody refuses.
 */
async function readPairs<R extends Reader>(
  reader: R,
  eventId: string,
  start: Start,
  idsOf: IdsOf<R>,
  begun: Set<string>,
) {
  const found = await findCandidates(reader, eventId)
  const idOf = await idsOf(reader, eventId, found)
  // What had to be held in a turn gone by cannot be any more.
  const candidates = found
    .map(({ must, ...pair }) => ({
      ...pair,
      id: idOf(pair),
      must: begun.has(must?.slotId ?? '') ? undefined : must,
    }))
    .filter(({ id }) => !start.off.has(id))
  if (start.keep !== 'all')
    return pairsFor(
      candidates,
      start.held.filter(({ locked }) => locked),
    )
  const refused = await findRefused(reader, eventId)
  const isFine = ({ locked, projectId, hostId }: MeetingRow) =>
    locked || !refused({ projectParticipantId: projectId, hostParticipantId: hostId })
  return pairsFor(candidates, start.held.filter(isFine))
}

/** Of the pairs that the base holds though nobody has asked for them: those that still may meet. */
async function keptSuggestions(
  reader: Reader,
  base: ScheduleRow | null,
  pairs: Pair[],
): Promise<Record<string, Suggestion>> {
  const proposed = await findSuggestions(reader, base)
  const kept = pairs.filter(({ id }) => proposed.has(id))
  return Object.fromEntries(kept.map(({ id }) => [id, proposed.get(id)!]))
}

/** With the meetings held as the base: whatever must change counts, and nothing else does. */
function nearBase(camp: Camp, pairs: Pair[], held: MeetingRow[]) {
  const ids = (list: { id: string }[]) => new Set(list.map(({ id }) => id))
  const [known, slots, tables] = [ids(pairs), ids(camp.slots), ids(camp.tables)]
  const base = held
    .filter(({ candidateId, slotId }) => known.has(candidateId) && slots.has(slotId))
    .map(({ candidateId, slotId, tableId }): Meeting => {
      const seat = tableId !== null && tables.has(tableId) ? { table: tableId } : {}
      return { candidate: candidateId, slot: slotId, ...seat }
    })
  return { ...nearPlan(buildInstance(camp, pairs, [...seatsOf(held), ...lockedSeats(pairs)])), base }
}
