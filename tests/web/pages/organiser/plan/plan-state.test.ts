import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { PlanMeeting, PlanView } from '../../../../../server/schemas/schedule.ts'
import '../../../../support/device.ts'
import { toasts } from '../../../../../web/lib/toasts.svelte.ts'
import { PlanState } from '../../../../../web/pages/organiser/plan/plan-state.svelte.ts'

type Sent = { path: string; key: string; version: string | null; body: object }
type Answer = { seq?: number; version?: number } | { code: string; status: number } | 'no network'

const sent: Sent[] = []
let answers: Answer[] = []

function answer(path: string, { headers, body }: { headers: Headers; body: string }) {
  const [key, version] = [headers.get('idempotency-key')!, headers.get('if-match')]
  sent.push({ path, key, version, body: JSON.parse(body) })
  const next = answers.shift() ?? { seq: 100 + sent.length }
  if (next === 'no network') return Promise.reject(new Error(next))
  return Promise.resolve(
    Response.json({ id: 'any', ...next }, { status: 'status' in next ? next.status : 200 }),
  )
}

const meetingAt = (id: string, slotId: string, tableId: string): PlanMeeting => ({
  ...{ id, slotId, tableId, version: 1, value: 1, locked: false, state: 'planned' },
  ...{ participants: [`${id} project`, `${id} host`], levels: [null, null] },
})

/** A schedule with two meetings, of which a test needs no more than where they are. */
function planOf(scheduleId: string, kind: 'live' | 'draft' | 'version' = 'draft') {
  const slots = ['early', 'late'].map((id) => ({ id, block: 0, startsAt: '2026-11-30T09:00:00Z' }))
  const meetings = [
    meetingAt(`${scheduleId} one`, 'early', 'A'),
    meetingAt(`${scheduleId} two`, 'early', 'B'),
  ]
  const event = { programmeId: 'camp', timezone: 'Europe/Rome' }
  const rest = { tables: [], participants: [], schedules: [], objective: [], wishes: [] }
  return { event, schedule: { id: scheduleId, kind }, slots, meetings, ...rest } as unknown as PlanView
}

let shown: PlanView | null
let plan: PlanState
const one = () => plan.meetings[0]!
const place = () => [one().slotId, one().tableId]
const undos = () => sent.filter(({ path }) => path.endsWith('/undo'))

async function moveOne(slotId = 'late', tableId = 'A') {
  plan.selectedId = one().id
  await plan.moveSelected({ slotId, tableId })
}

beforeEach(() => {
  ;[sent.length, answers] = [0, []]
  vi.stubGlobal('fetch', answer)
  shown = planOf('draft')
  plan = new PlanState(() => shown)
})

describe('what was done on the plan page', () => {
  test('is taken back only in the schedule on the screen', async () => {
    await moveOne()
    const undoInToast = toasts.list.at(-1)!.undo!
    const draft = shown
    shown = planOf('another')
    expect([plan.canUndo, plan.canRedo]).toEqual([false, false])
    await plan.undo()
    await undoInToast()
    shown = null
    await plan.undo()
    await undoInToast()
    shown = planOf('draft', 'version')
    expect(plan.canUndo).toBe(false)
    await plan.undo()
    expect(undos()).toEqual([])
    shown = draft
    await plan.undo()
    expect(undos().map(({ body }) => body)).toEqual([{ seq: 101 }])
    shown = planOf('another')
    await plan.redo()
    expect(undos()).toHaveLength(1)
  })

  test('is kept where something else is done in another schedule', async () => {
    await moveOne()
    await plan.undo()
    const draft = shown
    shown = planOf('another')
    await moveOne()
    shown = draft
    expect(plan.canRedo).toBe(true)
    await moveOne('late', 'B')
    expect(plan.canRedo).toBe(false)
  })

  test('is taken back by its own notice, also when something else was done since, and once', async () => {
    await moveOne()
    const undoInToast = toasts.list.at(-1)!.undo!
    await moveOne('late', 'B')
    await undoInToast()
    await undoInToast()
    expect(undos().map(({ body }) => body)).toEqual([{ seq: 101 }])
  })

  test('is offered to be taken back no more once it is, or can’t be', async () => {
    const offers = () => toasts.list.filter(({ undo }) => undo).length
    toasts.list = []
    await moveOne()
    expect(offers()).toBe(1)
    await plan.undo()
    expect(offers()).toBe(0)
    await moveOne()
    answers = [{ code: 'moved-on', status: 409 }]
    await plan.undo()
    expect(offers()).toBe(0)
  })

  test('shows at once when it is taken back and done again, and the next move starts from there', async () => {
    await moveOne()
    const undone = plan.undo()
    expect(place()).toEqual(['early', 'A'])
    await undone
    expect(place()).toEqual(['early', 'A'])
    const redone = plan.redo()
    expect(place()).toEqual(['late', 'A'])
    await redone
    await moveOne('late', 'B')
    expect(sent.map(({ version }) => version)).toEqual(['"1"', null, null, '"4"'])
  })

  test('changes two places at once, and back', async () => {
    const tables = () => plan.meetings.map(({ tableId }) => tableId)
    const swapped = plan.swap(plan.meetings[0]!, plan.meetings[1]!)
    expect(tables()).toEqual(['B', 'A'])
    await swapped
    await plan.undo()
    expect(tables()).toEqual(['A', 'B'])
    await moveOne()
    expect(sent.at(-1)!.version).toBe('"3"')
  })

  test('is shown where it was when taking it back is refused', async () => {
    await moveOne()
    answers = [{ code: 'cell-taken', status: 409 }]
    const undone = plan.undo()
    expect(place()).toEqual(['early', 'A'])
    shown = { ...shown!, meetings: [{ ...meetingAt('draft one', 'late', 'A'), version: 2 }] }
    await undone
    expect(place()).toEqual(['late', 'A'])
  })

  test.each(['moved-on', 'not-found', 'not-undoable'])('is forgotten where it is %s', async (code) => {
    await moveOne()
    answers = [{ code, status: 409 }]
    await plan.undo()
    expect(plan.canUndo).toBe(false)
  })

  test('is kept while only something is in the way, or no answer comes, and is asked for as the same', async () => {
    await moveOne()
    answers = ['no network', 'no network', { code: 'person-busy', status: 409 }, { seq: 7 }, { seq: 8 }]
    await plan.undo()
    await plan.undo()
    expect(plan.canUndo).toBe(true)
    await plan.undo()
    await plan.redo()
    const keys = undos().map(({ key }) => key)
    expect(new Set(keys.slice(0, 4)).size).toBe(1)
    expect(keys).toHaveLength(5)
    expect(keys[4]).not.toBe(keys[0])
  })

  test('keeps the version of what was taken back already when only the answer was lost', async () => {
    await moveOne()
    answers = ['no network', 'no network', { seq: 7 }]
    await plan.undo()
    const back = { ...meetingAt('draft one', 'early', 'A'), version: 3 }
    shown = { ...shown!, meetings: [back, shown!.meetings[1]!] }
    await plan.undo()
    expect(one().version).toBe(3)
    expect(plan.canRedo).toBe(true)
  })
})
