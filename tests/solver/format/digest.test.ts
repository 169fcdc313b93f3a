import { describe, expect, test } from 'vitest'
import { digest } from '../../../solver/format/digest.ts'
import { tinyJson } from '../tiny.ts'

describe('the hash of a file', () => {
  test('is that of its canonical form', async () => {
    const hash = async (text: string) => {
      const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
      return Buffer.from(bytes).toString('hex')
    }
    expect(await digest({ b: [1, 'x', null, { d: 1.0, c: true }], a: { é: '\n', z: [] } })).toBe(
      await hash('{"a":{"z":[],"é":"\\n"},"b":[1,"x",null,{"c":true,"d":1}]}'),
    )
    expect(await digest(null)).toBe(await hash('null'))
    expect(await digest('x')).toBe(await hash('"x"'))
    expect(await digest({ b: undefined, a: [undefined, 1] })).toBe(await hash('{"a":[null,1]}'))
    const shared = [1, 2]
    expect(await digest({ one: shared, other: shared, more: [shared, []] })).toBe(
      await hash('{"more":[[1,2],[]],"one":[1,2],"other":[1,2]}'),
    )
    expect(await digest({ '\u{1f600}': 1, '\ufb33': 2 })).toBe(await hash('{"\u{1f600}":1,"\ufb33":2}'))
    expect(await digest(Object.assign(Object.create({ inherited: 1 }), { own: 1e21 }))).toBe(
      await hash('{"own":1e+21}'),
    )
  })

  test('is the same whatever the order of keys and the spaces', async () => {
    const json = tinyJson()
    const turned = Object.fromEntries(Object.entries(json).reverse())
    expect(await digest(JSON.parse(JSON.stringify(turned, null, 4)))).toBe(await digest(json))
    expect(await digest({ ...json, name: 'other' })).not.toBe(await digest(json))
  })
})
