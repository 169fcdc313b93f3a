import type { Meeting } from '../../../solver/index.ts'
import type { Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Keep, RunStart } from '../../schemas/run.ts'
import { findCandidates, findRefused } from '../choices/pairs.ts'
import { findWithdrawn } from '../participants/repository.ts'
import { findMeetings, findSchedule, type MeetingRow, type ScheduleRow } from '../schedules/repository.ts'
import { heldIn } from '../schedules/succession.ts'
import { buildInstance, pairsFor, type Camp, type Pair } from '../solver-input/instance.ts'
import { findCamp, type IdsOf } from '../solver-input/repository.ts'
import { findBases, usualKeep } from './bases.ts'

/** What a run solves and where it starts from: the plan in force or a draft, and how much of it stays. */
export async function readProblem<R extends Reader>(
  reader: R,
  eventId: string,
  asked: RunStart,
  idsOf: IdsOf<R>,
) {
  const camp = await findCamp(reader, eventId)
  if (!camp) throw notFound()
  const start = await readStart(reader, eventId, asked)
  const pairs = await readPairs(reader, eventId, start, idsOf)
  if (camp.slots.length === 0 || camp.tables.length === 0 || pairs.length === 0)
    throw new DomainError('nothing-to-solve')
  return {
    keep: start.keep,
    baseId: start.base?.id ?? null,
    instance: start.keep === 'all' ? nearBase(camp, pairs, start.held) : buildInstance(camp, pairs),
  }
}

type Start = { keep: Keep; base: ScheduleRow | null; all: MeetingRow[]; held: MeetingRow[] }

async function readStart(reader: Reader, eventId: string, { keep, base: baseId }: RunStart): Promise<Start> {
  const [usual] = await findBases(reader, eventId)
  const base = baseId ? await readBase(reader, eventId, baseId) : (usual ?? null)
  const kept = keep ?? usualKeep(usual)
  if (!base || kept === 'nothing') return { keep: 'nothing', base: null, all: [], held: [] }
  const [all, gone] = [await findMeetings(reader, base.id), await findWithdrawn(reader, eventId)]
  const isThere = ({ projectId, hostId }: MeetingRow) => !gone.has(projectId) && !gone.has(hostId)
  return { keep: kept, base, all, held: heldIn(base, all).filter(isThere) }
}

async function readBase(reader: Reader, eventId: string, baseId: string): Promise<ScheduleRow> {
  const found = await findSchedule(reader, baseId)
  if (found?.event.id !== eventId) throw notFound()
  return found.schedule
}

/**
 * The pairs that could meet and, of those that the schedule holds, the locked whatever the wishes say; where all is
 * kept, also those whom nobody refuses, and none whose meeting was called off.
 */
async function readPairs<R extends Reader>(reader: R, eventId: string, start: Start, idsOf: IdsOf<R>) {
  const found = await findCandidates(reader, eventId)
  const idOf = await idsOf(reader, eventId, found)
  const candidates = found.map((pair) => ({ ...pair, id: idOf(pair) }))
  if (start.keep !== 'all')
    return pairsFor(
      candidates,
      start.held.filter(({ locked }) => locked),
    )
  const refused = await findRefused(reader, eventId)
  const isFine = ({ locked, projectId, hostId }: MeetingRow) =>
    locked || !refused({ projectParticipantId: projectId, hostParticipantId: hostId })
  const off = new Set(start.all.map(({ candidateId }) => candidateId))
  for (const { candidateId } of heldIn(start.base!, start.all)) off.delete(candidateId)
  return pairsFor(
    candidates.filter(({ id }) => !off.has(id)),
    start.held.filter(isFine),
  )
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
  const chairs = held.flatMap(({ projectId, hostId, slotId }) =>
    [projectId, hostId].map((participantId) => ({ participantId, slotId })),
  )
  return { ...buildInstance(camp, pairs, chairs), base }
}
