import { findProgramme } from '../events/repository.ts'
import type { Inverse } from '../../change-catalogue.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { say } from '../../messages.ts'
import { allow } from '../../policy.ts'
import type {
  CheckedTable,
  Imported,
  ImportOrder,
  ImportTable,
  PeopleKind,
  ReadTable,
  UploadedTable,
} from '../../schemas/import.ts'
import type { NewHost, NewProject } from '../../schemas/programme.ts'
import { readTable } from '../../spreadsheets/read.ts'
import { TableError } from '../../spreadsheets/table.ts'
import type { Call, WriteContext } from '../../write.ts'
import { countInUse, deleteIdleOrganisations, deletePeople } from './bulk.ts'
import {
  deleteFormerValues,
  findFormerValues,
  insertFormerValues,
  type FormerValues,
} from './former-values.ts'
import { formerTeam, isOtherTeam, personIn } from './import-contact.ts'
import { findHeadings, guessColumns } from './import-columns.ts'
import { fieldOfHeading } from './import-fields.ts'
import { withChangedKinds } from './import-kinds.ts'
import type { Known } from './import-match.ts'
import { changesOf, hostFrom, knownPeople, projectFrom, type Change, type Patch } from './import-people.ts'
import { planImport, type Planned } from './import-plan.ts'
import { presentPlan } from './import-present.ts'
import type { FoundHost, FoundProject, PersonRow } from './repository.ts'
import { changeHosts, changeProjects, createHosts, createProjects } from './roster.ts'
import { writePeople } from './service.ts'

export async function allowImport(db: Database, { actor }: Call, programmeId: string): Promise<void> {
  if (!(await findProgramme(db, programmeId))) throw notFound()
  allow(actor, 'people.edit', { programmeId })
}

/** Reads a file or copied cells into rows of text, and says what its columns seem to be. Nothing is kept. */
export async function readUploaded(
  db: Database,
  call: Call,
  programmeId: string,
  { kind, from, content, sheet }: UploadedTable,
): Promise<ReadTable> {
  await allowImport(db, call, programmeId)
  const { locale } = call.actor
  const isHeading = (cell: string) => fieldOfHeading(kind, cell) !== null
  const bytes = Buffer.from(content, from === 'file' ? 'base64' : 'utf8')
  const table = await readTable(bytes, { locale, sheet, isHeading }).catch((error: unknown) => {
    if (!(error instanceof TableError)) throw error
    throw new DomainError('invalid-file', { reason: say(locale, error.reason, error.values) })
  })
  const headings = findHeadings(kind, table.rows)
  const width = Math.max(...table.rows.map(({ cells }) => cells.length))
  const cells = Array.from({ length: width }, (_, index) => headings.cells[index] ?? '')
  return { ...table, headings: headings.row, columns: guessColumns(kind, cells) }
}

/** What an import would do, row by row. */
export async function checkImport(
  db: Database,
  call: Call,
  programmeId: string,
  table: ImportTable,
): Promise<CheckedTable> {
  await allowImport(db, call, programmeId)
  const { locale } = call.actor
  return presentPlan(await planImport(db, programmeId, table, locale), locale)
}

/** Takes in what a dry run has shown, all valid rows together, as one entry of the log. */
export async function importPeople(
  db: Database,
  call: Call,
  programmeId: string,
  { basis, ...table }: ImportOrder,
): Promise<Imported> {
  await allowImport(db, call, programmeId)
  return writePeople(db, call, programmeId, async ({ tx, record, call }) => {
    const plan = await planImport(tx, programmeId, table, call.actor.locale)
    if (plan.basis !== basis) throw new DomainError('table-outdated')
    const updates = plan.rows.filter(({ action }) => action === 'update')
    const created = await applyPlan(tx, programmeId, table.kind, plan.rows)
    const reply = { id: programmeId, created: created.length, updated: updates.length }
    if (reply.created + reply.updated === 0) return reply
    const { kind } = table
    const updated = updates.map(({ known }) => (known as Known).id)
    const seq = await record({
      type: 'people.imported',
      payload: { kind, created: reply.created, updated: reply.updated },
      inverse: { kind, created, updated },
    })
    await insertFormerValues(tx, programmeId, seq, kind, updates.map(formerOf))
    return reply
  })
}

