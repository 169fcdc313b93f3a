import { expect, test } from 'vitest'
import { isSamePlace } from '../../../web/lib/places.ts'

const at = (address: string) => new URL(address)

test('a page knows whether it stands where the service expects people', () => {
  expect(isSamePlace('https://a.example.org', at('https://a.example.org'))).toBe(true)
  expect(isSamePlace('https://a.example.org', at('http://a.example.org'))).toBe(false)
  expect(isSamePlace('https://a.example.org', at('http://10.0.0.5:3000'))).toBe(false)
  expect(isSamePlace('http://localhost:3000', at('http://127.0.0.1:3000'))).toBe(true)
  expect(isSamePlace('http://localhost:3000', at('http://192.168.1.9:3000'))).toBe(false)
  expect(isSamePlace(undefined, at('https://a.example.org'))).toBe(true)
})
