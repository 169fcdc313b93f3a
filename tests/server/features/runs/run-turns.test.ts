import { afterAll, beforeAll, expect, test } from 'vitest'
import { inArray } from 'drizzle-orm'
import { runs } from '../../../../server/database/schema.ts'
import { workRuns } from '../../../../server/jobs/solve.ts'
import { startQueue } from '../../../../server/jobs/queue.ts'
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
      const { status, body } = await send<{ id: string }>('POST', path(day), { seconds: 1, seed: 1 })
      expect(status).toBe(202)
      return body.id
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
