import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { lockProgramme } from '../../server/changes.ts'
import { hosts, memberships, people, projects } from '../../server/database/schema.ts'
import { SCREEN_COOKIE } from '../../server/features/screen-links/cookie.ts'
import { DEFAULT_RULES } from '../../server/schemas/rules.ts'
import { MEETING_STATES } from '../../server/schemas/common.ts'
import { VIEWS, type ViewName } from '../../server/schemas/live.ts'
import { until } from '../support/client.ts'
import { countWaiting } from '../support/database.ts'
import { openAccount, signedIn } from '../support/people.ts'
import { routesOf, type Route } from '../support/routes.ts'
import { openStage, type Stage } from '../support/stage.ts'
import { plantTenant, type Tenant } from '../support/tenant.ts'

/**
 * Who may call what: every address of the API as every role, about the role's own things, those of others in
 * the same programme, those of another programme, and things that do not exist. All of it is written down in
 * ROWS: an address without a row fails.
 */
const ROLES = [
  'nobody',
  'weak',
  'stranger',
  'desk',
  'observer',
  'screen',
  'host',
  'project',
  'applicant',
  'organiser',
] as const
const KINDS = ['own', 'other', 'foreign', 'absent'] as const
/** Whose things the address names, and whose the body. */
const CROSSED = [
  ['own', 'other'],
  ['own', 'foreign'],
  ['own', 'absent'],
  ['other', 'own'],
  ['foreign', 'own'],
  ['absent', 'own'],
] as const
type Role = (typeof ROLES)[number]
type Kind = (typeof KINDS)[number]
type Objects = ReturnType<typeof objectsOf>

/** Who is let through within their programme; only to what is their own, except organisers. */
const ACCESS = {
  organisers: [],
  team: ['project'],
  host: ['host'],
  participant: ['project', 'host'],
  screen: ['screen'],
  desk: ['desk'],
  attending: ['project', 'host', 'desk'],
  observer: ['observer'],
  applicant: ['applicant'],
  /** Whoever applies, and no organiser. */
  applicantAlone: ['applicant'],
  /** The same of what is of the whole programme. */
  applying: ['applicant'],
} satisfies Record<string, Role[]>
type Access = keyof typeof ACCESS
type Row =
  | { access: Access; body?: (objects: Objects) => object; answers?: number[]; reads?: true }
  | { fixed: Fixed; body?: () => object }
type Fixed = (role: Role) => number

/** Their versions are of what is there, so that nobody can guess one; without any they write all the same. */
const OF_CONTENT = new Set([
  'PATCH /api/v1/projects/:projectId',
  'PATCH /api/v1/hosts/:hostId/person',
  'PATCH /api/v1/events/:eventId',
  'PUT /api/v1/events/:eventId/tables',
])
/** Done, or refused for a reason that only those hear who may do it. */
const LET_THROUGH = [200, 202, 409, 412, 428]
const grid = { slotMinutes: 20, changeoverMinutes: 5, blocks: [{ start: '09:00', slots: 2 }] }
const anybody: Fixed = () => 200
const signedInOnly =
  (yes: number, screen = 401) =>
  (role: Role) =>
    role === 'nobody' ? 401 : role === 'screen' ? screen : yes
const only = (access: Access, body?: (objects: Objects) => object, answers?: number[]): Row => ({
  access,
  body,
  answers,
})
/** Sends more than an address holds, and changes nothing. */
const reading = (body: () => object): Row => ({ access: 'organisers', body, reads: true })
const pasted = {
  ...{ kind: 'projects', headings: 1, columns: ['name'], decisions: [] },
  rows: ['nome', 'Incollato'].map((cell, index) => ({ row: index + 1, cells: [cell] })),
}

