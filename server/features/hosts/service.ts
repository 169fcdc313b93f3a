import type { Actor } from '../../actor.ts'
import { topic } from '../../change-catalogue.ts'
import type { Database, Reader } from '../../database/client.ts'
import { invalidInput, notFound } from '../../errors.ts'
import { allow, may, type Action } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type { HostPatch, HostProfile, HostView } from '../../schemas/proposal.ts'
import { expectVersion, write, type Call } from '../../write.ts'
import { checkPerson, personFrom, updatePeople } from '../participants/persons.ts'
import { refreshSeats } from '../participants/seats.ts'
import { presentProfile } from './present.ts'
import { findConcerned, findHostProfile, updateHost, type FoundHost } from './repository.ts'

async function openHost(reader: Reader, actor: Actor, action: Action, hostId: string): Promise<FoundHost> {
  const found = await findHostProfile(reader, hostId)
  if (!found) throw notFound()
  allow(actor, action, { programmeId: found.host.programmeId, hostId: found.host.id })
  return found
}

export async function readHost(reader: Reader, actor: Actor, hostId: string): Promise<HostView> {
  const { host, person, organisation } = await openHost(reader, actor, 'host.read', hostId)
  return {
    hostId: host.id,
    programmeId: host.programmeId,
    organisation: organisation.name,
    kind: organisation.kind ?? 'other',
    sample: host.sample,
    version: host.version,
    profile: presentProfile(host, person),
    mayEdit: may(actor, 'host.edit', { programmeId: host.programmeId, hostId: host.id }),
  }
}

const ofHost = (hostId: string) => async (reader: Reader) =>
  (await findHostProfile(reader, hostId))?.host.programmeId ?? null

/** Autosave of a host's profile: absent members stay as they are. */
export async function editHost(db: Database, call: Call, hostId: string, patch: HostPatch): Promise<Written> {
  return write(db, call, ofHost(hostId), async ({ tx, call, record }) => {
    const found = await openHost(tx, call.actor, 'host.edit', hostId)
    expectVersion(call, found.host.version)
    checkAmounts(call, { ...presentProfile(found.host, found.person), ...patch })
    const { firstName, lastName, title, ...profile } = patch
    const version = await updateHost(tx, found.host, profile)
    const person = personFrom({ firstName, lastName, title }, found.person)
    checkPerson(call, person, '')
    await updatePeople(tx, [person])
    await refreshSeats(tx, [person.id])
    const concerned = await findConcerned(tx, found.host.id)
    await record({
      type: 'host.edited',
      payload: { hostId: found.host.id },
      also: { of: 'concerned', topics: concerned.map(topic.participant) },
    })
    return { id: found.host.id, version }
  })
}

function checkAmounts(call: Call, { amountMin, amountMax }: HostProfile): void {
  if (amountMin === null || amountMax === null || amountMin <= amountMax) return
  throw invalidInput(call, '/amountMax', 'field_minimum', { limit: amountMin })
}
