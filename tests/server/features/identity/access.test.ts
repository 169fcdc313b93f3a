import { eq } from 'drizzle-orm'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { passkeys, sessions } from '../../../../server/database/schema.ts'
import { sessionCookie } from '../../../../server/features/identity/cookies.ts'
import { insertSession } from '../../../../server/features/identity/repository.ts'
import { makeFounder } from '../../../../server/features/identity/repository.ts'
import { until } from '../../../support/client.ts'
import { openStage, type Stage } from '../../../support/stage.ts'
import { signedIn, type Person } from '../../../support/people.ts'
import type { Access } from '../../../../server/schemas/access.ts'

let stage: Stage
let app: FastifyInstance
beforeAll(async () => {
  stage = await openStage()
  app = stage.app
})
afterAll(() => stage.close())

const as = (cookie: string) => (method: InjectOptions['method'], path: string, payload?: object) =>
  app.inject({ method, url: `/api/v1/me${path}`, headers: { cookie }, payload })
const accessOf = async (cookie: string): Promise<Access> => (await as(cookie)('GET', '/access')).json()
const isIn = async (cookie: string) => (await as(cookie)('GET', '')).json().user !== null

/** A person of the sample, with as many more sessions as asked for. */
async function somebody({ role = 'desk' as Person['role'], more = 0, strong = false } = {}) {
  const { cookie, userId } = await signedIn(app, { role, programmeId: stage.programmeId, strong })
  const others: string[] = []
  for (let n = 0; n < more; n++) {
    const token = await stage.db.transaction((tx) => insertSession(tx, userId, 1, false, `Browser ${n}`))
    others.push((await sessionCookie(app.identity.auth, token, 1)).split(';')[0])
  }
  return { cookie, userId, others }
}

async function givePasskeys(userId: string, names: string[]) {
  const rows = names.map((name) => ({
    ...{ id: crypto.randomUUID(), name, userId, publicKey: 'x', credentialID: crypto.randomUUID() },
    ...{ counter: 0, deviceType: 'singleDevice', backedUp: false },
  }))
  await stage.db.insert(passkeys).values(rows)
  return rows.map(({ id }) => id)
}
const namesOf = async (cookie: string) => (await accessOf(cookie)).passkeys.map(({ name }) => name)

describe('own sessions', () => {
  test('are listed with what the browser says it is, the one that asks marked, and nobody else’s', async () => {
    await somebody({ more: 1 })
    const { cookie } = await somebody({ more: 1 })
    const { sessions: listed } = await accessOf(cookie)
    expect(listed.map(({ current, userAgent }) => [current, userAgent]).sort()).toEqual([
      [false, 'Browser 0'],
      [true, null],
    ])
    expect(JSON.stringify(listed)).not.toContain('token')
  })

  test('end one by one, and never those of others', async () => {
    const stranger = await somebody()
    const { cookie, others } = await somebody({ more: 2 })
    const [foreign] = (await accessOf(stranger.cookie)).sessions
    const own = (await accessOf(others[0])).sessions.find(({ current }) => current)!
    for (const { id } of [own, own, foreign])
      expect((await as(cookie)('DELETE', `/sessions/${id}`)).statusCode).toBe(200)
    const cookies = [cookie, ...others, stranger.cookie]
    expect(await Promise.all(cookies.map(isIn))).toEqual([true, false, true, true])
  })

  test('all others end at once', async () => {
    const stranger = await somebody()
    const { cookie, others } = await somebody({ more: 3 })
    expect((await as(cookie)('POST', '/sessions/end-others')).statusCode).toBe(200)
    const cookies = [cookie, ...others, stranger.cookie]
    expect(await Promise.all(cookies.map(isIn))).toEqual([true, false, false, false, true])
  })

  test('take the open pages with them', async () => {
    if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const { cookie, others } = await somebody({ more: 1 })
    const open = async (owner: string) => {
      const address = `ws://localhost:${port}/api/v1/live?event=${stage.eventId}&view=desk`
      const socket = new WebSocket(address, { headers: { cookie: owner } })
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
      socket.send(JSON.stringify({ epoch: null, seq: null }))
      await new Promise((resolve) => socket.once('message', resolve))
      return socket
    }
    const [mine, other] = [await open(cookie), await open(others[0])]
    const closed = new Promise<number>((resolve) => other.once('close', resolve))
    await as(cookie)('POST', '/sessions/end-others')
    expect(await closed).toBe(4000)
    expect(mine.readyState).toBe(WebSocket.OPEN)
    mine.terminate()
  })

  test('are known to be in use some minutes later', async () => {
    const { cookie } = await somebody()
    const [{ id }] = (await accessOf(cookie)).sessions
    const long = new Date(Date.now() - 3_600_000)
    await stage.db.update(sessions).set({ updatedAt: long }).where(eq(sessions.id, id))
    const isNoted = async () => {
      const [{ lastUsed }] = (await accessOf(cookie)).sessions
      return Date.parse(lastUsed) > Date.now() - 60_000
    }
    await until('the note of its use', isNoted)
  })
})

describe('own passkeys', () => {
  test('are renamed and removed, and never those of others', async () => {
    const stranger = await somebody({ strong: true })
    const { cookie, userId } = await somebody({ strong: true })
    const [foreign] = await givePasskeys(stranger.userId, ['altrui'])
    const [first] = await givePasskeys(userId, ['vecchia'])
    expect((await as(cookie)('PATCH', `/passkeys/${first}`, { name: ' Telefono ' })).statusCode).toBe(200)
    expect((await as(cookie)('PATCH', `/passkeys/${first}`, { name: '\u200b' })).statusCode).toBe(400)
    expect((await as(cookie)('PATCH', `/passkeys/${foreign}`, { name: 'mia' })).statusCode).toBe(404)
    expect(await namesOf(cookie)).toEqual(['Telefono'])
    for (const id of [first, foreign]) await as(cookie)('DELETE', `/passkeys/${id}`)
    expect([await namesOf(cookie), await namesOf(stranger.cookie)]).toEqual([[], ['altrui']])
  })

  test('change only after signing in with one of them', async () => {
    const { cookie, userId } = await somebody()
    const [id] = await givePasskeys(userId, ['mia'])
    expect((await accessOf(cookie)).mayChange).toBe(false)
    for (const answer of [
      await as(cookie)('DELETE', `/passkeys/${id}`),
      await as(cookie)('PATCH', `/passkeys/${id}`, { name: 'x' }),
    ])
      expect(answer.json()).toMatchObject({ status: 403, code: 'passkey-needed' })
    expect(await namesOf(cookie)).toEqual(['mia'])
  })

  test('of a founder: the last one stays, also when two are removed at the same moment', async () => {
    const { cookie, userId } = await somebody({ strong: true })
    await stage.db.transaction((tx) => makeFounder(tx, userId))
    const ids = await givePasskeys(userId, ['una', 'altra'])
    const answers = await Promise.all(ids.map((id) => as(cookie)('DELETE', `/passkeys/${id}`)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
    expect(answers.find(({ statusCode }) => statusCode === 409)!.json()).toMatchObject({
      code: 'last-passkey',
      title: expect.stringContaining('aggiungine prima un’altra'),
    })
    expect(await accessOf(cookie)).toMatchObject({ keepsOne: true, passkeys: [{}] })
  })
})