const ROWS: Record<string, Row | Row[]> = {
  // Shown by its organisers here; a code goes to any address, and what it opens is tested in applications.test.ts.
  'GET /api/v1/calls/:programmeId': { fixed: anybody },
  'POST /api/auth/calls/:programmeId/code': {
    fixed: anybody,
    body: () => ({ email: `${randomUUID()}@example.org` }),
  },
  'POST /api/auth/calls/:programmeId/enter': {
    fixed: () => 400,
    body: () => ({ email: `${randomUUID()}@example.org`, code: '000000' }),
  },
  'GET /api/v1/programmes/:programmeId/call': only('organisers'),
  'PATCH /api/v1/programmes/:programmeId/call': only('organisers', () => ({ closesAt: null })),
  'POST /api/v1/programmes/:programmeId/call/switch': only('organisers', () => ({ on: true })),
  'GET /api/v1/programmes/:programmeId/applications': only('organisers'),
  'GET /api/v1/programmes/:programmeId/own-applications': only('applying'),
  'POST /api/v1/programmes/:programmeId/applications': only('applying', () => ({ name: randomUUID() })),
  'GET /api/v1/applications/:id': only('applicant'),
  'PATCH /api/v1/applications/:id': only('applicantAlone', () => ({ phone: '011' })),
  'POST /api/v1/applications/:id/submit': only('applicantAlone'),
  'POST /api/v1/applications/:id/decision/preview': {
    ...only('organisers', () => ({ decision: 'refused', reason: 'Prova' })),
    ...{ reads: true },
  },
  'POST /api/v1/applications/:id/decision': only('organisers', () => ({
    ...{ decision: 'refused', reason: 'Prova' },
  })),
  'POST /api/v1/applications/:id/withdraw': only('applicantAlone'),
  'GET /api/v1/public': { fixed: anybody },
  'GET /api/v1/openapi.json': { fixed: anybody },
  'GET /api/v1/me': { fixed: anybody },
  // One's own alone; that those of others stay as they are is tested in access.test.ts.
  'GET /api/v1/me/access': { fixed: signedInOnly(200, 403) },
  'DELETE /api/v1/me/sessions/:sessionId': { fixed: signedInOnly(200, 403) },
  'POST /api/v1/me/sessions/end-others': { fixed: signedInOnly(200, 403) },
  'PATCH /api/v1/me/passkeys/:passkeyId': { fixed: signedInOnly(404, 403), body: () => ({ name: 'Mia' }) },
  'DELETE /api/v1/me/passkeys/:passkeyId': { fixed: signedInOnly(200, 403) },
  'GET /api/v1/sample/people': { fixed: anybody },
  'PUT /api/v1/me/language': { fixed: signedInOnly(200, 403), body: () => ({ language: 'it' }) },
  // Without keys, as here, it is off; who has which subscription is tested in push.test.ts.
  'PUT /api/v1/push/subscription': {
    fixed: signedInOnly(403, 403),
    body: () => ({
      endpoint: 'https://push.example.org/x',
      keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) },
    }),
  },
  'DELETE /api/v1/push/subscription': { fixed: signedInOnly(403, 403) },
  'GET /api/v1/events/:eventId/day': only('organisers'),
  'GET /api/v1/events/:eventId/desk': only('desk'),
  'GET /api/v1/events/:eventId/changes': only('organisers'),
  'PUT /api/v1/participants/:id/attendance': [
    only('attending', () => ({ attendance: 'here' })),
    ...(['expected', 'absent', 'left'] as const).map((attendance) => only('desk', () => ({ attendance }))),
  ],
  'POST /api/v1/participants/:id/late': only('attending', () => ({ minutes: 5 })),
  'PUT /api/v1/participants/:id/rsvp': only('attending', () => ({ rsvp: 'coming' })),
  'PUT /api/v1/participants/:id/stand-in': only('participant', () => ({
    ...{ firstName: 'Ada', lastName: 'Esempio', email: `${randomUUID()}@example.org` },
  })),
  'DELETE /api/v1/participants/:id/stand-in': only('organisers'),
  'POST /api/v1/rsvp/stand-in': {
    fixed: () => 404,
    body: () => ({ token: 'x'.repeat(32), firstName: 'A', lastName: 'B', email: 'a@example.org' }),
  },
  // Whoever holds a link answers by it, signed in or not; what each opens is tested in rsvp.test.ts.
  'POST /api/v1/rsvp/link': { fixed: () => 404, body: () => ({ token: 'x'.repeat(32) }) },
  'POST /api/v1/rsvp/answer': {
    fixed: () => 404,
    body: () => ({ token: 'x'.repeat(32), rsvp: 'coming' }),
  },
  'POST /api/v1/events/:eventId/participants': [
    only('organisers', ({ projectId }) => ({ projectId })),
    only('organisers', ({ hostId }) => ({ hostId })),
  ],
  'POST /api/v1/events/:eventId/disruptions': [
    only('organisers', ({ tableIds }) => ({ kind: 'table_out', tableId: tableIds[1] })),
    only('organisers', ({ participants }) => ({ kind: 'no_show', participantId: participants.project })),
    only('organisers', ({ participants, slotIds }) => ({
      ...{ kind: 'no_show', participantId: participants.project, fromSlotId: slotIds[1] },
    })),
    only('organisers', ({ participants }) => ({ kind: 'early', participantId: participants.host })),
    only('organisers', ({ slotIds }) => ({ kind: 'slot_lost', fromSlotId: slotIds[1] })),
  ],
  'POST /api/v1/disruptions/:id/dismiss': only('organisers'),
  'GET /api/v1/events/:eventId/slots/:slotId/delay': only('organisers'),
  'POST /api/v1/events/:eventId/delay': [
    only('organisers', ({ slotIds }) => ({ roomId: null, fromSlotId: slotIds[2], minutes: 1 })),
    only('organisers', ({ roomId, slotIds }) => ({ roomId, fromSlotId: slotIds[2], minutes: 1 })),
  ],
  // Applied before others are proposed, which replace it.
  'POST /api/v1/repairs/:id/apply': only('organisers'),
  'POST /api/v1/events/:eventId/repairs': only('organisers'),
  'POST /api/v1/meetings/:id/state': ([...MEETING_STATES] as const).map((state) =>
    only('organisers', () => ({ state })),
  ),
  'POST /api/v1/events/:eventId/slots/:slotId/state': (['called', 'in_progress', 'done'] as const).map(
    (state) => only('organisers', () => ({ state })),
  ),
  'POST /api/v1/events/:eventId/meetings': only('organisers', ({ participants, slotIds, tableIds }) => ({
    ...{ projectId: participants.otherProject, hostId: participants.otherHost },
    ...{ slotId: slotIds[1], tableId: tableIds[1] },
  })),
  'POST /api/v1/sample/enter': { fixed: () => 404, body: () => ({ as: `project:${own.projectIds[0]}` }) },
  'POST /api/v1/sample/clock': only('organisers', ({ programmeId }) => ({ programmeId, now: null }), [403]),
  'POST /api/v1/sample/reset': only('organisers', ({ programmeId }) => ({ programmeId }), [403]),
  'POST /api/v1/screen/session': { fixed: () => 404, body: () => ({ token: randomUUID() }) },
  'GET /api/v1/programmes': { fixed: signedInOnly(200, 403) },
  'POST /api/v1/programmes': { fixed: signedInOnly(403, 403), body: () => ({ name: 'Un altro' }) },
  'GET /api/v1/programmes/:programmeId': only('organisers'),
  'PATCH /api/v1/programmes/:programmeId': only('organisers', () => ({ phase: '2' })),
  'GET /api/v1/programmes/:programmeId/changes': only('organisers'),
  'GET /api/v1/programmes/:programmeId/figures': only('observer'),
  'GET /api/v1/events/:eventId/published': only('observer'),
  'GET /api/v1/programmes/:programmeId/publicity': only('organisers'),
  'POST /api/v1/programmes/:programmeId/publicity': [
    ...(['programme', 'ranking'] as const).map((what) => only('organisers', () => ({ what, public: true }))),
    only('organisers', ({ eventId }) => ({ what: 'events', ids: [eventId], public: true })),
    only('organisers', ({ projectIds }) => ({ what: 'proposals', ids: [projectIds[0]], public: true })),
  ],
  'GET /api/v1/programmes/:programmeId/people': only('organisers'),
  'GET /api/v1/programmes/:programmeId/mails': only('organisers'),
  'POST /api/v1/programmes/:programmeId/test-mail': only('organisers'),
  'POST /api/v1/mails/:id/resend': only('organisers'),
  'POST /api/v1/programmes/:programmeId/projects': only('organisers', () => ({ name: 'Nuovo' })),
  'POST /api/v1/programmes/:programmeId/hosts': only('organisers', () => ({
    ...{ lastName: 'Nuovo', organisation: 'Ente', kind: 'other' },
  })),
  'POST /api/v1/programmes/:programmeId/import': only('organisers', () => ({ ...pasted, basis: 'x' })),
  'POST /api/v1/programmes/:programmeId/import/table': reading(() => ({
    ...{ kind: 'projects', from: 'text', content: 'nome\nIncollato' },
  })),
  'POST /api/v1/programmes/:programmeId/import/check': reading(() => pasted),
  'POST /api/v1/programmes/:programmeId/import/report': reading(() => pasted),
  'GET /api/v1/programmes/:programmeId/import/template/:kind': only('organisers'),
  'GET /api/v1/programmes/:programmeId/members': only('organisers'),
  'POST /api/v1/programmes/:programmeId/members': (['organiser', 'desk', 'observer'] as const).map((role) =>
    only('organisers', () => ({ email: `${randomUUID()}@example.org`, name: 'Aiuto', role })),
  ),
  'POST /api/v1/members/:id/invitation': only('organisers', () => ({ again: true })),
  'DELETE /api/v1/members/:id': only('organisers'),
  'POST /api/v1/programmes/:programmeId/undo': only('organisers', () => ({ seq: 1 })),
  'POST /api/v1/programmes/:programmeId/events': only('organisers', () => ({
    ...{ kind: 'workshop', title: 'Incontro', date: '2030-06-01' },
  })),
  'GET /api/v1/programmes/:programmeId/letter-texts': only('organisers'),
  'PUT /api/v1/programmes/:programmeId/letter-texts/:kind/:language': only('organisers', () => ({
    ...{ subject: 'Grazie', body: 'Grazie di tutto' },
  })),
  'GET /api/v1/programmes/:programmeId/scheduled-mails': only('organisers'),
  'PUT /api/v1/events/:eventId/scheduled-mails/:kind': only('organisers', () => ({ on: false, days: 4 })),
  'GET /api/v1/programmes/:programmeId/recipients/:kind': only('organisers'),
  'POST /api/v1/programmes/:programmeId/letters/preview': {
    ...only('organisers', ({ projectId }) => ({ kind: 'invitation', to: { of: projectId } })),
    ...{ reads: true },
  },
  'POST /api/v1/programmes/:programmeId/letters/test': only('organisers', ({ projectId }) => ({
    ...{ kind: 'invitation', to: { of: projectId } },
  })),
  // Whoever holds the token says it, and nobody else can guess one: tested in letters.test.ts.
  'GET /api/v1/mail-choices/:token': { fixed: () => 404 },
  'PUT /api/v1/mail-choices/:token': { fixed: () => 404, body: () => ({ refused: true }) },
  'POST /api/v1/mail-choices/:token': { fixed: () => 404 },
  'POST /api/v1/programmes/:programmeId/letters': [
    only('organisers', ({ projectId }) => ({ kind: 'invitation', to: [{ of: projectId }], again: true })),
    only('organisers', ({ hostId }) => ({ kind: 'invitation', to: [{ of: hostId }], again: true })),
  ],
  'PATCH /api/v1/projects/:projectId': only('organisers', () => ({ rank: 3 })),
  'GET /api/v1/projects/:projectId/proposal': only('team'),
  'PATCH /api/v1/projects/:projectId/proposal': only('team', () => ({ district: 'Aurora' })),
  'POST /api/v1/projects/:projectId/proposal/submit': only('team'),
  'POST /api/v1/projects/:projectId/proposal/approve': only('organisers'),
  'POST /api/v1/projects/:projectId/proposal/request-changes': only('organisers', () => ({
    message: 'Di più',
  })),
  'GET /api/v1/hosts/:hostId': only('host'),
  'PATCH /api/v1/hosts/:hostId': only('host', () => ({ districts: ['Aurora'] })),
  'PATCH /api/v1/hosts/:hostId/person': only('organisers', () => ({ code: 'H7' })),
  'GET /api/v1/projects/:projectId/ties': only('organisers'),
  'GET /api/v1/hosts/:hostId/ties': only('organisers'),
  'GET /api/v1/hosts/:hostId/merge/:twinId': only('organisers'),
  'GET /api/v1/programmes/:programmeId/organisations': only('organisers'),
  'GET /api/v1/projects/:projectId/places': only('organisers'),
  'GET /api/v1/hosts/:hostId/places': only('organisers'),
  'PATCH /api/v1/organisations/:organisationId': only('organisers', () => ({ kind: 'foundation' })),
  'POST /api/v1/organisations/:organisationId/merge': only('organisers', ({ mergedId }) => ({
    twinId: mergedId,
  })),
  'GET /api/v1/events/:eventId': only('organisers'),
  'PATCH /api/v1/events/:eventId': only('organisers', () => ({ rules: DEFAULT_RULES })),
  'PUT /api/v1/events/:eventId/grid': only('organisers', () => grid),
  'PUT /api/v1/events/:eventId/tables': only('organisers', ({ tableIds }) => ({
    tables: tableIds.map((id, at) => ({ id, name: String(at + 1), room: 'Sala', features: [] })),
  })),
  'POST /api/v1/events/:eventId/grid/preview': reading(() => grid),
  'POST /api/v1/events/:eventId/tables/preview': reading(() => ({ tables: [] })),
  'POST /api/v1/events/:eventId/postponement/preview': reading(() => ({ date: '2030-07-02' })),
  'POST /api/v1/events/:eventId/postponement': only('organisers', () => ({ date: '2030-07-02' })),
  'POST /api/v1/events/:eventId/copy': only('organisers', () => ({ date: '2030-07-01' })),
  'POST /api/v1/events/:eventId/screens': only('organisers', () => ({ label: 'Ingresso' })),
  'GET /api/v1/events/:eventId/print': only('organisers'),
  'GET /api/v1/events/:eventId/pairs': only('organisers'),
  'PUT /api/v1/events/:eventId/pairs': only('organisers', ({ participants: { project, host } }) => ({
    ...{ projectId: project, hostId: host, ruling: 'never', reason: 'Prova' },
  })),
  'GET /api/v1/events/:eventId/taking-part': only('organisers'),
  'POST /api/v1/events/:eventId/taking-part/added': only('organisers', ({ projectId }) => ({
    ...{ projects: [projectId], hosts: [] },
  })),
  'POST /api/v1/events/:eventId/taking-part/removed': only('organisers', () => ({ projects: [], hosts: [] })),
  'GET /api/v1/events/:eventId/screen': only('screen'),
  'GET /api/v1/events/:eventId/answers': only('organisers'),
  'GET /api/v1/events/:eventId/table-price': only('organisers'),
  'GET /api/v1/events/:eventId/choices/:key': only('participant'),
  'GET /api/v1/events/:eventId/agendas/:key': only('participant'),
  'POST /api/v1/events/:eventId/answers/pasted/check': reading(() => ({ content: 'A\tB\tinteressante' })),
  'POST /api/v1/events/:eventId/answers/pasted': only('organisers', () => ({ content: 'A;B;C', basis: 'x' })),
  'PUT /api/v1/events/:eventId/preferences/:fromId/:toId': only('participant', () => ({
    ...{ level: 'want', conflict: false },
  })),
  'PUT /api/v1/participants/:id/availability': only('participant', ({ slotIds }) => ({
    ...{ unavailable: [slotIds[2]], maxMeetings: null },
  })),
  'PUT /api/v1/participants/:id/own-table': only('organisers', () => ({ tableId: null })),
  'POST /api/v1/participants/:id/answer': only('participant'),
  'GET /api/v1/events/:eventId/plan/:key?': only('organisers'),
  'POST /api/v1/events/:eventId/copies': only('organisers'),
  'GET /api/v1/meetings/:id/cells': only('organisers'),
  'POST /api/v1/meetings/:id/move': only('organisers', ({ slotIds, tableIds }) => ({
    ...{ slotId: slotIds[1], tableId: tableIds[1] },
  })),
  'POST /api/v1/meetings/:id/swap': only('organisers', ({ meetingId }) => ({ with: meetingId, version: 1 })),
  'POST /api/v1/meetings/:id/lock': only('organisers', () => ({ locked: true })),
  'GET /api/v1/schedules/:id/difference': only('organisers'),
  'GET /api/v1/schedules/:id/comparison/:otherId': only('organisers'),
  'POST /api/v1/schedules/:id/publish': only('organisers', () => ({})),
  'GET /api/v1/events/:eventId/telling': only('organisers'),
  'POST /api/v1/events/:eventId/tell': only('organisers', () => ({ how: 'now' })),
  'POST /api/v1/events/:eventId/tell/stop': only('organisers'),
  'POST /api/v1/events/:eventId/rollback': only('organisers', () => ({ number: 1 }), [404, ...LET_THROUGH]),
  'GET /api/v1/events/:eventId/runs': only('organisers'),
  'POST /api/v1/events/:eventId/runs': [
    only('organisers', () => ({ seconds: 1 })),
    only('organisers', ({ scheduleId }) => ({ seconds: 1, keep: 'locks', base: scheduleId })),
  ],
  'POST /api/v1/runs/:id/stop': only('organisers'),
  'GET /api/v1/runs/:id/instance': only('organisers'),
  'GET /api/v1/runs/:id/solution': only('organisers'),
  'GET /api/v1/events/:eventId/check': only('organisers'),
  'GET /api/v1/events/:eventId/price-curve': only('organisers'),
  'GET /api/v1/runs/:id/people': only('organisers'),
  'GET /api/v1/runs/:id/stress': { ...only('organisers'), answers: [200, 409] },
  // A file that is refused, as this one is, never comes to be written.
  'POST /api/v1/runs/:id/solutions': {
    ...only('organisers', () => ({ format: 'x' })),
    ...{ answers: [422], reads: true },
  },
  'GET /api/v1/runs/:id/shortfalls': only('organisers'),
  'GET /api/v1/runs/:id/unmet': only('organisers'),
  // The planted run has no schedule, so that even its organiser finds nothing there.
  'GET /api/v1/runs/:id/unmet/:candidateId': { ...only('organisers'), answers: [404] },
  'DELETE /api/v1/schedules/:id': only('organisers'),
  'DELETE /api/v1/screens/:id': only('organisers'),
  'POST /api/v1/projects/:projectId/withdrawal': only('organisers', () => ({ withdrawn: false })),
  'POST /api/v1/hosts/:hostId/withdrawal': only('organisers', () => ({ withdrawn: false })),
  'DELETE /api/v1/projects/:projectId': only('organisers'),
  'DELETE /api/v1/hosts/:hostId': only('organisers'),
  'DELETE /api/v1/events/:eventId': only('organisers', undefined, [409]),
  'POST /api/v1/hosts/:hostId/merge': only('organisers', ({ twinId }) => ({ twinId, choices: {} })),
  'POST /api/auth/email-otp/send-verification-otp': {
    fixed: anybody,
    body: () => ({ email: `${randomUUID()}@example.org`, type: 'sign-in' }),
  },
  'POST /api/auth/sign-in/email-otp': {
    fixed: () => 400,
    body: () => ({ email: `${randomUUID()}@example.org`, otp: '000000' }),
  },
  'GET /api/auth/passkey/generate-register-options': { fixed: signedInOnly(200) },
  'POST /api/auth/passkey/verify-registration': {
    fixed: signedInOnly(400),
    body: () => ({ response: { id: 'x' } }),
  },
  'GET /api/auth/passkey/generate-authenticate-options': { fixed: anybody },
  'POST /api/auth/passkey/verify-authentication': {
    fixed: () => 400,
    body: () => ({ response: { id: 'x' } }),
  },
}
/** Tested by themselves: sockets below, and the end of a session last of all. */
const ELSEWHERE = ['GET /api/v1/live', 'POST /api/auth/sign-out']

