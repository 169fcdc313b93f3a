import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { findEvent, findGridSlots, type EventRow } from '../events/repository.ts'
import {
  findMetBefore,
  findRulings,
  findSaidAgainst,
  pairKey,
  type RulingRow,
} from '../pair-rulings/service.ts'
import {
  findOwnOrganisationPairs,
  findOwnPairs,
  findParticipants,
  findProjectIds,
  findWithdrawn,
} from '../participants/repository.ts'
import { candidatesOf, worthOf, type Candidate, type Statement } from './candidates.ts'
import { fitOf } from './present.ts'
import { findChoosers, findStatements } from './repository.ts'

/**
 * The pairs of an event that could meet, each with its value by its rules: nobody who withdrew, and not with oneself.
 * What organisers decided of a pair goes before its wishes and the other rules.
 */
export async function findCandidates(reader: Reader, eventId: string): Promise<Candidate[]> {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const { event } = found
  const [statements, projectIds, own, ofOne, gone, rulings, slots, worthOfPair] = await Promise.all([
    findStatements(reader, eventId),
    findProjectIds(reader, eventId),
    findOwnPairs(reader, eventId),
    findOwnOrganisationPairs(reader, eventId),
    findWithdrawn(reader, eventId),
    findRulings(reader, eventId),
    findGridSlots(reader, eventId),
    valuesBy(reader, event),
  ])
  const wished = candidatesOf(statements, projectIds, event.rules.weights)
  const decided = new Set([...rulings.map(keyOf), ...ofOne])
  const free = wished
    .filter((pair) => !decided.has(keyOf(pair)))
    .flatMap((pair) => {
      const worth = worthOfPair(pair)
      return 'rule' in worth ? [] : [{ ...pair, ...worth }]
    })
  const musts = rulings
    .filter(({ ruling }) => ruling === 'must')
    // A turn that was taken out of the event binds nobody to it.
    .map((ruling) => ({ ...ruling, slotId: slots.find(({ id }) => id === ruling.slotId)?.id ?? null }))
    .map((ruling) => mustOf(ruling, statements, event))
  return [...free, ...musts].filter(
    (pair) =>
      !own.has(keyOf(pair)) && !gone.has(pair.projectParticipantId) && !gone.has(pair.hostParticipantId),
  )
}

/**
 * Whether two people of an event must not meet, even where they already would: one of them refuses, organisers or a rule
 * keep them apart, or they are the same person. What organisers decided goes before the rest, as above.
 */
export async function findRefused(reader: Reader, eventId: string): Promise<(pair: PairIds) => boolean> {
  const refusalOf = await findRefusals(reader, eventId)
  return (pair) => refusalOf(pair) !== null
}

export type Refusal = 'own' | 'ruledOut' | 'conflict' | 'avoid' | 'apart' | 'metBefore'

/** Why two must not meet, or null. */
export async function findRefusals(reader: Reader, eventId: string) {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const [against, own, rulings, { ruleApart }] = await Promise.all([
    findSaidAgainst(reader, eventId),
    findOwnPairs(reader, eventId),
    findRulings(reader, eventId),
    rulesApart(reader, found.event),
  ])
  const decided = new Map(rulings.map((one) => [keyOf(one), one.ruling]))
  return (pair: PairIds): Refusal | null => {
    const key = keyOf(pair)
    if (own.has(key)) return 'own'
    const ruling = decided.get(key)
    if (ruling) return ruling === 'must' ? null : 'ruledOut'
    return against.get(key) ?? ruleApart(pair)
  }
}

/** Whether two people whom nobody wished together may be proposed to each other: neither they nor a rule are against it. */
export async function findUnasked(reader: Reader, eventId: string): Promise<(pair: PairIds) => boolean> {
  const [isRefused, ofOne, gone] = [
    await findRefused(reader, eventId),
    new Set(await findOwnOrganisationPairs(reader, eventId)),
    await findWithdrawn(reader, eventId),
  ]
  return (pair) =>
    !gone.has(pair.projectParticipantId) &&
    !gone.has(pair.hostParticipantId) &&
    !ofOne.has(keyOf(pair)) &&
    !isRefused(pair)
}

