import { userIdOf, type Actor } from '../../actor.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { nameOf } from '../../naming.ts'
import { say } from '../../messages.ts'
import { allow, signedInPerson } from '../../policy.ts'
import type { ApplicationPatch, ApplicationView, OwnApplications } from '../../schemas/application.ts'
import type { Written } from '../../schemas/common.ts'
import type { Services } from '../../services.ts'
import { expectVersion, write, type Call, type WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { callApplicant } from '../identity/applicants.ts'
import { readAddress } from '../identity/service.ts'
import { enqueueMail } from '../mail/service.ts'
import { checkForms } from '../proposals/service.ts'
import { composeApplicationMail } from './letters.ts'
import { EMPTY_APPLICATION, isCallOpen, mayEdit, missingOf, presentApplication } from './present.ts'
import {
  deleteApplication,
  findApplication,
  findCall,
  findNamed,
  findOwn,
  insertApplication,
  updateApplication,
  type FoundApplication,
} from './repository.ts'

/** The application: it exists, and the actor may do that with it. A draft is nobody's but its applicant's. */
export async function openApplication(
  reader: Reader,
  actor: Actor,
  action: 'application.read' | 'application.edit' | 'application.review',
  id: string,
): Promise<FoundApplication> {
  const found = await findApplication(reader, id)
  if (!found) throw notFound()
  const { programmeId, userId, state } = found.application
  allow(actor, action, { programmeId, applicantId: userId })
  if (state === 'draft' && userIdOf(actor) !== userId) throw notFound()
  return found
}

export const ofApplication = (id: string) => async (reader: Reader) =>
  (await findApplication(reader, id))?.application.programmeId ?? null

/** What somebody applies with in a programme. */
export async function readOwn(reader: Reader, actor: Actor, programmeId: string): Promise<OwnApplications> {
  if (!(await findCall(reader, programmeId))) throw notFound()
  allow(actor, 'application.edit', { programmeId, applicantId: userIdOf(actor) ?? '' })
  const { userId } = signedInPerson(actor)
  const found = await findOwn(reader, programmeId, userId)
  return {
    email: (await readAddress(reader, userId)) ?? '',
    applications: found.map(presentApplication),
  }
}

export async function readApplication(reader: Reader, actor: Actor, id: string): Promise<ApplicationView> {
  return presentApplication(await openApplication(reader, actor, 'application.read', id))
}

/** Begins to apply with a project; one of that name that was withdrawn is taken up again. */
export async function beginApplication(
  db: Database,
  call: Call,
  programmeId: string,
  name: string,
): Promise<Written> {
  return write(db, call, programmeId, async ({ tx, call: { actor }, record }) => {
    const { userId } = signedInPerson(actor)
    allow(actor, 'application.edit', { programmeId, applicantId: userId })
    const found = await findCall(tx, programmeId)
    if (!found || !isCallOpen(found.call, found.programme)) throw new DomainError('call-closed')
    const known = await findNamed(tx, programmeId, userId, name)
    if (known && known.state !== 'withdrawn') throw new DomainError('application-twice')
    const draft = { state: 'draft' as const, name, submittedAt: null, decidedAt: null, message: '' }
    if (known) await updateApplication(tx, known, draft)
    const id =
      known?.id ??
      (await insertApplication(tx, {
        ...{ ...draft, programmeId, userId, content: EMPTY_APPLICATION, language: actor.locale },
      }))
    await record({ type: 'application.edited', payload: { applicationId: null } })
    return { id }
  })
}

/** Autosave: absent members stay as they are. */
export async function editApplication(
  db: Database,
  call: Call,
  id: string,
  { name, ...patch }: ApplicationPatch,
): Promise<Written> {
  return change(db, call, id, async ({ tx, call, record }, { application }) => {
    expectVersion(call, application.version)
    checkForms(call, patch)
    const content = { ...application.content, ...patch }
    const version = await updateApplication(tx, application, { content, ...(name !== undefined && { name }) })
    const applicationId = application.state === 'draft' ? null : id
    await record({ type: 'application.edited', payload: { applicationId } })
    return { id, version }
  })
}

/** Hands it in, once nothing is missing; the applicant has it in writing. */
export async function submitApplication(services: Services, call: Call, id: string): Promise<Written> {
  return change(services.db, call, id, async ({ tx, call, record }, found) => {
    const { application, programme, email } = found
    if (application.state === 'submitted') throw new DomainError('application-state')
    checkComplete(call, found)
    const { programmeId, userId, content } = application
    const { locale: language } = call.actor
    const submittedAt = clockOf(programme)
    const values = { state: 'submitted' as const, submittedAt, message: '', language }
    const version = await updateApplication(tx, application, values)
    await callApplicant(tx, { programmeId, userId, name: nameOf(content) || email })
    const handedIn = { ...found, application: { ...application, ...values } }
    await enqueueMail(
      tx,
      services,
      await composeApplicationMail(tx, services, handedIn, { kind: 'received' }),
    )
    await record({ type: 'application.submitted', payload: { applicationId: id } })
    return { id, version }
  })
}

/** Takes it back; one that nobody else has read is gone. */
export async function withdrawApplication(db: Database, call: Call, id: string): Promise<Written> {
  return write(db, call, ofApplication(id), async ({ tx, call, record }) => {
    const { application, programme } = await openApplication(tx, call.actor, 'application.edit', id)
    const { state } = application
    if (state !== 'draft' && state !== 'submitted' && state !== 'changes_requested')
      throw new DomainError('application-state')
    if (state === 'draft') await deleteApplication(tx, id)
    else await updateApplication(tx, application, { state: 'withdrawn', decidedAt: clockOf(programme) })
    const applicationId = state === 'draft' ? null : id
    await record({ type: 'application.withdrawn', payload: { applicationId } })
    return { id }
  })
}

function change(
  db: Database,
  call: Call,
  id: string,
  act: (context: WriteContext, found: FoundApplication) => Promise<Written>,
): Promise<Written> {
  return write(db, call, ofApplication(id), async (context) => {
    const found = await openApplication(context.tx, context.call.actor, 'application.edit', id)
    checkOpen(found)
    return act(context, found)
  })
}

function checkOpen(found: FoundApplication): void {
  if (mayEdit(found)) return
  const { state } = found.application
  throw new DomainError(state === 'draft' || state === 'submitted' ? 'call-closed' : 'application-state')
}

function checkComplete({ actor: { locale } }: Call, { application }: FoundApplication): void {
  const fields = missingOf(application.content).map((pointer) => ({
    ...{ pointer, message: say(locale, 'field_required') },
  }))
  if (fields.length > 0) throw new DomainError('application-incomplete', {}, fields)
}
