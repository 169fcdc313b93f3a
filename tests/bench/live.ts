import type { CellsView, PlanView } from '../../server/schemas/schedule.ts'
import { publishedCamp } from '../support/camp.ts'
import { Client, until, type Following } from '../support/client.ts'
import { startServer } from '../support/server.ts'

/**
 * A meeting is moved while many pages are open: how long until it is on the pages it concerns, and does any
 * other page hear of it? The clock runs from sending the request, so it includes the write itself.
 * `npm run bench:live -- [sockets] [moves]`
 */
const SOCKETS = Number(process.argv[2] ?? 200)
const MOVES = Number(process.argv[3] ?? 60)

const server = await startServer({ LOG_LEVEL: 'error' })
try {
  await bench(server.url)
} finally {
  await server.stop()
}

async function bench(base: string) {
  const { eventId, organiser, plan } = await publishedCamp(base)
  const pages = await openPages(base, eventId, plan)
  console.log(`${pages.length} sockets, ${MOVES} moves`)
  const fromRequest: number[] = []
  const fromReply: number[] = []
  let strangers = 0
  for (let round = 0; round < MOVES; round++) {
    const sample = await moveOne(organiser, eventId, pages, round)
    fromRequest.push(...sample.fromRequest)
    fromReply.push(...sample.fromReply)
    strangers += sample.strangers
  }
  report('request sent → frame on an affected page', fromRequest)
  report('reply received → frame on an affected page', fromReply)
  console.log(`pages that heard of a move that is not theirs: ${strangers}`)
  for (const { following } of pages) following.socket.close()
}

type Page = { participantId: string | null; following: Following }

/** Agendas of all participants in turn; every tenth socket is a screen or the organiser's plan. */
async function openPages(base: string, eventId: string, plan: PlanView): Promise<Page[]> {
  const people = await Client.people(base)
  const clients = new Map<string, Client>()
  const entries = [...people.projects, ...people.hosts].map(({ id }) => id)
  const pages: Page[] = []
  for (let index = 0; index < SOCKETS; index++) {
    if (index % 10 === 9) {
      const as = 'organiser'
      const client = clients.get(as) ?? (await Client.enter(base, as))
      clients.set(as, client)
      pages.push({
        participantId: null,
        following: await client.follow(index % 20 === 9 ? 'screen' : 'plan', eventId),
      })
      continue
    }
    const as = entries[index % entries.length]
    const client = clients.get(as) ?? (await Client.enter(base, as))
    clients.set(as, client)
    const me = await client.get<{
      memberships: { events: { id: string; participantId: string | null }[] }[]
    }>('/me')
    const participantId = me.memberships[0].events.find(({ id }) => id === eventId)?.participantId as string
    pages.push({ participantId, following: await client.follow('agenda', eventId, participantId) })
  }
  if (plan.meetings.length === 0) throw new Error('nothing was published')
  return pages
}

async function moveOne(organiser: Client, eventId: string, pages: Page[], round: number) {
  const plan = await organiser.get<PlanView>(`/events/${eventId}/plan`)
  const meeting = plan.meetings[(round * 7) % plan.meetings.length]
  const { cells } = await organiser.get<CellsView>(`/meetings/${meeting.id}/cells`)
  const legal = cells.filter(({ legal }) => legal)
  if (legal.length === 0) return { fromRequest: [], fromReply: [], strangers: 0 }
  const affected = pages.filter(
    ({ participantId }) => !participantId || meeting.participants.includes(participantId),
  )
  const others = pages.filter((page) => !affected.includes(page))
  const before = new Map(pages.map((page) => [page, dataFrames(page).length]))
  const { slotId, tableId } = legal[round % legal.length]
  const sent = performance.now()
  const { status } = await organiser.request(
    'POST',
    `/meetings/${meeting.id}/move`,
    { slotId, tableId },
    { 'if-match': String(meeting.version) },
  )
  const replied = performance.now()
  if (status !== 200) throw new Error(`move answered ${status}`)
  await until('the affected pages', () =>
    affected.every((page) => dataFrames(page).length > (before.get(page) ?? 0)),
  )
  // Long enough for a stray frame to arrive: ten times the figure that is asked for.
  await new Promise((resolve) => setTimeout(resolve, 500))
  const times = affected.map((page) => dataFrames(page)[before.get(page) ?? 0].at)
  return {
    fromRequest: times.map((at) => at - sent),
    fromReply: times.map((at) => at - replied),
    strangers: others.filter((page) => dataFrames(page).length > (before.get(page) ?? 0)).length,
  }
}

function dataFrames({ following }: Page) {
  return following.frames.filter(({ frame }) => frame.type === 'change' && frame.data !== null)
}

function report(label: string, figures: number[]) {
  const sorted = [...figures].sort((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1)
  console.log(`${label}: n ${sorted.length}, median ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`)
}