let stage: Stage
let routes: Route[]
let own: Tenant
let foreign: Tenant
/** Projects and hosts that nobody signs in for: deleting them takes no role away. */
let spares: Record<'own' | 'foreign', Spare>
let cookies: Record<Role, string>
beforeAll(async () => {
  const found = await routesOf(openStage)
  stage = found.built
  routes = found.routes
  own = await plantTenant(stage.db, 'Alfa')
  foreign = await plantTenant(stage.db, 'Beta')
  spares = { own: await plantSpare(own), foreign: await plantSpare(foreign) }
  const { programmeId, projectIds, hostIds, days } = own
  const cookieOf = async (person: Parameters<typeof signedIn>[1]) =>
    (await signedIn(stage.app, person)).cookie
  cookies = {
    nobody: '',
    weak: await cookieOf({ role: 'organiser', programmeId, strong: false }),
    stranger: await cookieOf({ role: 'organiser', programmeId: foreign.programmeId }),
    desk: await cookieOf({ role: 'desk', programmeId }),
    observer: await cookieOf({ role: 'observer', programmeId }),
    screen: `${SCREEN_COOKIE}=${days[0].token}`,
    host: await cookieOf({ role: 'host', programmeId, hostId: hostIds[0] }),
    project: await cookieOf({ role: 'project', programmeId, projectId: projectIds[0] }),
    applicant: await openAccount(stage.app, own.applicantId),
    organiser: await cookieOf({ role: 'organiser', programmeId }),
  }
})
afterAll(() => stage.close())

