import type { DisruptionFile, Meeting } from '../../../solver/index.ts'
import type { MeetingState } from '../../schemas/common.ts'
import type { Candidate } from '../choices/candidates.ts'
import { factsOf, isUnderWay, slotsAhead, type Facts } from '../disruptions/facts.ts'
import type { DisruptionRow } from '../disruptions/repository.ts'
import { asAgreed } from './as-agreed.ts'
import { buildInstance, pairsFor, seatsOf, type Camp } from './instance.ts'
import { nearPlan } from './rules.ts'

/** A meeting of the schedule in force, as far as the solver has to know it. */
type Planned = {
  candidateId: string
  projectId: string
  hostId: string
  slotId: string
  tableId: string | null
  value: number
  locked: boolean
  state: MeetingState
}

export type Standing = {
  camp: Camp
  /** Not cancelled. */
  meetings: Planned[]
  candidates: (Candidate & { id: string })[]
  disruptions: DisruptionRow[]
  now: Date
}

/**
 * The question put to the solver: the day as planned, its schedule, and what goes differently. Null once every
 * slot has begun, when nothing can change any more.
 */
export function repairProblem(standing: Standing) {
  const { camp, meetings, disruptions, now } = standing
  const [next] = slotsAhead(camp.slots, now)
  if (!next) return null
  // What has to be held may not be possible any more: it stands in the schedule, which changes as little as it can.
  const wished = standing.candidates.map((pair) => ({ ...pair, must: undefined }))
  const asked = nearPlan(buildInstance(soFar(standing), pairsFor(wished, meetings), seatsOf(meetings)))
  const instance = asAgreed({ ...asked, tables: asked.tables.map(onlyAhead(standing)) }, meetings)
  const locks = lockedOf(standing)
  const facts = withoutHeld(withRefusals(factsOf(disruptions, camp.slots), standing), standing)
  return {
    instance,
    solution: {
      format: 'incontro/solution' as const,
      version: 1 as const,
      status: 'feasible' as const,
      meetings: meetings.map(placementOf),
      objective: {},
    },
    disruption: {
      format: 'incontro/disruption',
      version: 1,
      now: next.id,
      absent: stretches(facts.away, camp.slots, 'participant'),
      tablesOut: stretches(facts.out, camp.slots, 'table'),
      slotsLost: [...facts.lost],
      locks,
    } satisfies DisruptionFile,
  }
}

const placementOf = ({ candidateId, slotId, tableId }: Planned): Meeting => ({
  candidate: candidateId,
  slot: slotId,
  ...(tableId !== null && { table: tableId }),
})

/** What was held at a table that has gone since stands where it was. */
function onlyAhead({ camp, now }: Standing) {
  const ahead = new Set(slotsAhead(camp.slots, now).map(({ id }) => id))
  return <T extends { unavailable?: string[] }>({ unavailable = [], ...table }: T) => ({
    ...table,
    unavailable: unavailable.filter((slot) => ahead.has(slot)),
  })
}

/** Who can come in the slots to come, and wherever they meet already, whatever their availability said before. */
function soFar({ camp, meetings, now }: Standing): Camp {
  const ahead = new Set(slotsAhead(camp.slots, now).map(({ id }) => id))
  const held = new Set(seatsOf(meetings).map(({ participantId, slotId }) => `${participantId} ${slotId}`))
  const away = [...camp.unavailable].map(([id, slots]): [string, Set<string>] => [
    id,
    new Set([...slots].filter((slot) => ahead.has(slot) && !held.has(`${id} ${slot}`))),
  ])
  return { ...camp, unavailable: new Map(away) }
}

/** Meetings under way in slots still to come: they were begun ahead of time. */
function heldAhead({ meetings, camp, now }: Standing) {
  const ahead = new Set(slotsAhead(camp.slots, now).map(({ id }) => id))
  return meetings.filter(({ state, slotId }) => isUnderWay(state) && ahead.has(slotId))
}

const lockedOf = (standing: Standing) => heldAhead(standing).map(placementOf)

/** Who has said that they will not come, and was not seen there, is away from now on. */
function withRefusals(facts: Facts, { camp, now }: Standing): Facts {
  const ahead = slotsAhead(camp.slots, now).map(({ id }) => id)
  const refused = camp.people
    .filter(({ notComing }) => notComing)
    .map(({ id }) => [id, new Set([...(facts.away.get(id) ?? []), ...ahead])] as const)
  return { ...facts, away: new Map([...facts.away, ...refused]) }
}

/** Whatever has gone since: what was begun ahead of time has its people, its table and its slot. */
function withoutHeld({ away, out, lost }: Facts, standing: Standing): Facts {
  const held = heldAhead(standing)
  const taken = new Set(
    held.flatMap(({ projectId, hostId, tableId, slotId }) =>
      [projectId, hostId, tableId].map((id) => `${id} ${slotId}`),
    ),
  )
  const keep = (sets: Map<string, Set<string>>) =>
    new Map(
      [...sets].map(([id, slots]) => [id, new Set([...slots].filter((slot) => !taken.has(`${id} ${slot}`)))]),
    )
  const begun = new Set(held.map(({ slotId }) => slotId))
  // A slot that is lost but for what was held in it: every other table is.
  const rest = standing.camp.tables.map(({ id }) => {
    const slots = [...lost].filter((slot) => begun.has(slot))
    return [id, new Set([...(out.get(id) ?? []), ...slots])] as const
  })
  return { away: keep(away), out: keep(new Map(rest)), lost: lost.difference(begun) }
}

/** Sets of slots as stretches from one to another, both included. */
function stretches<K extends string>(sets: Map<string, Set<string>>, slots: { id: string }[], key: K) {
  return [...sets].flatMap(([subject, taken]) =>
    slots
      .map(({ id }) => id)
      .filter((id) => taken.has(id))
      .map(
        (id) => ({ [key]: subject, from: id, to: id }) as Record<K, string> & { from: string; to: string },
      ),
  )
}