/** Wished pairs that a rule or a decision of the organisers keeps from meeting, with what was wished. */
export async function findKeptApart(reader: Reader, eventId: string) {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const [statements, projectIds, own, gone, rulings, { ruleApart }] = await Promise.all([
    findStatements(reader, eventId),
    findProjectIds(reader, eventId),
    findOwnPairs(reader, eventId),
    findWithdrawn(reader, eventId),
    findRulings(reader, eventId),
    rulesApart(reader, found.event),
  ])
  const decided = new Map(rulings.map((one) => [keyOf(one), one.ruling]))
  return candidatesOf(statements, projectIds, found.event.rules.weights).flatMap((pair) => {
    const { projectParticipantId: projectId, hostParticipantId: hostId, value } = pair
    const ruling = decided.get(keyOf(pair))
    if (own.has(keyOf(pair)) || gone.has(projectId) || gone.has(hostId) || ruling === 'must') return []
    const rule = ruling ? ('decision' as const) : ruleApart(pair)
    return rule ? [{ projectId, hostId, value, rule }] : []
  })
}

type PairIds = Pick<Candidate, 'projectParticipantId' | 'hostParticipantId'>

const keyOf = (pair: PairIds) => pairKey(pair.projectParticipantId, pair.hostParticipantId)

/** It has to be held even where nobody wished it; what was wished of it counts. */
function mustOf(ruling: RulingRow, statements: Statement[], { rules }: EventRow): Candidate {
  const { projectParticipantId, hostParticipantId, slotId } = ruling
  const levelOf = (from: string, to: string) =>
    statements.find(({ fromId, toId }) => fromId === from && toId === to)?.level ?? null
  const levels: Candidate['levels'] = [
    levelOf(projectParticipantId, hostParticipantId),
    levelOf(hostParticipantId, projectParticipantId),
  ]
  const value = worthOf(levels, rules.weights)
  return { projectParticipantId, hostParticipantId, value, levels, must: { slotId } }
}

type Worth = Pick<Candidate, 'value' | 'affinity' | 'metBefore'> | { rule: 'apart' | 'metBefore' }

/** What a pair is worth by the rules on who meets whom; where they keep it apart, which of them. */
async function valuesBy(reader: Reader, event: EventRow) {
  const { affinity, metBefore } = event.rules
  const pointsOf = affinity > 0 ? await affinitiesOf(reader, event.id, affinity) : () => 0
  const { ruleApart, haveMet } = await rulesApart(reader, event)
  return (pair: PairIds & Pick<Candidate, 'value'>): Worth => {
    const rule = ruleApart(pair)
    if (rule) return { rule }
    const points = pointsOf(pair)
    const worth = { value: pair.value + points, ...(points > 0 && { affinity: points }) }
    if (!haveMet(pair)) return worth
    return { ...worth, value: Math.round((worth.value * metBefore.percent) / 100), metBefore: true }
  }
}

/** Which rule keeps a pair apart, whatever it is worth, and whether those two have met where that matters. */
async function rulesApart(reader: Reader, { id, programmeId, date, rules }: EventRow) {
  const { apart, metBefore } = rules
  const people = apart.length > 0 ? await findParticipants(reader, id) : []
  const groups = new Map(people.map((person) => [person.id, person]))
  const met =
    metBefore.how === 'same' ? new Set<string>() : await findMetBefore(reader, { id, programmeId, date })
  const haveMet = (pair: PairIds) => met.has(keyOf(pair))
  const ruleApart = (pair: PairIds): 'apart' | 'metBefore' | null => {
    const [project, host] = [groups.get(pair.projectParticipantId), groups.get(pair.hostParticipantId)]
    const isApart = apart.some(
      ({ kind, financed }) => kind === (host?.kind ?? 'other') && financed === project?.financed,
    )
    if (isApart) return 'apart'
    return metBefore.how === 'never' && haveMet(pair) ? 'metBefore' : null
  }
  return { ruleApart, haveMet }
}

/** The points that pairs have of their affinity. */
async function affinitiesOf(reader: Reader, eventId: string, most: number) {
  const choosers = new Map((await findChoosers(reader, eventId)).map((one) => [one.participant.id, one]))
  return ({ projectParticipantId, hostParticipantId }: PairIds): number => {
    const [project, host] = [choosers.get(projectParticipantId), choosers.get(hostParticipantId)]
    return project && host ? Math.round((most * fitOf(host, project).compatibility) / 100) : 0
  }
}
