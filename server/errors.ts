import type { Locale } from './actor.ts'
import { say, type MessageKey } from './messages.ts'

/**
 * Domain errors: thrown once, named by a stable code, mapped to HTTP here and nowhere else.
 * The sentence a person reads stands in server/messages under `error_<code>`.
 */
const STATUS = {
  'invalid-input': 400,
  'invalid-file': 400,
  'invalid-columns': 400,
  'code-invalid': 400,
  'key-too-long': 400,
  'passkey-refused': 400,
  'signed-out': 401,
  'other-person': 401,
  forbidden: 403,
  'passkey-needed': 403,
  'session-old': 403,
  'wrong-origin': 403,
  'not-found': 404,
  'cell-taken': 409,
  'person-busy': 409,
  'person-unavailable': 409,
  'pair-conflict': 409,
  'pair-ruled-out': 409,
  'two-places': 409,
  'own-meeting': 409,
  'slot-past': 409,
  'slot-lost': 409,
  'turn-not-begun': 409,
  'slots-overlap': 409,
  'delay-too-late': 409,
  'table-out': 409,
  'nothing-published': 409,
  'not-live': 409,
  'meeting-cancelled': 409,
  'already-meeting': 409,
  'no-repair': 409,
  'repair-too-late': 409,
  'meeting-locked': 409,
  'proposal-incomplete': 409,
  'proposal-status': 409,
  'replies-closed': 409,
  'event-begun': 409,
  'stand-in-named': 409,
  'link-over': 404,
  'call-off': 404,
  'call-closed': 409,
  'call-incomplete': 409,
  'application-incomplete': 409,
  'application-state': 409,
  'application-twice': 409,
  'musts-used-up': 409,
  'confirm-change': 409,
  'meeting-begun': 409,
  'nothing-to-solve': 409,
  'nobody-priced': 409,
  'run-in-progress': 409,
  'run-finished': 409,
  'solution-unreadable': 422,
  'solution-foreign': 422,
  'solution-broken': 422,
  'solution-empty': 422,
  'solution-outdated': 409,
  'not-a-draft': 409,
  'already-exists': 409,
  'key-reused': 409,
  'request-in-progress': 409,
  'schedule-frozen': 409,
  'not-undoable': 409,
  'mail-not-again': 409,
  'mail-off': 409,
  'mail-sample': 409,
  'mail-field': 400,
  'mail-no-links': 400,
  'mail-unwritten': 409,
  'mail-lately': 409,
  'mail-nobody': 409,
  'mail-gone-by': 409,
  'mail-of-plan': 409,
  'moved-on': 409,
  'people-in-use': 409,
  'people-changed': 409,
  withdrawn: 409,
  'undo-withdrawn': 409,
  merged: 409,
  'history-needs-it': 409,
  'event-published': 409,
  'booked-twice': 409,
  'merge-undecided': 409,
  rehearsal: 409,
  'last-organiser': 409,
  'invited-lately': 409,
  'no-mailbox': 409,
  'last-passkey': 409,
  'stale-version': 412,
  'table-outdated': 412,
  'answers-outdated': 412,
  'version-needed': 428,
  'too-large': 413,
  'too-many-requests': 429,
  'code-tries': 429,
  'code-wait': 429,
  'sample-only': 403,
  'push-off': 403,
  'solver-busy': 503,
  'solver-slow': 503,
  unavailable: 503,
  'database-down': 503,
  'database-read-only': 503,
  'database-full': 503,
  internal: 500,
} as const

export type ErrorCode = keyof typeof STATUS
export type FieldError = { pointer: string; message: string }

export class DomainError extends Error {
  code: ErrorCode
  /** Values for the sentence, such as who holds a cell. */
  values: Record<string, string>
  fields: FieldError[]
  /** What is to be said of this one case, in the asker's language. */
  detail: string
  constructor(code: ErrorCode, values: Record<string, string> = {}, fields: FieldError[] = [], detail = '') {
    super(code)
    this.code = code
    this.values = values
    this.fields = fields
    this.detail = detail
  }
}

export const statusOf = (code: ErrorCode): number => STATUS[code]
/** Of what is over by itself: when it is worth asking again. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = {
  'solver-busy': 5,
  'solver-slow': 10,
  unavailable: 5,
  'database-down': 5,
  'database-read-only': 30,
  'database-full': 30,
}
export const retryAfterOf = (code: ErrorCode): number | null => RETRY_AFTER_SECONDS[code] ?? null
export const notFound = () => new DomainError('not-found')

/** Constraint → what it means to a person. The constraint, not a check beforehand, carries the promise. */
const CONSTRAINTS: Record<string, ErrorCode> = {
  meetings_table_once: 'cell-taken',
  meeting_seats_once: 'person-busy',
  meeting_seats_human_once: 'two-places',
  meetings_two_humans: 'own-meeting',
  meetings_nobody_withdrawn: 'withdrawn',
  events_published_stay: 'event-published',
  meetings_candidate_once: 'already-exists',
  schedules_sealed: 'schedule-frozen',
  tables_name: 'already-exists',
  rooms_name: 'already-exists',
  organisations_name: 'already-exists',
  projects_code: 'already-exists',
  hosts_code: 'already-exists',
  applications_name: 'application-twice',
  idempotency_keys_actor_key_pk: 'request-in-progress',
}

/** What passes JSON but not PostgreSQL: NUL and broken surrogates (22021, in JSON 22P05 and 22P02), too large numbers and dates. */
const UNSTORABLE = new Set(['22003', '22008', '22021', '22P02', '22P05'])

/** What is wrong with the database itself, by the codes of PostgreSQL, of its driver and of the network. */
const OUTAGES: [ErrorCode, RegExp][] = [
  ['database-read-only', /^25006$/],
  ['database-full', /^(53100|ENOSPC)$/],
  // No connection, too many of them, the server stops or starts, a statement given up.
  ['database-down', /^(08...|57P0[1-5]|57014|53[023]00|DATABASE_SILENT|CONNECT_TIMEOUT|CONNECTION_\w+)$/],
  [
    'database-down',
    /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/,
  ],
]

/** A database error as a domain error, where its constraint has a meaning (also when raised at COMMIT). */
export function fromDatabase(error: unknown): DomainError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const name = (cause as { constraint_name?: string }).constraint_name
    if (name && CONSTRAINTS[name]) return new DomainError(CONSTRAINTS[name])
    const { code = '' } = cause as { code?: string }
    if (UNSTORABLE.has(code)) return new DomainError('invalid-input')
    const outage = OUTAGES.find(([, codes]) => codes.test(code))
    if (outage) return new DomainError(outage[0])
  }
  return null
}

type Asker = { actor: { locale: Locale } }

/** A member of the request that does not go with the rest of it; `values` are those of the reason's sentence. */
export const invalidInput = (
  { actor: { locale } }: Asker,
  pointer: string,
  reason: MessageKey,
  values: Record<string, string | number> = {},
) => new DomainError('invalid-input', {}, [{ pointer, message: say(locale, reason, values) }])
