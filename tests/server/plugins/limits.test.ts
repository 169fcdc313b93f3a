import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '../../../server/actor.ts'
import limits from '../../../server/plugins/limits.ts'
import { openStage } from '../../support/stage.ts'
import fp from 'fastify-plugin'
import problems from '../../../server/plugins/problems.ts'

let stage: Awaited<ReturnType<typeof openStage>>
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

/** What one phone asks for that comes for the first time, with what it asks most often. */
const COLD_VISIT = ['/', '/livez', '/readyz', '/favicon.svg', '/', '/', '/', '/', '/api/v1/me', '/api/v1/me']
const PHONES = 500

test('five hundred phones behind one address all come in', async () => {
  const refused: string[] = []
  const ask = async (n: number) => {
    for (const url of COLD_VISIT) note(url, await stage.app.inject(url))
    const payload = { email: `phone${n}@example.org`, otp: '123456' }
    note('sign-in', await stage.app.inject({ method: 'POST', url: '/api/auth/sign-in/email-otp', payload }))
  }
  const note = (url: string, { statusCode }: { statusCode: number }) =>
    void (statusCode === 429 && refused.push(url))
  for (let n = 0; n < PHONES; n += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => ask(n + k)))
  expect(refused).toEqual([])
})

describe('whoever asks without end', async () => {
  const as = (name: string): Actor =>
    name === ''
      ? { kind: 'nobody', locale: 'en' }
      : { kind: 'user', userId: 'u', sessionId: name, founder: false, memberships: [], locale: 'en' }
  const app = fastify()
  const session = (plain: FastifyInstance) => {
    plain.decorateRequest('actor')
    plain.addHook('onRequest', async (request) => {
      request.actor = as(String(request.headers.session ?? ''))
    })
  }
  await app.register(problems)
  await app.register(fp(async (plain) => session(plain), { name: 'session' }))
  await app.register(limits, { known: 3, address: 5 })
  for (const path of ['/api/v1/me', '/livez', '/file']) app.get(path, () => ({}))
  afterAll(() => app.close())

  const statuses = async (times: number, url: string, session = '') => {
    const all: number[] = []
    for (let n = 0; n < times; n++)
      all.push((await app.inject({ url, headers: session ? { session } : {} })).statusCode)
    return all
  }

  test('is stopped alone: other sessions at the same address go on, and who has none yet', async () => {
    expect(await statuses(4, '/api/v1/me', 'a')).toEqual([200, 200, 200, 429])
    expect(await statuses(3, '/api/v1/me', 'b')).toEqual([200, 200, 200])
    expect(await statuses(6, '/api/v1/me')).toEqual([200, 200, 200, 200, 200, 429])
  })

  test('still gets files and an answer on health', async () => {
    await statuses(10, '/api/v1/me')
    expect(await statuses(20, '/livez')).toEqual(Array(20).fill(200))
    expect(await statuses(20, '/file')).toEqual(Array(20).fill(200))
  })
})
