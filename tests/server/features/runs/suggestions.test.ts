import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  digest,
  parseInstance,
  parseSolution,
  validate,
  type InstanceFile,
  type Solution,
} from '../../../../solver/index.ts'
import { candidates as candidatePairs, hosts, proposals, runs } from '../../../../server/database/schema.ts'
import { EMPTY_PROPOSAL } from '../../../../server/features/proposals/content.ts'
import { finishRun } from '../../../../server/features/runs/result.ts'
import { solveWhole } from '../../../../server/jobs/solve-whole.ts'
import { workRuns } from '../../../../server/jobs/solve.ts'
import { startQueue } from '../../../../server/queue.ts'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { Theme } from '../../../../server/schemas/proposal.ts'
import { DEFAULT_RULES, type EventRules } from '../../../../server/schemas/rules.ts'
import type { CheckView, RunPeople, RunsView, RunView } from '../../../../server/schemas/run.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { startSolver } from '../../../../server/solver-threads/thread.ts'
import { until } from '../../../support/client.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

/**
 * Three projects that are promised two meetings each. Few have answered: the first is wanted by two hosts, the second
 * by one, the third by nobody, though it fits everybody; it avoids one host, and another has a conflict of interest.
 */
let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let queue: Awaited<ReturnType<typeof startQueue>>
let eventId: string
const ids: Record<string, string> = {}
const names = (list: string[]) => list.map((id) => Object.keys(ids).find((name) => ids[name] === id) ?? id)

async function ask<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object, headers = {}) {
  const answer = await torino.organiser.send<T>(method, path, body, headers)
  if (answer.status >= 300) throw new Error(JSON.stringify(answer))
  return answer.body
}
const state = (from: string, to: string, level: string | null, conflict = false) =>
  ask('PUT', `/events/${eventId}/preferences/${ids[from]}/${ids[to]}`, { level, conflict })
const rule = (rules: Partial<EventRules>) =>
  ask('PATCH', `/events/${eventId}`, {
    rules: { ...DEFAULT_RULES, guarantee: { financed: 2, notFinanced: 2, hosts: 0 }, ...rules },
  })
async function finishedRun(input: object = {}): Promise<RunView> {
  const { id } = await ask<{ id: string }>('POST', `/events/${eventId}/runs`, {
    seed: 1,
    seconds: 1,
    ...input,
  })
  return until('the end of the run', async () => {
    const { runs } = await ask<RunsView>('GET', `/events/${eventId}/runs`)
    return runs.find((run) => run.id === id && run.finishedAt)
  })
}
const plan = (id: string | null) => ask<PlanView>('GET', `/events/${eventId}/plan${id ? `/${id}` : ''}`)
const proposedIn = ({ meetings }: PlanView) =>
  meetings
    .filter(({ suggestion }) => suggestion)
    .map(({ participants, suggestion }) => `${names(participants).join(' ')} ${suggestion?.compatibility}`)
    .sort()
const shortfallOf = ({ objective }: RunView) => objective.find(({ level }) => level === 'shortfall')

beforeAll(async () => {
  stage = await openStage()
  queue = await startQueue(stage.db)
  await workRuns(queue, { db: stage.db })
  torino = await stage.programme('Torino')
  eventId = await torino.camp()
  const themesOf: Record<string, Theme[]> = {
    ...{ orto: ['food'], ponte: ['food', 'work'], radio: ['food'] },
    ...{ alfa: ['food', 'work'], beta: ['food', 'work'], gamma: ['food'], delta: ['food'] },
  }
  for (const [name, themes] of Object.entries(themesOf)) {
    const isProject = ['orto', 'ponte', 'radio'].includes(name)
    const { id } = isProject
      ? await torino.project({ name })
      : await torino.host({ lastName: name, kind: name === 'delta' ? 'corporate' : 'foundation' })
    ids[name] = await torino.participant(eventId, id)
    if (isProject) {
      const content = { ...EMPTY_PROPOSAL, themes }
      await stage.db.update(proposals).set({ content, status: 'approved' }).where(eq(proposals.projectId, id))
    } else await stage.db.update(hosts).set({ themes }).where(eq(hosts.id, id))
  }
  for (const [from, to, level] of [
    ['alfa', 'orto', 'must'],
    ['beta', 'orto', 'want'],
    ['ponte', 'alfa', 'want'],
    ['radio', 'alfa', 'avoid'],
  ] as const)
    await state(from, to, level)
  await state('beta', 'radio', null, true)
})
afterAll(async () => {
  await queue.stop()
  await stage.close()
})

