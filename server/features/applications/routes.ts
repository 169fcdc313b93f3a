import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../../database/client.ts'
import { callOf } from '../../plugins/session.ts'
import { CodeAsked } from '../../schemas/access.ts'
import {
  ApplicationPatch,
  ApplicationView,
  CallCodeAsked,
  CallEntry,
  CallPatch,
  CallSetting,
  CallSwitch,
  DecisionInput,
  NewApplication,
  OwnApplications,
  PublicCall,
} from '../../schemas/application.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { Letter } from '../../schemas/letters.ts'
import type { Services } from '../../services.ts'
import { askApplicantCode, enterApplicant } from '../identity/applicants.ts'
import type { Auth } from '../identity/auth.ts'
import { BROWSER_COOKIE, browserCookie, newBrowser, readBrowser, withProof } from '../identity/browsers.ts'
import { cookieOf, sessionCookie } from '../identity/cookies.ts'
import { openCall, readCall, readCallSetting, switchCall, writeCall } from './call.ts'
import { decide, previewDecision } from './decisions.ts'
import {
  beginApplication,
  editApplication,
  readApplication,
  readOwn,
  submitApplication,
  withdrawApplication,
} from './service.ts'

const tags = ['applications']
const response = { 200: Written }
const ofProgramme = Shape({ programmeId: Id })
const one = Shape({ id: Id })
type OfProgramme = { Params: { programmeId: string } }
type OfOne = { Params: { id: string } }

export default function routes(services: Services) {
  const { db } = services
  return (api: FastifyInstance) => {
    api.get<OfProgramme>(
      '/calls/:programmeId',
      { schema: { params: ofProgramme, response: { 200: PublicCall }, tags } },
      (request) => readCall(db, request.params.programmeId, request.actor.locale),
    )
    api.get<OfProgramme>(
      '/programmes/:programmeId/call',
      { schema: { params: ofProgramme, response: { 200: CallSetting }, tags } },
      (request) => readCallSetting(services, request.actor, request.params.programmeId),
    )
    api.patch<OfProgramme & { Body: CallPatch }>(
      '/programmes/:programmeId/call',
      { schema: { params: ofProgramme, body: CallPatch, response, tags } },
      (request) => writeCall(db, callOf(request), request.params.programmeId, request.body),
    )
    api.post<OfProgramme & { Body: { on: boolean } }>(
      '/programmes/:programmeId/call/switch',
      { schema: { params: ofProgramme, body: CallSwitch, response, tags } },
      (request) => switchCall(db, callOf(request), request.params.programmeId, request.body.on),
    )
    api.get<OfProgramme>(
      '/programmes/:programmeId/own-applications',
      { schema: { params: ofProgramme, response: { 200: OwnApplications }, tags } },
      (request) => readOwn(db, request.actor, request.params.programmeId),
    )
    api.post<OfProgramme & { Body: { name: string } }>(
      '/programmes/:programmeId/applications',
      { schema: { params: ofProgramme, body: NewApplication, response, tags } },
      (request) => beginApplication(db, callOf(request), request.params.programmeId, request.body.name),
    )
    api.get<OfOne>(
      '/applications/:id',
      { schema: { params: one, response: { 200: ApplicationView }, tags } },
      (request) => readApplication(db, request.actor, request.params.id),
    )
    api.patch<OfOne & { Body: ApplicationPatch }>(
      '/applications/:id',
      { schema: { params: one, body: ApplicationPatch, response, tags } },
      (request) => editApplication(db, callOf(request), request.params.id, request.body),
    )
    api.post<OfOne>('/applications/:id/submit', { schema: { params: one, response, tags } }, (request) =>
      submitApplication(services, callOf(request), request.params.id),
    )
    api.post<OfOne>('/applications/:id/withdraw', { schema: { params: one, response, tags } }, (request) =>
      withdrawApplication(db, callOf(request), request.params.id),
    )
    api.post<OfOne & { Body: DecisionInput }>(
      '/applications/:id/decision/preview',
      { schema: { params: one, body: DecisionInput, response: { 200: Letter }, tags } },
      (request) => previewDecision(services, callOf(request), request.params.id, request.body),
    )
    api.post<OfOne & { Body: DecisionInput }>(
      '/applications/:id/decision',
      { schema: { params: one, body: DecisionInput, response, tags } },
      (request) => decide(services, callOf(request), request.params.id, request.body),
    )
  }
}

/** Of those who are not known here, by network address: an office full of applicants has room. */
const config = {
  rateLimit: { max: 60, timeWindow: '1 minute', keyGenerator: ({ ip }: { ip: string }) => ip },
}

/** Beside those of signing in, as it is there that a browser says which one it is. */
export function entryRoutes(db: Database, auth: Auth, publicUrl: string) {
  const secure = publicUrl.startsWith('https:')
  const browserOf = ({ headers }: FastifyRequest) => readBrowser(cookieOf(headers.cookie, BROWSER_COOKIE))
  const entering = { tags: ['sign-in'], params: ofProgramme }

  return async (api: FastifyInstance) => {
    api.post<OfProgramme & { Body: CallCodeAsked }>(
      '/calls/:programmeId/code',
      { config, schema: { ...entering, body: CallCodeAsked, response: { 200: CodeAsked } } },
      async (request, reply) => {
        const { programme } = await openCall(db, request.params.programmeId)
        const { email } = request.body
        const asked = await askApplicantCode(db, auth, { programme, email, locale: request.actor.locale })
        reply.header('set-cookie', browserCookie(browserOf(request) ?? newBrowser(), secure))
        return asked
      },
    )
    api.post<OfProgramme & { Body: CallEntry }>(
      '/calls/:programmeId/enter',
      { config, schema: { ...entering, body: CallEntry, response } },
      async (request, reply) => {
        const { programmeId } = request.params
        await openCall(db, programmeId)
        const browser = browserOf(request)
        const userAgent = request.headers['user-agent']
        const entry = { ...request.body, programmeId, browser, userAgent }
        const { token, days, email } = await enterApplicant(db, auth, entry)
        const known = withProof(browser ?? newBrowser(), email, auth.secret)
        reply.header('set-cookie', [await sessionCookie(auth, token, days), browserCookie(known, secure)])
        return { id: programmeId }
      },
    )
  }
}
