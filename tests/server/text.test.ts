import { elide } from '../../server/italian.ts'
import { say } from '../../server/messages.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../server/schemas/common.ts'
import type { CheckedTable } from '../../server/schemas/import.ts'
import { isText, tidyText } from '../../server/text.ts'
import { valid, type Json } from '../support/arbitrary.ts'
import { signedIn } from '../support/people.ts'
import { routesOf, type Route } from '../support/routes.ts'
import { openStage, type Stage } from '../support/stage.ts'

let stage: Stage
let routes: Route[]
let cookie: string
beforeAll(async () => {
  const found = await routesOf(openStage)
  stage = found.built
  routes = found.routes.filter(({ schema }) => schema.body !== undefined)
  cookie = (await signedIn(stage.app, { role: 'organiser', programmeId: stage.programmeId })).cookie
})
afterAll(() => stage.close())

type Schema = {
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  type?: string
  'x-text'?: string
}
type Found = { path: (string | 0)[]; schema: Schema }

/** Every text of a body, with the members that lead to it. */
function textsOf(schema: Schema, path: Found['path'] = []): Found[] {
  const { properties = {}, items, anyOf = [] } = schema
  return [
    ...(schema.type === 'string' ? [{ path, schema }] : []),
    ...Object.entries(properties).flatMap(([name, one]) => textsOf(one, [...path, name])),
    ...(items ? textsOf(items, [...path, 0]) : []),
    ...anyOf.flatMap((one) => textsOf(one, path)),
  ]
}

/** What is kept as it is typed. */
const isTyped = ({ schema }: Found) => 'x-text' in schema && schema['x-text'] !== 'raw'

const bodyOf = ({ schema }: Route) => schema.body as Schema

function put(body: Json, [first, ...rest]: Found['path'], value: string): Json {
  if (first === undefined) return value
  if (first === 0) return [put(Array.isArray(body) ? body[0] : {}, rest, value)]
  const known = body !== null && typeof body === 'object' && !Array.isArray(body) ? body : {}
  return { ...known, [first]: put(known[first] ?? {}, rest, value) }
}

const sent = async ({ method, url }: Route, payload: string) => {
  const response = await stage.app.inject({
    method: method as 'POST',
    url: url
      .replace('letter-texts/:kind/:language', 'letter-texts/invitation/it')
      .replace(/:\w*[kK]ind/, 'projects')
      .replace(/:\w+/g, '00000000-0000-4000-8000-000000000000'),
    headers: { cookie, 'content-type': 'application/json' },
    payload,
  })
  return { status: response.statusCode, problem: response.json<Problem>() }
}

const UNSEEN = [
  'a\ud800b',
  '\udc00',
  'a\u0000',
  'a\u0007b',
  'a\u200bb',
  '\u200b\u2060',
  'a\ufeffb',
  'a\u202eb',
  '\u2066a',
  '\u3164',
]

test('every text of a body is of the one kind, or has a format, a pattern or a list of words', () => {
  const open = routes.flatMap((route) =>
    textsOf(bodyOf(route)).flatMap(({ path, schema }) =>
      ['x-text', 'format', 'pattern', 'enum', 'const'].some((one) => one in schema)
        ? []
        : [`${route.method} ${route.url} /${path.join('/')}`],
    ),
  )
  expect(open).toEqual([])
})

test('a text with half a character or with what nobody sees is refused in every field, by its pointer', async () => {
  const faults: string[] = []
  for (const route of routes) {
    const ids = ['00000000-0000-4000-8000-000000000000']
    const [body] = fc.sample(valid(bodyOf(route), ids), { numRuns: 1, seed: 1 })
    const fields = textsOf(bodyOf(route)).filter((one) => isTyped(one))
    for (const text of fields.length > 0 ? UNSEEN : []) {
      // All fields at once; one that gets lost among the others, as of another shape of the body, by itself.
      const all = fields.reduce((made, { path }) => put(made, path, text), body)
      const found = await refusedAt(route, all)
      for (const { path } of fields.filter((one) => !found.includes(pointerOf(one)))) {
        const pointers = await refusedAt(route, put(body, path, text))
        if (!pointers.includes(pointerOf({ path })))
          faults.push(
            `${route.method} ${route.url} ${pointerOf({ path })} ${JSON.stringify(text)}: ${pointers.join()}`,
          )
      }
    }
  }
  expect(faults).toEqual([])
}, 120_000)

const pointerOf = ({ path }: Pick<Found, 'path'>) => `/${path.join('/')}`

