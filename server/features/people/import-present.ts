import type { Locale } from '../../actor.ts'
import type { CheckedRow, CheckedTable } from '../../schemas/import.ts'
import { fieldOf, wordsOf } from './import-people.ts'
import type { Plan, Planned } from './import-plan.ts'

export function presentPlan({ rows, ignored, basis }: Plan, locale: Locale): CheckedTable {
  const count = (wanted: CheckedRow['action']) => rows.filter(({ action }) => action === wanted).length
  return {
    rows: rows.map((row) => presentRow(row, locale)),
    created: count('create'),
    updated: count('update'),
    unchanged: count('unchanged'),
    undecided: count('undecided'),
    failed: count('error'),
    ...{ ignored, basis },
  }
}

function presentRow(planned: Planned, locale: Locale): CheckedRow {
  const { row, name, action, errors, warnings, changes, candidates } = planned
  return {
    ...{ row, name, action, errors, warnings },
    changes: (action === 'update' ? changes : []).map(({ member, before, after }) => ({
      field: fieldOf(member)[0],
      before: wordsOf(member, before, locale),
      after: wordsOf(member, after, locale),
    })),
    candidates: (action === 'undecided' ? candidates : []).map(({ id, name, organisation, email }) => ({
      id,
      name: [name, organisation, email].filter(Boolean).join(', '),
    })),
  }
}
