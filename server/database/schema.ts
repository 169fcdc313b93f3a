import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  pgView,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core'
import type {
  Attendance,
  HostKind,
  Language,
  MeetingState,
  PreferenceLevel,
  Rsvp,
  RsvpBy,
  Side,
} from '../schemas/common.ts'
import type { DisruptionKind, DisruptionState, RepairOrder } from '../schemas/day.ts'
import type { ApplicationContent, ApplicationState, CallText } from '../schemas/application.ts'
import type { Suggestion } from '../schemas/choice.ts'
import type { LetterKind, ScheduledKind } from '../schemas/letters.ts'
import { completeRules, type EventRules } from '../schemas/rules.ts'
import type { Ruling } from '../schemas/pairs.ts'
import type { ProposalContent, ProposalStatus } from '../schemas/proposal.ts'
import type { Keep, ObjectiveLevel, RunProgress, RunStatus } from '../schemas/run.ts'
import type { Role } from '../schemas/session.ts'

/**
 * Tables of the product. What must never happen is a constraint here or in the custom migration
 * (deferrable uniqueness and frozen versions, which drizzle cannot declare).
 */

const id = () => uuid().primaryKey().defaultRandom()
const at = () => timestamp({ withTimezone: true })
const now = () => at().notNull().defaultNow()
/** Read whole, whatever kinds of rules there were when the row was written. */
const eventRules = customType<{ data: EventRules; driverData: string | Partial<EventRules> }>({
  dataType: () => 'jsonb',
  toDriver: (rules) => JSON.stringify(rules),
  fromDriver: (stored) => completeRules(typeof stored === 'string' ? JSON.parse(stored) : stored),
})

/** One row: the identity of this database's history. A restored backup gets a new epoch. */
export const installations = pgTable(
  'installations',
  {
    id: integer().primaryKey().default(1),
    epoch: uuid().notNull().defaultRandom(),
    /** Mails, pushes and reminders wait: it is a copy, until whoever runs it says otherwise. */
    quiet: boolean().notNull().default(false),
    restoredAt: at(),
    /** The newest backup that was made by itself, and what the last try failed of. */
    backedUpAt: at(),
    backupFault: text(),
  },
  (table) => [check('installations_single', sql`${table.id} = 1`)],
)

// --- Sign-in (shape given by better-auth) -------------------------------------------------------

export const users = pgTable('users', {
  id: text().primaryKey(),
  name: text().notNull(),
  email: text().notNull().unique(),
  emailVerified: boolean().notNull().default(false),
  image: text(),
  /** May found a programme. Never settable from outside. */
  founder: boolean().notNull().default(false),
  createdAt: now(),
  updatedAt: now(),
})