test('without the rule whoever few have asked for stays short of the guarantee', async () => {
  await rule({})
  const run = await finishedRun()
  expect(shortfallOf(run)).toMatchObject({ value: 3, bound: 3, proven: true })
  expect(proposedIn(await plan(run.scheduleId))).toEqual([])
  const { people, suggestions } = await ask<RunPeople>('GET', `/runs/${run.id}/people`)
  const short = people.filter(({ meetings, guarantee }) => meetings < guarantee)
  expect([short.map(({ name }) => name).sort(), suggestions]).toEqual([['ponte', 'radio'], []])
})

test('a plan that the second search would make poorer is no proof, keeps to its time, and outlives a pair being named meanwhile', async () => {
  const [plain] = await stage.db.select().from(runs).where(eq(runs.eventId, eventId))
  await rule({ suggestions: 20 })
  const { id: _, createdAt: __, ...copied } = plain
  const [run] = await stage.db
    .insert(runs)
    .values({ ...copied, seconds: 4_000, status: 'running', solution: null, finishedAt: null })
    .returning()
  const solver = startSolver()
  const given: number[] = []
  const poorer: typeof solver.solve = async (work, show) => {
    given.push(work.seconds)
    const found = await solver.solve(work, show)
    if (given.length !== 3) return found
    // As if the time had been over: nothing held, and more thought possible than there is.
    const { shortfall } = found.solution.objective
    const objective = {
      ...found.solution.objective,
      shortfall: { ...shortfall!, value: 6, proven: false },
      value: { value: 0, bound: 20, proven: false },
    }
    return { ...found, solution: { ...found.solution, meetings: [], objective } }
  }
  const solved = await solveWhole(stage.db, run, { ...solver, solve: poorer }, () => {})
  expect(solved.solution.objective).toMatchObject({
    shortfall: { value: 0, bound: 0, proven: true },
    value: { value: 16, bound: 20, proven: false },
  })
  expect(solved.solution.status).toBe('feasible')
  const { candidates = [] } = solved.instance
  expect(candidates.filter(({ required }) => required)).toEqual([])
  expect(validate(parseInstance(solved.instance), solved.solution).violations).toEqual([])
  // The first shares where wishes cannot be enough; the question is a small one.
  expect(given.map((seconds) => Math.round(seconds / 1_000))).toEqual([2, 0, 4, 4])

  // Also where only the search shows that wishes are not enough, and each takes all the time it gets.
  const { participants = [], ...rest } = run.instance as InstanceFile
  const least: Record<string, object> = {
    radio: { minMeetings: 0 },
    ponte: { minMeetings: 1 },
    alfa: { maxMeetings: 1 },
  }
  const tight = {
    ...rest,
    participants: participants.map((one) => ({ ...one, ...least[names([one.id])[0]] })),
  }
  let now = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  given.length = 0
  const slow: typeof solver.solve = (work, show) => {
    now += work.seconds * 1_000
    return poorer(work, show)
  }
  const late = await solveWhole(
    stage.db,
    { ...run, instance: tight, seconds: 10 },
    { ...solver, solve: slow },
    () => {},
  )
  clock.mockRestore()
  await solver.end()
  expect(late.added.map(({ participants: two }) => names(two)[0])).toEqual(['ponte'])
  expect(given.map((seconds) => Math.round(seconds * 10) / 10)).toEqual([8, 1, 0.5, 0.5])

  const [{ id: thought, participants: pair }] = solved.added
  const [named] = await stage.db
    .insert(candidatePairs)
    .values({ eventId, projectParticipantId: pair[0], hostParticipantId: pair[1] })
    .returning()
  await finishRun(stage.db, run.id, solved, [])
  const [kept] = await stage.db.select().from(runs).where(eq(runs.id, run.id))
  expect(kept).toMatchObject({ status: 'done', reason: null })
  expect(Object.keys(kept.suggestions)).toContain(named.id)
  expect(JSON.stringify(kept)).not.toContain(thought)
  expect((kept.solution as Solution).instance).toBe(await digest(kept.instance))
})

test('with it exactly the missing meetings are proposed, the best fitting, and nobody who refuses', async () => {
  await rule({ suggestions: 20 })
  const { findings } = await ask<CheckView>('GET', `/events/${eventId}/check?keep=nothing`)
  expect(findings.map(({ remedy }) => remedy)).toEqual(
    expect.arrayContaining([
      expect.stringMatching('coppie adatte, 3'),
      expect.stringMatching('coppie adatte, 2'),
    ]),
  )
  const run = await finishedRun()
  expect(shortfallOf(run)).toMatchObject({ value: 0, bound: 0, proven: true })
  expect(run.objective.find(({ level }) => level === 'value')).toMatchObject({ value: 16, proven: true })
  expect(proposedIn(await plan(run.scheduleId))).toEqual([
    'ponte beta 100',
    'radio delta 100',
    'radio gamma 100',
  ])
  const { suggestions } = await ask<RunPeople>('GET', `/runs/${run.id}/people`)
  expect(suggestions.map(({ short }) => names(short).join()).sort()).toEqual(['ponte', 'radio', 'radio'])
  expect(suggestions[0].reasons).toContainEqual({ kind: 'open', values: ['support', 'district', 'amount'] })
  const [instance, solution] = [
    await ask('GET', `/runs/${run.id}/instance`),
    await ask('GET', `/runs/${run.id}/solution`),
  ]
  expect(validate(parseInstance(instance), parseSolution(solution)).violations).toEqual([])
  const unmet = await ask<{ wishes: object[] }>('GET', `/runs/${run.id}/unmet`)
  expect(unmet.wishes).toEqual([])
})

