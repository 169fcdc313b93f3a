import { afterAll, beforeAll, expect, test } from 'vitest'
import { and, eq, isNotNull } from 'drizzle-orm'
import { parseInstance, solve } from '../../../../solver/index.ts'
import { changes, participants } from '../../../../server/database/schema.ts'
import { findCandidates } from '../../../../server/features/choices/pairs.ts'
import { buildInstance, pairsFor } from '../../../../server/features/solver-input/instance.ts'
import { findCamp } from '../../../../server/features/solver-input/repository.ts'
import type { ChoicesView } from '../../../../server/schemas/choice.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { EventView, TablesInput } from '../../../../server/schemas/event.ts'
import { openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const view = async () => (await stage.organiser<EventView>('GET', `/events/${stage.eventId}`)).body
const put = (tables: TablesInput['tables']) =>
  stage.organiser<Problem>('PUT', `/events/${stage.eventId}/tables`, { tables })

test('tables of one room whose names look the same are refused, the same number in two rooms is not', async () => {
  const { tables } = await view()
  const with2 = (name: string, room: string) =>
    tables.map((table, at) => (at === 1 ? { ...table, name, room } : table))
  for (const name of ['1 ', '01', ' 1']) {
    const { status, body } = await put(with2(name, tables[0].room))
    expect([status, body.errors?.[0].pointer]).toEqual([400, '/tables/1/name'])
    expect(body.errors?.[0].message).toContain('nome quasi uguale')
  }
  expect((await put(with2('1', 'Giardino'))).status).toBe(200)
  expect((await view()).tables.slice(0, 2)).toMatchObject([
    { name: '1', room: tables[0].room },
    { name: '1', room: 'Giardino' },
  ])
  expect((await put(tables)).status).toBe(200)
})

test('what somebody needs of a table reaches the solver and binds, and one that no table has is shown at once', async () => {
  const { tables } = await view()
  const quiet = tables.map((table, at) => (at < 2 ? { ...table, features: ['quiet'] } : table))
  expect((await put(quiet)).status).toBe(200)
  const [host] = await stage.db
    .select()
    .from(participants)
    .where(
      and(
        eq(participants.eventId, stage.eventId),
        isNotNull(participants.hostId),
        isNotNull(participants.answeredAt),
      ),
    )
  const own = await stage.enter({ role: 'host', hostId: host.hostId! })
  const path = `/events/${stage.eventId}/choices/${host.id}`
  const before = (await own<ChoicesView>('GET', path)).body
  expect(before.participant.needs).toEqual([])
  expect(before.tableFeatures).toContainEqual(['quiet'])
  const { unavailable, maxMeetings } = before.participant
  const said = { unavailable, maxMeetings, needs: ['quiet'] }
  expect((await own('PUT', `/participants/${host.id}/availability`, said)).status).toBe(200)
  expect((await own<ChoicesView>('GET', path)).body.participant.needs).toEqual(['quiet'])
  expect((await view()).needs).toEqual([{ features: ['quiet'], people: 1 }])
  // What it is that somebody needs is theirs, and not the log's.
  expect(JSON.stringify(await stage.db.select().from(changes))).not.toContain('quiet')

  const camp = (await findCamp(stage.db, stage.eventId))!
  const pairs = pairsFor(
    (await findCandidates(stage.db, stage.eventId)).map((pair, at) => ({ ...pair, id: String(at) })),
    [],
  )
  const file = buildInstance(camp, pairs)
  expect(file.participants.filter(({ needs }) => needs)).toMatchObject([{ id: host.id, needs: ['quiet'] }])
  const quick = { ...file, rules: { objective: ['shortfall', 'value'] } }
  const { meetings } = await solve(parseInstance(quick), { seed: 1, maxIterations: 1 })
  const mine = meetings.filter(({ candidate }) => pairs[Number(candidate)].hostId === host.id)
  expect(mine.length).toBeGreaterThan(0)
  expect(mine.every(({ table }) => quiet.slice(0, 2).some(({ id }) => id === table))).toBe(true)

  // Left out, it stays; nobody has to say it twice.
  await own('PUT', `/participants/${host.id}/availability`, { unavailable, maxMeetings })
  expect((await view()).needs).toHaveLength(1)
})
