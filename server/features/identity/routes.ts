import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { isProxyUnknown } from '../../plugins/surroundings.ts'
import { Written } from '../../schemas/common.ts'
import {
  LanguageUsed,
  Me,
  SampleClock,
  SampleEntered,
  SampleEntry,
  SamplePeople,
  SampleReset,
} from '../../schemas/session.ts'
import type { Auth } from './auth.ts'
import { sessionCookie } from './cookies.ts'
import { learnLanguage } from './language.ts'
import { readMe, readSamplePeople } from './reads.ts'
import { enterSample, moveClock, resetSample } from './sample.ts'

const tags = ['identity']

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
    api.get('/sample/people', { schema: { response: { 200: SamplePeople }, tags } }, (request) =>
      readSamplePeople(db, request.actor, config.sample),
    )
    api.post<{ Body: Static<typeof SampleEntry> }>(
      '/sample/enter',
      { schema: { body: SampleEntry, response: { 200: SampleEntered }, tags } },
      async (request, reply) => {
        const { path, token, days } = await enterSample(db, callOf(request), request.body.as, config.sample)
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