/** The fields that are named as wrong; none where the answer is another one. */
async function refusedAt(route: Route, body: Json): Promise<string[]> {
  const { status, problem } = await sent(route, JSON.stringify(body))
  return status === 400 ? (problem.errors ?? []).map(({ pointer }) => pointer) : []
}

test('a name that is blank is none', async () => {
  for (const name of ['', '   ', '\u00a0\u2003', '\ufe0f']) {
    const { status, body } = await stage.organiser<Problem>(
      'POST',
      `/programmes/${stage.programmeId}/projects`,
      { name },
    )
    expect([name, status, body.errors?.map(({ pointer }) => pointer)]).toEqual([name, 400, ['/name']])
  }
})

test('spaces around a text are not kept, and its length counts characters', async () => {
  const name = `  ${'😀'.repeat(120)}\t`
  const path = `/programmes/${stage.programmeId}/projects`
  expect((await stage.organiser('POST', path, { name })).status).toBe(200)
  const { text } = await stage.organiser('GET', `/programmes/${stage.programmeId}/people`)
  expect(text).toContain(`"${'😀'.repeat(120)}"`)
  expect((await stage.organiser('POST', path, { name: '😀'.repeat(121) })).status).toBe(400)
})

test('what nests deeper than anything the service expects is refused everywhere', async () => {
  const statuses = new Set<number>()
  const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`
  for (const route of routes)
    for (const payload of [
      deep,
      `{"response":{"id":"x","more":${deep}}}`,
      `${'['.repeat(5000)}${']'.repeat(5000)}`,
    ])
      statuses.add((await sent(route, payload)).status)
  expect([...statuses]).toEqual([400])
})

test('a table with halves of characters is refused cell by cell, and none of them is kept', async () => {
  const table = {
    ...{ kind: 'projects', headings: 1, columns: ['name', 'notes'], decisions: [] },
    rows: [
      ['nome', 'a\ud800 \u200b'],
      ['Mezzo\udc00', ''],
      ['a\u202eb', ''],
      ['Intero', 'x'],
    ].map((cells, at) => ({
      ...{ row: at + 1, cells },
    })),
  }
  const path = `/programmes/${stage.programmeId}/import`
  const { status, body } = await stage.organiser<CheckedTable>('POST', `${path}/check`, table)
  expect([status, body.rows.map(({ action }) => action)]).toEqual([200, ['error', 'error', 'create']])
  const made = await stage.organiser('POST', path, { ...table, basis: body.basis })
  expect(made.status).toBe(200)
  const { text } = await stage.organiser('GET', `/programmes/${stage.programmeId}/people`)
  expect(text).toContain('a\ufffd: x')
})

describe('a text', () => {
  test.each([
    'Zoë O’Neill',
    '山田 太郎',
    'نرم‌افزار',
    'क्‍ष',
    '👩‍🔬 Ricerca',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '👍🏽',
    '–',
  ])('may be %s', (text) => expect([isText('line', text), tidyText('line', text)]).toEqual([true, text]))

  test('has lines only where it may be long', () => {
    expect([isText('line', 'a\nb'), isText('prose', 'a\nb'), tidyText('prose', ' a\r\nb\tc ')]).toEqual([
      false,
      true,
      'a\nb c',
    ])
  })
})

test('what other programs break lines with, and joiners that join nothing, are no reason to refuse a text', () => {
  expect(tidyText('prose', 'uno\u2028due\vtre\u0085quattro\u2029cinque\f')).toBe(
    'uno\ndue\ntre\nquattro\ncinque',
  )
  expect(tidyText('line', 'Sala\u2028grande \u200d')).toBe('Sala grande')
  expect(isText('line', tidyText('line', 'Sala\u000bgrande\u200c'))).toBe(true)
})

test.each([
  ['a', 'Aurora', 'ad Aurora'],
  ['a', 'Elena', 'a Elena'],
  ['e', 'Elena', 'ed Elena'],
  ['E', 'Èlia', 'Ed Èlia'],
  ['del', '11 aprile', 'dell’11 aprile'],
  ['Il', '8 aprile', 'L’8 aprile'],
  ['al', '110 %', 'al 110 %'],
])('%s before %s', (word, next, said) => expect(elide(word, next)).toBe(said))

test('a value is joined to the small word before it as one says it, in Italian alone', () => {
  const values = { who: 'Ada', whom: 'Elena' }
  expect(say('it', 'change_pair.ruled.must', values)).toContain('Ada ed Elena')
  expect(say('en', 'change_pair.ruled.must', values)).not.toContain(' ed ')
})
