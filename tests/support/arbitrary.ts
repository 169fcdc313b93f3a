import fc from 'fast-check'

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json }
type Schema = Record<string, unknown> & {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  enum?: Json[]
}

const nested = (depth: number): Json => (depth === 0 ? [] : [nested(depth - 1)])

/** What makes services stumble, whatever they expect. */
export const HOSTILE: Json[] = [
  ...[null, true, -1, 0, 1.5, 1e308, 2 ** 31, 2 ** 53, -(2 ** 63)],
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\u202e',
    '__proto__',
    'constructor',
    'a\r\nb: c',
    '../../etc',
  ],
  ...["'; drop table users; --", '=HYPERLINK("x")', '<svg onload=x>', '😀'.repeat(400), 'x'.repeat(3000)],
  ...['0000-01-01', '9999-12-31', '2030-02-30', '24:00', '23:59:60', 'P1Y', '9999-12-31T23:59:60Z'],
  ...['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-12:00', '2030-05-10T09:00:00+25:00'],
  ...([[], [[]], {}, { constructor: { prototype: {} } }, nested(300)] as Json[]),
]
export const hostile = fc.constantFrom(...HOSTILE)

const DATES = [
  '2030-05-10',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '2028-02-29',
  '2030-03-31',
  '-271821-04-20',
]
const TIMES = ['2030-05-10T09:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2016-12-31T23:59:60Z']
const ZONES = ['2030-05-10T09:00:00+14:00', '2030-05-10t09:00:00.123456789z', '0000-01-01T00:00:00+00:00']

/** Values that a schema lets pass; ids are mostly those of things that exist. */
export function valid(schema: Schema, ids: string[]): fc.Arbitrary<Json> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valid(one, ids)))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if ('const' in schema) return fc.constant(schema.const as Json)
  if (schema.type === 'object') return objects(schema, ids)
  if (schema.type === 'array') return arrays(schema, ids)
  if (schema.type === 'string') return texts(schema, ids)
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'null') return fc.constant(null)
  const { minimum: min = -1000, maximum: max = 2 ** 31 } = schema as { minimum?: number; maximum?: number }
  if (schema.type === 'integer') return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max))
  return fc.double({ min, max, noNaN: true })
}

function objects({ properties = {}, required = [] }: Schema, ids: string[]): fc.Arbitrary<Json> {
  const members = Object.entries(properties).map(([name, one]) => [name, valid(one, ids)] as const)
  const shape: Record<string, fc.Arbitrary<Json>> = Object.fromEntries(members)
  return fc.record<Record<string, Json>, string>(shape, { requiredKeys: required })
}

function arrays({ items = {}, minItems = 0, maxItems = 5 }: Schema, ids: string[]): fc.Arbitrary<Json> {
  const minLength = minItems as number
  return fc.array(valid(items, ids), {
    minLength,
    maxLength: Math.max(minLength, Math.min(6, maxItems as number)),
  })
}

function texts(
  { format, pattern, minLength = 0, maxLength = 30 }: Schema,
  ids: string[],
): fc.Arbitrary<string> {
  if (format === 'uuid')
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: fc.uuid() })
  if (format === 'email') return fc.emailAddress()
  if (format === 'date') return fc.constantFrom(...DATES)
  if (format === 'date-time') return fc.constantFrom(...TIMES, ...ZONES)
  if (pattern) return fc.stringMatching(new RegExp(pattern as string))
  const bounds = { minLength: minLength as number, maxLength: Math.min(40, maxLength as number) }
  const nasty = HOSTILE.filter((one) => typeof one === 'string').filter(
    ({ length }) => length >= bounds.minLength && length <= (maxLength as number),
  )
  return fc.oneof(
    fc.string({ ...bounds, unit: 'binary' }),
    fc.string(bounds),
    fc.constantFrom(...nasty, 'x'.repeat(bounds.minLength)),
  )
}

/** A valid value with one thing wrong somewhere. */
export const almost = (schema: Schema, ids: string[]): fc.Arbitrary<Json> =>
  fc.tuple(valid(schema, ids), hostile, fc.nat(), fc.constantFrom('replace', 'remove', 'add')).map(spoil)

function spoil([value, wrong, at, how]: [Json, Json, number, 'replace' | 'remove' | 'add']): Json {
  if (value === null || typeof value !== 'object') return wrong
  if (Array.isArray(value)) return how === 'remove' ? value.slice(1) : [...value, wrong]
  const names = Object.keys(value)
  const name = names[at % Math.max(1, names.length)] ?? 'x'
  const inside = value[name]
  if (how === 'add') return { ...value, [['extra', 'constructor', 'toString', 'a/b~c'][at % 4]]: wrong }
  if (how === 'remove') return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name))
  if (inside !== null && typeof inside === 'object' && at % 2 === 1)
    return { ...value, [name]: spoil([inside, wrong, at >> 1, how]) }
  return { ...value, [name]: wrong }
}
