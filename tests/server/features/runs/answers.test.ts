import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { solve, parseInstance } from '../../../../solver/index.ts'
import {
  candidates,
  participants,
  projects,
  slots,
  unavailableSlots,
} from '../../../../server/database/schema.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { EventView } from '../../../../server/schemas/event.ts'
import type {
  CheckView,
  PriceCurve,
  RunPeople,
  RunShortfalls,
  RunStress,
  RunsView,
  RunView,
} from '../../../../server/schemas/run.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { until } from '../../../support/client.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

/** What the page of building asks besides the runs themselves. */
let stage: Stage
let run: RunView
beforeAll(async () => {
  stage = await openStage()
  run = await finishedRun(stage)
})
afterAll(() => stage.close())

const read = async <T>(path: string, headers: Record<string, string> = {}) => {
  const answer = await stage.organiser<T>('GET', path, undefined, headers)
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}
const ofEvent = (path: string) => `/events/${stage.eventId}/${path}`
const UNREADABLE = /[{}]|undefined|(^|: )–|[0-9a-f]{8}-/

const guarantee = async (groups: Partial<EventView['rules']['guarantee']>) => {
  const { rules, version } = await read<EventView>(`/events/${stage.eventId}`)
  const changed = { ...rules, guarantee: { ...rules.guarantee, ...groups } }
  const answer = await stage.organiser(
    'PATCH',
    `/events/${stage.eventId}`,
    { rules: changed },
    {
      'if-match': String(version),
    },
  )
  if (answer.status !== 200) throw new Error(answer.text)
  return () => guarantee(rules.guarantee)
}

describe('before a run', () => {
  test('a guarantee that nobody could keep is named with whom it is about and what would help', async () => {
    const back = await guarantee({ notFinanced: 16 })
    const { findings } = await read<CheckView>(ofEvent('check'))
    const inEnglish = await read<CheckView>(ofEvent('check'), { 'accept-language': 'en' })
    await back()
    const unreachable = findings.filter(({ severity }) => severity === 'unreachable')
    expect(unreachable.length).toBeGreaterThan(0)
    expect(unreachable.some(({ words, remedy }) => /incontri garantiti 16/.test(words) && remedy)).toBe(true)
    for (const { words, remedy } of [...findings, ...inEnglish.findings])
      expect(`${words} ${remedy}`).not.toMatch(UNREADABLE)
    expect(inEnglish.findings.map(({ words }) => words)).not.toEqual(findings.map(({ words }) => words))
  })

  test('a locked meeting of somebody who is away is named, where locks are kept, and only there', async () => {
    const { meetings, participants } = await read<PlanView>(ofEvent(`plan/${run.scheduleId}`))
    const [meeting] = meetings
    const host = participants.find(({ id }) => id === meeting.participants[1])!
    await stage.organiser('POST', `/meetings/${meeting.id}/lock`, { locked: true })
    const availability = (unavailable: string[]) =>
      stage.organiser('PUT', `/participants/${host.id}/availability`, { unavailable, maxMeetings: null })
    await availability([...host.unavailable, meeting.slotId])
    const [kept, afresh] = [
      await read<CheckView>(ofEvent(`check?keep=all&base=${run.scheduleId}`)),
      await read<CheckView>(ofEvent('check?keep=nothing')),
    ]
    await availability(host.unavailable)
    await stage.organiser('POST', `/meetings/${meeting.id}/lock`, { locked: false })
    expect(kept.findings[0].severity).toBe('impossible')
    expect(kept.findings[0].words).toContain(host.short)
    expect(kept.findings[0].remedy).not.toBe(null)
    expect(afresh.findings.some(({ severity }) => severity === 'impossible')).toBe(false)
  })
})

