import { findProgramme } from '../events/repository.ts'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Locale } from '../../actor.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { say } from '../../messages.ts'
import { sentenceOfViolation } from '../../violations.ts'
import { allow } from '../../policy.ts'
import { Email, Nullable, Text } from '../../schemas/common.ts'
import {
  NewHost,
  NewProject,
  type HostPersonPatch,
  type PastedResult,
  type PastedTable,
  type ProjectPatch,
} from '../../schemas/programme.ts'
import type { Call } from '../../write.ts'
import { parseTable, type ParsedRow, type PeopleKind } from './table-parser.ts'
import { findHosts, findProjects, type FoundProject } from './repository.ts'
import { writePeople } from './service.ts'
import { nameOf, splitName } from '../../naming.ts'
import { lower } from './persons.ts'
import { changeHosts, changeProjects, createHosts, createProjects, type KnownHost } from './roster.ts'

type Known = { id: string; code: string; name: string; organisation?: string }
type Planned = ParsedRow & { known: Known | null; action: PastedResult['rows'][number]['action'] }
type Plan = { rows: Planned[]; ignored: string[] }

/**
 * Takes a pasted table in: rows that match by code, else by name, change what is known; the others are new.
 * All valid rows go in together, as one entry of the log; a dry run says what would happen.
 */
export async function importPeople(
  db: Database,
  call: Call,
  programmeId: string,
  table: PastedTable,
): Promise<PastedResult> {
  if (!(await findProgramme(db, programmeId))) throw notFound()
  allow(call.actor, 'people.edit', { programmeId })
  const { locale } = call.actor
  let plan = await planImport(db, programmeId, table, locale)
  if (table.dryRun || !plan.rows.some(({ action }) => action === 'create' || action === 'update'))
    return presentPlan(plan)
  await writePeople(db, call, programmeId, async ({ tx, record }) => {
    plan = await planImport(tx, programmeId, table, locale)
    const created = await applyPlan(tx, programmeId, table.kind, plan)
    const updated = plan.rows.filter(({ action }) => action === 'update').length
    const { kind } = table
    await record({
      type: 'people.imported',
      payload: { kind, created: created.length, updated },
      inverse: created.length > 0 ? { kind, created } : null,
    })
    return { id: programmeId }
  })
  return presentPlan(plan)
}

async function planImport(
  reader: Reader,
  programmeId: string,
  { kind, text }: PastedTable,
  locale: Locale,
): Promise<Plan> {
  const pasted = parseTable(kind, text, locale)
  const known: (Known & Record<string, unknown>)[] =
    kind === 'projects'
      ? (await findProjects(reader, programmeId)).map((one) => ({
          ...one,
          email: one.team.at(0)?.email ?? null,
        }))
      : (await findHosts(reader, programmeId)).map((one) => ({
          ...one,
          name: nameOf(one.person),
          email: one.person.email,
        }))
  const byCode = new Map(known.map((one) => [keyOf(one.code), one]))
  const byName = new Map(known.map((one) => [nameKey(kind, one), one]))
  const seen = new Map<string, number>()
  const rows = pasted.rows.map((row): Planned => {
    const { code } = row.values
    const match = code ? byCode.get(keyOf(code)) : byName.get(nameKey(kind, row.values))
    const errors = [...row.errors, ...faults(kind, row, match ?? null, pasted.columns, locale)]
    const key = match?.id ?? (code ? keyOf(code) : nameKey(kind, row.values))
    const before = seen.get(key)
    if (before !== undefined)
      errors.push({ column: pasted.columns.name, message: say(locale, 'pasted_twice', { line: before }) })
    else if (errors.length === 0) seen.set(key, row.line)
    return { ...row, errors, known: match ?? null, action: actionOf(row, errors.length, match) }
  })
  return { rows, ignored: pasted.ignored }
}

function actionOf({ values }: ParsedRow, errors: number, match: Record<string, unknown> | undefined) {
  if (errors > 0) return 'error'
  if (!match) return 'create'
  const same = ([member, value]: [string, unknown]) =>
    JSON.stringify(member === 'email' ? lower(String(value)) : value) === JSON.stringify(match[member])
  return Object.entries(values).every(same) ? 'unchanged' : 'update'
}

