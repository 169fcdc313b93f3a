import { Type, type Static } from 'typebox'
import { Id, RawText, Shape, Text, oneOf } from './common.ts'

/** Answers copied from a spreadsheet: who answers, about whom, and the level. */

const Content = RawText(200_000, 1)

export const PastedAnswers = Shape({ content: Content })
export type PastedAnswers = Static<typeof PastedAnswers>

/** What the dry run has shown is what is saved: `basis` tells whether it still holds. */
export const PastedOrder = Shape({ content: Content, basis: Text(100, 1) })
export type PastedOrder = Static<typeof PastedOrder>

export const CheckedAnswer = Shape({
  /** As the spreadsheet numbers it, or as the row stands in what was pasted. */
  row: Type.Integer(),
  who: Type.String(),
  whom: Type.String(),
  action: oneOf(['new', 'changed', 'unchanged', 'unclear', 'wrong'] as const),
  /** What would be saved, or why it can't be, in words. */
  message: Type.String(),
})
export type CheckedAnswer = Static<typeof CheckedAnswer>

export const CheckedAnswers = Shape({ rows: Type.Array(CheckedAnswer), basis: Type.String() })
export type CheckedAnswers = Static<typeof CheckedAnswers>

export const SavedAnswers = Shape({ id: Id, seq: Type.Optional(Type.Integer()), answers: Type.Integer() })
export type SavedAnswers = Static<typeof SavedAnswers>
