import { createHash } from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Locale } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { say } from '../../messages.ts'
import type { CheckedRow, ImportField, ImportTable, PeopleKind, Remark } from '../../schemas/import.ts'
import { NewHost, NewPerson, NewProject } from '../../schemas/programme.ts'
import { sentenceOfViolation } from '../../violations.ts'
import { contactOf, withContact } from './import-contact.ts'
import { contradicted, kindsTold, type KindsTold } from './import-kinds.ts'
import { organisationsOf, type Organisations } from './import-organisations.ts'
import {
  changesOf,
  fieldOf,
  knownPeople,
  nameIn,
  NAMED_BY,
  patchOf,
  withKnownName,
  type Change,
  type Patch,
} from './import-people.ts'
import { certainKey, matcher, probableKey, type Known, type Match, type Told } from './import-match.ts'
import type { PersonRow } from './repository.ts'
import { parseRows, type Headings, type ParsedRow } from './import-rows.ts'

export type Planned = {
  row: number
  name: string
  action: CheckedRow['action']
  patch: Patch
  /** Who it is; null of a newcomer, and where that is not certain. */
  known: Known | null
  /** Of a known project, who of its team the row names; null of somebody new. */
  contact: PersonRow | null
  candidates: Known[]
  changes: Change[]
  errors: Remark[]
  warnings: Remark[]
}
export type Plan = { rows: Planned[]; ignored: string[]; basis: string }

/** What would happen to each row of a table; the same question asked again of the same people answers the same. */
export async function planImport(
  reader: Reader,
  programmeId: string,
  table: ImportTable,
  locale: Locale,
): Promise<Plan> {
  const { kind } = table
  const { rows, headings, ignored } = parseRows(table, locale)
  const known = await knownPeople(reader, programmeId, kind)
  const organisations = await organisationsOf(reader, programmeId)
  const match = matcher(kind, known)
  const decided = new Map(table.decisions.map(({ row, person }) => [row, person]))
  const seen = startSeen(kind, headings, locale)
  const spelt = rows.map((parsed) => ({
    ...parsed,
    spelt: organisations.spell(patchOf(parsed.values), headings, locale),
  }))
  const kinds = kindsTold(spelt.map(({ row, spelt: { patch } }) => ({ row, patch })))
  const planned = spelt.map((row) => {
    const plan = planRow(kind, row, { match, organisations, kinds, decided, headings, locale })
    return seen(plan)
  })
  return { rows: planned, ignored, basis: digestOf(planned) }
}

type Around = {
  match: (told: Told) => Match
  organisations: Organisations
  kinds: KindsTold
  decided: Map<number, string | null>
  headings: Headings
  locale: Locale
}

type SpeltRow = ParsedRow & { spelt: ReturnType<Organisations['spell']> }

function planRow(kind: PeopleKind, parsed: SpeltRow, around: Around): Planned {
  const { match, organisations, kinds, decided, headings, locale } = around
  const { patch, warnings } = parsed.spelt
  const told = toldBy(kind, patch)
  const who = decide(match(told), decided.get(parsed.row))
  const known = who === 'undecided' ? null : who.known
  const team = known && 'team' in known.found ? known.found.team : []
  const contact = contactOf(patch, team)
  const person = known && 'person' in known.found ? known.found.person : contact
  const said = withKnownName(patch, parsed.values, person)
  const whole = known ? withContact(said, team, contact) : organisations.complete(kind, patch, kinds)
  const ofKind = { row: parsed.row, kind: patch.kind, column: headings.kind ?? '' }
  const errors = [
    ...parsed.errors,
    ...contradicted(kinds, patch.organisation ?? known?.organisation, ofKind, locale),
    ...faultsOf(kind, whole, parsed.errors, known, headings, locale),
  ]
  const changes = known ? changesOf(known, whole) : []
  const asked = who === 'undecided' ? (match(told) as { candidates: Known[] }).candidates : []
  return {
    ...{ row: parsed.row, known, contact, patch: whole, changes, errors, candidates: asked },
    name: [told.name || known?.name, told.organisation].filter(Boolean).join(', '),
    warnings: [...parsed.warnings, ...warnings],
    action: actionOf(errors.length > 0, who, changes.length),
  }
}

const toldBy = (kind: PeopleKind, patch: Patch): Told => ({
  ...{ code: patch.code, name: nameIn(kind, patch), organisation: patch.organisation ?? '' },
  email: patch.email ?? undefined,
})

