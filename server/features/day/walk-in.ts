import type { Database } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import type { WalkInInput } from '../../schemas/day.ts'
import type { Call } from '../../write.ts'
import { findProgrammeOfPerson } from '../people/service.ts'
import { currentDay } from '../disruptions/facts.ts'
import { changeDay } from './open.ts'
import { findParticipantRows, findWithdrawn, insertParticipant } from '../participants/repository.ts'

/** Somebody of the programme who was not expected takes part from now on, and is here. */
export async function walkIn(db: Database, call: Call, eventId: string, input: WalkInInput) {
  return changeDay(db, call, eventId, async ({ tx, record }, { event, programme, now, slots }) => {
    const { projectId = null, hostId = null } = input
    if ((projectId === null) === (hostId === null))
      throw invalidInput(call, '/hostId', hostId === null ? 'field_required' : 'field_unknown')
    if ((await findProgrammeOfPerson(tx, { projectId, hostId })) !== event.programmeId) throw notFound()
    const taking = await findParticipantRows(tx, eventId)
    const known = taking.find((one) => (projectId ? one.projectId === projectId : one.hostId === hostId))
    const side = projectId ? ('project' as const) : ('host' as const)
    const attendanceDay = currentDay(slots, now, programme.timezone)
    const here = { attendance: 'here' as const, arrivedAt: now, attendanceDay }
    const row = { eventId, side, projectId, hostId, ...here }
    const id = known?.id ?? (await insertParticipant(tx, row))
    if ((await findWithdrawn(tx, eventId)).has(id)) throw new DomainError('withdrawn')
    if (known) throw new DomainError('already-exists')
    const payload = { participantId: id }
    await record({ eventId, type: 'participant.walkedIn', payload })
    return { id }
  })
}
