import { afterAll, beforeAll, expect, test } from 'vitest'
import { eq, inArray, sql } from 'drizzle-orm'
import { runs } from '../../../../server/database/schema.ts'
import { claimRun } from '../../../../server/features/runs/result.ts'
import { workRuns } from '../../../../server/jobs/solve.ts'
import { startQueue } from '../../../../server/queue.ts'
import type { RunsView } from '../../../../server/schemas/run.ts'
import { signedIn } from '../../../support/people.ts'
import { openStage, sender } from '../../../support/service.ts'
import { plantTenant } from '../../../support/tenant.ts'
import { until } from '../../../support/client.ts'

let stage: Awaited<ReturnType<typeof openStage>>
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.close())

async function programme(name: string) {
  const { programmeId, days } = await plantTenant(stage.db, name)
  const { send } = sender(stage.app, (await signedIn(stage.app, { role: 'organiser', programmeId })).cookie)
  const path = (day: number) => `/events/${days[day].eventId}/runs`
  return {
    async start(day: number): Promise<string> {
      const order = { seconds: 1, seed: 1 }
      // A machine that has far too much else to do refuses at first.
      return until('its start', async () => {
        const { status, body } = await send<{ id: string }>('POST', path(day), order)
        return status === 202 && body.id
      })
    },
    stop: (runId: string) => send<{ code?: string }>('POST', `/runs/${runId}/stop`, {}),
    async newest(day: number) {
      const { body } = await send<RunsView>('GET', path(day))
      return body.runs[0]
    },
    async ahead(day: number) {
      const { body } = await send<RunsView>('GET', path(day))
      return body.runs[0].ahead
    },
  }
}

test('programmes take turns with their runs, and one that waits says how many go first', async () => {
  const [one, other] = [await programme('Uno'), await programme('Due')]
  const first = await one.start(0)
  const second = await one.start(1)
  expect([await one.ahead(0), await one.ahead(1)]).toEqual([0, 1])
  const late = await other.start(0)
  const last = await other.start(1)
  expect([await one.ahead(0), await other.ahead(0), await one.ahead(1), await other.ahead(1)]).toEqual([
    0, 1, 2, 3,
  ])

  const queue = await startQueue(stage.db)
  await workRuns(queue, { db: stage.db })
  const ids = [first, late, second, last]
  const ended = await until('all runs', async () => {
    const rows = await stage.db.select().from(runs).where(inArray(runs.id, ids))
    return rows.every(({ finishedAt }) => finishedAt) && rows
  })
  await queue.stop()
  const begun = ended.toSorted((a, b) => a.startedAt!.getTime() - b.startedAt!.getTime())
  expect(begun.map(({ id }) => id)).toEqual(ids)
  expect(await one.ahead(1)).toBe(null)
})

/** As a worker would begin it, and end it if it is to. */
async function begin(runId: string) {
  await stage.db.update(runs).set({ status: 'running', startedAt: new Date() }).where(eq(runs.id, runId))
  await stage.db.execute(sql`
    update pgboss.job set state = 'active', started_on = now() where name = 'run' and data ->> 'runId' = ${runId}`)
}
async function end(runId: string) {
  await stage.db.update(runs).set({ status: 'done', finishedAt: new Date() }).where(eq(runs.id, runId))
  await stage.db.execute(sql`
    update pgboss.job set state = 'completed' where name = 'run' and data ->> 'runId' = ${runId}`)
}

test('whoever comes again and again never keeps the second run of a programme waiting for long', async () => {
  const [one, other] = [await programme('Tre'), await programme('Quattro')]
  const first = await one.start(0)
  await begin(first)
  await one.start(1)
  const rival = await other.start(0)
  // The other programme has had no turn in this round.
  expect([await other.ahead(0), await one.ahead(1)]).toEqual([1, 2])
  await end(first)
  await begin(rival)
  await end(rival)
  const again = await other.start(0)
  expect([await one.ahead(1), await other.ahead(0)]).toEqual([0, 1])
  // One that comes later joins the round, and does not go before what has waited since.
  const third = await programme('Cinque')
  const late = await third.start(0)
  expect(await third.ahead(0)).toBe(0)
  for (const [who, id] of [
    [other, again],
    [third, late],
  ] as const)
    expect((await who.stop(id)).status).toBe(200)
})

test('a run that waits is over as soon as it is stopped, and is begun by nobody', async () => {
  const one = await programme('Sei')
  const id = await one.start(0)
  expect((await one.stop(id)).status).toBe(200)
  expect(await one.newest(0)).toMatchObject({
    ...{ id, status: 'stopped', ahead: null, scheduleId: null },
    reason: 'Il calcolo è stato fermato prima che cominciasse.',
  })
  expect(await one.stop(id)).toMatchObject({ status: 409, body: { code: 'run-finished' } })
  expect(await claimRun(stage.db, id)).toBe(null)
  expect(await one.newest(0)).toMatchObject({ status: 'stopped' })
  // It has cost no turn.
  await one.start(0)
  const [job] = await stage.db.execute<{ same: boolean }>(sql`
    select count(distinct priority) = 1 as same from pgboss.job
    join runs on runs.id::text = data ->> 'runId'
    where runs.event_id = (select event_id from runs where id = ${id})`)
  expect(job.same).toBe(true)
})
