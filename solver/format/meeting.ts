import { reference } from './ids.ts'
import { named, optional, record, type Read, type Schema } from './schema.ts'
import { text } from './values.ts'

const meetingOf = (candidate: Schema<string>, slot: Schema<string>, table: Schema<string>) =>
  named(
    'meeting',
    record({
      candidate,
      slot,
      table: optional(table, 'absent', 'Absent where the tables are only counted.'),
    }),
  )

/** A pair in a slot, and at a table where the instance lists its tables one by one. */
export const meeting = meetingOf(text, text, text)
export type Meeting = Read<typeof meeting>

/** A meeting in a document that says what there is. */
export const knownMeeting = meetingOf(reference('candidates'), reference('slots'), reference('tables'))
