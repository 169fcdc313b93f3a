import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSolverPool, type SolverPool } from '../../../server/jobs/solver-pool.ts'
import type { UnmetWishes } from '../../../server/schemas/run.ts'
import type { PlanView } from '../../../server/schemas/schedule.ts'
import { finishedRun, openStage, type Stage } from '../../support/stage.ts'

const EACH = 60
const THREADS = 2
let stage: Stage
let solver: SolverPool
let runId: string

beforeAll(async () => {
  solver = startSolverPool({ threads: THREADS, waiting: 8, waitingEach: 6 })
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
    expect((await stage.app.inject('/livez')).statusCode).toBe(200)
    most = Math.max(most, solver.counts().threads)
    lives += 1
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const answers = await end
  expect(lives).toBeGreaterThan(5)
  expect(most).toBe(THREADS)
  const refused = answers.filter(({ status }) => status !== 200)
  // There are more questions than threads and places in the queue.
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(answers.length)
  for (const { status, headers, body } of refused)
    expect({ status, code: body.code, title: body.title, after: headers['retry-after'] }).toEqual({
      status: 503,
      code: 'solver-busy',
      title: 'In questo momento si stanno già facendo molti calcoli. Aspetta qualche secondo, poi riprova.',
      after: '5',
    })
  expect(
    refused.every(({ headers }) => String(headers['content-type']).startsWith('application/problem+json')),
  ).toBe(true)
  expect(solver.counts().waiting).toBe(0)
}, 120_000)

test('a refusal is said in the language of the reader', async () => {
  const busy = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      stage.organiser<{ title?: string }>(
        'GET',
        `/events/${stage.eventId}/table-price?extra=${30 + n}`,
        undefined,
        { 'accept-language': 'en' },
      ),
    ),
  )
  expect(busy.find(({ status }) => status === 503)?.body.title).toBe(
    'Many calculations are being made right now. Wait a few seconds, then try again.',
  )
}, 60_000)