type Spare = Pick<Tenant, 'projectIds' | 'hostIds'>
async function plantSpare({ programmeId, organisationIds: [organisationId] }: Tenant): Promise<Spare> {
  const codes = ['spare 0', 'spare 1']
  const planted = await stage.db
    .insert(people)
    .values(codes.map((lastName) => ({ programmeId, lastName })))
    .returning({ id: people.id })
  const ofProjects = await stage.db
    .insert(projects)
    .values(codes.map((code) => ({ programmeId, code, name: code })))
    .returning({ id: projects.id })
  const ofHosts = await stage.db
    .insert(hosts)
    .values(codes.map((code, n) => ({ programmeId, organisationId, code, personId: planted[n].id })))
    .returning({ id: hosts.id })
  return { projectIds: ofProjects.map(({ id }) => id), hostIds: ofHosts.map(({ id }) => id) }
}

/** The things a role calls its own or those of others, each under the name that addresses give it. */
function objectsOf(role: Role, kind: Kind, url = '', method = '') {
  const { programmeId, projectIds, hostIds, organisationIds, days, mailIds, applicationIds } =
    kind === 'foreign' ? foreign : own
  const n = kind === 'other' ? 1 : 0
  // Others in the same event, where it is about one of them; else another event of the programme.
  const personal = /:fromId|participants|choices|agendas/.test(url)
  const day = personal ? days[0] : days[n]
  const { project, otherProject, host, otherHost } = day.participants
  const participantId = role === 'host' ? [host, otherHost][n] : [project, otherProject][n]
  const ids: Record<string, string> = {
    participants: participantId,
    meetings: day.meetingId,
    runs: day.runId,
    schedules: day.scheduleId,
    screens: day.screenId,
    disruptions: day.disruptionId,
    repairs: day.repairId,
    members: day.memberId,
    mails: mailIds[n],
    applications: applicationIds[n],
  }
  const spare = method === 'DELETE' ? spares[kind === 'foreign' ? 'foreign' : 'own'] : null
  const made = {
    ...day,
    projectIds,
    programmeId,
    projectId: (spare?.projectIds ?? projectIds)[n],
    hostId: (spare?.hostIds ?? hostIds)[n],
    twinId: hostIds[1 - n],
    organisationId: organisationIds[n],
    mergedId: organisationIds[1 - n],
    slotId: day.slotIds[0],
    fromId: participantId,
    toId: role === 'host' ? project : host,
    key: url.includes('/plan/') ? day.scheduleId : participantId,
    otherId: day.scheduleId,
    ...{ candidateId: randomUUID(), sessionId: randomUUID(), passkeyId: randomUUID() },
    token: randomUUID(),
    id: ids[url.split('/')[3]] ?? '',
    kind: url.includes('/import/') ? 'projects' : 'reminder',
    language: 'it',
  }
  return kind === 'absent' ? { ...made, ...absentIds() } : made
}

