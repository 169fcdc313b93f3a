/**
 * The register of personal fields: of each column that says something of a person, what it is for, who sees it and
 * how long it is kept. A test holds it against the tables, so that no column of theirs is forgotten.
 */

/** What a field is for. */
export type Purpose =
  /** To know somebody from others, in plans, on paper and when spoken to. */
  | 'identify'
  /** To write to somebody, or to call them when they do not come. */
  | 'contact'
  | 'sign-in'
  /** To find who fits whom, and to plan when they meet. */
  | 'match'
  /** To run the day: who is here, and who is late. */
  | 'day'
  /** To tell a device of somebody's what changes. */
  | 'notify'

export type Seer =
  | 'self'
  /** Whoever reads the same mailbox. */
  | 'mailbox'
  | 'organisers'
  | 'desk'
  /** Whom the person meets or may meet. */
  | 'other-side'
  /** Whoever looks at a screen in the hall. */
  | 'hall'

/** How long a field is kept, if it is not erased on request before. */
export type Kept =
  /** As long as the programme that it was given for. */
  | 'programme'
  /** As long as the account, which goes when no programme knows it any more. */
  | 'account'
  /** Ninety days at most. */
  | 'quarter'
  /** Thirty days at most, of who takes part ninety since it was last used; or until signing out. */
  | 'session'
  /** Minutes: until it is used or has run out. */
  | 'minutes'

export type PersonalField = { purpose: Purpose; seenBy: Seer[]; kept: Kept }

const field = (purpose: Purpose, kept: Kept, ...seenBy: Seer[]): PersonalField => ({ purpose, kept, seenBy })

const name = field('identify', 'programme', 'mailbox', 'organisers', 'desk', 'other-side', 'hall')
const contact = field('contact', 'programme', 'mailbox', 'organisers')
const profile = field('match', 'programme', 'mailbox', 'organisers', 'other-side')
const answer = field('match', 'programme', 'mailbox', 'organisers')
const attending = field('day', 'programme', 'mailbox', 'organisers', 'desk')
const applied = field('contact', 'quarter', 'mailbox', 'organisers')
const account = field('sign-in', 'account', 'self')
const session = field('sign-in', 'session', 'self')
const code = field('sign-in', 'minutes')
const device = field('notify', 'session')

/** Ids, order, versions and the like: they say nothing of a person that the other columns do not. */
const technical = null

