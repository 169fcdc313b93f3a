import type { Inverse } from '../../change-catalogue.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import type { DecisionInput } from '../../schemas/application.ts'
import type { Written } from '../../schemas/common.ts'
import type { Letter } from '../../schemas/letters.ts'
import type { Services } from '../../services.ts'
import { expectVersion, write, type Call, type WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { endApplicant, ensureApplicant } from '../identity/applicants.ts'
import { enqueueMail, withdrawMails } from '../mail/service.ts'
import { createProjects, newcomersBack } from '../people/roster.ts'
import { beginProposal } from '../proposals/service.ts'
import { composeApplicationMail } from './letters.ts'
import { countOpen, findApplication, updateApplication, type FoundApplication } from './repository.ts'
import { ofApplication, openApplication } from './service.ts'

/** What a decision would write to the applicant, before it is taken. */
export async function previewDecision(
  { db, config }: Services,
  call: Call,
  id: string,
  input: DecisionInput,
): Promise<Letter> {
  const found = await openApplication(db, call.actor, 'application.review', id)
  checkDecision(call, found, input)
  // The project is there only once it is admitted.
  const project = input.decision === 'admitted' ? { projectId: NO_PROJECT } : {}
  const about = { kind: input.decision, reason: input.reason, ...project }
  return (await composeApplicationMail(db, { config }, found, about)).letter
}

const NO_PROJECT = '00000000-0000-4000-8000-000000000000'

/** Decides on an application as it was read, and writes to whoever applied. */
export async function decide(
  services: Services,
  call: Call,
  id: string,
  input: DecisionInput,
): Promise<Written> {
  return write(services.db, call, ofApplication(id), async (context) => {
    const { tx, call } = context
    const found = await openApplication(tx, call.actor, 'application.review', id)
    expectVersion(call, found.application.version)
    checkDecision(call, found, input)
    const projectId = input.decision === 'admitted' ? await admit(context, found, input) : undefined
    if (projectId === undefined) await answer(context, found, input)
    const { decision: kind, reason } = input
    const mail = await composeApplicationMail(tx, services, found, { kind, reason, projectId })
    await enqueueMail(tx, services, mail)
    return { id }
  })
}

function checkDecision(
  call: Call,
  { application }: FoundApplication,
  { decision, reason }: DecisionInput,
): void {
  if (application.state !== 'submitted' && application.state !== 'changes_requested')
    throw new DomainError('application-state')
  if (decision !== 'admitted' && !reason?.trim()) throw invalidInput(call, '/reason', 'field_required')
}

/** Asks for changes, or refuses. */
async function answer(
  { tx, record }: WriteContext,
  { application, programme }: FoundApplication,
  { decision, reason = '' }: DecisionInput,
): Promise<void> {
  const payload = { applicationId: application.id }
  const isRefusal = decision === 'refused'
  await updateApplication(tx, application, {
    state: isRefusal ? 'refused' : 'changes_requested',
    message: reason,
    decidedAt: isRefusal ? clockOf(programme) : null,
  })
  if (isRefusal) await record({ type: 'application.refused', payload, inverse: payload })
  else await record({ type: 'application.changesRequested', payload })
}

/** The project takes part from now on: with its contact, who signs in for it, and what was written as its proposal. */
async function admit(
  { tx, programmeId, record }: WriteContext,
  { application, programme, email }: FoundApplication,
  { rank = null, financed = false }: DecisionInput,
): Promise<string> {
  const { id, name, content, language, userId } = application
  const { organisations, firstName, lastName, title, phone, ...proposal } = content
  const contact = { firstName, lastName, title, phone, email, language }
  const [projectId] = await createProjects(tx, programmeId, [
    { name, organisations, rank, financed, team: [contact] },
  ])
  await beginProposal(tx, projectId, proposal)
  await updateApplication(tx, application, {
    ...{ state: 'admitted', projectId, message: '', decidedAt: clockOf(programme) },
  })
  if ((await countOpen(tx, programmeId, userId)) === 0) await endApplicant(tx, programmeId, userId)
  await record({
    type: 'application.admitted',
    payload: { applicationId: id, projectId },
    inverse: { applicationId: id },
  })
  return projectId
}

/** As it was handed in, to be decided anew. A mail that has not left yet stays here. */
export async function decisionBack(
  context: WriteContext,
  { applicationId }: Inverse<'application.refused' | 'application.admitted'>,
  decided: 'refused' | 'admitted',
): Promise<void> {
  const { tx, programmeId, record } = context
  const found = await findApplication(tx, applicationId)
  if (!found) throw notFound()
  const { application, email } = found
  const { state, projectId } = application
  if (state !== decided) throw new DomainError('moved-on')
  await updateApplication(tx, application, {
    ...{ state: 'submitted', projectId: null, decidedAt: null, message: '' },
  })
  if (projectId) {
    // Before the project goes: an account that nothing real knows loses its sessions.
    await ensureApplicant(tx, { programmeId, email })
    await newcomersBack(context, programmeId, { kind: 'projects', created: [projectId] })
  }
  await withdrawMails(tx, { programmeId, to: email, kind: `application-${state}` })
  await record({ type: 'application.reopened', payload: { applicationId } })
}