const keyOf = (value: unknown) => String(value).trim().toLowerCase()
/** Hosts of several organisations may bear the same role. */
const nameKey = (kind: PeopleKind, { name, organisation }: Record<string, unknown>) =>
  kind === 'projects' ? `=${keyOf(name)}` : `=${keyOf(name)}\n${keyOf(organisation)}`

/** A table names people in one column, and a project's mailbox is that of its first contact. */
const Row = { name: Text(120, 1), email: Type.Optional(Nullable(Email)) }
const ProjectRow = Type.Object({ ...NewProject.properties, ...Row })
const HostRow = Type.Object({ ...NewHost.properties, ...Row })
const CHECKS = {
  projects: { full: Compile(ProjectRow), part: Compile(Type.Partial(ProjectRow)) },
  hosts: { full: Compile(HostRow), part: Compile(Type.Partial(HostRow)) },
}

type Cells = Record<string, unknown>

function projectFrom({ email, ...values }: Cells, known?: FoundProject): ProjectPatch {
  if (email === undefined) return values as ProjectPatch
  const [first, ...others] = known?.team ?? []
  const team = [
    { ...(first && { id: first.id }), email: email as string },
    ...others.map(({ id }) => ({ id })),
  ]
  return { ...(values as ProjectPatch), team }
}

const hostFrom = ({ name, ...values }: Cells, known?: KnownHost): HostPersonPatch =>
  name === undefined || (known && name === nameOf(known.person))
    ? values
    : { ...values, ...splitName(String(name)) }

/** A newcomer needs everything; of who is known, only what the row says is changed. */
function faults(
  kind: PeopleKind,
  { values, errors }: ParsedRow,
  match: Known | null,
  columns: Record<string, string>,
  locale: Locale,
) {
  const check = CHECKS[kind][match ? 'part' : 'full']
  const whole = match || kind === 'projects' ? values : { kind: 'other', ...values }
  const wrong = new Set(errors.map(({ column }) => column))
  const found: ParsedRow['errors'] = []
  for (const { keyword, instancePath, params } of check.Errors(whole)) {
    const { requiredProperties } = params as { requiredProperties?: string[] }
    for (const member of requiredProperties ?? [instancePath.split('/')[1]]) {
      const column = columns[member] ?? member
      if (wrong.has(column)) continue
      wrong.add(column)
      found.push({ column, message: sentenceOfViolation({ keyword, instancePath, params }, locale) })
    }
  }
  return found
}

async function applyPlan(
  tx: Transaction,
  programmeId: string,
  kind: PeopleKind,
  { rows }: Plan,
): Promise<string[]> {
  const edits = rows.filter(({ action }) => action === 'update')
  if (kind === 'projects')
    await changeProjects(
      tx,
      programmeId,
      edits.map(({ known, values }) => ({
        before: known as FoundProject,
        patch: projectFrom(values, known as FoundProject),
      })),
    )
  else
    await changeHosts(
      tx,
      programmeId,
      edits.map(({ known, values }) => ({
        before: known as Known & KnownHost,
        patch: hostFrom(values, known as Known & KnownHost),
      })),
    )
  const fresh = rows.filter(({ action }) => action === 'create').map(({ values }) => values)
  if (fresh.length === 0) return []
  return kind === 'projects'
    ? createProjects(
        tx,
        programmeId,
        fresh.map((values) => projectFrom(values) as NewProject),
      )
    : createHosts(
        tx,
        programmeId,
        fresh.map((values) => ({ kind: 'other', ...hostFrom(values) }) as NewHost),
      )
}

function presentPlan({ rows, ignored }: Plan): PastedResult {
  const count = (wanted: Planned['action']) => rows.filter(({ action }) => action === wanted).length
  return {
    rows: rows.map(({ line, values, known, action, errors }) => ({
      line,
      name: String(values.name ?? known?.name ?? ''),
      action,
      errors,
    })),
    created: count('create'),
    updated: count('update'),
    failed: count('error'),
    ignored,
  }
}
