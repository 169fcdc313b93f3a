import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { and, eq, sql } from 'drizzle-orm'
import { parseInstance, solve, type Remedy } from '../../../../solver/index.ts'
import {
  candidates as candidateRows,
  events,
  meetings,
  participants,
  schedules,
  slots,
} from '../../../../server/database/schema.ts'
import type { Candidate } from '../../../../server/features/choices/candidates.ts'
import { findCandidates } from '../../../../server/features/choices/pairs.ts'
import { buildInstance, pairsFor } from '../../../../server/features/solver-input/instance.ts'
import { findCamp } from '../../../../server/features/solver-input/repository.ts'
import { namesFor } from '../../../../server/features/runs/names.ts'
import { sayRemedy } from '../../../../server/features/runs/unmet-words.ts'
import type { EventView } from '../../../../server/schemas/event.ts'
import type { PairsView, RulingInput } from '../../../../server/schemas/pairs.ts'
import { DEFAULT_RULES, type EventRules } from '../../../../server/schemas/rules.ts'
import { until } from '../../../support/client.ts'
import { openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

const view = async () => (await stage.organiser<EventView>('GET', `/events/${stage.eventId}`)).body
// Solving holds this process up, and a service that is held up refuses for a moment.
const put = (rules: Partial<EventRules>) =>
  until('the rules', async () => {
    const { status } = await stage.organiser('PATCH', `/events/${stage.eventId}`, { rules })
    return status === 200
  })

/** What the solver is asked, and what it answers, with these rules on top of the sample's. */
async function solved(rules: Partial<EventRules>) {
  const known = (await findCamp(stage.db, stage.eventId))!
  const camp = { ...known, rules: { ...known.rules, ...rules } }
  const found = await findCandidates(stage.db, stage.eventId)
  const pairs = pairsFor(
    found.map((pair, at) => ({ ...pair, id: String(at) })),
    [],
  )
  const file = buildInstance(camp, pairs)
  const quick = { ...file, rules: { objective: ['shortfall', 'value'] } }
  const solution = await solve(parseInstance(quick), { seed: 1, maxIterations: 1 })
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
  return { file, solution, projects: of('project'), hosts: of('host') }
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
  const { event, rules } = await view()
  expect(rules).toMatchObject({ guarantee, musts: musts - 1, pause: null })
  const { text: log } = await stage.organiser('GET', `/programmes/${event.programmeId}/changes`)
  expect(log).toContain(`: «irrinunciabili» a testa: prima ${musts}, ora ${musts - 1}.`)
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

const pairsOf = async () => (await stage.organiser<PairsView>('GET', `/events/${stage.eventId}/pairs`)).body
const rule = (input: RulingInput) =>
  until('the ruling', async () => {
    const answer = await stage.organiser<{ seq?: number }>('PUT', `/events/${stage.eventId}/pairs`, input)
    return answer.status !== 503 && answer
  })
const candidates = async () => {
  const found = await findCandidates(stage.db, stage.eventId)
  return new Map(found.map((pair) => [`${pair.projectParticipantId} ${pair.hostParticipantId}`, pair]))
}

describe('who meets whom', () => {
  test('one meeting of a project with an organisation is a quota, which binds and is told by its names', async () => {
    const camp = (await findCamp(stage.db, stage.eventId))!
    // Two hosts of one organisation, both wished by one project, and so much that one of them is met.
    const wished = [...(await candidates()).values()].toSorted((one, other) => other.value - one.value)
    // Neither has a colleague of their own there: the quota is of these two.
    const shared = Map.groupBy(camp.people, ({ organisationId }) => organisationId)
    const alone = new Set([...shared.values()].filter((some) => some.length === 1).map(([{ id }]) => id))
    const ofOne = wished.filter(({ hostParticipantId }) => alone.has(hostParticipantId))
    const [one] = ofOne
    const other = ofOne.find(
      (pair) =>
        pair.projectParticipantId === one.projectParticipantId &&
        pair.hostParticipantId !== one.hostParticipantId,
    )!
    const people = camp.people.map((person) =>
      person.id === other.hostParticipantId
        ? {
            ...person,
            organisationId: camp.people.find(({ id }) => id === one.hostParticipantId)!.organisationId,
          }
        : person,
    )
    const known = wished.map((pair, at) => ({ ...pair, id: String(at) }))
    const file = buildInstance(
      { ...camp, people, rules: { ...camp.rules, organisation: 1 } },
      pairsFor(known, []),
    )
    const quota = file.quotas!.find(({ candidates: some }) => some?.includes(String(wished.indexOf(one))))!
    expect(quota).toMatchObject({
      max: 1,
      candidates: [one, other].map((pair) => String(wished.indexOf(pair))),
    })
    const quick = { ...file, rules: { objective: ['value'] } }
    const { meetings } = await solve(parseInstance(quick), { seed: 1, maxIterations: 1 })
    expect(meetings.filter(({ candidate }) => quota.candidates!.includes(candidate)).length).toBe(1)
    const names = namesFor('it', { ...camp, people, pairs: new Map() })
    const project = people.find(({ id }) => id === one.projectParticipantId)!
    expect(names.quota(quota.id)).toContain(project.name)
    expect(
      sayRemedy(names, {
        ...{ change: { kind: 'quota', quota: quota.id, to: 2 }, moved: 0, cost: {} },
      } as Remedy),
    ).toMatch(/^Permettere fino a 2 incontri con lo stesso ente/)
  })

  test('kinds of hosts and groups of projects that are kept apart do not meet', async () => {
    const camp = (await findCamp(stage.db, stage.eventId))!
    const of = new Map(camp.people.map((person) => [person.id, person]))
    const apart = (pair: Candidate) =>
      of.get(pair.hostParticipantId)!.kind === 'foundation' && !of.get(pair.projectParticipantId)!.financed
    const before = [...(await candidates()).values()]
    expect(before.filter(apart).length).toBeGreaterThan(0)
    await put({ apart: [{ kind: 'foundation', financed: false }] })
    const after = [...(await candidates()).values()]
    expect(after).toEqual(before.filter((pair) => !apart(pair)))
    await put({ apart: [] })
  })

  test('who met in an earlier event does not meet again, or counts less', async () => {
    const { projectId, hostId } = await publishedBefore()
    const here = await candidates()
    const camp = (await findCamp(stage.db, stage.eventId))!
    const idOf = (own: string) =>
      camp.people.find((person) => person.projectId === own || person.hostId === own)!.id
    const key = `${idOf(projectId)} ${idOf(hostId)}`
    const { value } = here.get(key)!
    await put({ metBefore: { how: 'less', percent: 50 } })
    expect((await candidates()).get(key)!.value).toBe(Math.round(value / 2))
    await put({ metBefore: { how: 'never', percent: 50 } })
    expect((await candidates()).size).toBe(here.size - 1)
    expect((await candidates()).has(key)).toBe(false)
    await put({ metBefore: { how: 'same', percent: 50 } })
  })

  test('a pair that organisers decided goes before wishes and rules, at its time, and is lifted and taken back', async () => {
    const { projects, hosts } = await pairsOf()
    const known = await candidates()
    const free = projects
      .flatMap((project) => hosts.map((host) => ({ projectId: project.id, hostId: host.id })))
      .find(({ projectId, hostId }) => !known.has(`${projectId} ${hostId}`))!
    const camp = (await findCamp(stage.db, stage.eventId))!
    const slot = camp.slots.find(({ id }) =>
      [free.projectId, free.hostId].every((person) => !camp.unavailable.get(person)?.has(id)),
    )!
    const made = await rule({ ...free, ruling: 'must', slotId: slot.id, reason: 'D’accordo al telefono' })
    expect(made.status).toBe(200)
    expect((await pairsOf()).rulings).toMatchObject([
      { project: { id: free.projectId }, ruling: 'must', slotId: slot.id, reason: 'D’accordo al telefono' },
    ])
    const { file, solution } = await solved({})
    const must = file.candidates.find(({ required }) => required)!
    expect(must).toMatchObject({ participants: [free.projectId, free.hostId], lock: { slot: slot.id } })
    expect(solution.meetings.find(({ candidate }) => candidate === must.id)?.slot).toBe(slot.id)

    const [key, wished] = [...known].find(([, { projectParticipantId: id }]) => id !== free.projectId)!
    const { projectParticipantId: projectId, hostParticipantId: hostId } = wished
    await rule({ projectId, hostId, ruling: 'never', reason: 'Colleghi' })
    expect((await candidates()).has(key)).toBe(false)
    await rule({ projectId, hostId, ruling: null })
    expect((await candidates()).get(key)).toEqual(wished)
    const { seq } = made.body
    expect((await stage.organiser('POST', `/programmes/${stage.programmeId}/undo`, { seq })).status).toBe(200)
    expect(await candidates()).toEqual(known)
  })
})

/** The tutoring day of the week before, in which a pair met that wishes to meet again. */
async function publishedBefore() {
  const [earlier] = await stage.db.select().from(events).where(eq(events.kind, 'tutoring'))
  const [wished] = (await candidates()).values()
  const here = await stage.db.select().from(participants).where(eq(participants.eventId, stage.eventId))
  const { projectId } = here.find(({ id }) => id === wished.projectParticipantId)!
  const { hostId } = here.find(({ id }) => id === wished.hostParticipantId)!
  await stage.db
    .insert(participants)
    .values([
      { eventId: earlier.id, side: 'project', projectId },
      { eventId: earlier.id, side: 'host', hostId },
    ])
    .onConflictDoNothing({ target: [participants.eventId, participants.projectId] })
  const there = await stage.db.select().from(participants).where(eq(participants.eventId, earlier.id))
  const [pair] = await stage.db
    .insert(candidateRows)
    .values({
      ...{ eventId: earlier.id, state: 'done' },
      projectParticipantId: there.find((one) => one.projectId === projectId)!.id,
      hostParticipantId: there.find((one) => one.hostId === hostId)!.id,
    })
    .returning()
  const [slot] = await stage.db.select().from(slots).where(eq(slots.eventId, earlier.id))
  const isLive = and(eq(schedules.eventId, earlier.id), eq(schedules.kind, 'live'))
  const [plan] = await stage.db.select().from(schedules).where(isLive)
  await stage.db
    .insert(meetings)
    .values({ scheduleId: plan.id, eventId: earlier.id, candidateId: pair.id, slotId: slot.id, value: 1 })
  return { projectId: projectId!, hostId: hostId! }
}
