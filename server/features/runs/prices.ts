import type { Variation } from '../../../solver/index.ts'
import type { Actor } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { markedName } from '../../naming.ts'
import type { EventRules } from '../../schemas/rules.ts'
import type { PriceCurve, Priced } from '../../schemas/run.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { openEvent } from '../events/open.ts'
import type { CampInstance } from '../solver-input/instance.ts'
import { findCamp, knownPairs } from '../solver-input/repository.ts'
import { readProblem } from './problem.ts'

/** Steps that are not reached by then are left out, and that is told. */
const SEARCH_MS = 12_000
const LIMIT_MS = 20_000
const MOST_STEPS = 9

/** What each step of a rule costs in wishes, every other rule as it is: a schedule for each, and whether it is proven. */
export async function readPriceCurve(
  { db, solver }: { db: Database; solver: SolverPool },
  actor: Actor,
  eventId: string,
  rule: Priced,
  signal: AbortSignal,
): Promise<PriceCurve> {
  const { programme } = await solver.lookUp(() => openEvent(db, actor, eventId, 'run.read'))
  const answered = await solver.ask({
    ...{ key: `curve ${eventId} ${rule}`, programmeId: programme.id, limitMs: LIMIT_MS, signal },
    prepare: () => prepareQuestion(db, eventId, rule),
  })
  if (!answered) throw new DomainError('solver-slow')
  const { steps, now, like } = answered.context
  const points = answered.answer.points.map(({ step, value, proven, meetings, shortfall }) => ({
    ...{ step, value, proven, meetings },
    shortfall: shortfall?.value ?? 0,
  }))
  return { rule, now, like, points, complete: points.length === steps.length }
}

async function prepareQuestion(db: Database, eventId: string, rule: Priced) {
  const [{ instance }, camp] = [
    await readProblem(db, eventId, { keep: 'nothing' }, knownPairs),
    await findCamp(db, eventId),
  ]
  if (!camp) throw notFound()
  const host = rule === 'hosts' ? mostWanted(instance) : null
  if (rule === 'hosts' && host === null) throw new DomainError('nothing-to-solve')
  const { variation, now, steps } = stepsOf(rule, camp.rules, instance, host)
  if (!isAnybody(instance, variation)) throw new DomainError('nobody-priced')
  const like = camp.people.find(({ id }) => id === host)
  return {
    question: {
      ...{
        type: 'frontier' as const,
        instance: JSON.stringify(instance),
        variation,
        steps,
        timeMs: SEARCH_MS,
      },
    },
    context: { steps, now, like: like ? markedName(like) : null },
  }
}

type Steps = { variation: Variation; now: number | null; steps: number[] }

function stepsOf(rule: Priced, rules: EventRules, instance: CampInstance, host: string | null): Steps {
  const { guarantee, maximum } = rules
  const slots = instance.slots.length
  switch (rule) {
    case 'guaranteeFinanced':
      return guaranteed({ fairnessGroup: 'financed' }, guarantee.financed, slots)
    case 'guaranteeNotFinanced':
      return guaranteed({ fairnessGroup: 'not-financed' }, guarantee.notFinanced, slots)
    case 'guaranteeHosts':
      return guaranteed({ side: 'host' }, guarantee.hosts, slots)
    case 'maximumProjects':
      return limited('project', maximum.projects, slots)
    case 'maximumHosts':
      return limited('host', maximum.hosts, slots)
    case 'tables':
      return {
        variation: { rule },
        now: 0,
        steps: [-2, -1, 0, 1, 2, 3].filter((more) => more >= -instance.tables.length),
      }
    case 'slots':
      return { variation: { rule }, now: 0, steps: [0, 1, 2, 3] }
    case 'hours':
      return { variation: { rule }, now: 0, steps: [0, 1] }
    case 'hosts':
      return { variation: { rule: 'people', like: host! }, now: 0, steps: [0, 1, 2] }
  }
}

/** A guarantee of those financed varies nothing where nobody is. */
const isAnybody = ({ participants }: CampInstance, variation: Variation): boolean =>
  !('fairnessGroup' in variation) ||
  participants.some((one) => 'fairnessGroup' in one && one.fairnessGroup === variation.fairnessGroup)

type Group = { fairnessGroup: string } | { side: string }

const guaranteed = (whom: Group, now: number, slots: number): Steps => ({
  variation: { rule: 'minMeetings', ...whom },
  ...{ now, steps: spread(0, slots, now) },
})

const limited = (side: string, now: number | null, slots: number): Steps => ({
  variation: { rule: 'maxMeetings', side },
  ...{ now: now ?? slots, steps: spread(1, slots, now ?? slots) },
})

/** Evenly from one number to another, and the one there is now. */
function spread(from: number, to: number, now: number): number[] {
  const even = Array.from({ length: MOST_STEPS }, (_, index) =>
    Math.round(from + ((to - from) * index) / (MOST_STEPS - 1)),
  )
  return [...new Set([...even, now])].sort((one, other) => one - other)
}

/** The host whose pairs are worth most: one more like this brings most. */
function mostWanted({ participants, candidates }: CampInstance): string | null {
  const worth = new Map(participants.filter(({ side }) => side === 'host').map(({ id }) => [id, 0]))
  for (const { participants: pair, value } of candidates)
    for (const id of pair) if (worth.has(id)) worth.set(id, worth.get(id)! + value)
  return [...worth].toSorted(([, one], [, other]) => other - one).at(0)?.[0] ?? null
}
