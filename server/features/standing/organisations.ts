import type { Actor } from '../../actor.ts'
import { expectContent, versionOf, type Edits } from '../../content-version.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type {
  OrganisationMerge,
  OrganisationPatch,
  OrganisationRow,
  OrganisationsView,
} from '../../schemas/standing.ts'
import { write, type Call } from '../../write.ts'
import { findProgramme } from '../events/repository.ts'
import { insertKept, inverseOf, keeping } from '../former-rows/keeping.ts'
import { likeKey } from '../../spreadsheets/words.ts'
import {
  findOrganisation,
  listOrganisations,
  moveOrganisation,
  updateOrganisation,
} from './organisations-rows.ts'

/** The organisations of a programme, with those that seem to be the same. */
export async function readOrganisations(
  reader: Reader,
  actor: Actor,
  programmeId: string,
): Promise<OrganisationsView> {
  if (!(await findProgramme(reader, programmeId))) throw notFound()
  allow(actor, 'people.read', { programmeId })
  const found = await listOrganisations(reader, programmeId)
  const alike = Map.groupBy(found, ({ name }) => likeKey(name))
  return {
    organisations: found.map((one) => ({
      ...one,
      version: versionOf(contentOf(one)),
      alike: alike
        .get(likeKey(one.name))!
        .filter((other) => other !== one)
        .map(({ id }) => id),
    })),
  }
}

/** What the form of an organisation changes, and what else does. */
const contentOf = ({ name, shortName, kind }: Pick<OrganisationRow, 'name' | 'shortName' | 'kind'>) => ({
  ...{ name, shortName, kind },
})
const EDITS: Edits['kinds'] = [
  ...(['organisation.edited', 'organisation.merged', 'host.corrected', 'people.undone'] as const),
]

const ofOrganisation = (id: string) => async (reader: Reader) =>
  (await findOrganisation(reader, id))?.programmeId ?? null

/** How an organisation is called, and of which kind it is, for all who stand for it. */
export async function editOrganisation(
  db: Database,
  call: Call,
  organisationId: string,
  patch: OrganisationPatch,
) {
  return write(db, call, ofOrganisation(organisationId), async (context) => {
    const { tx, call, programmeId, record } = context
    allow(call.actor, 'people.edit', { programmeId })
    const before = await findOrganisation(tx, organisationId)
    if (!before) throw notFound()
    if (before.mergedIntoId) throw new DomainError('merged')
    await expectContent(context, contentOf(before), { kinds: EDITS, of: [organisationId] })
    const kept = await keeping(tx, { programmeId, organisations: [organisationId] }, () =>
      updateOrganisation(tx, organisationId, patch),
    )
    if (kept.steps.length === 0) return { id: organisationId }
    const payload = { organisationId }
    const seq = await record({ type: 'organisation.edited', payload, inverse: inverseOf(kept) })
    await insertKept(tx, programmeId, seq, kept)
    return { id: organisationId }
  })
}

/** The same organisation written twice: whoever stands for the twin stands for this one, and its name leads here. */
export async function mergeOrganisations(
  db: Database,
  call: Call,
  organisationId: string,
  { twinId }: OrganisationMerge,
) {
  return write(db, call, ofOrganisation(organisationId), async ({ tx, call, programmeId, record }) => {
    allow(call.actor, 'people.edit', { programmeId })
    const [one, twin] = [await findOrganisation(tx, organisationId), await findOrganisation(tx, twinId)]
    if (!one || twin?.programmeId !== programmeId || twinId === organisationId) throw notFound()
    if (one.mergedIntoId ?? twin.mergedIntoId) throw new DomainError('merged')
    const organisations = [organisationId, twinId]
    const kept = await keeping(tx, { programmeId, organisations }, () => moveOrganisation(tx, twin, one))
    const payload = { organisationId, mergedId: twinId }
    const seq = await record({ type: 'organisation.merged', payload, inverse: inverseOf(kept) })
    await insertKept(tx, programmeId, seq, kept)
    return { id: organisationId }
  })
}
