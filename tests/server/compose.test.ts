import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../server/config.ts'

type Service = { build?: string; command?: string; environment?: Record<string, string> }
const given = {
  POSTGRES_PASSWORD: 'secret',
  PUBLIC_URL: 'https://incontro.example.org',
  SECRET: 'a secret of at least thirty-two characters',
}
const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>
}
const ours = Object.entries(services).filter(([, { build }]) => build)
/** As compose puts them in: `${NAME:?}` must be given, `${NAME:-}` may be empty. */
const filled = (environment: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+):[?-]\}/g, (_, key: string) => given[key as keyof typeof given] ?? ''),
    ]),
  )

test('two web nodes and two workers share a database and a secret, each with variables the service knows', () => {
  const configs = ours.map(([, { environment = {} }]) => readConfig(filled(environment)))
  expect(configs.map(({ role }) => role)).toEqual(['web', 'web', 'worker', 'worker'])
  const known = readFileSync('server/config.ts', 'utf8')
  for (const [, { environment = {} }] of ours)
    for (const name of Object.keys(environment)) expect(known).toMatch(new RegExp(`\\b${name}\\b`))
  for (const { database, publicUrl, secret, host } of configs)
    expect([database?.url, publicUrl, secret, host]).toEqual([
      'postgres://incontro:secret@database/incontro',
      given.PUBLIC_URL,
      given.SECRET,
      '0.0.0.0',
    ])
})

test('the proxy knows every web node', () => {
  for (const [name] of ours.filter(([, { environment }]) => environment?.ROLE === 'web'))
    expect(services.proxy.command).toContain(`--to ${name}:3000`)
})
