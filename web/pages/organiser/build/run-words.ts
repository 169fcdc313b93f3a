import type { Keep, RunProgress, RunView } from '../../../../server/schemas/run.ts'
import { isoDate, number, time, weekday } from '../../../lib/format.ts'
import { m } from '../../../paraglide/messages.js'

export const isActive = (status: RunView['status']) => status === 'queued' || status === 'running'

/** A stopped run with a reason came to nothing. */
export const statusLabel = ({ status, reason }: Pick<RunView, 'status' | 'reason'>) =>
  ({
    queued: m.build_status_queued,
    running: m.build_status_running,
    done: m.build_status_done,
    stopped: reason === null ? m.build_status_stopped : m.build_status_stopped_empty,
    infeasible: m.build_status_infeasible,
    failed: m.build_status_failed,
  })[status]()

/** As the draft that it made is called: the runs of an event are counted, and the newest stands first. */
export const runName = (run: Pick<RunView, 'id'>, runs: Pick<RunView, 'id'>[]) =>
  m.build_run_name({ number: number(runs.length - runs.findIndex(({ id }) => id === run.id)) })

/** When it began, with the date where the runs are of several days. */
export function runTime(
  { createdAt }: Pick<RunView, 'createdAt'>,
  runs: Pick<RunView, 'createdAt'>[],
  zone: string,
) {
  const days = new Set(runs.map((one) => isoDate(one.createdAt, zone)))
  return days.size > 1 ? `${weekday(createdAt, zone)}, ${time(createdAt, zone)}` : time(createdAt, zone)
}

/** What it kept of the schedule it started from. */
export const keepLabel = (keep: Keep) =>
  ({ all: m.build_kept_all, locks: m.build_kept_locks, nothing: m.build_kept_nothing })[keep]()

/** What of the wishes was given up for the aims that come after them. */
export function givenBackWords({ percent, points, best, proven }: NonNullable<RunView['givenBack']>) {
  const figures = { percent: number(percent), points: number(points), best: number(best) }
  if (points === 0) return m.build_given_back_none(figures)
  return proven ? m.build_given_back(figures) : m.build_given_back_at_most(figures)
}

const stages: Record<string, () => string> = {
  select: m.build_stage_select,
  place: m.build_stage_place,
  compact: m.build_stage_compact,
  seat: m.build_stage_seat,
  prove: m.build_stage_prove,
}
export const stageLabel = (stage: string | undefined) => (stages[stage ?? ''] ?? m.build_stage_starting)()

/** Points of a run's curve from two sources, each once, in order of time. */
export function joinProgress(known: RunProgress[], more: RunProgress[]): RunProgress[] {
  const byTime = new Map([...known, ...more].map((point) => [point.elapsedMs, point]))
  return [...byTime.values()].sort((one, other) => one.elapsedMs - other.elapsedMs)
}

/** The curve of the wishes met, against the most that can be met. */
export const curveOf = (progress: RunProgress[]) =>
  progress.map(({ elapsedMs, value, bound }) => ({ seconds: elapsedMs / 1000, incumbent: value, bound }))
