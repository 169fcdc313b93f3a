import { Type, type Static, type TProperties, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MessageKey } from './messages.ts'
import {
  Attendance,
  HeldState,
  Id,
  Language,
  MeetingState,
  Nullable,
  PreferenceLevel,
  Rsvp,
  RsvpBy,
  Time,
  oneOf,
} from './schemas/common.ts'
import { DisruptionKind, DisruptionState } from './schemas/day.ts'
import { LetterKind, ScheduledKind } from './schemas/letters.ts'
import { HelperRole } from './schemas/programme.ts'
import { Ruling } from './schemas/pairs.ts'
import { PublicThing } from './schemas/publicity.ts'
import { EventRules } from './schemas/rules.ts'
import { ObjectiveLevel, RunStatus } from './schemas/run.ts'

/**
 * Every kind of change once: what its entry in the log holds, who hears of it, what takes it back, and which of its
 * sentences tells it. The plain sentence of a kind is the message `change_` and its name; the others are told of
 * entries that hold what they need. What takes a kind back is done by features/undo, which has to know them all.
 */

/**
 * Topics: who a change concerns. A page is told of a change when one of its own topics is among them.
 * Participants are told by id, so a page of one participant never wakes for another's meeting.
 */
export const topic = {
  organisers: 'organisers',
  desk: 'desk',
  screens: 'screens',
  everyone: 'everyone',
  participant: (id: string) => `participant:${id}`,
}

/** Who else hears of a change and has to be looked up, by whoever makes it. */
export type LookUp =
  /** The participant whose answers they are. */
  | 'own'
  /** Participants whose pages show the proposal or the profile. */
  | 'concerned'
  /** The participant it is about, if it is about one. */
  | 'subject'
  /** The participant it is about and all whom they still meet. */
  | 'around'
  /** Those whose agenda counts as told from now on. */
  | 'told'
  /** The people of the meetings. */
  | 'pairs'
  /** The people of the meetings and, where a room is behind, everyone: it may hold up anybody after it. */
  | 'pairs and delayed'
  /** If the schedule is the live one: the desk, the screens, and as before. */
  | 'live pairs and delayed'

/** The topics that were looked up, under the name by which the catalogue asks for them. */
export type LookedUp<L extends LookUp = LookUp> = { of: L; topics: string[] }

type Audience<L extends LookUp | null> = { topics: string[]; also: L }
const to = (...topics: string[]): Audience<null> => ({ topics, also: null })
const and = <L extends LookUp>({ topics }: Audience<null>, also: L): Audience<L> => ({ topics, also })

const everyone = to(topic.everyone)
const organisers = to(topic.organisers)
const front = to(topic.organisers, topic.desk)
const hall = to(topic.organisers, topic.desk, topic.screens)

type Says<P extends TProperties> = (payload: Static<Type.TObject<P>>) => MessageKey | null

/**
 * A kind that nothing takes back. Ids, numbers, times and words of the product; never names or other personal data.
 * `says` chooses a sentence that tells more than the plain one.
 */
function kind<L extends LookUp | null, P extends TProperties>(
  audience: Audience<L>,
  payload: P,
  says?: Says<P>,
) {
  const schema = Type.Object(payload)
  const fits = checking(schema)
  return {
    audience,
    payload: schema,
    /** Null: the plain sentence, of an entry by an earlier version too. */
    sentenceOf: (stored: unknown): MessageKey | null => (says && fits(stored) ? says(stored) : null),
  }
}

/** A kind that can be taken back, with what that takes. */
function undoable<L extends LookUp | null, P extends TProperties, I extends TProperties>(
  audience: Audience<L>,
  payload: P,
  inverse: I,
  says?: Says<P>,
) {
  const known = kind(audience, payload, says)
  const schema = Type.Object(inverse)
  const [fits, goesBack] = [checking(known.payload), checking(schema)]
  return {
    ...known,
    inverse: schema,
    /** Whether a stored entry holds what it takes; one of an earlier version may not. */
    canUndo: (stored: { payload: unknown; inverse: unknown }) =>
      fits(stored.payload) && goesBack(stored.inverse),
  }
}

