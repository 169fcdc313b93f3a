import { expect, test } from 'vitest'
import { fieldOfHeading, readCell } from '../../../../server/features/people/import-fields.ts'
import { remarkOn } from '../../../../server/features/people/import-remarks.ts'
import { plainWords } from '../../../../server/spreadsheets/words.ts'

const LONG = 200_000

test('cells that are made to be slow are read as fast as others', () => {
  const begin = process.cpuUsage()
  readCell('email', 'x'.repeat(LONG))
  remarkOn('name', '@a'.repeat(LONG), 'it')
  plainWords('('.repeat(LONG))
  fieldOfHeading('hosts', '('.repeat(LONG))
  const { user } = process.cpuUsage(begin)
  expect(user).toBeLessThan(3_000_000)
})

test('an address is found among other words, and only one', () => {
  const one = { value: 'anna@x.example' }
  for (const cell of ['Anna <ANNA@x.example>', 'mailto:anna@x.example.', '"Anna" anna@x.example; @ x@'])
    expect([cell, readCell('email', cell)]).toEqual([cell, one])
  expect(readCell('email', 'a@x.example,b@x.example')).toEqual({ reason: 'import_addresses' })
  expect(readCell('email', 'nessuna  @')).toEqual({ value: 'nessuna @' })
})

test('an address among names is remarked on, an @ alone is not', () => {
  const remarked = ['Anna anna@x.example', 'a@b.c', 'a@.c.d', 'a@b.', 'a @b.c', 'a@b c.d'].map((cell) =>
    Boolean(remarkOn('name', cell, 'it')),
  )
  expect(remarked).toEqual([true, true, true, false, false, false])
})
