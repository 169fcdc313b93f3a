import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DayView } from '../../server/schemas/day.ts'
import {
  announceSeed,
  NONE,
  pause,
  sendUntilAnswered,
  times,
  within,
  violations,
  type Retried,
} from '../support/faults.ts'
import { boardOf, openHall, type Hall } from '../support/hall.ts'
import { expectSoonReady, kill, startAgain } from '../support/nodes.ts'
import { nextOperation, post, UNDOABLE } from '../support/operations.ts'

/** The only server there is, killed in the middle of what it writes. */
const KILLS = times(3, 200)
const WRITERS = 6
let hall: Hall

beforeAll(async () => {
  hall = await openHall({ slots: 5, tables: 8, agendas: 0, plans: 0, screens: 0 })
}, 120_000)
afterAll(() => hall?.close(), 60_000)

test(
  'what was answered is there, nothing is half written, and all of it can be taken back step by step',
  async () => {
    const random = announceSeed('kills of the only server')
    await hall.publish(0)
    const start = await boardOf(hall)
    const { seq: first } = await position()
    let killing = true
    const answers: Retried[] = []
    const writer = async () => {
      while (killing) {
        const board = await untilServed(() => boardOf(hall))
        for (let n = 0; n < 5 && killing; n++) {
          const operation = nextOperation(board, random, { ...hall.crowd, spare: [] }, UNDOABLE)
          answers.push(await sendUntilAnswered(hall.base, hall.crowd.organiser, operation))
        }
      }
    }
    const writers = Array.from({ length: WRITERS }, writer)
    const ready: number[] = []
    for (let round = 0; round < KILLS; round++) {
      const enough = answers.length + 5 + random.below(30)
      while (answers.length < enough) await pause(random.below(20))
      await kill(hall.node)
      expect(await violations(hall.db)).toEqual(NONE)
      ready.push(await startAgain(hall.node, hall.databaseUrl))
    }
    killing = false
    await Promise.all(writers)
    const done = answers.filter(({ status }) => status === 200)
    console.log(
      `${KILLS} kills, ready again after ${Math.min(...ready).toFixed(0)}–${Math.max(...ready).toFixed(0)} ms; ${done.length} of ${answers.length} writes accepted, ${answers.filter(({ tries }) => tries > 1).length} sent more than once`,
    )
    expect(answers.filter(({ status }) => ![200, 404, 409, 412].includes(status))).toEqual([])
    expect(answers.filter(({ refused }) => refused > 0)).toEqual([])
    await expectSoonReady(ready)
    expect(await forgotten(done)).toEqual([])
    expect(await violations(hall.db)).toEqual(NONE)
    for (const { seq } of await changesSince(first)) {
      const undone = await sendUntilAnswered(hall.base, hall.crowd.organiser, undo(seq))
      expect({ seq, status: undone.status }).toEqual({ seq, status: 200 })
    }
    expect(whatStands(await boardOf(hall))).toEqual(whatStands(start))
  },
  within(300_000, 7_200_000),
)

const undo = (seq: number) => post(`/programmes/${hall.crowd.programmeId}/undo`, { seq })

/** Reads again as long as the server is away. */
async function untilServed<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await read().catch(() => null)
    if (answer) return answer
    await pause(50)
  }
}

async function position() {
  const [row] = await hall.db.execute<{ seq: number }>(
    sql`select seq::int as seq from programmes where id = ${hall.crowd.programmeId}`,
  )
  return row
}

/** The newest first, as they have to be taken back. */
const changesSince = (seq: number) =>
  hall.db.execute<{ seq: number }>(sql`
    select seq::int as seq from changes where programme_id = ${hall.crowd.programmeId} and seq > ${seq} order by seq desc`)

/** Answers whose write left no trace, or another one. */
async function forgotten(answers: Retried[]) {
  const rows = await hall.db.execute<{ key: string; reply: string }>(
    sql`select key, reply::text as reply from idempotency_keys`,
  )
  const kept = new Map(rows.map(({ key, reply }) => [key, JSON.parse(reply) as object]))
  const same = ({ key, body }: Retried) =>
    JSON.stringify(Object.entries(kept.get(key) ?? {}).sort()) === JSON.stringify(Object.entries(body).sort())
  return answers.filter((answer) => !same(answer))
}

/** What the day looks like, without the numbers that only ever rise. */
const whatStands = ({ meetings, participants, rooms, disruptions }: DayView) => ({
  meetings: meetings.map(({ id, slotId, tableId, locked, state }) => ({
    id,
    slotId,
    tableId,
    locked,
    state,
  })),
  participants: participants.map(({ id, attendance, arrivedAt }) => ({ id, attendance, arrivedAt })),
  ...{ rooms, disruptions },
})