type Who = { known: Known | null } | 'undecided'

/** A decision counts as long as it names one of those who were shown. */
function decide(match: Match, decision: string | null | undefined): Who {
  if ('known' in match) return match
  if (match.candidates.length === 0 || decision === null) return { known: null }
  const known = match.candidates.find(({ id }) => id === decision)
  return known ? { known } : 'undecided'
}

function actionOf(wrong: boolean, who: Who, changes: number): Planned['action'] {
  if (wrong) return 'error'
  if (who === 'undecided') return 'undecided'
  if (!who.known) return 'create'
  return changes > 0 ? 'update' : 'unchanged'
}

const { team: _, ...ofProject } = NewProject.properties
/** A project with its first contact. */
const ProjectRow = Type.Object({ ...ofProject, ...NewPerson.properties })
const CHECKS = {
  projects: { full: Compile(ProjectRow), part: Compile(Type.Partial(ProjectRow)) },
  hosts: { full: Compile(NewHost), part: Compile(Type.Partial(NewHost)) },
}

/** A newcomer needs everything; of who is known, only what the row says is changed. */
function faultsOf(
  kind: PeopleKind,
  patch: Patch,
  before: Remark[],
  known: Known | null,
  headings: Headings,
  locale: Locale,
): Remark[] {
  const check = CHECKS[kind][known ? 'part' : 'full']
  const wrong = new Set(before.map(({ column }) => column))
  const found: Remark[] = []
  if (!known && kind === 'hosts' && !nameIn(kind, patch)) {
    const column = nameHeading(kind, headings, locale)
    if (!wrong.has(column)) found.push({ column, message: say(locale, 'field_required') })
  }
  for (const { keyword, instancePath, params } of check.Errors(patch)) {
    const { requiredProperties } = params as { requiredProperties?: string[] }
    for (const member of requiredProperties ?? [instancePath.split('/')[1]]) {
      const column = headingOf(fieldOf(member), headings, locale)
      if (wrong.has(column)) continue
      wrong.add(column)
      found.push({ column, message: sentenceOfViolation({ keyword, instancePath, params }, locale) })
    }
  }
  return found
}

const nameHeading = (kind: PeopleKind, headings: Headings, locale: Locale) =>
  headingOf(NAMED_BY[kind], headings, locale)

function headingOf(fields: ImportField[], headings: Headings, locale: Locale): string {
  const heading = fields.map((field) => headings[field]).find(Boolean)
  return heading ?? say(locale, `column_${fields[0]}`)
}

/** Says of each row whether another before it is the same person, or shares an address with it. */
function startSeen(kind: PeopleKind, headings: Headings, locale: Locale) {
  const [certain, probable, addresses] = [new Map(), new Map(), new Map()] as Map<string, number>[]
  const at = (map: Map<string, number>, key: string | null | undefined, row: number) => {
    const before = key ? map.get(key) : undefined
    if (key && before === undefined) map.set(key, row)
    return before
  }
  return (plan: Planned): Planned => {
    if (plan.action === 'error') return plan
    const { row, known, patch } = plan
    const told = toldBy(kind, patch)
    const column = nameHeading(kind, headings, locale)
    const twice = at(certain, known?.id ?? (patch.code && `#${patch.code}`) ?? certainKey(told, kind), row)
    if (twice !== undefined) {
      const errors = [{ column, message: say(locale, 'pasted_twice', { line: twice }) }]
      return { ...plan, action: 'error', errors }
    }
    const like = at(probable, probableKey(told, kind), row)
    const shared = at(addresses, patch.email, row)
    const warnings = [
      ...plan.warnings,
      ...(like === undefined || known
        ? []
        : [{ column, message: say(locale, 'import_alike', { line: like }) }]),
      ...(shared === undefined || kind === 'projects'
        ? []
        : [
            {
              column: headingOf(['email'], headings, locale),
              message: say(locale, 'import_shared', { line: shared }),
            },
          ]),
    ]
    return { ...plan, warnings }
  }
}

const digestOf = (rows: Planned[]) =>
  createHash('sha256')
    .update(
      JSON.stringify(
        rows.map(({ row, action, known, patch, changes, candidates }) => [
          ...[row, action, known?.id, patch, changes],
          candidates.map(({ id }) => id),
        ]),
      ),
    )
    .digest('base64url')