function formerOf({ known, contact, changes }: Planned): FormerValues {
  const { id, found } = known as Known
  const team = 'team' in found ? formerTeam(found.team, contact) : undefined
  const before = Object.fromEntries(changes.map(({ member, before }) => [member, before]))
  return { id, before: { ...before, ...(team && { team }) }, after: afterOf(changes) }
}

const afterOf = (changes: Change[]): Patch =>
  Object.fromEntries(changes.map(({ member, after }) => [member, after]))

/** By default the contact of a project is who is the first already. */
type Edit = { known: Known; patch: Patch; contact?: PersonRow | null }

/** Whoever comes to the front of a team is written whole: the same as before them is no change, and theirs all the same. */
function editOf({ known, contact, patch, changes }: Planned): Edit {
  const one = known as Known
  if (!('team' in one.found)) return { known: one, patch: afterOf(changes) }
  const isNext = formerTeam(one.found.team, contact) !== undefined
  return { known: one, contact, patch: { ...afterOf(changes), ...(isNext && personIn(patch)) } }
}

async function applyPlan(
  tx: Transaction,
  programmeId: string,
  kind: PeopleKind,
  rows: Planned[],
): Promise<string[]> {
  const updates = rows.filter(({ action }) => action === 'update')
  await changePeople(tx, programmeId, kind, updates.map(editOf))
  const fresh = withChangedKinds(rows)
  if (fresh.length === 0) return []
  if (kind === 'hosts') return createHosts(tx, programmeId, fresh.map(hostFrom) as NewHost[])
  const projects = fresh.map((patch) => projectFrom(patch) as NewProject)
  return createProjects(tx, programmeId, projects)
}

async function changePeople(tx: Transaction, programmeId: string, kind: PeopleKind, edits: Edit[]) {
  if (edits.length === 0) return
  if (kind === 'hosts')
    return changeHosts(
      tx,
      programmeId,
      edits.map(({ known, patch }) => ({ before: known.found as FoundHost, patch: hostFrom(patch) })),
    )
  const projects = edits.map(({ known, patch, contact }) => {
    const before = known.found as FoundProject
    return { before, patch: projectFrom(patch, before.team, contact) }
  })
  return changeProjects(tx, programmeId, projects)
}

/**
 * Takes a whole import back: newcomers leave, the others get their former values. It is refused, with the names, where
 * what came in was built on or changed since.
 */
export async function importBack(
  { tx, record }: WriteContext,
  programmeId: string,
  seq: number,
  { kind, created, updated = [] }: Inverse<'people.imported'>,
): Promise<void> {
  const inUse = await countInUse(tx, created)
  if (inUse > 0) throw new DomainError('people-in-use', { count: String(inUse) })
  const edits = await formerEdits(tx, programmeId, seq, kind, updated)
  await changePeople(tx, programmeId, kind, edits)
  const removed = created.length > 0 ? await deletePeople(tx, kind, created) : 0
  if (removed + edits.length === 0) throw new DomainError('moved-on')
  await deleteIdleOrganisations(tx, programmeId)
  await deleteFormerValues(tx, programmeId, seq)
  if (edits.length === 0) await record({ type: 'people.removed', payload: { kind, removed } })
  else await record({ type: 'people.importUndone', payload: { kind, removed, restored: edits.length } })
}

/** Back to the former values, as long as nobody has changed the same since. */
async function formerEdits(
  tx: Transaction,
  programmeId: string,
  seq: number,
  kind: PeopleKind,
  updated: string[],
): Promise<Edit[]> {
  const former = await findFormerValues(tx, programmeId, seq)
  if (former.length + updated.length === 0) return []
  const known = new Map((await knownPeople(tx, programmeId, kind)).map((one) => [one.id, one]))
  // Half an import is not taken back: former values are forgotten after a while, all at once.
  if (former.length === 0 && updated.some((id) => known.has(id))) throw new DomainError('moved-on')
  const still = former.flatMap(({ id, ...values }) => {
    const one = known.get(id)
    return one ? [{ known: one, ...values }] : []
  })
  // The language is learned from the pages that people use: nobody has changed it.
  const moved = still.filter(
    ({ known: { found }, before, known, after }) =>
      changesOf(known, after).some(({ member }) => member !== 'language') ||
      (before.team && 'team' in found && isOtherTeam(before.team, found.team)),
  )
  if (moved.length > 0)
    throw new DomainError('people-changed', {
      names: moved
        .slice(0, 5)
        .map(({ known }) => known.name)
        .join(', '),
    })
  return still.map(({ known, before }) => ({ known, patch: before }))
}
