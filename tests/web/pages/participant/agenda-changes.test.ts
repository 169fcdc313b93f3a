import { expect, test } from 'vitest'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import { changesSince, look } from '../../../../web/pages/participant/agenda-changes.ts'

type Change = { told?: string[]; sample?: boolean; at?: string }
/** Meetings at those hours; told so, or at others. */
const view = (date: string, hours: string[], { told = hours, sample = false, at = 'first' }: Change = {}) =>
  ({
    event: { date, sample, timezone: 'Europe/Rome' },
    told: {
      ...{ at, date },
      meetings: told.map((startsAt, id) => ({ id: String(id), startsAt, table: '1', name: `Ente ${id}` })),
    },
    slots: hours.map((startsAt, id) => ({
      meeting: { id: String(id), startsAt, table: '1', with: { name: `Ente ${id}` } },
    })),
  }) as unknown as AgendaView

const [nine, ten, noon] = ['07', '08', '10'].map((hour) => `2030-05-10T${hour}:00:00.000Z`)
const before = view('2030-05-10', [nine, ten])
const seen = look(before)

test('an event on another date is news, and of its meetings only what differs besides', () => {
  // Over a change of the clocks: nine o'clock there is eight in the world's time.
  const after = view('2030-11-08', ['2030-11-08T08:00:00.000Z', '2030-11-08T09:30:00.000Z'], { at: 'second' })
  expect(changesSince(seen, after)).toMatchObject([
    { kind: 'date', before: '2030-05-10', now: '2030-11-08' },
    { kind: 'moved', id: '1', name: 'Ente 1' },
  ])
  expect(changesSince(seen, before)).toEqual([])
})

test('the sample moves along with the days, which is no news', () => {
  const moved = view('2030-05-11', ['2030-05-11T09:00:00.000Z'], { sample: true, at: 'second' })
  expect(changesSince(seen, moved)).toEqual([])
})

test('a change that was not told is not said, one that was left untold neither, nor what is no longer so', () => {
  expect(changesSince(seen, view('2030-05-10', [nine, noon], { told: [nine, ten] }))).toEqual([])
  expect(changesSince(seen, view('2030-05-10', [nine, noon]))).toEqual([])
  const overtaken = view('2030-05-10', [nine, ten], { told: [nine, noon], at: 'second' })
  expect(changesSince(seen, overtaken)).toEqual([])
  const told = view('2030-05-10', [nine, noon], { at: 'second' })
  expect(changesSince(seen, told)).toMatchObject([{ kind: 'moved', id: '1' }])
})