export const sessions = pgTable(
  'sessions',
  {
    id: text().primaryKey(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    token: text().notNull().unique(),
    expiresAt: at().notNull(),
    ipAddress: text(),
    userAgent: text(),
    /** Signed in with a passkey: what the organiser role asks for outside the sample. */
    strong: boolean().notNull().default(false),
    createdAt: now(),
    updatedAt: now(),
  },
  (table) => [index('sessions_user').on(table.userId)],
)

export const accounts = pgTable('accounts', {
  id: text().primaryKey(),
  accountId: text().notNull(),
  providerId: text().notNull(),
  userId: text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  accessToken: text(),
  refreshToken: text(),
  idToken: text(),
  accessTokenExpiresAt: at(),
  refreshTokenExpiresAt: at(),
  scope: text(),
  password: text(),
  createdAt: now(),
  updatedAt: now(),
})

export const verifications = pgTable(
  'verifications',
  {
    id: text().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: at().notNull(),
    createdAt: now(),
    updatedAt: now(),
  },
  (table) => [index('verifications_identifier').on(table.identifier)],
)

export const passkeys = pgTable('passkeys', {
  id: text().primaryKey(),
  name: text(),
  publicKey: text().notNull(),
  userId: text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  credentialID: text().notNull().unique(),
  counter: integer().notNull(),
  deviceType: text().notNull(),
  backedUp: boolean().notNull(),
  transports: text(),
  aaguid: text(),
  createdAt: now(),
})

export const rateLimits = pgTable('rate_limits', {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  count: integer().notNull(),
  lastRequest: bigint({ mode: 'number' }).notNull(),
})

// --- Programme and people -----------------------------------------------------------------------

export const programmes = pgTable('programmes', {
  id: id(),
  name: text().notNull(),
  phase: text().notNull().default(''),
  city: text().notNull().default(''),
  timezone: text().notNull().default('Europe/Rome'),
  call: text().notNull().default(''),
  /** How its organisers are reached: on every participant's page, and where answers to its mails go. */
  contactEmail: text(),
  contactPhone: text().notNull().default(''),
  /** Of whoever has not used another one. */
  language: text().$type<Language>().notNull().default('it'),
  sample: boolean().notNull().default(false),
  /** Shown to anybody; and whether its ranking is, the financed projects in their order. */
  public: boolean().notNull().default(false),
  rankingPublic: boolean().notNull().default(false),
  /** Last number given to a change. Taking the next one locks this row: one total order a programme. */
  seq: bigint({ mode: 'number' }).notNull().default(0),
  /** Sample only: how far the programme's clock is ahead of the real one. */
  clockOffsetMs: bigint({ mode: 'number' }).notNull().default(0),
  createdAt: now(),
})

const programmeId = () =>
  uuid()
    .notNull()
    .references(() => programmes.id, { onDelete: 'cascade' })

export const organisations = pgTable(
  'organisations',
  {
    id: id(),
    programmeId: programmeId(),
    name: text().notNull(),
    /** What organisers call it where there is little room; empty where its name will do. */
    shortName: text().notNull().default(''),
    /** Null for the organisations that carry projects. */
    kind: text().$type<HostKind>(),
    /** It was found to be another one, which took over whatever was its own; its name still leads there. */
    mergedIntoId: uuid().references((): AnyPgColumn => organisations.id),
  },
  (table) => [
    unique('organisations_name').on(table.programmeId, table.name),
    check('organisations_merged', sql`${table.mergedIntoId} <> ${table.id}`),
  ],
)

export const projects = pgTable(
  'projects',
  {
    id: id(),
    programmeId: programmeId(),
    /** The organisers' own key: a pasted table updates by it. */
    code: text().notNull(),
    name: text().notNull(),
    /** What organisers call it where there is little room; empty where its name will do. */
    shortName: text().notNull().default(''),
    rank: integer(),
    financed: boolean().notNull().default(false),
    /** The organisers' own, of columns that came in with a table. */
    notes: text().notNull().default(''),
    sample: boolean().notNull().default(false),
    /** Takes no part any more; what it said and whom it met stays. */
    withdrawnAt: at(),
    createdAt: now(),
  },
  (table) => [unique('projects_code').on(table.programmeId, table.code)],
)

/** Letters and digits of a name, by which two spellings of it are the same. */
const plainName = sql`regexp_replace(lower(normalize(first_name || last_name, NFKD)), '[^[:alnum:]]', '', 'g')`

/** Somebody who stands for a project or an organisation. What is kept of them, and why: server/privacy.ts. */
export const people = pgTable(
  'people',
  {
    id: id(),
    programmeId: programmeId(),
    firstName: text().notNull().default(''),
    /** The whole name where it is one word. Both are empty where only a mailbox is known. */
    lastName: text().notNull().default(''),
    /** Role or title, such as "Responsabile CSR". */
    title: text().notNull().default(''),
    email: text(),
    phone: text(),
    /** Null: the programme's. */
    language: text().$type<Language>(),
    /** The same for two entries with one mailbox and one name: nobody can be in two places. */
    human: uuid()
      .notNull()
      .generatedAlwaysAs(
        sql`case when email is null or ${plainName} = '' then id else md5(lower(email) || ' ' || ${plainName})::uuid end`,
      ),
    createdAt: now(),
  },
  (table) => [
    index('people_email').on(table.programmeId, table.email),
    index('people_mailbox').on(table.email),
  ],
)

/** The people of a project, in their order: the first one is written to. */
export const teamMembers = pgTable(
  'team_members',
  {
    projectId: uuid()
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    personId: uuid()
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
  },
  (table) => [
    // 'team_members_position' (project, position), deferrable, and that a team has a first contact, position 0,
    // stand in the custom migration.
    primaryKey({ columns: [table.projectId, table.personId] }),
    index('team_members_person').on(table.personId),
  ],
)

export const projectOrganisations = pgTable(
  'project_organisations',
  {
    projectId: uuid()
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.organisationId] })],
)

export const proposals = pgTable('proposals', {
  projectId: uuid()
    .primaryKey()
    .references(() => projects.id, { onDelete: 'cascade' }),
  status: text().$type<ProposalStatus>().notNull().default('draft'),
  content: jsonb().$type<ProposalContent>().notNull(),
  /** The organisers' request for changes. */
  message: text().notNull().default(''),
  /** Its summary is shown to anybody, as long as it is approved. */
  public: boolean().notNull().default(false),
  version: integer().notNull().default(1),
  submittedAt: at(),
  updatedAt: now(),
})

