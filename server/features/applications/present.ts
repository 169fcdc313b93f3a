import type {
  ApplicationContent,
  ApplicationRow as Listed,
  ApplicationView,
  CallText,
} from '../../schemas/application.ts'
import { nameOf } from '../../naming.ts'
import { byClockOf, clockOf } from '../events/clock.ts'
import type { ProgrammeRow } from '../events/repository.ts'
import type { CallRow, FoundApplication } from './repository.ts'

export const NO_TEXT: CallText = { text: '', criteria: '', next: '' }
export const EMPTY_APPLICATION: ApplicationContent = {
  organisations: [],
  ...{ firstName: '', lastName: '', title: '', phone: '' },
  ...{ summary: '', problem: '', ask: '', district: '', support: [] },
}

/** Ninety days after the last change. */
export const KEPT_MS = 90 * 24 * 60 * 60_000

/** Whether projects can apply now. */
export const isCallOpen = (call: CallRow | null, programme: ProgrammeRow): boolean =>
  call !== null && call.on && (call.closesAt === null || clockOf(programme) <= call.closesAt)

const NEEDED = ['organisations', 'lastName', 'phone', 'summary', 'problem', 'ask'] as const

export const missingOf = (content: ApplicationContent): string[] =>
  NEEDED.filter((field) => content[field].length === 0).map((field) => `/${field}`)

/** What has been begun or handed in until the deadline; what was asked to be changed, also after it. */
export const mayEdit = ({ application: { state }, call, programme }: FoundApplication): boolean =>
  state === 'changes_requested' ||
  ((state === 'draft' || state === 'submitted') && isCallOpen(call, programme))

export function presentApplication(found: FoundApplication): ApplicationView {
  const { application, programme, call, email, project } = found
  const { id, version, state, name, content, language, message } = application
  const goes = state === 'draft' || state === 'refused' || state === 'withdrawn'
  return {
    ...{ id, programmeId: programme.id, programme: programme.name, timezone: programme.timezone },
    ...{ version, state, name, content, email, language, message },
    missing: missingOf(content),
    submittedAt: application.submittedAt?.toISOString() ?? null,
    decidedAt: application.decidedAt?.toISOString() ?? null,
    closesAt: call?.closesAt?.toISOString() ?? null,
    forgottenAt: goes
      ? byClockOf(programme, new Date(application.updatedAt.getTime() + KEPT_MS)).toISOString()
      : null,
    mayEdit: mayEdit(found),
    project: project?.id ? project : null,
  }
}

export function presentListed({ application, email, project }: FoundApplication): Listed {
  const { id, state, name, version, content } = application
  return {
    ...{ id, state, name, version, organisations: content.organisations, summary: content.summary },
    contact: nameOf(content) || email,
    submittedAt: application.submittedAt?.toISOString() ?? null,
    decidedAt: application.decidedAt?.toISOString() ?? null,
    rank: project?.rank ?? null,
    financed: project?.financed ?? null,
  }
}
