import type { AnswerRow } from '../../../../server/schemas/choice.ts'
import { searched } from '../../../lib/search.ts'

export const ANSWER_FILTERS = ['silent', 'few', 'no-email', 'no-proposal'] as const
export type AnswerFilter = (typeof ANSWER_FILTERS)[number]

/** So few wishes that an agenda cannot be filled with them. */
const FEW = 3

export const wishesReceived = ({ received }: AnswerRow) => received.must + received.want + received.open

const keeps: Record<AnswerFilter, (row: AnswerRow) => boolean> = {
  silent: (row) => row.answeredAt === null,
  few: (row) => wishesReceived(row) < FEW,
  'no-email': (row) => !row.hasEmail,
  'no-proposal': (row) =>
    row.side === 'project' && row.proposalStatus !== 'submitted' && row.proposalStatus !== 'approved',
}

/** Rows of a side that pass every chosen filter and contain what is sought. */
export function filterAnswers(
  rows: AnswerRow[],
  side: AnswerRow['side'] | 'all',
  filters: AnswerFilter[],
  sought: string,
) {
  const kept = rows.filter(
    (row) => (side === 'all' || row.side === side) && filters.every((filter) => keeps[filter](row)),
  )
  return searched(kept, sought, ({ name, organisations }) => [name, ...organisations])
}