const ABSENT = [
  ...['programmeId', 'eventId', 'slotId', 'projectId', 'hostId', 'fromId', 'toId', 'key', 'id'],
  ...['roomId', 'meetingId', 'scheduleId', 'otherId', 'organisationId', 'twinId', 'mergedId'],
]
const absentIds = () => ({
  ...Object.fromEntries(ABSENT.map((name) => [name, randomUUID()])),
  ...{ slotIds: [1, 2, 3].map(() => randomUUID()), tableIds: [1, 2].map(() => randomUUID()) },
  ...{ projectIds: [1, 2].map(() => randomUUID()) },
  participants: {
    ...{ project: randomUUID(), otherProject: randomUUID() },
    ...{ host: randomUUID(), otherHost: randomUUID() },
  },
})

function expected(access: Access, role: Role, kind: Kind): number | 'let through' {
  if (kind === 'absent') return 404
  if (role === 'nobody') return 401
  const isTheirs = access === 'applicantAlone' || access === 'applying'
  if (isTheirs && role === (kind === 'foreign' ? 'stranger' : 'organiser')) return 403
  if (role === 'stranger') return kind === 'foreign' ? 'let through' : 404
  if (role === 'weak' || kind === 'foreign') return 404
  if (role === 'organiser') return 'let through'
  // The desk is for everybody of its programme, and so are its figures.
  if (role === 'desk' || role === 'observer')
    return (ACCESS[access] as Role[]).includes(role) ? 'let through' : 403
  if (access === 'applying' && role === 'applicant') return 'let through'
  return kind === 'own' && (ACCESS[access] as Role[]).includes(role) ? 'let through' : 403
}

