import type { LevelResult, Progress, Solution } from '../../../solver/index.ts'
import { isMessage, say } from '../../messages.ts'
import { OBJECTIVES, type ObjectiveLevel, type RunProgress, type RunView } from '../../schemas/run.ts'
import { sayCause } from './cause-words.ts'
import type { Names } from './names.ts'
import type { ListedRun } from './repository.ts'

export const presentRun = (run: ListedRun, names: Names): RunView => ({
  id: run.id,
  status: run.status,
  seed: run.seed,
  seconds: run.seconds,
  createdAt: run.createdAt.toISOString(),
  finishedAt: run.finishedAt?.toISOString() ?? null,
  elapsedMs: run.elapsedMs ?? run.progress.at(-1)?.elapsedMs ?? null,
  progress: run.progress,
  keep: run.keep,
  baseId: run.baseId,
  changes: presentChanges(run.objective ?? {}),
  objective: run.objective ? presentLevels(run.objective, run.order) : [],
  givenBack: presentGivenBack(run),
  meetings: run.meetings,
  candidates: run.candidates,
  ahead: run.status === 'queued' ? run.ahead : null,
  scheduleId: run.scheduleId,
  reason: presentReason(run, names),
})

function presentReason({ reason, cause }: ListedRun, names: Names): string | null {
  if (reason === null || !isMessage(reason)) return reason
  return say(names.locale, reason, cause ? { cause: sayCause(names, cause) } : {})
}

/** The levels in the order in which they count: that of the run, or the usual one of runs that did not say. */
export const presentObjective = (
  objective: Solution['objective'],
  order: readonly string[] | null = null,
): ObjectiveLevel[] =>
  (order ?? OBJECTIVES).flatMap((name) => {
    const level = OBJECTIVES.find((one) => one === name)
    if (!level) return []
    const result: LevelResult | undefined = objective[level]
    return result ? [{ level, ...result }] : []
  })

/** The same where a schedule had to stay near another: what is proven after that holds among such schedules alone. */
export function presentLevels(
  objective: Solution['objective'],
  order: readonly string[] | null,
): ObjectiveLevel[] {
  const levels = presentObjective(objective, order)
  if (!objective.changes) return levels
  return levels.map((one) => (one.level === 'shortfall' ? one : { ...one, bound: null, proven: false }))
}

function presentGivenBack({ objective, tolerance }: ListedRun): RunView['givenBack'] {
  const { value, bound, proven } = objective?.value ?? {}
  if (!tolerance || typeof value !== 'number' || typeof bound !== 'number') return null
  return { percent: tolerance * 100, points: bound - value, best: bound, proven: proven === true }
}

const presentChanges = ({ changes }: Solution['objective']): RunView['changes'] =>
  changes ? { value: Number(changes.value), bound: Number(changes.bound), proven: changes.proven } : null

const numberOrNull = (figure: unknown): number | null => (typeof figure === 'number' ? figure : null)

export const presentProgress = ({ stage, incumbent, bound, elapsedMs }: Progress): RunProgress => ({
  elapsedMs: Math.round(elapsedMs),
  stage,
  shortfall: numberOrNull(incumbent.shortfall),
  value: numberOrNull(incumbent.value),
  bound: numberOrNull(bound.value),
  breaks: numberOrNull(incumbent.breaks),
})

const MOST_POINTS = 40

/** The whole curve in few points, spread evenly; the newest one is always the last. */
export function thinCurve(points: RunProgress[]): RunProgress[] {
  if (points.length <= MOST_POINTS) return points
  const step = (points.length - 1) / (MOST_POINTS - 1)
  return Array.from({ length: MOST_POINTS }, (_, index) => points[Math.round(index * step)])
}
