import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf, packed } from '../../../server/packing.ts'
import { rowsOf, unpacked } from '../../../web/lib/packed.ts'

const plain = fc.oneof(
  fc.constantFrom(null, true, false, 'want', ''),
  fc.integer(),
  fc.string(),
  fc.uuid(),
  fc.constantFrom('0b7d8a52-0000-4000-8000-00000000000a', '0B7D8A52-0000-4000-8000-00000000000A'),
)
const value = fc.oneof(
  plain,
  fc.array(plain, { maxLength: 3 }),
  fc.record({ slotId: fc.uuid(), table: plain, with: fc.array(plain, { minLength: 2, maxLength: 2 }) }),
)
const row = fc.record({ id: fc.uuid(), name: plain, times: fc.array(value, { maxLength: 3 }), other: value })

test('whatever rows are packed are the same again', () => {
  const rows = fc.oneof(fc.array(row, { maxLength: 90 }), fc.array(value), fc.array(fc.oneof(row, value)))
  fc.assert(
    fc.property(rows, (values) => {
      const onTheWire = JSON.parse(JSON.stringify({ rows: values.length, column: columnOf(values) }))
      expect(rowsOf(onTheWire)).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

test('of a view only long lists of alike rows are packed, and none of it is lost', () => {
  const meetings = Array.from({ length: 200 }, (_, n) => ({
    ...{ id: crypto.randomUUID(), slotId: `turn ${n % 7}`, participants: [`p${n % 20}`, `h${n % 30}`] },
    ...{ levels: [null, n % 2 ? 'want' : null], locked: false, value: n },
  }))
  const view = {
    event: { title: 'Camp' },
    slots: meetings.slice(0, 3),
    meetings,
    names: meetings.map(({ id }) => id),
  }
  const sent = JSON.parse(JSON.stringify(packed(view))) as ReturnType<typeof packed>
  expect(Object.keys(sent.packed)).toEqual(['meetings'])
  expect(unpacked(sent)).toEqual(view)
  expect(JSON.stringify(sent.packed).length).toBeLessThan(JSON.stringify(meetings).length / 3)
})
