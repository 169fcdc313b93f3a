import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import slowSenders, { MOST_UNHEARD, TIMES } from '../../../server/plugins/slow-senders.ts'
import { openStage } from '../../support/stage.ts'

const SECOND = 1000

const open = async (port: number, localAddress = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})
  await once(socket, 'connect')
  return socket
}
const isEnded = (socket: Socket) => once(socket, 'close').then(() => true)
const statusOf = (port: number, localAddress: string) =>
  new Promise<number | undefined>((answer, fail) =>
    request({ port, host: '127.0.0.1', localAddress, path: '/livez', agent: false }, (response) => {
      response.resume().on('end', () => answer(response.statusCode))
    })
      .on('error', fail)
      .end(),
  )

describe('connections that say nothing whole', async () => {
  const app = fastify({ forceCloseConnections: true })
  await app.register(slowSenders, { most: 3, spared: false })
  app.get('/livez', () => ({}))
  await app.listen()
  const { port } = app.server.address() as AddressInfo
  afterAll(() => app.close())

  test('of one address are a bounded number; who has been heard counts no more, and others are answered', async () => {
    expect(await statusOf(port, '127.0.0.1')).toBe(200)
    const silent = [await open(port), await open(port), await open(port)]
    silent[1].write('GET /livez HTTP/1.1\r\nHost: x\r\n')
    expect(await isEnded(await open(port))).toBe(true)
    expect(await statusOf(port, '127.0.0.2')).toBe(200)

    // Half a request that comes to its end is heard, and one that is given up counts no more.
    silent[1].write('\r\n')
    expect(String(await once(silent[1], 'data'))).toMatch('200 OK')
    silent[2].destroy()
    await once(silent[2], 'close')
    await expect.poll(() => statusOf(port, '127.0.0.1').catch(() => 'refused')).toBe(200)
    for (const socket of silent) socket.destroy()
  })
})

describe('the whole service', () => {
  let stage: Awaited<ReturnType<typeof openStage>>
  let port: number
  beforeAll(async () => {
    stage = await openStage()
    // As it is, so many times faster.
    Object.assign(stage.app.server, { headersTimeout: 3 * SECOND, requestTimeout: 4 * SECOND })
    await stage.app.listen()
    port = (stage.app.server.address() as AddressInfo).port
  })
  afterAll(() => stage.close())

  test('ends half-open headers and a body of one byte a second, and answers others meanwhile', async () => {
    const begun = performance.now()
    const headers = await open(port)
    headers.write('GET /api/v1/me HTTP/1.1\r\nHost: x\r\n')
    const body = await open(port)
    body.write(
      'POST /api/auth/sign-in/email-otp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n',
    )
    const dripping = setInterval(() => body.write(' '), SECOND)
    const ended = Promise.all([isEnded(headers.resume()), isEnded(body.resume())])
    expect(await statusOf(port, '127.0.0.1')).toBe(200)
    expect(await ended).toEqual([true, true])
    clearInterval(dripping)
    console.log(
      `slow senders ended after ${Math.round(performance.now() - begun)} ms, looking every ${TIMES.lookEvery}`,
    )
    expect(MOST_UNHEARD).toBeGreaterThan(500 * 6)
  })
})