describe('the result of a run', () => {
  test('says what everybody got: meetings, wishes met, and minutes of waiting', async () => {
    const { people } = await read<RunPeople>(`/runs/${run.id}/people`)
    const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
    expect(sum(people.map(({ meetings }) => meetings))).toBe(2 * run.meetings!)
    for (const { wishes, meetings } of people)
      for (const { stated, met } of Object.values(wishes)) {
        expect(met).toBeLessThanOrEqual(stated)
        expect(met).toBeLessThanOrEqual(meetings)
      }
    const breaks = run.objective.find(({ level }) => level === 'breaks')!.value as number
    expect(people.some(({ pause }) => pause.minutes > 0)).toBe(breaks > 0)
  })

  test('names who is under their guarantee, and why', async () => {
    const back = await guarantee({ notFinanced: 14 })
    const owing = await finishedRun(stage, { seconds: 2, keep: 'nothing' })
    await back()
    const { people } = await read<RunPeople>(`/runs/${owing.id}/people`)
    const under = people.filter((one) => one.meetings < Math.max(1, one.guarantee))
    const told = await read<RunShortfalls>(`/runs/${owing.id}/shortfalls`)
    expect(under.length).toBeGreaterThan(0)
    expect(told.people.map(({ id }) => id).sort()).toEqual(under.map(({ id }) => id).sort())
    for (const { reasons } of told.people.slice(0, 10)) {
      expect(reasons.length).toBeGreaterThan(0)
      for (const reason of reasons) expect(reason).not.toMatch(UNREADABLE)
    }
    // Whoever is short in the plan itself is not short by anybody's absence.
    const stress = await read<RunStress>(`/runs/${owing.id}/stress?percent=5&seed=1`)
    expect(stress.under).toBe(people.filter(({ meetings, guarantee }) => meetings < guarantee).length)
    expect(stress.under).toBeGreaterThan(0)
    const usual = (await read<RunPeople>(`/runs/${run.id}/people`)).people.filter((one) => one.meetings === 0)
    const { people: without } = await read<RunShortfalls>(`/runs/${run.id}/shortfalls`)
    expect(without.map(({ id }) => id)).toEqual(usual.map(({ id }) => id))
  })
})

test('what a guarantee costs is a curve of schedules, and it never brings wishes', async () => {
  const curve = await read<PriceCurve>(ofEvent('price-curve?rule=guaranteeNotFinanced'))
  expect(curve).toMatchObject({ rule: 'guaranteeNotFinanced', complete: true, like: null })
  const values = curve.points
    .map(({ value, shortfall }) => (shortfall === 0 ? value! : null))
    .filter((one) => one !== null)
  expect(values).toEqual(values.toSorted((one, other) => other - one))
  expect(curve.points.map(({ step }) => step)).toContain(curve.now)
  console.log(
    `price of the guarantee: ${curve.points.map(({ step, value }) => `${step}:${value}`).join(' ')}`,
  )
  const hosts = await read<PriceCurve>(ofEvent('price-curve?rule=hosts'))
  expect(hosts.like).not.toBe(null)
  expect(hosts.points[1].value!).toBeGreaterThanOrEqual(hosts.points[0].value!)
  expect((await stage.organiser('GET', ofEvent('price-curve?rule=luck'))).status).toBe(400)
})

test('the price of a rule that nobody is under is refused with a sentence', async () => {
  await stage.db.update(projects).set({ financed: false })
  const refused = await stage.organiser('GET', ofEvent('price-curve?rule=guaranteeFinanced'))
  expect([refused.status, refused.body]).toMatchObject([409, { code: 'nobody-priced' }])
})