/** What must never stand in an answer to that role. */
function forbidden(role: Role): string[] {
  if (role === 'organiser') return [foreign.word, foreign.secret]
  if (role === 'stranger') return [own.word, own.secret]
  const known = role === 'nobody' || role === 'weak' ? [own.word] : []
  return [...known, own.secret, foreign.word, foreign.secret]
}

async function ask(
  method: string,
  url: string,
  role: Role,
  objects: Objects,
  body?: object,
  cookie = cookies[role],
) {
  const address = url.replace(/:(\w+)\??/g, (_, name: string) => String(objects[name as keyof Objects]))
  const response = await stage.app.inject({
    method: method as 'GET',
    url: address,
    // Each role from a place of its own: all of this is more than one address may ask in a minute.
    remoteAddress: `10.0.0.${ROLES.indexOf(role)}`,
    headers: {
      ...{ cookie, 'idempotency-key': randomUUID() },
      ...(!OF_CONTENT.has(`${method} ${url}`) && { 'if-match': '1' }),
    },
    ...(body && { payload: body }),
  })
  const text = `${JSON.stringify(response.headers)} ${response.body}`
  const leaks = forbidden(role).filter((word) => text.includes(word))
  return { status: response.statusCode, leaks }
}

/** What went otherwise than the rows of an address say, one line each: every kind of body has a row of its own. */
async function faultsOf(key: string, rows: Row | Row[]): Promise<string[]> {
  const faults: string[] = []
  for (const row of [rows].flat()) faults.push(...(await faultsOfRow(key, row)))
  return faults
}

