import { expect, test } from 'vitest'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import { changesSince, look } from '../../../../web/pages/participant/agenda-changes.ts'

const view = (date: string, hours: string[], sample = false) =>
  ({
    event: { date, sample, timezone: 'Europe/Rome' },
    published: { number: 1 },
    slots: hours.map((startsAt, at) => ({
      meeting: { id: String(at), startsAt, table: '1', with: { name: `Ente ${at}` } },
    })),
  }) as unknown as AgendaView

const before = view('2030-05-10', ['2030-05-10T07:00:00.000Z', '2030-05-10T08:00:00.000Z'])
const seen = look(before)

test('an event on another date is news, and of its meetings only what differs besides', () => {
  // Over a change of the clocks: nine o'clock there is eight in the world's time.
  const after = view('2030-11-08', ['2030-11-08T08:00:00.000Z', '2030-11-08T09:30:00.000Z'])
  expect(changesSince(seen, after)).toMatchObject([
    { kind: 'date', before: '2030-05-10', now: '2030-11-08' },
    { kind: 'moved', id: '1' },
  ])
  expect(changesSince(seen, before)).toEqual([])
})

test('the sample moves along with the days, which is no news', () => {
  expect(changesSince(seen, view('2030-05-11', ['2030-05-11T09:00:00.000Z'], true))).toEqual([])
})
