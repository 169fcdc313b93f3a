import type { Actor } from '../../actor.ts'
import { topic, type LookedUp } from '../../change-catalogue.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import { say } from '../../messages.ts'
import { allow, type Action } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type { ProposalContent, ProposalPatch, ProposalStatus, ProposalView } from '../../schemas/proposal.ts'
import { expectVersion, write, type Call, type WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { EMPTY_PROPOSAL, isVisible, missingOf } from './content.ts'
import { mayEdit, presentProposal, termOf, type FoundProposal } from './present.ts'
import { fillProposal, findConcerned, findProposal, findTerms, updateProposal } from './repository.ts'

async function openProposal(
  reader: Reader,
  actor: Actor,
  action: Action,
  projectId: string,
): Promise<FoundProposal> {
  const found = await findProposal(reader, projectId)
  if (!found) throw notFound()
  allow(actor, action, { programmeId: found.programme.id, projectId })
  return found
}

export async function readProposal(reader: Reader, actor: Actor, projectId: string): Promise<ProposalView> {
  const found = await openProposal(reader, actor, 'proposal.read', projectId)
  return presentProposal(actor, found, await findTerms(reader, projectId))
}

/** Autosave: absent members stay as they are. Consecutive saves are one entry of the log. */
export async function editProposal(db: Database, call: Call, projectId: string, patch: ProposalPatch) {
  return change(
    db,
    call,
    'proposal.edit',
    projectId,
    async ({ tx, call, record }, found): Promise<Written> => {
      await checkOpen(tx, call, found)
      expectVersion(call, found.proposal.version)
      checkForms(call, patch)
      const content = { ...found.proposal.content, ...patch }
      const version = await updateProposal(tx, found.proposal, { content })
      const also = await concernedBy(tx, projectId, isVisible(found.proposal.status))
      await record({ type: 'proposal.edited', payload: { projectId }, also })
      return { id: projectId, version }
    },
  )
}

/** A new project's proposal begins with what was written before; its team goes on from there. */
export const beginProposal = (tx: Transaction, projectId: string, written: Partial<ProposalContent>) =>
  fillProposal(tx, projectId, { ...EMPTY_PROPOSAL, ...written })

/** Hands the proposal in, once nothing of what hosts need is missing. */
export async function submitProposal(db: Database, call: Call, projectId: string) {
  return change(db, call, 'proposal.edit', projectId, async (context, found) => {
    await checkOpen(context.tx, context.call, found)
    checkStatus(found, ['draft', 'changes_requested'])
    const missing = missingOf(found.proposal.content)
    if (missing.length > 0) throw incomplete(call, missing)
    const submittedAt = clockOf(found.programme)
    return move(context, found, 'proposal.submitted', { status: 'submitted', submittedAt, message: '' })
  })
}

export async function approveProposal(db: Database, call: Call, projectId: string) {
  return change(db, call, 'proposal.review', projectId, async (context, found) => {
    checkStatus(found, ['submitted'])
    return move(context, found, 'proposal.approved', { status: 'approved', message: '' })
  })
}

/** Gives the proposal back to its team with what should change. */
export async function requestChanges(db: Database, call: Call, projectId: string, message: string) {
  return change(db, call, 'proposal.review', projectId, async (context, found) => {
    checkStatus(found, ['submitted', 'approved'])
    return move(context, found, 'proposal.changesRequested', { status: 'changes_requested', message })
  })
}

async function change(
  db: Database,
  call: Call,
  action: Action,
  projectId: string,
  act: (context: WriteContext, found: FoundProposal) => Promise<Written>,
): Promise<Written> {
  return write(db, call, ofProject(projectId), async (context) =>
    act(context, await openProposal(context.tx, context.call.actor, action, projectId)),
  )
}

const ofProject = (projectId: string) => async (reader: Reader) =>
  (await findProposal(reader, projectId))?.programme.id ?? null

async function move(
  { tx, record }: WriteContext,
  { proposal, project }: FoundProposal,
  type: 'proposal.submitted' | 'proposal.approved' | 'proposal.changesRequested',
  values: { status: ProposalStatus; submittedAt?: Date; message: string },
): Promise<Written> {
  const version = await updateProposal(tx, proposal, values)
  const visible = isVisible(proposal.status) || isVisible(values.status)
  const also = await concernedBy(tx, project.id, visible)
  await record({ type, payload: { projectId: project.id }, also })
  return { id: project.id, version }
}

async function concernedBy(
  tx: Transaction,
  projectId: string,
  visible: boolean,
): Promise<LookedUp<'concerned'>> {
  const { own, hosts } = await findConcerned(tx, projectId)
  return { of: 'concerned', topics: [...own, ...(visible ? hosts : [])].map(topic.participant) }
}

async function checkOpen(tx: Transaction, call: Call, found: FoundProposal): Promise<void> {
  const term = termOf(await findTerms(tx, found.project.id), clockOf(found.programme))
  if (mayEdit(call.actor, found, term)) return
  throw new DomainError(found.proposal.status === 'approved' ? 'proposal-status' : 'replies-closed')
}

function checkStatus({ proposal }: FoundProposal, allowed: ProposalStatus[]): void {
  if (!allowed.includes(proposal.status)) throw new DomainError('proposal-status')
}

/** Each support form once, each with its amount, to the cent. */
export function checkForms(call: Call, { support = [] }: Pick<ProposalPatch, 'support'>): void {
  const twice = support.findIndex(({ form }, index) => support.findIndex((one) => one.form === form) < index)
  if (twice >= 0) throw invalidInput(call, `/support/${twice}/form`, 'field_uniqueItems')
  const tooFine = support.findIndex(({ amount }) => amount !== null && Number(amount.toFixed(2)) !== amount)
  if (tooFine >= 0) throw invalidInput(call, `/support/${tooFine}/amount`, 'field_cents')
}

function incomplete({ actor: { locale } }: Call, missing: string[]): DomainError {
  const fields = missing.map((pointer) => ({
    pointer,
    message: say(locale, pointer === '/fundingMix' ? 'field_fundingMix' : 'field_required'),
  }))
  return new DomainError('proposal-incomplete', {}, fields)
}