async function faultsOfRow(key: string, row: Row): Promise<string[]> {
  const [method, url] = key.split(' ')
  const calls = ROLES.flatMap((role) =>
    ('fixed' in row ? (['own'] as const) : KINDS).flatMap((kind) => {
      const wanted = 'fixed' in row ? row.fixed(role) : expected(row.access, role, kind)
      const verbs = method === 'GET' && kind === 'own' ? ['GET', 'HEAD'] : [method]
      return verbs.map((verb) => ({ verb, role, kind, wanted }))
    }),
  )
  const faultOf = async ({ verb, role, kind, wanted }: (typeof calls)[number]) => {
    const objects = objectsOf(role, kind, url, method)
    const body = row.body?.(objects)
    const { status, leaks } = await ask(verb, url, role, objects, body)
    const answers = ('answers' in row && row.answers) || LET_THROUGH
    const right = wanted === 'let through' ? answers.includes(status) : status === wanted
    if (right && leaks.length === 0) return []
    return `${verb} ${url} ${JSON.stringify(body ?? '')} as ${role}, ${kind}: ${status} instead of ${wanted}; leaks ${leaks.join()}`
  }
  // What is refused has no effect, so that it may be asked meanwhile.
  const isRefused = ({ wanted }: (typeof calls)[number]) => typeof wanted === 'number' && wanted >= 400
  const refused = await atATime(4, calls.filter(isRefused), faultOf)
  const others = await atATime(
    1,
    calls.filter((call) => !isRefused(call)),
    faultOf,
  )
  return [...refused, ...others].flat()
}

async function atATime<T, R>(many: number, items: T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const rest = items.entries()
  const results: R[] = []
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await act(item)
  }
  await Promise.all(Array.from({ length: many }, worker))
  return results
}

test('every address of the API has a row, and every row an address', () => {
  const known = routes.filter(({ method }) => method !== 'HEAD').map(({ method, url }) => `${method} ${url}`)
  expect(known.toSorted()).toEqual([...Object.keys(ROWS), ...ELSEWHERE].toSorted())
})

