import type { PreferenceLevel } from '../../schemas/common.ts'
import type { EventRules } from '../../schemas/rules.ts'

export type Statement = { fromId: string; toId: string; level: PreferenceLevel | null; conflict: boolean }

export type Candidate = {
  projectParticipantId: string
  hostParticipantId: string
  value: number
  /** The project's answer, then the host's. */
  levels: [PreferenceLevel | null, PreferenceLevel | null]
  /** Points of it that are of affinity. */
  affinity?: number
  /** They met in an earlier event, and it counts less for that. */
  metBefore?: true
  /** By decision of the organisers it has to be held, in that slot if they named one. */
  must?: { slotId: string | null }
}

type Pair = { project: Statement | null; host: Statement | null }

/**
 * Pairs that could meet: at least one side said must, want or open, and neither said avoid or has a conflict
 * of interest. What is unknown is worth nothing and forbids nothing.
 */
export function candidatesOf(
  statements: Statement[],
  projectIds: Set<string>,
  weights: EventRules['weights'],
): Candidate[] {
  return [...pairsOf(statements, projectIds)]
    .filter(([, pair]) => couldMeet(pair))
    .map(([key, { project, host }]) => {
      const [projectParticipantId, hostParticipantId] = key.split(' ')
      const levels: Candidate['levels'] = [project?.level ?? null, host?.level ?? null]
      return { projectParticipantId, hostParticipantId, value: worthOf(levels, weights), levels }
    })
}

function pairsOf(statements: Statement[], projectIds: Set<string>): Map<string, Pair> {
  const pairs = new Map<string, Pair>()
  for (const statement of statements) {
    const fromProject = projectIds.has(statement.fromId)
    const { fromId, toId } = statement
    const key = fromProject ? `${fromId} ${toId}` : `${toId} ${fromId}`
    const pair = pairs.get(key) ?? { project: null, host: null }
    pair[fromProject ? 'project' : 'host'] = statement
    pairs.set(key, pair)
  }
  return pairs
}

function couldMeet({ project, host }: Pair): boolean {
  const said = [project, host].filter((statement) => statement !== null)
  return !said.some(isRefusal) && said.some(({ level }) => level !== null)
}

/** Whether it rules out a meeting, whoever else wishes it. */
const isRefusal = ({ level, conflict }: Statement): boolean => conflict || level === 'avoid'

/** What both sides' wishes are worth together. */
export const worthOf = (levels: Candidate['levels'], weights: EventRules['weights']): number =>
  levels.reduce((sum, level) => sum + (level === null || level === 'avoid' ? 0 : weights[level]), 0)
