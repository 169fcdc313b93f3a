import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PlanView } from '../../server/schemas/schedule.ts'
import type { Random } from '../../solver/model/random.ts'
import { announceSeed, pause, sendUntilAnswered, times, within } from '../support/faults.ts'
import { differing, openHall, pagesOf, type Hall } from '../support/hall.ts'
import { post } from '../support/operations.ts'
import { asLoaded } from '../support/page.ts'
import { startProxy, type Cut, type Proxy } from '../support/proxy.ts'

/** Sockets that are cut anywhere: in the handshake, in the middle of a snapshot, between two halves of a frame. */
const CUTS = times(300, 10_000)
const CUTS_A_ROUND = times(150, 1_000)
let hall: Hall
let proxy: Proxy
let nextCut: () => Cut | null = () => null

beforeAll(async () => {
  hall = await openHall({ slots: 4, tables: 12, agendas: 24, plans: 3, screens: 3 })
  proxy = await startProxy([hall.node.port], () => nextCut())
}, 120_000)
afterAll(async () => {
  await proxy?.close()
  await hall?.close()
}, 60_000)

test(
  'after any number of cuts no page has missed, repeated or mixed up anything',
  async () => {
    const random = announceSeed('cut sockets')
    await hall.publish(0)
    const pages = pagesOf(hall, `http://localhost:${proxy.port}`)
    await Promise.all(pages.map((page) => page.open()))
    let writes = 0
    for (let round = 0; proxy.cuts() < CUTS; round++) {
      const enough = Math.min(CUTS, proxy.cuts() + CUTS_A_ROUND)
      nextCut = () => (proxy.cuts() < enough ? anywhere(random) : null)
      proxy.cut()
      while (proxy.cuts() < enough) writes += await writeSomething(random)
      nextCut = () => null
      await hall.publish((round % 2) as 0 | 1)
      expect(await differing(hall, pages)).toEqual([])
    }
    const frames = pages.reduce((sum, { heard }) => sum + heard.length, 0)
    console.log(`${proxy.cuts()} cuts on ${pages.length} pages, ${writes} writes, ${frames} frames with news`)
    expect(pages.reduce((sum, { gaps }) => sum + gaps, 0)).toBe(0)
    for (const page of pages) page.close()
  },
  within(300_000, 1_800_000),
)

/** As likely among the first bytes as among the thousands of a snapshot. */
const anywhere = (random: Random): Cut =>
  random.below(8) === 0
    ? { from: 'client', after: random.below(700) }
    : { from: 'server', after: random.below(2 ** (4 + random.below(12))) }

/** Moves a meeting that anybody could move, or now and then all of them. */
async function writeSomething(random: Random): Promise<number> {
  const { base, crowd } = hall
  await pause(random.below(60))
  if (random.below(6) === 0) {
    await hall.publish(random.below(2) as 0 | 1)
    return 1
  }
  const organiser = crowd.visitors.find(({ view }) => view === 'plan')
  const { meetings, slots, tables } = (await asLoaded(base, crowd.eventId, organiser!)) as PlanView
  const { id, version } = meetings[random.below(meetings.length)]
  const to = { slotId: slots[random.below(slots.length)].id, tableId: tables[random.below(tables.length)].id }
  const operation = post(`/meetings/${id}/move`, to, version)
  const { status, refused } = await sendUntilAnswered(base, crowd.organiser, operation)
  expect({ refused, sensible: [200, 409].includes(status) }).toEqual({ refused: 0, sensible: true })
  return status === 200 ? 1 : 0
}
