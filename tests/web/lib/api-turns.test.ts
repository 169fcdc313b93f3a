import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clearDevice } from '../../support/device.ts'
import { api } from '../../../web/lib/api.ts'
import { m } from '../../../web/paraglide/messages.js'

const asked: RequestInit[] = []
/** One answer after the other, the last again and again. */
function answers(...codes: (string | null)[]) {
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    asked.push(init)
    const code = codes.length > 1 ? codes.shift() : codes[0]
    const headers = { 'retry-after': '5', 'content-type': 'application/problem+json' }
    return Promise.resolve(
      code
        ? new Response(JSON.stringify({ code, title: code }), { status: 503, headers })
        : Response.json({}),
    )
  })
}
beforeEach(() => {
  clearDevice()
  asked.length = 0
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a calculation that has no room yet is asked for once more, with one patience for both', async () => {
  answers('solver-busy', null)
  const answer = api.post('/api/v1/events/1/repairs', {})
  await vi.advanceTimersByTimeAsync(8_000)
  expect(await answer).toEqual({})
  expect(asked.length).toBe(2)
  expect(asked[0].signal).toBeInstanceOf(AbortSignal)
  expect(asked[1].signal).toBe(asked[0].signal)
  expect(new Headers(asked[1].headers).get('idempotency-key')).toBe(
    new Headers(asked[0].headers).get('idempotency-key'),
  )
})

test('what is still busy then is told, and whatever else fails is told at once', async () => {
  answers('solver-busy')
  const busy = expect(api.get('/api/v1/x')).rejects.toMatchObject({ code: 'solver-busy', status: 503 })
  await vi.advanceTimersByTimeAsync(8_000)
  await busy
  expect(asked.length).toBe(2)
  for (const code of ['solver-slow', 'unavailable']) {
    asked.length = 0
    answers(code)
    await expect(api.get('/api/v1/x')).rejects.toMatchObject({ code })
    expect(asked.length).toBe(1)
  }
})

test('marks that nobody sees, which copied texts bring, are not sent', async () => {
  answers(null)
  await api.post('/api/v1/x', { name: '\ufeffZo\u200bë \u202eRossi\u00ad', note: 'a\n\tb 👩\u200d🔬' })
  expect(asked[0].body).toBe(JSON.stringify({ name: 'Zoë Rossi', note: 'a\n\tb 👩\u200d🔬' }))
})

test('of what went wrong inside, the sentence says the code under which the log has it', async () => {
  const failing = (status: number) =>
    vi.stubGlobal('fetch', () => {
      const headers = { 'x-request-id': 'k7wm2xqp', 'content-type': 'application/problem+json' }
      return Promise.resolve(new Response(JSON.stringify({ title: 'Non riuscito.' }), { status, headers }))
    })
  failing(500)
  await expect(api.get('/api/v1/x')).rejects.toThrow(`Non riuscito. ${m.error_code({ code: 'k7wm2xqp' })}`)
  expect(m.error_code({ code: 'k7wm2xqp' })).toContain('k7wm2xqp')
  failing(409)
  await expect(api.get('/api/v1/x')).rejects.toThrow(/^Non riuscito\.$/)
})
