import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../server/actor.ts'
import { readTablePrice } from '../../server/features/runs/table-price.ts'
import type { SolverPool } from '../../server/solver-threads/pool.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { LARGE, openLargeEvent, type LargeEvent } from '../support/large-event.ts'

/** Of a thousand projects and a thousand hosts a fifth: what grows with them may be a fifth as much. */
const SHARE = 1 / 5
const MOST_BYTES = 1_500_000
/** A window of so many sheets, however large the event is. */
const WINDOWS = /\/print$/

let place: TestDatabase
let event: LargeEvent
beforeAll(async () => {
  place = await createTestDatabase()
  event = await openLargeEvent(place.url, { ...LARGE, tables: LARGE.tables * SHARE })
}, 120_000)
afterAll(async () => {
  await event?.close()
  await place?.drop()
})

test('no page of a large event asks for more than it can carry', async () => {
  const read = await Promise.all(
    event.addresses.map(async (path) => ({ path, ...(await event.ask('GET', path)) })),
  )
  const answered = read.filter(({ status }) => status === 200)
  expect(answered.length).toBeGreaterThan(35)
  const most = (path: string) => MOST_BYTES * (WINDOWS.test(path) ? 1 : SHARE)
  expect(
    answered.filter(({ path, bytes }) => bytes > most(path)).map(({ path, bytes }) => [path, bytes]),
  ).toEqual([])
})

test('a question too large for the linear program is given to the flow at once, and once', async () => {
  const limits: number[] = []
  const ask = ({ limitMs }: { limitMs: number }) => (limits.push(limitMs), Promise.resolve(null))
  const solver = { lookUp: <T>(find: () => Promise<T>) => find(), ask } as unknown as SolverPool
  const { crowd, db } = event
  const membership = { programmeId: crowd.programmeId, role: 'organiser', projectId: null, hostId: null }
  const actor = { kind: 'user', strong: true, memberships: [membership] } as unknown as Actor
  const asked = readTablePrice({ db, solver }, actor, crowd.eventId, 1, new AbortController().signal)
  await expect(asked).rejects.toMatchObject({ code: 'solver-slow' })
  expect(limits).toEqual([10_000])
})
