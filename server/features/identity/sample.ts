import { ringSessions } from '../../changes.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { say } from '../../messages.ts'
import { allow, type Action } from '../../policy.ts'
import { reloadSample } from '../../sample/load.ts'
import type { Written } from '../../schemas/common.ts'
import { write, writeByItself, type Call, type OwnWriteContext, type WriteContext } from '../../write.ts'
import { findProgrammes } from '../events/repository.ts'
import { makeScreen } from '../screen-links/service.ts'
import * as repository from './repository.ts'
import { ensureMember, type NewMember } from './service.ts'

const SESSION_DAYS = 7

/** Where to go next, with the token of the new session; a screen has none, its token is in the address. */
export type Entered = { path: string; token: string | null; days: number }

/** Becomes somebody of the sample programme. Nothing of it works in a real one. */
export async function enterSample(
  db: Database,
  call: Call,
  { as, userAgent, offersSample }: { as: string; userAgent?: string; offersSample: boolean },
): Promise<Entered> {
  const programme = offersSample ? await repository.findSampleProgramme(db) : null
  if (!programme) throw new DomainError('sample-only')
  const [kind, id] = as.split(':')
  const entered = await writeByItself(db, programme.id, async (context): Promise<Entered> => {
    const { tx } = context
    if (kind === 'screen') return enterScreen(context, call, programme.id, id)
    const { member, path } = await personOf(tx, call, programme.id, kind, id)
    const user = await ensureMember(tx, member)
    const token = await repository.insertSession(tx, user.id, SESSION_DAYS, false, userAgent)
    return { path, token, days: SESSION_DAYS }
  })
  if (!entered) throw new DomainError('sample-only')
  return entered
}

type Person = { member: NewMember; path: string }

async function personOf(
  tx: Transaction,
  call: Call,
  programmeId: string,
  kind: string,
  id: string,
): Promise<Person> {
  if (kind === 'organiser') {
    const name = say(call.actor.locale, 'sample_organiser')
    const member = { programmeId, email: address('organizzazione'), name, role: 'organiser' as const }
    return { member, path: `/organizza/${programmeId}` }
  }
  if (kind === 'desk') {
    const event = (await repository.findEventsOf(tx, [programmeId])).find((one) => one.id === id)
    if (!event) throw notFound()
    const name = say(call.actor.locale, 'sample_desk')
    const member = { programmeId, email: address('accoglienza'), name, role: 'desk' as const }
    return { member, path: `/accoglienza/${id}` }
  }
  if (kind === 'project') {
    const project = (await repository.findSampleProjects(tx, programmeId)).find((one) => one.id === id)
    if (!project) throw notFound()
    const email = address(`progetto-${id}`)
    const member = { programmeId, email, name: project.name, role: 'project' as const, projectId: id }
    return { member, path: `/progetto/${id}/proposta` }
  }
  const found = (await repository.findSampleHosts(tx, programmeId)).find(({ host }) => host.id === id)
  if (kind !== 'host' || !found) throw notFound()
  const email = address(`referente-${id}`)
  const member = { programmeId, email, name: found.name, role: 'host' as const, hostId: id }
  return { member, path: `/referente/${id}/proposte` }
}

/** Of a domain that cannot exist (RFC 2606), so that it is nobody's. */
const address = (name: string) => `${name}@esempio.invalid`

async function enterScreen(
  { tx, record }: OwnWriteContext,
  call: Call,
  programmeId: string,
  eventId: string,
): Promise<Entered> {
  const event = (await repository.findEventsOf(tx, [programmeId])).find(({ id }) => id === eventId)
  if (!event) throw notFound()
  const label = say(call.actor.locale, 'sample_screen')
  const { screenId, path } = await makeScreen(tx, { eventId, label })
  await record(null, { eventId, type: 'screen.created', payload: { screenId }, inverse: { screenId } })
  return { path, token: null, days: SESSION_DAYS }
}

/** A write about the sample, where this service offers one. */
async function changeSample(
  db: Database,
  call: Call,
  { action, programmeId, offersSample }: { action: Action; programmeId: string; offersSample: boolean },
  act: (context: WriteContext) => Promise<unknown>,
): Promise<Written> {
  if (!offersSample) throw new DomainError('sample-only')
  return write(db, call, programmeId, async (context) => {
    const [programme] = await findProgrammes(context.tx, [programmeId])
    if (!programme) throw notFound()
    allow(context.call.actor, action, { programmeId })
    if (!programme.sample) throw new DomainError('sample-only')
    await act(context)
    return { id: programmeId }
  })
}

/** Starts the sample over. A run in progress would lose its event. */
export async function resetSample(db: Database, call: Call, programmeId: string, offersSample: boolean) {
  const about = { action: 'sample.reset' as const, programmeId, offersSample }
  return changeSample(db, call, about, async ({ tx, record }) => {
    if (await repository.hasActiveRun(tx, programmeId)) throw new DomainError('run-in-progress')
    await reloadSample(tx, programmeId, new Date())
    await record({ type: 'sample.reset', payload: {} })
    await ringSessions(tx)
  })
}

/** Moves the programme's clock to an instant; null lets it follow the real time again. */
export async function moveClock(
  db: Database,
  call: Call,
  { programmeId, now }: { programmeId: string; now: string | null },
  offersSample: boolean,
) {
  const about = { action: 'clock.move' as const, programmeId, offersSample }
  return changeSample(db, call, about, async ({ tx, record }) => {
    const offsetMs = now === null ? 0 : Date.parse(now) - Date.now()
    await repository.updateClock(tx, programmeId, offsetMs)
    await record({ type: 'clock.moved', payload: { offsetMs, to: now } })
  })
}