/** By table and column, as the tables call them. */
export const PERSONAL_FIELDS: Record<string, Record<string, PersonalField | null>> = {
  people: {
    ...{ id: technical, programmeId: technical, human: technical, createdAt: technical },
    ...{ firstName: name, lastName: name, title: name },
    ...{ email: contact, phone: contact, language: contact },
  },
  team_members: { projectId: name, personId: technical, position: technical },
  hosts: {
    ...{ id: technical, programmeId: technical, code: technical, version: technical, createdAt: technical },
    ...{ sample: technical, organisationId: name, personId: technical },
    ...{ mergedIntoId: technical, withdrawnAt: answer },
    label: field('identify', 'programme', 'organisers'),
    notes: field('identify', 'programme', 'organisers'),
    ...{ about: profile, themes: profile, supportForms: profile, districts: profile },
    ...{ amountMin: profile, amountMax: profile, funds: profile, doesNotFund: profile },
  },
  // What a project applied with: it goes with the project that it became, or else after ninety days.
  applications: {
    ...{ id: technical, programmeId: technical, state: technical, version: technical, projectId: technical },
    ...{ createdAt: technical, updatedAt: technical, submittedAt: technical, decidedAt: technical },
    userId: field('sign-in', 'quarter', 'mailbox', 'organisers'),
    ...{ name: applied, content: applied, message: applied, language: applied },
  },
  // What an import took the place of, by which it is undone.
  former_values: {
    ...{ id: technical, programmeId: technical, seq: technical, at: technical },
    ...{ projectId: technical, hostId: technical },
    before: field('identify', 'quarter', 'organisers'),
    after: field('identify', 'quarter', 'organisers'),
  },
  // What a change of people found and left, by which it is taken back.
  kept_rows: {
    ...{ programmeId: technical, seq: technical, subjectIds: technical, forgetAt: technical },
    steps: field('identify', 'quarter', 'organisers'),
  },
  participants: {
    mergedIntoId: technical,
    ...{ id: technical, eventId: technical, side: technical, projectId: technical, hostId: technical },
    ...{ maxMeetings: answer, needs: answer, answeredAt: answer, remindedAt: answer },
    ownTableId: attending,
    ...{
      code: attending,
      attendance: attending,
      arrivedAt: attending,
      attendanceDay: attending,
      removedAt: attending,
    },
    standInId: name,
    ...{ rsvp: attending, rsvpAt: technical, rsvpBy: technical },
    rsvpReason: field('day', 'programme', 'mailbox', 'organisers'),
  },
  // Of who holds one it tells nothing; it opens one answer to one event.
  rsvp_links: { participantId: technical, createdAt: technical, digest: technical },
  preferences: {
    ...{ eventId: technical, fromId: technical, toId: technical, updatedAt: technical },
    ...{ level: answer, conflict: answer },
  },
  pair_rulings: {
    ...{ id: technical, eventId: technical, createdAt: technical, endedAt: technical, slotId: technical },
    ...{ projectParticipantId: technical, hostParticipantId: technical },
    ruling: field('match', 'programme', 'organisers'),
    reason: field('match', 'programme', 'organisers'),
  },
  unavailable_slots: { eventId: technical, participantId: technical, slotId: answer },
  users: {
    ...{ id: technical, emailVerified: technical, founder: technical },
    ...{ createdAt: technical, updatedAt: technical, image: account },
    ...{ name: field('identify', 'account', 'self'), email: account },
  },
  member_names: {
    ...{ programmeId: technical, userId: technical },
    name: field('identify', 'programme', 'organisers', 'desk'),
    language: contact,
  },
  memberships: {
    ...{ id: technical, programmeId: technical, userId: technical, projectId: technical, hostId: technical },
    role: field('sign-in', 'programme', 'self', 'organisers'),
  },
  sessions: {
    ...{ id: technical, userId: technical, strong: technical, expiresAt: technical },
    ...{ createdAt: technical, updatedAt: technical, token: session, ipAddress: session, userAgent: session },
  },
  passkeys: {
    ...{ id: technical, userId: technical, counter: technical, backedUp: technical, createdAt: technical },
    ...{ name: account, publicKey: account, credentialID: account, aaguid: account },
    ...{ deviceType: account, transports: account },
  },
  verifications: {
    ...{ id: technical, createdAt: technical, updatedAt: technical, expiresAt: technical },
    ...{ identifier: code, value: code },
  },
  rate_limits: { id: technical, key: code, count: technical, lastRequest: technical },
  push_subscriptions: {
    ...{ sessionId: technical, createdAt: technical, locale: device, told: device, participantIds: device },
    ...{ endpoint: device, p256dh: device, auth: device },
  },
  mails: {
    ...{ id: technical, programmeId: technical, kind: technical, state: technical, error: technical },
    ...{ createdAt: technical, sentAt: technical, nextAt: technical, expiresAt: technical, secret: code },
    ...{ to: contact, subject: contact, body: contact, tries: contact, html: contact, calendar: contact },
    ...{ replyTo: technical, choice: contact, personId: technical, scheduledId: technical },
  },
  told_agendas: {
    ...{ eventId: technical, participantId: technical, date: technical, decision: technical },
    ...{ decidedAt: technical, toldAt: attending, meetings: attending },
  },
  pending_notices: {
    ...{ eventId: technical, dueAt: technical, note: technical },
    requestedBy: technical,
  },
  // Whether an address wants mails that it need not have.
  mail_choices: { token: technical, programmeId: technical, email: contact, refusedAt: contact },
  mail_workers: { id: technical, sends: technical, lookedAt: technical },
}
