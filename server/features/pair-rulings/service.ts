import type { Actor } from '../../actor.ts'
import type { Inverse } from '../../change-catalogue.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { markedName } from '../../naming.ts'
import type { Written } from '../../schemas/common.ts'
import type { PairsView, RulingInput } from '../../schemas/pairs.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import { findGridSlots } from '../events/repository.ts'
import { findOwnPairs, findParticipants } from '../participants/repository.ts'
import {
  findRulings,
  findRulingsById,
  findSaidAgainst,
  insertRuling,
  pairKey,
  setEnded,
} from './repository.ts'

export { findMetBefore, findRulings, findSaidAgainst, pairKey, type RulingRow } from './repository.ts'

/** What organisers decided of pairs, and whom they can choose. */
export async function readPairs(reader: Reader, actor: Actor, eventId: string): Promise<PairsView> {
  await openEvent(reader, actor, eventId, 'event.edit')
  const [everybody, rulings, slots, against] = await Promise.all([
    findParticipants(reader, eventId),
    findRulings(reader, eventId),
    findGridSlots(reader, eventId),
    findSaidAgainst(reader, eventId),
  ])
  const named = new Map(everybody.map((person) => [person.id, { id: person.id, name: markedName(person) }]))
  const times = new Map(slots.map(({ id, startsAt }) => [id, startsAt.toISOString()]))
  const side = (wanted: string) =>
    everybody.filter((person) => person.side === wanted && !person.withdrawn).map(({ id }) => named.get(id)!)
  return {
    rulings: rulings.map(({ projectParticipantId, hostParticipantId, ruling, slotId, reason }) => ({
      project: named.get(projectParticipantId)!,
      host: named.get(hostParticipantId)!,
      ...{ ruling, slotId, reason, startsAt: slotId && (times.get(slotId) ?? null) },
      against:
        ruling === 'must' ? (against.get(pairKey(projectParticipantId, hostParticipantId)) ?? null) : null,
    })),
    projects: side('project'),
    hosts: side('host'),
  }
}

/** Decides that a pair meets or does not, whatever the wishes say, or lifts what was decided. */
export async function rulePair(
  db: Database,
  call: Call,
  eventId: string,
  { projectId, hostId, ruling, slotId = null, reason = '' }: RulingInput,
): Promise<Written> {
  return write(db, call, ofEvent(eventId), async ({ tx, call, record }) => {
    await openEvent(tx, call.actor, eventId, 'event.edit')
    const people = new Map((await findParticipants(tx, eventId)).map((person) => [person.id, person]))
    const [project, host] = [people.get(projectId), people.get(hostId)]
    if (project?.side !== 'project' || host?.side !== 'host') throw notFound()
    if (slotId !== null && !(await findGridSlots(tx, eventId)).some(({ id }) => id === slotId))
      throw notFound()
    if (ruling === 'must' && (await findOwnPairs(tx, eventId)).has(pairKey(projectId, hostId)))
      throw new DomainError('own-meeting', { pair: ` ${project.name} – ${host.name}` })
    const before = (await findRulings(tx, eventId)).find(
      (one) => one.projectParticipantId === projectId && one.hostParticipantId === hostId,
    )
    const at = ruling === 'must' ? slotId : null
    const same = before?.ruling === ruling && before.slotId === at && before.reason === reason
    if (same || (!before && ruling === null)) return { id: eventId }
    if (before) await setEnded(tx, [before.id], new Date())
    const pair = { projectParticipantId: projectId, hostParticipantId: hostId }
    const madeId = ruling && (await insertRuling(tx, { eventId, ...pair, ruling, slotId: at, reason }))
    const inverse = { ended: before ? [before.id] : [], made: madeId ? [madeId] : [] }
    await record({
      eventId,
      type: 'pair.ruled',
      payload: { fromId: projectId, toId: hostId, ruling },
      inverse,
    })
    return { id: eventId }
  })
}

/** What was decided of a pair before stands again, as long as nothing has been decided since. */
export async function rulingBack(
  { tx, record }: WriteContext,
  { ended, made }: Inverse<'pair.ruled'>,
  eventId: string,
): Promise<void> {
  const rows = await findRulingsById(tx, [...ended, ...made])
  const [first] = rows
  if (rows.length < ended.length + made.length) throw new DomainError('moved-on')
  const { projectParticipantId: fromId, hostParticipantId: toId } = first
  const standing = (await findRulings(tx, eventId)).find(
    (one) => one.projectParticipantId === fromId && one.hostParticipantId === toId,
  )
  if (standing?.id !== made.at(0)) throw new DomainError('moved-on')
  await setEnded(tx, made, new Date())
  await setEnded(tx, ended, null)
  const ruling = rows.find(({ id }) => id === ended.at(0))?.ruling ?? null
  await record({
    eventId,
    type: 'pair.ruled',
    payload: { fromId, toId, ruling },
    inverse: { ended: made, made: ended },
  })
}
