import type { Inverse, StoredPayload } from '../../change-catalogue.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type { PublicityDecision, PublicThing } from '../../schemas/publicity.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import * as repository from './repository.ts'

/** Shows something of a programme to anybody, or to nobody any more. */
export async function decidePublicity(
  db: Database,
  call: Call,
  programmeId: string,
  { what, ids = [], public: isPublic }: PublicityDecision,
): Promise<Written> {
  const isOfMany = what === 'events' || what === 'proposals'
  if (isOfMany !== ids.length > 0) throw invalidInput(call, '/ids', 'field_required')
  return write(db, call, programmeId, async (context) => {
    allow(context.call.actor, 'programme.edit', context)
    const known = await keepKnown(context, what, ids)
    if (known.length < ids.length) throw notFound()
    await decide(context, { what, ids, public: isPublic })
    return { id: programmeId }
  })
}

type Decision = { what: PublicThing; ids: string[]; public: boolean }

/** Says nothing where everything is like that already. */
async function decide({ tx, programmeId, record }: WriteContext, decision: Decision): Promise<string[]> {
  const { what, public: isPublic } = decision
  if (isPublic) await checkReady(tx, programmeId, decision)
  const ids = await UPDATE[what](tx, programmeId, decision)
  if (ids.length === 0) return []
  const payload = { what, public: isPublic, eventIds: [], projectIds: [], count: ids.length }
  const named = what === 'events' ? { eventIds: ids } : what === 'proposals' ? { projectIds: ids } : {}
  await record({ type: 'publicity.decided', payload: { ...payload, ...named }, inverse: { ids } })
  return ids
}

type Update = (tx: Transaction, programmeId: string, decision: Decision) => Promise<string[]>
const UPDATE: Record<PublicThing, Update> = {
  programme: (tx, id, decision) => repository.updateProgrammePublic(tx, id, 'public', decision.public),
  ranking: (tx, id, decision) => repository.updateProgrammePublic(tx, id, 'rankingPublic', decision.public),
  events: (tx, _, { ids, public: value }) => repository.updateEventsPublic(tx, ids, value),
  proposals: (tx, _, { ids, public: value }) => repository.updateProposalsPublic(tx, ids, value),
}

/** Those of the ids that the programme has. */
async function keepKnown({ tx, programmeId }: WriteContext, what: PublicThing, ids: string[]) {
  if (what === 'events') return (await repository.findEvents(tx, programmeId, ids)).map(({ id }) => id)
  if (what === 'proposals') return (await repository.findProposals(tx, programmeId, ids)).map(({ id }) => id)
  return ids
}

/** A rehearsal is never shown, and a proposal only once it is approved. */
async function checkReady(tx: Transaction, programmeId: string, { what, ids }: Decision): Promise<void> {
  if (what === 'events') {
    const found = await repository.findEvents(tx, programmeId, ids)
    if (found.some(({ rehearsal }) => rehearsal)) throw new DomainError('rehearsal')
  }
  if (what === 'proposals') {
    const found = await repository.findProposals(tx, programmeId, ids)
    if (found.some(({ status }) => status !== 'approved')) throw new DomainError('proposal-status')
  }
}

/** Takes a decision back, for what is still there and as it was decided. */
export async function publicityBack(
  context: WriteContext,
  { ids }: Inverse<'publicity.decided'>,
  { what, public: isPublic }: StoredPayload<'publicity.decided'>,
): Promise<void> {
  const known = await keepKnown(context, what, ids)
  const changed = await decide(context, { what, ids: known, public: !isPublic })
  if (changed.length === 0) throw new DomainError('moved-on')
}
