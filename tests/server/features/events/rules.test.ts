import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from 'drizzle-orm'
import { parseInstance, solve } from '../../../../solver/index.ts'
import { events } from '../../../../server/database/schema.ts'
import { findCandidates } from '../../../../server/features/choices/service.ts'
import { buildInstance, pairsFor } from '../../../../server/features/solver-input/instance.ts'
import { findCamp } from '../../../../server/features/solver-input/repository.ts'
import type { EventView } from '../../../../server/schemas/event.ts'
import { DEFAULT_RULES, type EventRules } from '../../../../server/schemas/rules.ts'
import { openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const view = async () => (await stage.organiser<EventView>('GET', `/events/${stage.eventId}`)).body
const put = async (rules: Partial<EventRules>) => {
  const { status } = await stage.organiser('PATCH', `/events/${stage.eventId}`, { rules })
  expect(status).toBe(200)
}

/** What the solver is asked, and what it answers, with these rules on top of the sample's. */
async function solved(rules: Partial<EventRules>) {
  const before = (await view()).rules
  await put(rules)
  const camp = (await findCamp(stage.db, stage.eventId))!
  const found = await findCandidates(stage.db, stage.eventId)
  const pairs = pairsFor(
    found.map((pair, at) => ({ ...pair, id: String(at) })),
    [],
  )
  const file = buildInstance(camp, pairs)
  const quick = { ...file, rules: { objective: ['shortfall', 'value'] } }
  const solution = await solve(parseInstance(quick), { seed: 1, maxIterations: 1 })
  await put(before)
  const slotOf = new Map(camp.slots.map((slot) => [slot.id, slot]))
  const side = new Map(camp.people.map((person) => [person.id, person.side]))
  const agendas = new Map<string, number[]>()
  const byPair = new Map(pairs.map((pair) => [pair.id, pair]))
  for (const { candidate, slot } of solution.meetings) {
    const { projectId, hostId } = byPair.get(candidate)!
    for (const id of [projectId, hostId])
      agendas.set(
        id,
        [...(agendas.get(id) ?? []), slotOf.get(slot)!.position].sort((a, b) => a - b),
      )
  }
  const of = (wanted: 'project' | 'host') =>
    [...agendas].filter(([id]) => side.get(id) === wanted).map(([, positions]) => positions)
  return { file, projects: of('project'), hosts: of('host') }
}

const most = (agendas: number[][], count: (positions: number[]) => number) => Math.max(...agendas.map(count))
const between = (from: number, to: number) => (positions: number[]) =>
  positions.filter((at) => at >= from && at < to).length
/** The sample's camp has two blocks of eight turns. */
function row(positions: number[]) {
  let [longest, now] = [0, 0]
  for (const [at, position] of positions.entries()) {
    const follows = positions[at - 1] === position - 1 && position !== 8
    now = follows ? now + 1 : 1
    longest = Math.max(longest, now)
  }
  return longest
}

test('rules of an earlier version read with what they lack, and an edit keeps the kinds that it leaves out', async () => {
  const { weights, guarantee, maximum, musts } = (await view()).rules
  const stored = JSON.stringify({ weights, guarantee, maximum, musts })
  await stage.db.update(events).set({ rules: sql`${stored}::jsonb` })
  expect((await view()).rules).toEqual({ ...DEFAULT_RULES, weights, guarantee, maximum, musts })
  await put({ musts: musts - 1 })
  expect((await view()).rules).toMatchObject({ guarantee, musts: musts - 1, pause: null })
  await put({ musts })
})

test('the most in a row reaches the solver and binds', async () => {
  const [free, bound] = [await solved({}), await solved({ inRow: { projects: 2, hosts: null } })]
  expect(free.file.participants.every(({ maxConsecutive }) => maxConsecutive === undefined)).toBe(true)
  expect(most(free.projects, row)).toBeGreaterThan(2)
  expect(most(bound.projects, row)).toBe(2)
})

test('the most in half a day, before and after the longest break, reaches the solver and binds', async () => {
  const morning = between(0, 8)
  const [free, bound] = [await solved({}), await solved({ perHalf: { projects: null, hosts: 3 } })]
  expect(most(free.hosts, morning)).toBeGreaterThan(3)
  expect([most(bound.hosts, morning), most(bound.hosts, between(8, 16))]).toEqual([3, 3])
  expect(bound.file.participants.find(({ side }) => side === 'host')?.limits).toHaveLength(2)
})

test('the most in a day reaches the solver and binds; one that reaches as far as the turns is not there', async () => {
  const { file, projects } = await solved({ perDay: { projects: 4, hosts: 16 } })
  expect(most(projects, ({ length }) => length)).toBe(4)
  expect(file.participants.filter(({ side }) => side === 'host').some(({ limits }) => limits)).toBe(false)
})

test('a pause kept free leaves everybody one of the turns of these hours', async () => {
  const hours = between(5, 9)
  const free = await solved({ pause: null })
  expect(most([...free.projects, ...free.hosts], hours)).toBe(4)
  // 11:35–11:55, 12:00–12:20, 12:25–12:45 and, after lunch, 14:00–14:20.
  const { projects, hosts, file } = await solved({ pause: { free: 1, from: '11:50', to: '14:10' } })
  expect(file.participants[0].limits).toMatchObject([{ max: 3 }])
  expect(most([...projects, ...hosts], hours)).toBe(3)
})