/** Compiled when first asked: most kinds are not read in the life of a process. */
function checking<S extends TSchema>(schema: S): (value: unknown) => value is Static<S> {
  let compiled: { Check(value: unknown): boolean } | null = null
  return (value): value is Static<S> => (compiled ??= Compile(schema)).Check(value)
}

/** A member that entries of earlier versions lack. Whoever records gives it all the same: see `Payload`. */
const since = <T extends TSchema>(schema: T) => Type.Optional(schema)

const Ids = Type.Array(Id)
const Count = Type.Integer({ minimum: 0 })
/** Of the calendar, such as 2026-11-22. */
const Day = Type.String()
const Kind = oneOf(['projects', 'hosts'] as const)

const Newcomers = { kind: Kind, created: Type.Array(Id, { minItems: 1 }) }

/** A disruption as its row stands in the log. */
const Disruption = Type.Object({
  ...{ id: Id, eventId: Id, kind: DisruptionKind, state: DisruptionState },
  ...{ participantId: Nullable(Id), tableId: Nullable(Id), fromId: Id, toId: Id },
  ...{ minutes: Nullable(Type.Integer()), createdAt: Time },
})
const Disruptions = { created: Ids, deleted: Type.Array(Disruption) }

const Said = Type.Object({ level: Nullable(PreferenceLevel), conflict: Type.Boolean() })
const PastedAnswer = Type.Object({ fromId: Id, toId: Id, before: Said, after: Said })

/** Which fields of a form. */
const Edited = { fields: since(Type.Array(Type.String())) }

/** Kinds of rules that were changed, as they were and as they are. */
const ChangedRules = Type.Object({ before: Type.Partial(EventRules), after: Type.Partial(EventRules) })

const ofProject = { projectId: Id }
const ofHost = { hostId: Id }
const ofApplication = { applicationId: Id }
const ofOrganisation = { organisationId: Id }
/** How many rows a change touched: as they were before, they stand apart from the log. */
const KeptRows = { rows: Type.Integer({ minimum: 1 }) }
const ofParticipant = { participantId: Id }
/** Which table of their own a host has. */
const OwnTable = { ...ofParticipant, tableId: Nullable(Id) }
const ofRun = { runId: Id }
const ofScreen = { screenId: Id }

const reported = {
  ...{ participantId: Nullable(Id), tableId: Nullable(Id) },
  ...{ from: since(Time), to: since(Time) },
}

const attendance = undoable(
  and(front, 'around'),
  { ...ofParticipant, attendance: Attendance, minutes: since(Nullable(Type.Integer())) },
  {
    ...{ ...ofParticipant, attendance: Attendance, arrivedAt: Nullable(Time) },
    /** Of which day of the event that was said. */
    day: since(Nullable(Day)),
    ...Disruptions,
  },
  ({ attendance, minutes }) =>
    attendance === 'late' && typeof minutes === 'number' ? 'change_attendance.late.by' : null,
)

/** One meeting or several of a slot that have come to a state. */
const stateOf = (state: HeldState) =>
  undoable(
    and(hall, 'pairs'),
    { state: HeldState, count: Count, candidateIds: since(Ids), at: since(Time) },
    { before: Type.Array(Type.Object({ candidateId: Id, state: HeldState }), { minItems: 1 }) },
    ({ candidateIds, at }) => {
      if (!candidateIds || !at) return null
      return `change_meeting.${state}.${candidateIds.length === 1 ? 'one' : 'many'}`
    },
  )

const ofMeeting = { candidateId: since(Id), at: since(Time) }
const MeetingCell = Type.Object({ meetingId: Id, slotId: Id, tableId: Id })