export const hosts = pgTable(
  'hosts',
  {
    id: id(),
    programmeId: programmeId(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    code: text().notNull(),
    /** The organisers' own mark, where two look alike. */
    label: text().notNull().default(''),
    /** The organisers' own, of columns that came in with a table. */
    notes: text().notNull().default(''),
    sample: boolean().notNull().default(false),
    about: text().notNull().default(''),
    themes: text().array().notNull().default([]),
    supportForms: text().array().notNull().default([]),
    districts: text().array().notNull().default([]),
    amountMin: integer(),
    amountMax: integer(),
    funds: text().notNull().default(''),
    doesNotFund: text().notNull().default(''),
    version: integer().notNull().default(1),
    /** Takes no part any more; what they said and whom they met stays. */
    withdrawnAt: at(),
    /** The same person entered twice: who took over what was theirs. */
    mergedIntoId: uuid().references((): AnyPgColumn => hosts.id),
    createdAt: now(),
  },
  (table) => [
    unique('hosts_code').on(table.programmeId, table.code),
    check(
      'hosts_merged',
      sql`${table.mergedIntoId} is null or (${table.mergedIntoId} <> ${table.id} and ${table.withdrawnAt} is not null)`,
    ),
  ],
)

export const memberships = pgTable(
  'memberships',
  {
    id: id(),
    programmeId: programmeId(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text().$type<Role>().notNull(),
    projectId: uuid().references(() => projects.id, { onDelete: 'cascade' }),
    hostId: uuid().references(() => hosts.id, { onDelete: 'cascade' }),
  },
  (table) => [
    unique('memberships_once')
      .on(table.programmeId, table.userId, table.role, table.projectId, table.hostId)
      .nullsNotDistinct(),
    check(
      'memberships_subject',
      sql`(${table.role} = 'project') = (${table.projectId} is not null) and (${table.role} = 'host') = (${table.hostId} is not null)`,
    ),
  ],
)

/** How each programme calls an account, by the name that it gave itself, which others never learn, and writes to it. */
export const memberNames = pgTable(
  'member_names',
  {
    programmeId: programmeId(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** Null: of whoever writes. */
    language: text().$type<Language>(),
  },
  (table) => [primaryKey({ columns: [table.programmeId, table.userId] })],
)

// --- The open call ------------------------------------------------------------------------------

/** What a programme asks projects to apply with, and whether it does. */
export const openCalls = pgTable('open_calls', {
  programmeId: programmeId().primaryKey(),
  on: boolean().notNull().default(false),
  it: jsonb().$type<CallText>().notNull(),
  en: jsonb().$type<CallText>().notNull(),
  /** Until when projects apply; null: as long as it is on. */
  closesAt: at(),
})

/** A project that would take part, as whoever reads a mailbox wrote it. */
export const applications = pgTable(
  'applications',
  {
    id: id(),
    programmeId: programmeId(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    state: text().$type<ApplicationState>().notNull().default('draft'),
    name: text().notNull(),
    content: jsonb().$type<ApplicationContent>().notNull(),
    /** In which they are written to: that of the page where it was handed in. */
    language: text().$type<Language>().notNull(),
    /** The organisers' reason, of changes asked for and of a refusal. */
    message: text().notNull().default(''),
    version: integer().notNull().default(1),
    /** What it became. */
    projectId: uuid().references(() => projects.id, { onDelete: 'cascade' }),
    submittedAt: at(),
    decidedAt: at(),
    createdAt: now(),
    updatedAt: now(),
  },
  (table) => [
    uniqueIndex('applications_name').on(table.programmeId, table.userId, sql`lower(${table.name})`),
    index('applications_project').on(table.projectId),
    check('applications_admitted', sql`(${table.state} = 'admitted') = (${table.projectId} is not null)`),
  ],
)

// --- Events -------------------------------------------------------------------------------------

export const events = pgTable(
  'events',
  {
    id: id(),
    programmeId: programmeId(),
    kind: text().$type<'camp' | 'tutoring' | 'workshop' | 'public'>().notNull(),
    title: text().notNull(),
    date: date({ mode: 'string' }).notNull(),
    venue: text().notNull().default(''),
    /** Workshops and public events only; a camp's hours are its slots. */
    startsAt: at(),
    endsAt: at(),
    replyBy: at(),
    rules: eventRules().notNull(),
    public: boolean().notNull().default(false),
    /** To try things out: for its organisers alone, so nobody is written to. */
    rehearsal: boolean().notNull().default(false),
    /** Hidden from everybody, to be brought back from the log until it is purged. */
    deletedAt: at(),
    createdAt: now(),
  },
  (table) => [check('events_rehearsal_private', sql`not (${table.public} and ${table.rehearsal})`)],
)

const eventId = () =>
  uuid()
    .notNull()
    .references(() => events.id, { onDelete: 'cascade' })

export const slots = pgTable(
  'slots',
  {
    id: id(),
    eventId: eventId(),
    position: integer().notNull(),
    /** The day of the event that it belongs to, by its own date: a late evening that runs over stays of its day. */
    day: date({ mode: 'string' }).notNull(),
    /** Slots of one block have no break between them. */
    block: integer().notNull(),
    startsAt: at().notNull(),
    endsAt: at().notNull(),
    /** Taken out of the event; it stays for the published versions that name it. */
    removedAt: at(),
  },
  (table) => [
    // 'slots_position' (event, position) of those that were not removed, deferrable, stands in a custom migration.
    check(
      'slots_day',
      sql`(${table.startsAt} at time zone 'UTC')::date between ${table.day} - 1 and ${table.day} + 1`,
    ),
    unique('slots_of_event').on(table.id, table.eventId),
    check('slots_order', sql`${table.startsAt} < ${table.endsAt}`),
  ],
)

export const rooms = pgTable(
  'rooms',
  {
    id: id(),
    eventId: eventId(),
    name: text().notNull(),
    /** From that slot on its meetings are so many minutes behind; 0 and null where it is on time. */
    delayMinutes: integer().notNull().default(0),
    delayFromId: uuid().references(() => slots.id, { onDelete: 'set null' }),
  },
  (table) => [unique('rooms_name').on(table.eventId, table.name)],
)

export const tables = pgTable(
  'tables',
  {
    id: id(),
    eventId: eventId(),
    roomId: uuid()
      .notNull()
      .references(() => rooms.id),
    name: text().notNull(),
    position: integer().notNull(),
    features: text().array().notNull().default([]),
    /** Days on which it is not there. */
    daysOut: date({ mode: 'string' }).array().notNull().default([]),
    /** Taken out of the event; it stays for the published versions that name it. */
    removedAt: at(),
  },
  (table) => [
    // 'tables_name' (room, name) of those that were not removed, deferrable, stands in a custom migration.
    unique('tables_of_event').on(table.id, table.eventId),
  ],
)

export const participants = pgTable(
  'participants',
  {
    id: id(),
    eventId: eventId(),
    side: text().$type<Side>().notNull(),
    projectId: uuid().references(() => projects.id, { onDelete: 'cascade' }),
    hostId: uuid().references(() => hosts.id, { onDelete: 'cascade' }),
    maxMeetings: integer(),
    /** What every table of theirs has to have, in the words of tables' features. */
    needs: text().array().notNull().default([]),
    /** The only table that a host sits at. */
    ownTableId: uuid(),
    answeredAt: at(),
    remindedAt: at(),
    /** On the badge, as QR code and in letters: says nothing to anybody but the desk. */
    code: text()
      .notNull()
      .default(sql`upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 10))`),
    attendance: text().$type<Attendance>().notNull().default('expected'),
    arrivedAt: at(),
    /** The day that attendance is of: on another one they are expected anew. Null where nobody has said anything. */
    attendanceDay: date({ mode: 'string' }),
    /** Of a host entered twice: the place that links to this one lead to. */
    mergedIntoId: uuid().references((): AnyPgColumn => participants.id),
    /** Taken out of the event; what was said and held with them stays. */
    removedAt: at(),
    /** Who comes to this event instead of the host, or of the team: they are called by that name there. */
    standInId: uuid().references(() => people.id, { onDelete: 'set null' }),
    /** Whether they will come, as they were asked some days before; null: they have not said. */
    rsvp: text().$type<Rsvp>(),
    rsvpAt: at(),
    /** By the link of a mail, on their own page, or written down for them by organisers or the desk. */
    rsvpBy: text().$type<RsvpBy>(),
    /** Why they will not, if they say so. */
    rsvpReason: text().notNull().default(''),
  },
  (table) => [
    check('participants_rsvp', sql`(${table.rsvp} is null) = (${table.rsvpBy} is null)`),
    unique('participants_code').on(table.eventId, table.code),
    unique('participants_project').on(table.eventId, table.projectId),
    unique('participants_host').on(table.eventId, table.hostId),
    unique('participants_of_event').on(table.id, table.eventId),
    // 'participants_own_table' (own table), deferrable, and that a table that goes takes nothing else along, stand in
    // a custom migration.
    foreignKey({
      name: 'participants_own_table_of_event',
      columns: [table.ownTableId, table.eventId],
      foreignColumns: [tables.id, tables.eventId],
    }).onDelete('set null'),
    check('participants_host_table', sql`${table.ownTableId} is null or ${table.side} = 'host'`),
    check(
      'participants_subject',
      sql`(${table.side} = 'project') = (${table.projectId} is not null) and (${table.side} = 'host') = (${table.hostId} is not null)`,
    ),
  ],
)

/**
 * Who has to sit there for a participant: who stands in for them, else a host, or the only person of a team. Of a larger team another one can go,
 * so it has none. Made by a custom migration.
 */
export const participantHumans = pgView('participant_humans', {
  participantId: uuid().notNull(),
  human: uuid(),
}).existing()

/**
 * Links by which a participant says whether they come, without signing in; only the digest of each token is stored. They
 * go with the event.
 */
export const rsvpLinks = pgTable(
  'rsvp_links',
  {
    digest: text().primaryKey(),
    participantId: uuid()
      .notNull()
      .references(() => participants.id, { onDelete: 'cascade' }),
    createdAt: now(),
  },
  (table) => [index('rsvp_links_participant').on(table.participantId)],
)

/** Availability is stated by its exceptions. */
export const unavailableSlots = pgTable(
  'unavailable_slots',
  {
    participantId: uuid().notNull(),
    slotId: uuid().notNull(),
    eventId: eventId(),
  },
  (table) => [
    primaryKey({ columns: [table.participantId, table.slotId] }),
    foreignKey({
      columns: [table.participantId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.slotId, table.eventId],
      foreignColumns: [slots.id, slots.eventId],
    }).onDelete('cascade'),
  ],
)

/** What one participant says of another. No row, or a null level, is "unknown": never read as "avoid". */
export const preferences = pgTable(
  'preferences',
  {
    eventId: eventId(),
    fromId: uuid().notNull(),
    toId: uuid().notNull(),
    level: text().$type<PreferenceLevel>(),
    conflict: boolean().notNull().default(false),
    updatedAt: now(),
  },
  (table) => [
    primaryKey({ columns: [table.fromId, table.toId] }),
    index('preferences_event').on(table.eventId),
    check('preferences_other', sql`${table.fromId} <> ${table.toId}`),
    foreignKey({
      columns: [table.fromId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.toId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
  ],
)

/**
 * A pair of an event that could meet. Its id is the meeting's lasting identity over republishing:
 * state, calendar UID and outcomes hang on it, not on a row of one schedule.
 */
export const candidates = pgTable(
  'candidates',
  {
    id: id(),
    eventId: eventId(),
    projectParticipantId: uuid().notNull(),
    hostParticipantId: uuid().notNull(),
    state: text().$type<MeetingState>().notNull().default('planned'),
  },
  (table) => [
    unique('candidates_pair').on(table.eventId, table.projectParticipantId, table.hostParticipantId),
    unique('candidates_of_event').on(table.id, table.eventId),
    foreignKey({
      columns: [table.projectParticipantId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.hostParticipantId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
  ],
)

/**
 * What organisers decided of a pair, whatever the wishes say. One that was changed or lifted stays, ended, to be taken
 * back from the log; of each pair one stands at most.
 */
export const pairRulings = pgTable(
  'pair_rulings',
  {
    id: id(),
    eventId: eventId(),
    projectParticipantId: uuid().notNull(),
    hostParticipantId: uuid().notNull(),
    ruling: text().$type<Ruling>().notNull(),
    /** When a pair that must meet meets; null: whenever it fits. */
    slotId: uuid().references(() => slots.id, { onDelete: 'set null' }),
    reason: text().notNull().default(''),
    createdAt: now(),
    endedAt: at(),
  },
  (table) => [
    uniqueIndex('pair_rulings_standing')
      .on(table.projectParticipantId, table.hostParticipantId)
      .where(sql`${table.endedAt} is null`),
    index('pair_rulings_event').on(table.eventId),
    foreignKey({
      columns: [table.projectParticipantId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.hostParticipantId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
  ],
)

// --- Runs, schedules, meetings ------------------------------------------------------------------

export const runs = pgTable(
  'runs',
  {
    id: id(),
    eventId: eventId(),
    status: text().$type<RunStatus>().notNull().default('queued'),
    seed: integer().notNull(),
    seconds: integer().notNull(),
    /** The instance as solved (open file format): with the seed, enough to reproduce the run anywhere. */
    instance: jsonb().notNull(),
    solution: jsonb(),
    progress: jsonb().$type<RunProgress[]>().notNull().default([]),
    reason: text(),
    /** The pairs of the instance that nobody asked for, by their ids: so they are marked in the schedules of this run. */
    suggestions: jsonb().$type<Record<string, Suggestion>>().notNull().default({}),
    stopRequested: boolean().notNull().default(false),
    keep: text().$type<Keep>().notNull().default('nothing'),
    /** The schedule that it kept it of. */
    baseId: uuid().references((): AnyPgColumn => schedules.id, { onDelete: 'set null' }),
    requestedBy: text().references(() => users.id, { onDelete: 'set null' }),
    createdAt: now(),
    startedAt: at(),
    finishedAt: at(),
  },
  (table) => [index('runs_event').on(table.eventId, table.createdAt)],
)

export const schedules = pgTable(
  'schedules',
  {
    id: id(),
    eventId: eventId(),
    kind: text().$type<'draft' | 'live' | 'version'>().notNull(),
    name: text().notNull(),
    /** Version number: of a frozen version its own, of the live schedule the one it came from. */
    number: integer(),
    /** What the organisers say of a version, for each other. */
    note: text().notNull().default(''),
    runId: uuid().references(() => runs.id, { onDelete: 'set null' }),
    /** Rises with every edit: the fence for publishing over somebody else's work. */
    version: integer().notNull().default(1),
    objective: jsonb().$type<ObjectiveLevel[]>().notNull().default([]),
    /** Set as the last act of publishing a version: from then on a trigger refuses any change of it. */
    sealed: boolean().notNull().default(false),
    createdAt: now(),
    changedAt: now(),
  },
  (table) => [
    uniqueIndex('schedules_one_live')
      .on(table.eventId)
      .where(sql`${table.kind} = 'live'`),
    uniqueIndex('schedules_version_number')
      .on(table.eventId, table.number)
      .where(sql`${table.kind} = 'version'`),
    unique('schedules_of_event').on(table.id, table.eventId),
    check('schedules_sealed', sql`not ${table.sealed} or ${table.kind} = 'version'`),
    check('schedules_numbered', sql`(${table.kind} = 'draft') = (${table.number} is null)`),
  ],
)

export const meetings = pgTable(
  'meetings',
  {
    id: id(),
    scheduleId: uuid().notNull(),
    eventId: uuid().notNull(),
    candidateId: uuid().notNull(),
    slotId: uuid().notNull(),
    tableId: uuid(),
    value: integer().notNull(),
    locked: boolean().notNull().default(false),
    version: integer().notNull().default(1),
  },
  (table) => [
    // 'meetings_table_once' (schedule, slot, table), deferrable, stands in the custom migration.
    unique('meetings_candidate_once').on(table.scheduleId, table.candidateId),
    unique('meetings_cell').on(table.id, table.scheduleId, table.slotId),
    foreignKey({
      columns: [table.scheduleId, table.eventId],
      foreignColumns: [schedules.id, schedules.eventId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.candidateId, table.eventId],
      foreignColumns: [candidates.id, candidates.eventId],
    }),
    foreignKey({ columns: [table.slotId, table.eventId], foreignColumns: [slots.id, slots.eventId] }),
    foreignKey({ columns: [table.tableId, table.eventId], foreignColumns: [tables.id, tables.eventId] }),
  ],
)

/** A participant's chair in a slot: two rows a meeting, so that one unique constraint forbids double booking. */
export const meetingSeats = pgTable(
  'meeting_seats',
  {
    meetingId: uuid().notNull(),
    scheduleId: uuid().notNull(),
    slotId: uuid().notNull(),
    participantId: uuid()
      .notNull()
      .references(() => participants.id),
    /** Who has to sit there, where nobody else can: a host, or a team of one. */
    human: uuid(),
  },
  (table) => [
    // 'meeting_seats_once' (schedule, slot, participant) and 'meeting_seats_human_once' (schedule, slot, human),
    // both deferrable, stand in custom migrations.
    primaryKey({ columns: [table.meetingId, table.participantId] }),
    index('meeting_seats_participant').on(table.participantId),
    foreignKey({
      name: 'meeting_seats_meeting',
      columns: [table.meetingId, table.scheduleId, table.slotId],
      foreignColumns: [meetings.id, meetings.scheduleId, meetings.slotId],
    })
      .onUpdate('cascade')
      .onDelete('cascade'),
  ],
)

// --- The day ------------------------------------------------------------------------------------

/**
 * What goes differently from the schedule: somebody is away, a table is out, a slot is lost. It stands until it
 * is taken back, whether or not the schedule was repaired around it.
 */
export const disruptions = pgTable(
  'disruptions',
  {
    id: id(),
    eventId: eventId(),
    kind: text().$type<DisruptionKind>().notNull(),
    state: text().$type<DisruptionState>().notNull().default('open'),
    participantId: uuid(),
    tableId: uuid(),
    /** First and last slot that it takes. */
    fromId: uuid().notNull(),
    toId: uuid().notNull(),
    /** Announced minutes of a late arrival. */
    minutes: integer(),
    createdAt: now(),
  },
  (table) => [
    index('disruptions_event').on(table.eventId),
    check(
      'disruptions_subject',
      sql`(${table.participantId} is not null) = (${table.kind} in ('no_show', 'late', 'early')) and (${table.tableId} is not null) = (${table.kind} = 'table_out')`,
    ),
    foreignKey({
      columns: [table.participantId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.tableId, table.eventId],
      foreignColumns: [tables.id, tables.eventId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.fromId, table.eventId],
      foreignColumns: [slots.id, slots.eventId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.toId, table.eventId],
      foreignColumns: [slots.id, slots.eventId],
    }).onDelete('cascade'),
  ],
)

/** A way to go on after disruptions, as the solver found it: what is applied is what was shown. */
export const repairs = pgTable(
  'repairs',
  {
    id: id(),
    eventId: eventId(),
    scheduleId: uuid().notNull(),
    /** Version of the live schedule it starts from: the fence for applying it. */
    baseVersion: integer().notNull(),
    order: text().$type<RepairOrder>().notNull(),
    disruptionIds: uuid().array().notNull(),
    /** Everything that is to be held afterwards, past meetings included. */
    meetings: jsonb().$type<RepairedMeeting[]>().notNull(),
    objective: jsonb().$type<ObjectiveLevel[]>().notNull(),
    changes: jsonb().$type<{ value: number; bound: number; proven: boolean }>().notNull(),
    /** Guaranteed meetings missing from the schedule it starts from. */
    shortfallBefore: integer().notNull(),
    createdAt: now(),
  },
  (table) => [
    index('repairs_event').on(table.eventId, table.createdAt),
    foreignKey({
      columns: [table.scheduleId, table.eventId],
      foreignColumns: [schedules.id, schedules.eventId],
    }).onDelete('cascade'),
  ],
)

/** Where a pair meets after a repair, and what that is worth. */
export type RepairedMeeting = { candidateId: string; slotId: string; tableId: string | null; value: number }

// --- Log, mail, retries, screens ----------------------------------------------------------------

/** Audit trail, outbox of the live feed and undo stack in one. Payload and inverse hold ids only. */
export const changes = pgTable(
  'changes',
  {
    programmeId: programmeId(),
    seq: bigint({ mode: 'number' }).notNull(),
    eventId: uuid().references(() => events.id, { onDelete: 'cascade' }),
    at: now(),
    actorId: text().references(() => users.id, { onDelete: 'set null' }),
    type: text().notNull(),
    payload: jsonb().$type<object>().notNull(),
    /** Topics of those who could see the row before or after: see server/changes.ts. */
    audience: text().array().notNull(),
    inverse: jsonb().$type<object>(),
  },
  (table) => [
    primaryKey({ columns: [table.programmeId, table.seq] }),
    index('changes_event').on(table.eventId, table.seq),
  ],
)

/** What people typed and a change replaced, by which it is taken back; it goes with the person it is about. */
export const formerValues = pgTable(
  'former_values',
  {
    id: id(),
    programmeId: programmeId(),
    seq: bigint({ mode: 'number' }).notNull(),
    projectId: uuid().references(() => projects.id, { onDelete: 'cascade' }),
    hostId: uuid().references(() => hosts.id, { onDelete: 'cascade' }),
    before: jsonb().$type<object>().notNull(),
    after: jsonb().$type<object>().notNull(),
    at: now(),
  },
  (table) => [
    index('former_values_change').on(table.programmeId, table.seq),
    check('former_values_subject', sql`(${table.projectId} is null) <> (${table.hostId} is null)`),
  ],
)

/** Rows as a change found and left them, by which it is taken back: what people typed stands here and not in the log. */
export const keptRows = pgTable(
  'kept_rows',
  {
    programmeId: programmeId(),
    seq: bigint({ mode: 'number' }).notNull(),
    /** Whom or what the rows are of, so that they can be erased with them. */
    subjectIds: uuid().array().notNull(),
    steps: jsonb().$type<RowStep[]>().notNull(),
    forgetAt: at().notNull(),
  },
  (table) => [primaryKey({ columns: [table.programmeId, table.seq] })],
)

/** One row before and after, as PostgreSQL names its columns. Null: it was not there. Of a changed row, what differs. */
export type RowStep = {
  table: string
  key: Record<string, unknown>
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

export type MailTry = {
  at: string
  /** What the server did: took it, put it off, refused it, refused us; could not be reached; or fell silent with the text in hand. */
  outcome:
    | 'taken'
    | 'put-off'
    | 'refused'
    | 'login'
    | 'turned-away'
    | 'unreachable'
    | 'silent'
    | 'again'
    | 'restored'
  words: string
}

export const mails = pgTable(
  'mails',
  {
    id: id(),
    programmeId: uuid().references(() => programmes.id, { onDelete: 'cascade' }),
    to: text().notNull(),
    kind: text().notNull(),
    subject: text().notNull(),
    body: text().notNull(),
    /** The same body, where it was written from a template. */
    html: text(),
    replyTo: text(),
    /** An iCalendar file that goes with it. */
    calendar: text(),
    /** Of those that one need not want: the token by which the reader says so. */
    choice: uuid(),
    /** For whom of that mailbox it is. */
    personId: uuid().references(() => people.id, { onDelete: 'set null' }),
    /** What wrote it by itself, to each person once. */
    scheduledId: uuid().references(() => scheduledMails.id, { onDelete: 'set null' }),
    /** A code that must not be read in the outbox; blanked once sent. */
    secret: text(),
    /** 'sending' while the server has its text and has not answered; where no answer came it is 'perhaps' sent. */
    state: text().$type<'waiting' | 'sending' | 'sent' | 'perhaps' | 'kept' | 'failed'>().notNull(),
    error: text(),
    /** What became of each try, oldest first, with the words of the mail server. */
    tries: jsonb().$type<MailTry[]>().notNull().default([]),
    /** When it is tried again. */
    nextAt: at(),
    /** After that nobody can use it. */
    expiresAt: at(),
    createdAt: now(),
    sentAt: at(),
  },
  (table) => [
    index('mails_programme').on(table.programmeId, table.createdAt),
    index('mails_person').on(table.personId),
    unique('mails_scheduled_once').on(table.scheduledId, table.personId),
  ],
)

/** A text of the organisers' own, instead of the one that mails of that kind have by default. */
export const mailTemplates = pgTable(
  'mail_templates',
  {
    programmeId: programmeId(),
    kind: text().$type<LetterKind>().notNull(),
    language: text().$type<Language>().notNull(),
    subject: text().notNull(),
    body: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.programmeId, table.kind, table.language] })],
)

/** By its token, which mails carry, an address says that it wants no mails that it need not have. */
export const mailChoices = pgTable(
  'mail_choices',
  {
    token: uuid().primaryKey().defaultRandom(),
    programmeId: programmeId(),
    email: text().notNull(),
    refusedAt: at(),
  },
  (table) => [unique('mail_choices_once').on(table.programmeId, table.email)],
)

/** Mails that go by themselves once their time has come, if somebody switched them on. */
export const scheduledMails = pgTable(
  'scheduled_mails',
  {
    id: id(),
    eventId: eventId(),
    kind: text().$type<ScheduledKind>().notNull(),
    /** So many days before what it reminds of; of thanks, after. */
    days: integer().notNull(),
    on: boolean().notNull(),
    /** Nothing goes any more. */
    doneAt: at(),
  },
  (table) => [unique('scheduled_mails_once').on(table.eventId, table.kind)],
)

/** Processes that work on mails, and whether they have a mail server: when each last looked. */
export const mailWorkers = pgTable('mail_workers', {
  id: text().primaryKey(),
  sends: boolean().notNull(),
  lookedAt: now(),
})

/** A retried write has one effect: the first reply (ids and versions only) is given again. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    actor: text().notNull(),
    key: text().notNull(),
    request: text().notNull(),
    status: integer(),
    reply: jsonb(),
    createdAt: now(),
  },
  (table) => [primaryKey({ columns: [table.actor, table.key] })],
)

/** Where a browser's push service takes messages for it. It belongs to a session and ends with it. */
export const pushSubscriptions = pgTable('push_subscriptions', {
  sessionId: text()
    .primaryKey()
    .references(() => sessions.id, { onDelete: 'cascade' }),
  endpoint: text().notNull().unique(),
  p256dh: text().notNull(),
  auth: text().notNull(),
  locale: text().$type<'it' | 'en'>().notNull(),
  /** Whose agendas were opened for it: of a mailbox's other roles it hears nothing. None of one made before: all. */
  participantIds: uuid().array().notNull().default([]),
  /** What this device knows already, by participant. */
  told: jsonb().$type<Record<string, Announced>>().notNull(),
  createdAt: now(),
})

/** Of an agenda, which meetings are being called, and the one about to begin with the time of that. */
export type Announced = { date: string; called: string[]; soon?: string | null }

/**
 * The agenda that somebody who takes part was told last, or that counts as known to them: what differs from it is what
 * there is to tell. Meetings by their pairs, with whom, when and where as agendas show it.
 */
export const toldAgendas = pgTable(
  'told_agendas',
  {
    eventId: eventId(),
    participantId: uuid().notNull(),
    /** When the event began then: where it is postponed, the same hours are no change. */
    date: date({ mode: 'string' }).notNull(),
    meetings: jsonb().$type<Record<string, ToldMeeting>>().notNull(),
    /** Told at once, with others that were collected, or left untold as an organiser decided. */
    decision: text().$type<'now' | 'together' | 'known'>().notNull(),
    decidedAt: at().notNull(),
    /** When a notice went to them last; null where none has. */
    toldAt: at(),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.participantId] }),
    foreignKey({
      columns: [table.participantId, table.eventId],
      foreignColumns: [participants.id, participants.eventId],
    }).onDelete('cascade'),
  ],
)

export type ToldMeeting = { with: string; startsAt: string; table: string | null }

/** A notice that waits for what else changes, until it leaves. */
export const pendingNotices = pgTable('pending_notices', {
  eventId: uuid()
    .primaryKey()
    .references(() => events.id, { onDelete: 'cascade' }),
  dueAt: at().notNull(),
  requestedBy: text().references(() => users.id, { onDelete: 'set null' }),
  note: text().notNull().default(''),
})

/** Read-only link of an unattended screen; only the digest of its token is stored. */
export const screens = pgTable('screens', {
  id: id(),
  eventId: eventId(),
  label: text().notNull(),
  digest: text().notNull().unique(),
  revokedAt: at(),
  createdAt: now(),
})
