import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { isProxyUnknown } from '../../plugins/surroundings.ts'
import { Access, AccessId, PasskeyName } from '../../schemas/access.ts'
import { Shape, Written } from '../../schemas/common.ts'
import {
  LanguageUsed,
  Me,
  SampleClock,
  SampleEntered,
  SampleEntry,
  SamplePeople,
  SampleReset,
} from '../../schemas/session.ts'
import { endOtherSessions, endSession, readAccess, removePasskey, renamePasskey } from './access.ts'
import type { Auth } from './auth.ts'
import { sessionCookie } from './cookies.ts'
import { learnLanguage } from './language.ts'
import { readMe, readSamplePeople } from './reads.ts'
import { enterSample, moveClock, resetSample } from './sample.ts'

const tags = ['identity']
const response = { 200: Written }
const ofSession = Shape({ sessionId: AccessId })
const ofPasskey = Shape({ passkeyId: AccessId })
type OfSession = { Params: Static<typeof ofSession> }
type OfPasskey = { Params: Static<typeof ofPasskey> }

export default function routes({ config, db }: Services, auth: Auth) {
  return async (api: FastifyInstance) => {
    api.get('/me', { schema: { response: { 200: Me }, tags } }, (request) =>
      readMe(db, request.actor, config, isProxyUnknown(request)),
    )
    api.put<{ Body: LanguageUsed }>(
      '/me/language',
      { schema: { body: LanguageUsed, response: { 200: Written }, tags } },
      (request) => learnLanguage(db, callOf(request), request.body),
    )
    api.get('/me/access', { schema: { response: { 200: Access }, tags } }, (request) =>
      readAccess(db, request.actor),
    )
    api.delete<OfSession>(
      '/me/sessions/:sessionId',
      { schema: { params: ofSession, response, tags } },
      (request) => endSession(db, request.actor, request.params.sessionId),
    )
    api.post('/me/sessions/end-others', { schema: { response, tags } }, (request) =>
      endOtherSessions(db, request.actor),
    )
    api.patch<OfPasskey & { Body: Static<typeof PasskeyName> }>(
      '/me/passkeys/:passkeyId',
      { schema: { params: ofPasskey, body: PasskeyName, response, tags } },
      (request) => renamePasskey(db, request.actor, request.params.passkeyId, request.body.name),
    )
    api.delete<OfPasskey>(
      '/me/passkeys/:passkeyId',
      { schema: { params: ofPasskey, response, tags } },
      (request) => removePasskey(db, request.actor, request.params.passkeyId),
    )
    api.get('/sample/people', { schema: { response: { 200: SamplePeople }, tags } }, (request) =>
      readSamplePeople(db, request.actor, config.sample),
    )
    api.post<{ Body: Static<typeof SampleEntry> }>(
      '/sample/enter',
      { schema: { body: SampleEntry, response: { 200: SampleEntered }, tags } },
      async (request, reply) => {
        const { path, token, days } = await enterSample(db, callOf(request), {
          ...{ as: request.body.as, userAgent: request.headers['user-agent'] },
          offersSample: config.sample,
        })
        if (token) reply.header('set-cookie', await sessionCookie(auth, token, days))
        return { path }
      },
    )
    api.post<{ Body: Static<typeof SampleReset> }>(
      '/sample/reset',
      { schema: { body: SampleReset, response: { 200: Written }, tags } },
      (request) => resetSample(db, callOf(request), request.body.programmeId, config.sample),
    )
    api.post<{ Body: Static<typeof SampleClock> }>(
      '/sample/clock',
      { schema: { body: SampleClock, response: { 200: Written }, tags } },
      (request) => moveClock(db, callOf(request), request.body, config.sample),
    )
  }
}
