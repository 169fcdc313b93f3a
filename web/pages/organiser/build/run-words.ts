import type { Keep, RunProgress, RunView } from '../../../../server/schemas/run.ts'
import { number } from '../../../lib/format.ts'
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
