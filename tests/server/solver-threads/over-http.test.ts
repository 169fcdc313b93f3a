import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Writable } from 'node:stream'
import { DomainError } from '../../../server/errors.ts'
import fastify from 'fastify'
import { goneSignal } from '../../../server/plugins/gone.ts'
import problems from '../../../server/plugins/problems.ts'
import type { PlanView } from '../../../server/schemas/schedule.ts'
import { Client, until } from '../../support/client.ts'
import { signedIn } from '../../support/people.ts'
import { finishedRun, openStage, type Stage } from '../../support/stage.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

test('every question is answered over a real connection, whatever body it comes with', async () => {
  const { id, scheduleId } = await finishedRun(stage)
  const { body } = await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan/${scheduleId}`)
  const version = String(body.schedule!.version)
  const { status } = await stage.organiser(
    'POST',
    `/schedules/${scheduleId}/publish`,
    {},
    { 'if-match': version },
  )
  expect(status).toBe(200)
  const base = await stage.app.listen({ port: 0, host: '127.0.0.1' })
  const { cookie } = await signedIn(stage.app, { role: 'organiser', programmeId: stage.programmeId })
  // The service knows itself by another address than the one it has in a test.
  const client = new Client(base, cookie)
  const headers = { origin: stage.config.publicUrl }
  const repairs = `/events/${stage.eventId}/repairs`
  expect(await client.request('POST', repairs, {}, headers)).toMatchObject({ status: 200 })
  expect(await client.request('POST', repairs, undefined, headers)).toMatchObject({ status: 200 })
  expect(await client.request('GET', `/events/${stage.eventId}/table-price`)).toMatchObject({ status: 200 })
  const { wishes } = await client.get<{ wishes: { candidateId: string }[] }>(`/runs/${id}/unmet`)
  const why = await client.request('GET', `/runs/${id}/unmet/${wishes[0].candidateId}`)
  expect(why).toMatchObject({ status: 200 })
}, 60_000)

test('who goes away is noticed, without a warning; who stays with a body read is not gone', async () => {
  let [log, isGone] = ['', false]
  const stream = new Writable({
    write(chunk, _, done) {
      log += String(chunk)
      done()
    },
  })
  const app = fastify({ logger: { level: 'info', stream } })
  await app.register(problems)
  app.post<{ Body: { ms: number } }>('/', async (request, reply) => {
    const gone = goneSignal(reply)
    const { ms } = request.body
    await sleep(ms, null, { signal: gone }).catch(() => {
      isGone = true
      throw new DomainError('solver-busy')
    })
    return { gone: gone.aborted }
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const ask = (ms: number, signal?: AbortSignal) => {
    const body = JSON.stringify({ ms })
    return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' }, signal })
  }
  expect(await (await ask(200)).json()).toEqual({ gone: false })
  await expect(ask(30_000, AbortSignal.timeout(200))).rejects.toThrow()
  await until('the one who asked to be missed', () => isGone)
  await app.close()
  expect(log).not.toContain('"level":40')
  expect(log).not.toContain('request failed')
})