test('with some away most meetings hold, and who loses most is named first', async () => {
  const ask = (seed: number) => read<RunStress>(`/runs/${run.id}/stress?percent=10&seed=${seed}`)
  const [one, again, other] = [await ask(1), await ask(1), await ask(2)]
  expect(again).toEqual(one)
  expect(other.kept).not.toEqual(one.kept)
  expect(one.planned).toBe(run.meetings)
  expect(one.kept.every((kept) => kept <= one.planned)).toBe(true)
  expect(one.exposed[0].name).not.toMatch(UNREADABLE)
  // Who has said that they do not come is away on every day: nothing of theirs is ever kept.
  const { meetings } = await read<{ meetings: { candidate: string }[] }>(`/runs/${run.id}/solution`)
  const [{ hostParticipantId: refused }] = await stage.db
    .select()
    .from(candidates)
    .where(eq(candidates.id, meetings[0].candidate))
  const put = (rsvp: string | null) => stage.organiser('PUT', `/participants/${refused}/rsvp`, { rsvp })
  await put('not-coming')
  const without = await ask(1)
  expect(without.notComing).toHaveLength(1)
  expect(one.notComing).toEqual([])
  expect(without.exposed.some(({ id }) => id === refused)).toBe(false)
  expect(Math.max(...without.kept)).toBeLessThan(one.planned)
  await put(null)
})

describe('a solution computed elsewhere', () => {
  const upload = (file: unknown) =>
    stage.organiser<{ id: string } & Problem>('POST', `/runs/${run.id}/solutions`, file)

  test('becomes a draft once every rule of it holds', async () => {
    const file = await read<object>(`/runs/${run.id}/instance`)
    const solution = await solve(parseInstance(file), { seed: 4, maxIterations: 2000 })
    const taken = await upload(JSON.parse(JSON.stringify(solution)))
    expect(taken.status).toBe(200)
    const { schedule } = await read<PlanView>(ofEvent(`plan/${taken.body.id}`))
    expect(schedule).toMatchObject({
      kind: 'draft',
      name: 'Soluzione caricata',
      meetings: solution.meetings.length,
    })
  })

  test('is refused with a sentence: no solution, of other data, or against a rule', async () => {
    const solution = await read<{ meetings: { slot: string }[] }>(`/runs/${run.id}/solution`)
    const [first, second] = solution.meetings
    const broken = { ...solution, meetings: solution.meetings.map((one) => ({ ...one, slot: first.slot })) }
    const answers = [
      await upload({ format: 'something else' }),
      await upload({ ...solution, instance: '0'.repeat(64) }),
      await upload(broken),
    ]
    expect(second).toBeDefined()
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'solution-unreadable'],
      [422, 'solution-foreign'],
      [422, 'solution-broken'],
    ])
    for (const { body } of answers) expect(body.title).not.toMatch(UNREADABLE)
  })
})

/** Everybody away in six turns of sixteen, each in others: what is hard to arrange takes a run all its time. */
async function makeHard() {
  const { eventId, db } = stage
  const people = await db.select().from(participants).where(eq(participants.eventId, eventId))
  const turns = await db.select().from(slots).where(eq(slots.eventId, eventId))
  const away = people.flatMap(({ id }, one) =>
    turns
      .filter(({ position }) => (one * 7 + position * 5) % 16 < 6)
      .map((turn) => ({ participantId: id, slotId: turn.id, eventId })),
  )
  await db.insert(unavailableSlots).values(away).onConflictDoNothing()
}

test('a run goes on without anybody watching: its curve is there for who comes later, and it can be stopped', async () => {
  await makeHard()
  const path = ofEvent('runs')
  const { body } = await stage.organiser<{ id: string }>('POST', path, {
    seconds: 60,
    seed: 3,
    keep: 'nothing',
  })
  const find = async () => (await read<RunsView>(path)).runs.find(({ id }) => id === body.id)!
  const half = await until('its curve', async () => {
    const found = await find()
    return found.progress.some(({ value }) => value !== null) && found
  })
  expect(half).toMatchObject({ status: 'running', finishedAt: null })
  await stage.organiser('POST', `/runs/${body.id}/stop`)
  const stopped = await until('its end', async () => {
    const found = await find()
    return found.finishedAt !== null && found
  })
  expect(stopped.status).toBe('stopped')
  expect(stopped.meetings).toBeGreaterThan(0)
  expect(stopped.scheduleId).not.toBe(null)
})
