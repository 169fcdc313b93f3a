import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changes, idempotencyKeys } from '../../server/database/schema.ts'
import type { DayView } from '../../server/schemas/day.ts'
import {
  announceSeed,
  NONE,
  sendUntilAnswered,
  times,
  within,
  violations,
  type Retried,
} from '../support/faults.ts'
import { boardOf, openHall, type Hall } from '../support/hall.ts'
import { post, type Operation } from '../support/operations.ts'
import { startProxy, type Proxy } from '../support/proxy.ts'
import type { Random } from '../../solver/model/random.ts'

/** Writes over connections that break anywhere: before the question is through, or before the answer is back. */
const PEOPLE = 8
const EACH = times(20, 1_250)
const WRITES = PEOPLE * EACH
let hall: Hall
let proxy: Proxy
let random: Random

beforeAll(async () => {
  random = announceSeed('cut replies')
  hall = await openHall({ slots: 4, tables: 8, agendas: 0, plans: 0, screens: 0 })
  proxy = await startProxy([hall.node.port], () =>
    random.below(2) === 0
      ? { from: 'client', after: random.below(1500) }
      : { from: 'server', after: random.below(2500) },
  )
}, 120_000)
afterAll(async () => {
  await proxy?.close()
  await hall?.close()
}, 60_000)

test(
  'a write that is sent again until it is answered has one effect',
  async () => {
    await hall.publish(0)
    const before = await counts()
    const people = doers(await boardOf(hall))
    expect(people.length).toBe(PEOPLE)
    const answers = await Promise.all(people.map((next) => repeat(next, EACH)))
    const retried = answers.flat().filter(({ tries }) => tries > 1).length
    const after = await counts()
    console.log(
      `${answers.flat().length} writes, ${proxy.cuts()} cuts, ${retried} writes sent more than once`,
    )
    expect(answers.flat().filter(({ status, refused }) => status !== 200 || refused > 0)).toEqual([])
    expect(after.changes - before.changes).toBe(WRITES)
    expect(after.keys - before.keys).toBe(WRITES)
    expect(await violations(hall.db)).toEqual(NONE)
  },
  within(300_000, 1_800_000),
)

type Next = (n: number) => Operation

/** Each of them makes one change with every write: five move a meeting to and fro, three write what has no version. */
function doers({ meetings, slots, rooms, participants }: DayView): Next[] {
  const { eventId } = hall.crowd
  const movers = meetings
    .filter(({ slotId }) => slotId === slots[0].id)
    .slice(0, 5)
    .map(({ id, slotId, tableId, version }): Next => {
      const to = (n: number) => ({ slotId: n % 2 === 0 ? slots.at(-1)?.id : slotId, tableId })
      return (n) => post(`/meetings/${id}/move`, to(n), version + n)
    })
  const [someone] = participants
  const [locked] = meetings.filter(({ slotId }) => slotId === slots[1].id)
  const attendance = (n: number) => ({ attendance: n % 2 === 0 ? 'here' : 'expected' })
  return [
    ...movers,
    (n) =>
      post(`/events/${eventId}/delay`, { roomId: rooms[0].id, fromSlotId: slots[0].id, minutes: n % 60 }),
    (n) => ({ ...post(`/participants/${someone.id}/attendance`, attendance(n)), method: 'PUT' }),
    (n) => post(`/meetings/${locked.id}/lock`, { locked: n % 2 === 0 }),
  ]
}

async function repeat(next: Next, count: number): Promise<Retried[]> {
  const answers: Retried[] = []
  const through = `http://localhost:${proxy.port}`
  for (let n = 0; n < count; n++)
    answers.push(await sendUntilAnswered(through, hall.crowd.organiser, next(n)))
  return answers
}

async function counts() {
  const ours = sql`${changes.programmeId} = ${hall.crowd.programmeId}`
  return { changes: await hall.db.$count(changes, ours), keys: await hall.db.$count(idempotencyKeys) }
}