const lock = (type: 'locked' | 'unlocked') =>
  undoable(
    organisers,
    { meetingId: Id, scheduleId: Id, ...ofMeeting },
    { meetingId: Id, locked: Type.Boolean() },
    ({ candidateId }) => (candidateId ? `change_meeting.${type}.one` : null),
  )

const Cell = Type.Object({
  ...{ candidateId: Id, slotId: Id, tableId: Nullable(Id) },
  ...{ value: Type.Integer(), locked: Type.Boolean() },
})
const repair = undoable(
  and(hall, 'pairs and delayed'),
  { scheduleId: Id, count: Count },
  {
    /** Each pair before and after. Null: not held. */
    steps: Type.Array(Type.Object({ candidateId: Id, before: Nullable(Cell), after: Nullable(Cell) })),
    disruptionIds: Ids,
    objective: Type.Array(ObjectiveLevel),
  },
)

const Slots = Type.Array(Type.Object({ id: Id, startsAt: Time, endsAt: Time }), { minItems: 1 })
const roomDelay = { roomId: Id, minutes: Type.Integer(), fromSlotId: Nullable(Id) }
const member = { memberId: Id, userId: since(Type.String()), role: HelperRole }

export const CATALOGUE = {
  'programme.founded': kind(organisers, {}),
  'programme.edited': kind(everyone, Edited),
  'publicity.decided': undoable(
    organisers,
    { what: PublicThing, public: Type.Boolean(), eventIds: Ids, projectIds: Ids, count: Count },
    { ids: Type.Array(Id, { minItems: 1 }) },
    ({ what, public: isPublic, count }) => {
      const turn = isPublic ? 'on' : 'off'
      if (what === 'programme' || what === 'ranking') return `change_publicity.decided.${what}.${turn}`
      return `change_publicity.decided.${what}.${count === 1 ? 'one' : 'many'}.${turn}`
    },
  ),
  'project.added': undoable(everyone, ofProject, Newcomers),
  'project.edited': undoable(everyone, ofProject, KeptRows),
  'host.added': undoable(everyone, ofHost, Newcomers),
  'host.edited': { ...kind(and(organisers, 'concerned'), ofHost), autosaved: true },
  'host.corrected': undoable(everyone, ofHost, KeptRows),
  'project.withdrawn': undoable(everyone, ofProject, KeptRows),
  'project.broughtBack': undoable(everyone, ofProject, KeptRows),
  'project.deleted': undoable(everyone, ofProject, KeptRows),
  'host.withdrawn': undoable(everyone, ofHost, KeptRows),
  'host.broughtBack': undoable(everyone, ofHost, KeptRows),
  'host.deleted': undoable(everyone, ofHost, KeptRows),
  'host.merged': undoable(everyone, { ...ofHost, twinId: Id }, KeptRows),
  'organisation.edited': undoable(everyone, ofOrganisation, KeptRows),
  'organisation.merged': undoable(everyone, { ...ofOrganisation, mergedId: Id }, KeptRows),
  'people.undone': kind(
    everyone,
    { projectId: Nullable(Id), hostId: Nullable(Id), organisationId: Nullable(Id) },
    ({ projectId, hostId }) =>
      `change_people.undone.${projectId ? 'project' : hostId ? 'host' : 'organisation'}`,
  ),
  'people.imported': undoable(
    everyone,
    { kind: Kind, created: Count, updated: Count },
    // What they were before stands apart from the log, by the number of this entry.
    { kind: Kind, created: Ids, updated: since(Ids) },
  ),
  'people.importUndone': kind(everyone, { kind: Kind, removed: Count, restored: Count }),
  'people.removed': kind(everyone, { kind: Kind, removed: Count }),
  'member.added': undoable(organisers, member, { memberId: Id }, ({ userId, role }) =>
    userId === undefined ? null : `change_member.added.${role}`,
  ),
  'member.removed': undoable(organisers, member, { userId: Type.String(), role: HelperRole }, (removed) =>
    removed.userId === undefined ? null : `change_member.removed.${removed.role}`,
  ),
  'member.invited': kind(organisers, member),

  'call.written': kind(organisers, Edited),
  'call.switched': undoable(organisers, { on: Type.Boolean() }, { on: Type.Boolean() }, ({ on }) =>
    on ? null : 'change_call.switched.off',
  ),
  // Of a draft, which is its applicant's alone, not even the name stands in the log.
  'application.edited': {
    ...kind(organisers, { applicationId: Nullable(Id) }, ({ applicationId }) =>
      applicationId ? null : 'change_application.edited.draft',
    ),
    autosaved: true,
  },
  'application.withdrawn': kind(organisers, { applicationId: Nullable(Id) }, ({ applicationId }) =>
    applicationId ? null : 'change_application.withdrawn.draft',
  ),
  'application.submitted': kind(organisers, ofApplication),
  'application.changesRequested': kind(organisers, ofApplication),
  'application.refused': undoable(organisers, ofApplication, ofApplication),
  'application.admitted': undoable(everyone, { ...ofApplication, ...ofProject }, ofApplication),
  'application.reopened': kind(organisers, ofApplication),

  // Each step of a proposal has its way back on its own page, where a message says why.
  'proposal.edited': { ...kind(and(organisers, 'concerned'), ofProject), autosaved: true },
  'proposal.submitted': kind(and(organisers, 'concerned'), ofProject),
  'proposal.approved': kind(and(organisers, 'concerned'), ofProject),
  'proposal.changesRequested': kind(and(organisers, 'concerned'), ofProject),

  // What somebody thinks of others and when they can come is theirs to say again, not the log's to take back.
  'preference.stated': kind(
    and(organisers, 'own'),
    { fromId: Id, toId: Id, level: Nullable(PreferenceLevel), conflict: Type.Boolean() },
    ({ conflict, level }) =>
      conflict ? `change_preference.stated.${level === null ? 'conflict' : 'both'}` : null,
  ),
  // An organiser who pasted many at once, for others, takes them back at once.
  'answers.pasted': undoable(
    and(organisers, 'own'),
    { answers: Count },
    // And who had not answered before, with the time that they have as their answer's since.
    { answers: Type.Array(PastedAnswer, { minItems: 1 }), answered: since(Ids), answeredAt: since(Time) },
    ({ answers }) => (answers === 1 ? 'change_answers.pasted.one' : null),
  ),
  'answers.pasteUndone': kind(and(organisers, 'own'), { answers: Count }, ({ answers }) =>
    answers === 1 ? 'change_answers.pasteUndone.one' : null,
  ),
  'availability.stated': kind(and(organisers, 'own'), {
    ...ofParticipant,
    unavailable: Ids,
    maxMeetings: Nullable(Type.Integer()),
  }),
  'answer.finished': kind(and(organisers, 'own'), ofParticipant),
  'pair.ruled': undoable(
    organisers,
    { fromId: Id, toId: Id, ruling: Nullable(Ruling) },
    // The rows that ended by it and that it made: their reasons stand with them, apart from the log.
    { ended: Ids, made: Ids },
    ({ ruling }) => `change_pair.ruled.${ruling ?? 'lifted'}`,
  ),
  'invitations.sent': kind(
    organisers,
    { projects: Ids, hosts: Ids, invitations: since(Count) },
    ({ invitations }) => (invitations === undefined ? null : 'change_invitations.sent.count'),
  ),
  'letters.sent': kind(organisers, { kind: LetterKind, letters: Count }),
  'mails.scheduled': kind(
    organisers,
    { kind: ScheduledKind, on: Type.Boolean(), days: Type.Integer() },
    ({ on }) => (on ? null : 'change_mails.scheduled.off'),
  ),
  'letter.written': kind(organisers, { kind: LetterKind, language: Language }),
  'letters.chosen': kind(organisers, { refused: Type.Boolean() }, ({ refused }) =>
    refused ? 'change_letters.chosen.refused' : null,
  ),
  'mail.resent': kind(organisers, { mailId: Id }),
  'mail.tested': kind(organisers, {}),
  'reminders.sent': kind(organisers, { participants: Ids, reminders: since(Count) }, ({ reminders }) =>
    reminders === undefined ? null : 'change_reminders.sent.count',
  ),

  // Theirs to say again, as what they think of others.
  'rsvp.stated': kind(
    and(front, 'own'),
    { ...ofParticipant, rsvp: Nullable(Rsvp), by: RsvpBy },
    ({ rsvp, by }) => (rsvp === null ? null : `change_rsvp.stated.${rsvp}.${by}`),
  ),
  'participant.replaced': undoable(
    and(hall, 'around'),
    { ...ofParticipant, replaced: Type.Boolean() },
    // The people's rows: their names are nowhere in the log.
    {
      ...{ ...ofParticipant, before: Nullable(Id), after: Id },
      ...{ rsvp: Nullable(Rsvp), rsvpBy: Nullable(RsvpBy), rsvpAt: Nullable(Time) },
    },
    ({ replaced }) => (replaced ? null : 'change_participant.replaced.back'),
  ),
  'rsvp.asked': kind(organisers, { participantIds: Ids, mails: Count }),

  'event.added': kind(everyone, { eventId: Id }),
  'event.deleted': undoable(everyone, { eventId: Id }, { eventId: Id }),
  'event.restored': kind(everyone, { eventId: Id }),
  'event.edited': kind(everyone, { ...Edited, rules: since(Nullable(ChangedRules)) }, ({ rules }) =>
    rules ? 'change_event.edited.rules' : null,
  ),
  'event.copied': kind(everyone, { sourceId: Id }),
  'event.postponed': undoable(everyone, { fromDay: Day, toDay: Day }, KeptRows),
  'grid.replaced': undoable(everyone, { slots: Count }, KeptRows),
  'tables.replaced': undoable(everyone, { tables: Count }, KeptRows),
  'arrangement.undone': kind(everyone, { eventId: Id }),
  'table.owned': undoable(
    everyone,
    OwnTable,
    { before: Type.Array(Type.Object(OwnTable)), after: Type.Array(Type.Object(OwnTable)) },
    ({ tableId }) => (tableId === null ? 'change_table.owned.none' : null),
  ),
  'screen.created': undoable(organisers, ofScreen, ofScreen),
  'screen.revoked': kind(organisers, ofScreen),

  'run.queued': kind(organisers, ofRun),
  'run.stopRequested': kind(organisers, ofRun),
  'run.finished': kind(organisers, { ...ofRun, status: RunStatus }, ({ status }) => {
    if (status === 'infeasible' || status === 'failed' || status === 'stopped')
      return `change_run.finished.${status}`
    return null
  }),
  // Also for who keeps every meeting: which version is the day's stands on each page. It is not undone from the log:
  // an earlier version is put back in force where it can be compared, and those who are concerned are written to.
  'schedule.published': kind(
    everyone,
    { scheduleId: Id, versionId: Id, fromId: Id, number: Count, again: since(Nullable(Count)) },
    ({ again }) => (typeof again === 'number' ? 'change_schedule.published.again' : null),
  ),
  'agendas.told': kind(
    and(organisers, 'told'),
    { told: Count, mails: Count, how: oneOf(['now', 'together'] as const) },
    // What was to be told together may have been taken back by then.
    ({ told }) => (told === 0 ? 'change_agendas.told.nobody' : told === 1 ? 'change_agendas.told.one' : null),
  ),
  'agendas.known': kind(and(organisers, 'told'), { told: Count }),
  'agendas.collected': kind(organisers, { at: Time }),
  'agendas.stopped': kind(organisers, {}),
  'schedule.deleted': undoable(organisers, { scheduleId: Id, count: since(Count) }, KeptRows, ({ count }) =>
    count === undefined ? null : 'change_schedule.deleted.count',
  ),
  'schedule.copied': undoable(organisers, { scheduleId: Id, number: Nullable(Count) }, { scheduleId: Id }),
  'schedule.discarded': kind(organisers, { scheduleId: Id, count: Count }),
  'schedule.restored': kind(organisers, { scheduleId: Id }),
  'schedule.taken': kind(organisers, { scheduleId: Id }),

  'meeting.moved': undoable(
    and(organisers, 'live pairs and delayed'),
    {
      ...{ meetingId: Id, candidateId: Id, scheduleId: Id, slotId: Id, tableId: Id },
      ...{ from: since(Time), to: since(Time), fromTableId: since(Nullable(Id)) },
    },
    { meetingId: Id, slotId: Id, tableId: Nullable(Id) },
    ({ from, to, tableId, fromTableId }) => {
      if (!from || !to) return null
      if (fromTableId === tableId) return 'change_meeting.moved.time'
      if (from !== to) return 'change_meeting.moved.both'
      return fromTableId ? 'change_meeting.moved.table' : 'change_meeting.moved.seated'
    },
  ),
  'meeting.swapped': undoable(
    and(organisers, 'live pairs and delayed'),
    {
      ...{ meetingId: Id, withId: Id, scheduleId: Id },
      ...{ candidateId: since(Id), otherCandidateId: since(Id), at: since(Time), otherAt: since(Time) },
      ...{ tableId: since(Id), otherTableId: since(Id) },
    },
    { places: Type.Tuple([MeetingCell, MeetingCell]) },
    ({ candidateId, at, otherAt }) => {
      if (!candidateId) return null
      return at === otherAt ? 'change_meeting.swapped.tables' : 'change_meeting.swapped.times'
    },
  ),
  'meeting.locked': lock('locked'),
  'meeting.unlocked': lock('unlocked'),
  'meeting.planned': stateOf('planned'),
  'meeting.called': stateOf('called'),
  'meeting.in_progress': stateOf('in_progress'),
  'meeting.done': stateOf('done'),
  'meeting.no_show': stateOf('no_show'),
  'meeting.cancelled': undoable(
    and(hall, 'pairs and delayed'),
    { candidateId: Id, at: since(Time) },
    { candidateId: Id, state: MeetingState, slotId: Id, tableId: Nullable(Id) },
    ({ at }) => (at ? 'change_meeting.cancelled.at' : null),
  ),
  'meeting.restored': kind(and(hall, 'pairs and delayed'), ofMeeting, ({ at }) =>
    at ? 'change_meeting.restored.at' : null,
  ),
  'meeting.added': undoable(
    and(hall, 'pairs and delayed'),
    { candidateId: Id, slotId: Id, tableId: Id, at: since(Time) },
    { candidateId: Id, cancelled: Type.Boolean() },
    ({ at }) => (at ? 'change_meeting.added.at' : null),
  ),
  'meeting.removed': kind(and(hall, 'pairs and delayed'), ofMeeting, ({ at }) =>
    at ? 'change_meeting.removed.at' : null,
  ),

  'attendance.expected': attendance,
  'attendance.here': attendance,
  'attendance.late': attendance,
  'attendance.absent': attendance,
  'attendance.left': attendance,
  'participant.walkedIn': kind(everyone, ofParticipant),
  'participants.added': undoable(
    everyone,
    { participantIds: Ids, people: Count },
    { fresh: Ids, back: Type.Array(Type.Object({ id: Id, removedAt: Time })), ...Disruptions },
    ({ people }) => (people === 1 ? 'change_participants.added.one' : null),
  ),
  'participants.removed': undoable(
    everyone,
    { participantIds: Ids, people: Count, count: Count },
    { ids: Type.Array(Id, { minItems: 1 }), ...Disruptions },
    ({ people, count }) =>
      count > 0
        ? `change_participants.removed.${people === 1 ? 'one' : 'many'}.meetings`
        : people === 1
          ? 'change_participants.removed.one'
          : null,
  ),
  'disruption.reported': undoable(
    and(front, 'around'),
    { disruptionId: Id, kind: DisruptionKind, ...reported },
    Disruptions,
    ({ from }) => (from ? 'change_disruption.reported.from' : null),
  ),
  'disruption.dismissed': undoable(
    and(front, 'around'),
    { disruptionId: Id, kind: since(DisruptionKind), ...reported },
    Disruptions,
    ({ from }) => (from ? 'change_disruption.dismissed.from' : null),
  ),
  'disruption.withdrawn': undoable(
    and(front, 'subject'),
    { kind: since(DisruptionKind), ...reported },
    Disruptions,
    ({ from }) => (from ? 'change_disruption.withdrawn.from' : null),
  ),
  'event.delayed': undoable(
    everyone,
    { minutes: Type.Integer(), from: since(Time) },
    { slots: Slots, were: Slots },
    ({ minutes, from }) => {
      if (!from) return minutes < 0 ? 'change_event.delayed.back' : null
      return minutes < 0 ? 'change_event.delayed.earlier' : 'change_event.delayed.later'
    },
  ),
  'room.delayed': undoable(
    everyone,
    { ...roomDelay, from: since(Nullable(Time)) },
    roomDelay,
    ({ minutes, from }) => {
      if (minutes === 0) return 'change_room.delayed.over'
      return from ? 'change_room.delayed.from' : null
    },
  ),
  'repair.proposed': kind(organisers, { count: Count }),
  'repair.applied': repair,
  'repair.undone': repair,

  'clock.moved': kind(everyone, { offsetMs: Type.Integer(), to: since(Nullable(Time)) }, ({ to }) => {
    if (to === undefined) return null
    return to === null ? 'change_clock.moved.back' : 'change_clock.moved.to'
  }),
  'sample.loaded': kind(everyone, { projects: Count, hosts: Count }),
  'sample.reset': kind(everyone, {}),
  'sample.redated': kind(everyone, { days: Type.Integer(), clockOffsetMs: Type.Integer() }),
}

