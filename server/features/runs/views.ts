import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { Database, Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import { RunsView, type RunBase } from '../../schemas/run.ts'
import type { View } from '../../view.ts'
import { findCandidates } from '../choices/pairs.ts'
import { byClockOf } from '../events/clock.ts'
import { openEventView } from '../events/open.ts'
import { presentEvent } from '../events/present.ts'
import { findEvent } from '../events/repository.ts'
import { findLocks } from '../schedules/repository.ts'
import { findBases, usualKeep } from './bases.ts'
import { namesFor, type Names } from './names.ts'
import { presentRun } from './present.ts'
import { findRun, findRuns } from './repository.ts'
import { findCamp, findPairs, type Pairs } from '../solver-input/repository.ts'

/** The organiser's build page: what there is to solve and every run so far. */
export const runsView: View = {
  name: 'runs',
  path: '/events/:eventId/runs',
  schema: RunsView,
  open: (reader, actor, eventId) => openEventView(reader, actor, eventId, 'run.read', [topic.organisers]),
  read: readRuns,
  colleagues: true,
}

async function readRuns(reader: Reader, actor: Actor, eventId: string): Promise<RunsView> {
  const [found, camp, candidates, runs, bases] = await Promise.all([
    findEvent(reader, eventId),
    findCamp(reader, eventId),
    findCandidates(reader, eventId),
    findRuns(reader, eventId),
    findBases(reader, eventId),
  ])
  if (!found || !camp) throw notFound()
  const locks = await findLocks(
    reader,
    bases.filter(({ locked }) => locked > 0).map(({ id }) => id),
  )
  const pairs: Pairs = runs.some(({ cause }) => cause) ? await findPairs(reader, eventId) : new Map()
  const names = namesFor(actor.locale, { ...camp, pairs })
  return {
    event: presentEvent(found.event, found.programme),
    ready: {
      slots: camp.slots.length,
      tables: camp.tables.length,
      participants: camp.people.length,
      answered: camp.people.filter(({ answeredAt }) => answeredAt !== null).length,
      candidates: candidates.length,
    },
    bases: bases.map((base) => presentBase(base, found.programme, locks, names)),
    keep: usualKeep(bases.at(0)),
    runs: runs.map((run) => presentRun(run, names)),
  }
}

type Locks = Awaited<ReturnType<typeof findLocks>>

const presentBase = (
  { id, kind, name, number, changedAt, edited, meetings }: Awaited<ReturnType<typeof findBases>>[number],
  programme: { clockOffsetMs: number },
  locks: Locks,
  names: Names,
): RunBase => ({
  ...{ id, kind, name, number, edited, meetings },
  changedAt: byClockOf(programme, changedAt).toISOString(),
  locks: locks
    .filter(({ scheduleId }) => scheduleId === id)
    .map(({ projectId, hostId, startsAt, tableId }) => ({
      names: [projectId, hostId].map(names.person),
      startsAt: startsAt.toISOString(),
      table: tableId === null ? '' : names.table(tableId),
    })),
})

/** A file of the open format, exactly as it was solved or found. */
export async function readFile(db: Database, actor: Actor, runId: string, part: 'instance' | 'solution') {
  const found = await findRun(db, runId)
  if (!found) throw notFound()
  allow(actor, 'run.read', { programmeId: found.programmeId, eventId: found.run.eventId })
  const file = found.run[part]
  if (file === null) throw notFound()
  return JSON.stringify(file, null, 2)
}
