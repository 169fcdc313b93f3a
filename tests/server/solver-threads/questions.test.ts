import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../../server/app.ts'
import { programmes } from '../../../server/database/schema.ts'
import { DomainError } from '../../../server/errors.ts'
import { startSolverPool, type SolverPool } from '../../../server/solver-threads/pool.ts'
import type { UnmetWishes } from '../../../server/schemas/run.ts'
import type { PlanView } from '../../../server/schemas/schedule.ts'
import { signedIn } from '../../support/people.ts'
import { finishedRun, openStage, type Stage } from '../../support/stage.ts'

const EACH = 60
const THREADS = 2
let stage: Stage
let solver: SolverPool
let lookedUp = 0
let runId: string

beforeAll(async () => {
  const pool = startSolverPool({ threads: THREADS, waiting: 8, waitingEach: 6 })
  const lookUp: SolverPool['lookUp'] = (find) => ((lookedUp += 1), pool.lookUp(find))
  solver = { ...pool, lookUp }
  stage = await openStage({}, { solver })
  const run = await finishedRun(stage)
  runId = run.id
  const { body } = await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan/${run.scheduleId}`)
  const published = await stage.organiser(
    'POST',
    `/schedules/${run.scheduleId}/publish`,
    {},
    { 'if-match': String(body.schedule!.version) },
  )
  expect(published.status).toBe(200)
})
afterAll(() => stage.close())

test('however much is asked of the solver at once, all is answered and the service lives', async () => {
  const { wishes } = (await stage.organiser<UnmetWishes>('GET', `/runs/${runId}/unmet`)).body
  const ask = (method: 'GET' | 'POST', path: string) =>
    stage.organiser<{ code?: string; title?: string }>(method, path, method === 'POST' ? {} : undefined)
  const asked = Array.from({ length: EACH }, (_, n) => [
    ask('GET', `/events/${stage.eventId}/table-price?extra=${1 + (n % 20)}`),
    ask('POST', `/events/${stage.eventId}/repairs`),
    ask('GET', `/runs/${runId}/unmet/${wishes[n % wishes.length].candidateId}`),
  ]).flat()
  const end = Promise.all(asked)
  let isOver = false
  void end.then(() => (isOver = true))
  let [most, lives] = [0, 0]
  while (!isOver) {
    // A machine that has far too much else to do says even that with a 503, but it says it.
    expect([200, 503]).toContain((await stage.app.inject('/livez')).statusCode)
    most = Math.max(most, solver.counts().threads)
    lives += 1
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const refused = (await end).filter(({ status }) => status !== 200)
  expect(lives).toBeGreaterThan(5)
  // None of them goes past the door at which a crowd waits.
  expect(lookedUp).toBe(asked.length)
  expect(most).toBe(THREADS)
  for (const { status, headers } of refused) {
    expect(status).toBe(503)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(headers['content-type']).toMatch('application/problem+json')
  }
  // There are more questions than threads and places in the queue.
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(asked.length)
  expect(solver.counts().waiting).toBe(0)
}, 120_000)

test('a refusal says in the language of the reader what to do', async () => {
  const full: SolverPool = {
    ...solver,
    ask: () => Promise.reject(new DomainError('solver-busy')),
    close: () => Promise.resolve(),
  }
  const { config, db, queue } = stage
  const app = await buildApp({ config, db, queue, solver: full })
  const { cookie } = await signedIn(app, { role: 'organiser', programmeId: stage.programmeId })
  const ask = async (language: string) => {
    const url = `/api/v1/events/${stage.eventId}/table-price`
    const { statusCode, headers, body } = await app.inject({
      url,
      headers: { cookie, 'accept-language': language },
    })
    return [statusCode, String(headers['retry-after']), (JSON.parse(body) as { title: string }).title]
  }
  expect([await ask('it'), await ask('en')]).toEqual([
    [
      ...[503, '5'],
      'In questo momento si stanno già facendo molti calcoli. Aspetta qualche secondo, poi riprova.',
    ],
    [503, '5', 'Many calculations are being made right now. Wait a few seconds, then try again.'],
  ])
  // What can be refused for good is not asked to come again.
  await stage.db.update(programmes).set({ clockOffsetMs: 400 * 24 * 3_600_000 })
  const { body } = await app.inject({
    ...{ method: 'POST', url: `/api/v1/events/${stage.eventId}/repairs`, payload: {} },
    headers: { cookie, 'idempotency-key': 'late' },
  })
  expect(JSON.parse(body)).toMatchObject({ code: 'slot-past' })
  await app.close()
})
