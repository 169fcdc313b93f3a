import { Writable } from 'node:stream'
import fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import surroundings, { isProxyUnknown } from '../../../server/plugins/surroundings.ts'

const HERE = 'https://incontro.example.org'
const closing: (() => Promise<void>)[] = []
afterEach(async () => void (await Promise.all(closing.splice(0).map((close) => close()))))

/** The sentences that were logged once these headers had been sent, twice each, and whether the proxy was unknown. */
async function told(trustProxy: false | string[], ...all: Record<string, string>[]) {
  const lines: string[] = []
  const stream = new Writable({
    write(line, _, done) {
      lines.push((JSON.parse(String(line)) as { msg: string }).msg)
      done()
    },
  })
  const app = fastify({ logger: { level: 'warn', stream }, trustProxy })
  closing.push(() => app.close())
  await app.register(surroundings, { publicUrl: HERE })
  app.get('/', (request) => ({ unknown: isProxyUnknown(request) }))
  const answers: boolean[] = []
  for (const headers of [...all, ...all])
    answers.push((await app.inject({ url: '/', headers })).json<{ unknown: boolean }>().unknown)
  return { lines, unknown: answers.includes(true) }
}

test('a proxy that is not covered is told once', async () => {
  const { lines, unknown } = await told(false, { 'x-forwarded-for': '10.0.0.9' })
  expect(unknown).toBe(true)
  expect(lines).toEqual([expect.stringMatching(/TRUST_PROXY does not cover/)])
  expect((await told(['10.0.0.0/8'], { 'x-forwarded-for': '10.0.0.9' })).unknown).toBe(true)
})

test('a proxy that is covered, or none, is not worth a word', async () => {
  const covered = await told(['127.0.0.1'], { 'x-forwarded-for': '10.0.0.9' }, { origin: HERE }, {})
  expect(covered).toEqual({ lines: [], unknown: false })
  expect(await told(false, {})).toEqual({ lines: [], unknown: false })
})

test('a page reached elsewhere is told once, and never more than ten of them', async () => {
  const { lines } = await told(false, { origin: 'http://10.0.0.5:3000' })
  expect(lines).toEqual([
    `A page at http://10.0.0.5:3000 asked, but PUBLIC_URL is ${HERE}: pages reached at another address cannot change anything. If people reach Incontro there, set PUBLIC_URL to it.`,
  ])
  const many = Array.from({ length: 30 }, (_, n) => ({ origin: `http://10.0.0.${n}` }))
  expect((await told(false, ...many, { origin: 'nowhere' })).lines).toHaveLength(10)
})
