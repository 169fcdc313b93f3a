import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseInstance, parseSolution, validate } from '../../../../solver/index.ts'
import { participants } from '../../../../server/database/schema.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { RunView, RunsView, TablePrice, UnmetWish, UnmetWishes } from '../../../../server/schemas/run.ts'
import { until } from '../../../support/client.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
let run: RunView
beforeAll(async () => {
  stage = await openStage()
  // To a table of one's own no other one is a remedy.
  await stage.db.update(participants).set({ ownTableId: null })
  run = await finishedRun(stage)
})
afterAll(() => stage.close())

const plan = async (id: string | null) => {
  const answer = await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan/${id}`)
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

describe('a run', () => {
  test('ends with a draft that the independent check accepts', async () => {
    expect(run).toMatchObject({ status: 'done', reason: null })
    const files = await Promise.all(
      (['instance', 'solution'] as const).map((part) => stage.organiser('GET', `/runs/${run.id}/${part}`)),
    )
    const [instance, solution] = files.map(({ body }) => body)
    const report = validate(parseInstance(instance), parseSolution(solution))
    expect(report.violations).toEqual([])
    const { schedule, meetings, objective } = await plan(run.scheduleId)
    expect(schedule).toMatchObject({ kind: 'draft', name: 'Calcolo 1', number: null, meetings: run.meetings })
    expect(new Set(meetings.map(({ slotId, tableId }) => `${slotId} ${tableId}`)).size).toBe(run.meetings)
    expect(objective).toEqual(run.objective)
    expect(files[0].headers['content-disposition']).toBe('attachment; filename="instance.json"')
  })

  test('lets hosts keep their table, and says how often each side changes it', async () => {
    const { body } = await stage.organiser('GET', `/runs/${run.id}/instance`)
    expect(body).toMatchObject({ rules: { seated: ['host'] } })
    const [hosts, all] = (['seatedMoves', 'tableMoves'] as const).map(
      (level) => run.objective.find((one) => one.level === level)?.value as number,
    )
    // Projects go to the hosts.
    expect(hosts).toBeLessThan(all - hosts)
  })

  test('keeps the meetings that are locked where they are', async () => {
    const [meeting] = (await plan(run.scheduleId)).meetings
    await stage.organiser('POST', `/meetings/${meeting.id}/lock`, { locked: true })
    const again = await finishedRun(stage, { seconds: 1, seed: 8, keep: 'locks', base: run.scheduleId })
    const { meetings } = await plan(again.scheduleId)
    const { slotId, tableId, participants } = meeting
    expect(meetings.filter(({ locked }) => locked)).toMatchObject([{ slotId, tableId, participants }])
  })

  test('is refused while another one goes on, and stopped it keeps what it has', async () => {
    const path = `/events/${stage.eventId}/runs`
    const first = await stage.organiser<{ id: string }>('POST', path, { seconds: 60, seed: 3 })
    const second = await stage.organiser<Problem>('POST', path, { seed: 4 })
    expect([first.status, second.status, second.body.code]).toEqual([202, 409, 'run-in-progress'])
    await until('its beginning', async () =>
      (await stage.organiser<RunsView>('GET', path)).body.runs.find(
        ({ id, status }) => id === first.body.id && status === 'running',
      ),
    )
    await stage.organiser('POST', `/runs/${first.body.id}/stop`)
    const stopped = await until('the stopped run', async () =>
      (await stage.organiser<RunsView>('GET', path)).body.runs.find(
        ({ id, finishedAt }) => id === first.body.id && finishedAt,
      ),
    )
    expect(stopped.status).toBe('stopped')
    expect((await plan(stopped.scheduleId)).meetings.length).toBe(stopped.meetings)
    const late = await stage.organiser<Problem>('POST', `/runs/${first.body.id}/stop`)
    expect([late.status, late.body.code]).toEqual([409, 'run-finished'])
  })

  test('that is asked for twice with the same key is one run', async () => {
    const ask = () =>
      stage.organiser<{ id: string }>(
        'POST',
        `/events/${stage.eventId}/runs`,
        { seconds: 1, seed: 5 },
        { 'idempotency-key': 'one-run' },
      )
    const [one, other] = [await ask(), await ask()]
    expect(other).toMatchObject({ status: 202, body: one.body })
    await until('its end', async () =>
      (await stage.organiser<RunsView>('GET', `/events/${stage.eventId}/runs`)).body.runs.find(
        ({ id, finishedAt }) => id === one.body.id && finishedAt,
      ),
    )
  })

  test('is nothing for a host', async () => {
    const [host] = await stage.db.query.hosts.findMany({ limit: 1 })
    const ask = await stage.enter({ role: 'host', hostId: host.id })
    expect((await ask('GET', `/events/${stage.eventId}/runs`)).status).toBe(403)
    expect((await ask('POST', `/events/${stage.eventId}/runs`, {})).status).toBe(403)
    expect((await ask('GET', `/runs/${run.id}/instance`)).status).toBe(403)
  })
})

test('more tables never make the plan worse', async () => {
  const { status, body } = await stage.organiser<TablePrice>(
    'GET',
    `/events/${stage.eventId}/table-price?extra=2`,
  )
  expect(status).toBe(200)
  expect(body.extra).toBe(2)
  expect(body.value.then).toBeGreaterThanOrEqual(body.value.now)
  expect(body.shortfall.then).toBeLessThanOrEqual(body.shortfall.now)
})

const runs = async (headers: Record<string, string> = {}) =>
  (await stage.organiser<RunsView>('GET', `/events/${stage.eventId}/runs`, undefined, headers)).body.runs
const english = { 'accept-language': 'en' }

describe('a pair that does not meet', () => {
  const list = async () => (await stage.organiser<UnmetWishes>('GET', `/runs/${run.id}/unmet`)).body.wishes

  test('is listed with those that count more before it, and none that meets', async () => {
    const wishes = await list()
    expect(wishes.length).toBe(run.candidates - run.meetings!)
    expect(wishes.map(({ value }) => value)).toEqual(
      wishes.map(({ value }) => value).toSorted((one, other) => other - one),
    )
    const { participants } = await plan(run.scheduleId)
    const [{ project, host, organisation }] = wishes
    expect(participants.map(({ name }) => name)).toContain(project)
    expect(participants.filter(({ name }) => name === host).flatMap((one) => one.organisations)).toContain(
      organisation,
    )
  })

  test('is explained in the reader’s language, with names and with a remedy', async () => {
    const wishes = (await list()).slice(0, 6)
    for (const { candidateId, organisation, project } of wishes) {
      const ask = (headers: Record<string, string>) =>
        stage.organiser<UnmetWish>('GET', `/runs/${run.id}/unmet/${candidateId}`, undefined, headers)
      const [italian, inEnglish] = [(await ask({})).body, (await ask(english)).body]
      for (const { reason, remedy, instead } of [italian, inEnglish]) {
        const words = [reason, remedy, instead].join(' ')
        // Two of one organisation are told apart by name: "Fondazione Esempio – Dario Esempio".
        expect(words).not.toMatch(/[{}]|undefined|–(?! \p{Lu})|[0-9a-f]{8}-/u)
        expect(remedy ?? instead, reason).not.toBe(null)
        if (/has as many|ha già il massimo/.test(reason))
          expect(reason.includes(organisation) || reason.includes(project)).toBe(true)
      }
      expect(inEnglish.reason).not.toBe(italian.reason)
    }
  })

  test('is not found if it meets, or in a run that found nothing', async () => {
    const [held] = (await plan(run.scheduleId)).meetings
    const ask = (runId: string, id: string) => stage.organiser('GET', `/runs/${runId}/unmet/${id}`)
    expect((await ask(run.id, held.id)).status).toBe(404)
    expect((await ask(held.id, held.id)).status).toBe(404)
  })
})

test('locks that cannot all be kept are named with the people they are about', async () => {
  const { meetings, participants, slots } = await plan(run.scheduleId)
  const [meeting] = meetings
  const [project, host] = meeting.participants.map((id) => participants.find((one) => one.id === id)!.short)
  await stage.organiser('POST', `/meetings/${meeting.id}/lock`, { locked: true })
  await stage.organiser('PUT', `/participants/${meeting.participants[1]}/availability`, {
    unavailable: [meeting.slotId],
    maxMeetings: null,
  })
  const refused = await finishedRun(stage, { seconds: 1, keep: 'locks', base: run.scheduleId })
  const time = new Date(slots.find(({ id }) => id === meeting.slotId)!.startsAt).toLocaleTimeString('it', {
    timeZone: 'Europe/Rome',
    hour: '2-digit',
    minute: '2-digit',
  })
  expect(refused).toMatchObject({
    status: 'infeasible',
    reason: `${project} e ${host}: l’incontro è bloccato alle ${time}, ma in quel turno manca chi serve: ${host}. Sblocca o sposta un incontro, poi ricalcola.`,
  })
  const [inEnglish] = await runs(english)
  expect(inEnglish.reason).toBe(
    `${project} and ${host}: the meeting is locked at ${time}, but not everybody is there then: ${host}. Unlock or move a meeting, then run again.`,
  )
  expect((await stage.organiser<UnmetWishes>('GET', `/runs/${refused.id}/unmet`)).body).toEqual({
    wishes: [],
    apart: [],
  })
})