/** Things that an address and what is sent to it name: of one event, or it is refused. */
describe('what is sent names nothing of another event, of another programme, or made up, to', () => {
  const naming = Object.entries(ROWS).flatMap(([key, rows]) =>
    [rows].flat().flatMap((row) => {
      const body = 'fixed' in row ? undefined : row.body
      return body && body.length > 0
        ? [[`${key} ${body.toString().replace(/\s+/g, ' ')}`, key, body] as const]
        : []
    }),
  )
  const wholeProgramme = /projectId|hostId|eventId|invitations|publicity/

  test.each(naming)('%s', async (name, key, bodyOf) => {
    const [method, url] = key.split(' ')
    const calls = (['organiser', 'desk', 'stranger'] as const).flatMap((role) =>
      CROSSED
        // Another event of the programme has the same people.
        .filter((pair) => !(pair.includes('other' as never) && wholeProgramme.test(name.slice(key.length))))
        .map(([path, sent]) => ({
          role,
          path,
          sent,
          at: objectsOf(role, path, url),
          about: objectsOf(role, sent, url),
        }))
        // Others of the same event share its times and tables.
        .filter(({ at, about }) => at.eventId !== about.eventId),
    )
    const faults = await atATime(4, calls, async ({ role, path, sent, at, about }) => {
      const { status, leaks } = await ask(method, url, role, at, bodyOf(about))
      if ([400, 403, 404].includes(status) && leaks.length === 0) return []
      return `as ${role}, address ${path}, body ${sent}: ${status}; leaks ${leaks.join()}`
    })
    expect(faults.flat()).toEqual([])
  })
})

describe('a role that is taken back while its write waits for its turn counts no more', () => {
  const writes = Object.entries(ROWS)
    .map(([key, rows]) => [key, [rows].flat()[0]] as const)
    .filter(([key, row]) => !key.startsWith('GET') && !('fixed' in row) && !row.reads)

  test.each(writes)('%s', async (key, row) => {
    const [method, url] = key.split(' ')
    const objects = objectsOf('organiser', 'own', url)
    const { cookie, userId } = await signedIn(stage.app, {
      role: 'organiser',
      programmeId: own.programmeId,
    })
    let answer: ReturnType<typeof ask> | undefined
    await stage.db.transaction(async (tx) => {
      await lockProgramme(tx, own.programmeId)
      answer = ask(method, url, 'organiser', objects, row.body?.(objects), cookie)
      await until('the write waits', async () => (await countWaiting(stage.db)) === 1)
      await tx.delete(memberships).where(eq(memberships.userId, userId))
    })
    expect((await answer)?.status).toBe(403)
  })
})

describe('websockets', () => {
  const VIEW_ACCESS: Record<ViewName, Access> = {
    agenda: 'participant',
    choices: 'participant',
    plan: 'organisers',
    telling: 'organisers',
    'taking-part': 'organisers',
    answers: 'organisers',
    runs: 'organisers',
    screen: 'screen',
    day: 'organisers',
    desk: 'desk',
    changes: 'organisers',
    applications: 'organisers',
  }
  beforeAll(() => stage.app.listen({ port: 0, host: '127.0.0.1' }))

  test.each(VIEWS)('of %s open for whom the page opens, and tell nobody else anything', async (view) => {
    const path = { agenda: '/agendas', choices: '/choices', plan: '/plan/' }[view as string] ?? view
    const faults: string[] = []
    for (const role of ROLES)
      for (const kind of KINDS) {
        const { eventId: event, programmeId, key } = objectsOf(role, kind, path)
        const eventId = view === 'applications' ? programmeId : event
        const wanted = expected(VIEW_ACCESS[view], role, kind)
        const { status, text } = await follow(role, view, eventId, key)
        const leaks = forbidden(role).filter((word) => text.includes(word))
        if (status !== (wanted === 'let through' ? 101 : wanted) || leaks.length > 0)
          faults.push(`${view} as ${role}, ${kind}: ${status} instead of ${wanted}; leaks ${leaks.join()}`)
      }
    expect(faults).toEqual([])
  })

  /** The status of the upgrade, with the first frame of a socket that opens. */
  function follow(role: Role, view: ViewName, eventId: string, key: string) {
    const { port } = stage.app.server.address() as AddressInfo
    const address = `ws://127.0.0.1:${port}/api/v1/live?event=${eventId}&view=${view}&key=${key}`
    const socket = new WebSocket(address, { headers: { cookie: cookies[role] } })
    return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      socket.once('open', () => socket.send(JSON.stringify({ epoch: null, seq: null })))
      socket.once('message', (raw) => {
        resolve({ status: 101, text: String(raw) })
        socket.terminate()
      })
      socket.once('unexpected-response', (request, response) => {
        let text = ''
        response.on('data', (part) => (text += part))
        response.on('end', () => resolve({ status: response.statusCode, text }))
        response.on('end', () => request.destroy())
      })
      socket.once('error', reject)
    })
  }
})

describe('every role gets what the table says of', () => {
  test.each(Object.entries(ROWS))('%s', async (key, row) => {
    expect(await faultsOf(key, row)).toEqual([])
  })
})

test('nothing can be called after signing out', async () => {
  for (const role of ROLES.filter((one) => one !== 'nobody' && one !== 'screen')) {
    const objects = objectsOf(role, 'own')
    expect((await ask('POST', '/api/auth/sign-out', role, objects, {})).status).toBe(200)
    expect((await ask('GET', '/api/v1/programmes', role, objects)).status).toBe(401)
  }
})