test('published they are told to both sides, and a plan built near it keeps them', async () => {
  const run = await finishedRun()
  const draft = await plan(run.scheduleId)
  await ask(
    'POST',
    `/schedules/${run.scheduleId}/publish`,
    {},
    { 'if-match': String(draft.schedule!.version) },
  )
  const live = proposedIn(await plan(null))
  expect(live).toEqual(proposedIn(draft))
  const told = async (self: string, other: string) => {
    const { slots } = await ask<AgendaView>('GET', `/events/${eventId}/agendas/${ids[self]}`)
    const met = slots
      .flatMap(({ meeting }) => meeting ?? [])
      .find((one) => one.with.participantId === ids[other])
    return met?.suggestion
  }
  for (const [self, other] of [
    ['radio', 'gamma'],
    ['gamma', 'radio'],
  ])
    expect(await told(self, other)).toEqual({
      compatibility: 100,
      reasons: [
        { kind: 'theme', values: ['food'] },
        { kind: 'open', values: ['support', 'district', 'amount'] },
      ],
    })
  // Of a proposal that is a draft again a host reads nothing.
  const status = (status: 'draft' | 'approved') => stage.db.update(proposals).set({ status })
  await status('draft')
  expect(await told('gamma', 'radio')).toMatchObject({ compatibility: 0, reasons: [{ kind: 'open' }] })
  expect(await told('radio', 'gamma')).toMatchObject({ compatibility: 100 })
  await status('approved')
  const again = await finishedRun()
  expect([again.keep, again.changes?.value, proposedIn(await plan(again.scheduleId))]).toEqual([
    'all',
    0,
    live,
  ])
  // Whom somebody asks for after all is proposed no more: the meeting stays, by their wish.
  await state('gamma', 'radio', 'want')
  expect([await told('radio', 'gamma'), await told('gamma', 'radio')]).toEqual([null, null])
  expect(proposedIn(await plan(null))).toEqual(['ponte beta 100', 'radio delta 100'])
  const { suggestions } = await ask<RunPeople>('GET', `/runs/${again.id}/people`)
  expect(suggestions.map(({ participants }) => names(participants).join(' ')).sort()).toEqual([
    'ponte beta',
    'radio delta',
  ])
  const wished = await finishedRun()
  expect(proposedIn(await plan(wished.scheduleId))).toEqual(['ponte beta 100', 'radio delta 100'])
  await state('gamma', 'radio', null)
})

test('where organisers or a rule keep a pair apart the guarantee stays open, and is not claimed to be kept', async () => {
  const delta = (ruling: 'never' | null) =>
    ask('PUT', `/events/${eventId}/pairs`, {
      ...{ projectId: ids['radio'], hostId: ids['delta'], ruling, slotId: null, reason: '' },
    })
  await delta('never')
  const ruled = await finishedRun({ keep: 'nothing' })
  await delta(null)
  await rule({ suggestions: 20, apart: [{ kind: 'corporate', financed: false }] })
  const apart = await finishedRun({ keep: 'nothing' })
  for (const run of [ruled, apart]) {
    expect(shortfallOf(run)).toMatchObject({ value: 1, bound: 1, proven: true })
    expect(proposedIn(await plan(run.scheduleId))).toEqual(['ponte beta 100', 'radio gamma 100'])
  }
})

test('nothing is proposed where everybody has what was promised, nor to who fits less than the rule asks', async () => {
  await rule({ suggestions: 0, guarantee: { financed: 0, notFinanced: 0, hosts: 0 } })
  const kept = await finishedRun({ keep: 'nothing' })
  await stage.db.update(proposals).set({ content: { ...EMPTY_PROPOSAL, themes: ['housing'] } })
  await rule({ suggestions: 1 })
  const unfit = await finishedRun({ keep: 'nothing' })
  for (const run of [kept, unfit]) expect(proposedIn(await plan(run.scheduleId))).toEqual([])
})
