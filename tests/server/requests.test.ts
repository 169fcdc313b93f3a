import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isPage } from '../../server/plugins/web.ts'
import { openStage, type Stage } from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ PUBLIC_URL: 'https://incontro.example.org', TRUST_PROXY: '1' })
})
afterAll(() => stage.close())

test('behind a proxy with a certificate, browsers are told to come by HTTPS alone', async () => {
  const { headers } = await stage.app.inject('/livez')
  expect(headers['strict-transport-security']).toMatch(/^max-age=\d{7,}/)
})

test('the addresses of pages are those that the app has, and no others', () => {
  const table = readFileSync(new URL('../../web/router.ts', import.meta.url), 'utf8')
  const paths = [...table.matchAll(/^ {2}'(\/[^']*)'/gm)].map(([, path]) => path)
  expect(paths.length).toBeGreaterThan(20)
  expect(paths.filter((path) => !isPage(path))).toEqual([])
  const others = ['/metrics', '/wp-login', '/.env', '/organizzare', '/__proto__', '/constructor/x']
  expect(others.filter(isPage)).toEqual([])
})

test('a key of a retry that is too long is refused, not dropped', async () => {
  const path = `/programmes/${stage.programmeId}/projects`
  const keyed = (length: number) =>
    stage.organiser('POST', path, { name: `Lungo ${length}` }, { 'idempotency-key': 'x'.repeat(length) })
  expect([(await keyed(100)).status, (await keyed(101)).status]).toEqual([200, 400])
})

test('nobody publishes or rolls back more often than by hand', async () => {
  const path = `/events/${stage.eventId}/rollback`
  const statuses: number[] = []
  for (let n = 0; n < 121; n++)
    statuses.push((await stage.organiser('POST', path, { number: 99 }, { 'if-match': '1' })).status)
  expect(statuses.slice(0, 120)).not.toContain(429)
  expect(statuses[120]).toBe(429)
})