export type Kind = keyof typeof CATALOGUE
type Spec<K extends Kind> = (typeof CATALOGUE)[K]
export type UndoableKind = { [K in Kind]: Spec<K> extends { inverse: TSchema } ? K : never }[Kind]

/** An entry's payload as it is read, perhaps from an earlier version, and as it is written: with everything. */
export type StoredPayload<K extends Kind> = Static<Spec<K>['payload']>
export type Payload<K extends Kind> = Required<StoredPayload<K>>
export type Inverse<K extends UndoableKind> = Static<Spec<K>['inverse']>

type WithInverse<K extends Kind> = K extends UndoableKind
  ? /** Null where this one, for once, can't be taken back. */ { inverse: Inverse<K> | null }
  : { inverse?: undefined }
type WithAudience<K extends Kind> = Spec<K>['audience']['also'] extends infer L extends LookUp
  ? { also: LookedUp<L> }
  : { also?: undefined }

/** What is recorded of a change: each kind with its own payload, what takes it back, and whom it looked up. */
export type Change<K extends Kind = Kind> = {
  [Each in K]: { type: Each; eventId?: string | null; payload: Payload<Each> } & WithInverse<Each> &
    WithAudience<Each>
}[K]

/** An entry that can be taken back, as it is read: by its kind, with what that takes. */
export type Undoable<K extends UndoableKind = UndoableKind> = {
  [Each in K]: { type: Each; payload: StoredPayload<Each>; inverse: Inverse<Each> }
}[K]

type Stored = { type: string; payload: unknown; inverse: unknown }

export const isKind = (type: string): type is Kind => Object.hasOwn(CATALOGUE, type)

const isUndoable = (type: string): type is UndoableKind => isKind(type) && 'inverse' in CATALOGUE[type]

/** Whether an entry kept what it takes to undo it; whether things have moved on since is found out when it is asked. */
export const canUndo = (entry: Stored): entry is Undoable =>
  isUndoable(entry.type) && CATALOGUE[entry.type].canUndo(entry)
