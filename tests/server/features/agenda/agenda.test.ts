import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AgendaView, PrintView, ScreenView } from '../../../../server/schemas/agenda.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
let plan: PlanView
let before: AgendaView

const at = (path: string) => `/events/${stage.eventId}/${path}`
const agendaOf = async (id: string) => (await stage.organiser<AgendaView>('GET', at(`agendas/${id}`))).body

beforeAll(async () => {
  stage = await openStage()
  const { scheduleId } = await finishedRun(stage)
  const draft = (await stage.organiser<PlanView>('GET', at(`plan/${scheduleId}`))).body
  before = await agendaOf(draft.meetings[0].participants[0])
  const headers = { 'if-match': String(draft.schedule!.version) }
  await stage.organiser('POST', `/schedules/${scheduleId}/publish`, {}, headers)
  plan = (await stage.organiser<PlanView>('GET', at('plan'))).body
})
afterAll(() => stage.close())

describe('an agenda', () => {
  test('has no meeting before anything is published', () => {
    expect(before.published).toBeNull()
    expect(before.slots.filter(({ meeting }) => meeting)).toEqual([])
  })

  test('shows the published meetings of both sides, each with the other', async () => {
    const { participants, slotId } = plan.meetings[0]
    for (const [self, other] of [participants, participants.toReversed()]) {
      const { slots, published } = await agendaOf(self)
      const own = plan.meetings.filter(({ participants }) => participants.includes(self))
      expect(published?.number).toBe(1)
      expect(
        slots
          .filter(({ meeting }) => meeting)
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(own.map(({ slotId }) => slotId).toSorted())
      expect(slots.find(({ id }) => id === slotId)?.meeting?.with.participantId).toBe(other)
    }
  })

  test('is open to the participant it belongs to and closed to any other', async () => {
    const [, hostId] = plan.meetings[0].participants
    const stranger = plan.participants.find(({ id, side }) => side === 'host' && id !== hostId)!
    const rows = await stage.db.query.participants.findMany()
    const host = rows.find(({ id }) => id === hostId)!.hostId!
    const ask = await stage.enter({ role: 'host', hostId: host })
    expect((await ask('GET', at(`agendas/${hostId}`))).status).toBe(200)
    expect((await ask('GET', at(`agendas/${stranger.id}`))).status).toBe(403)
    expect((await ask('GET', at('print'))).status).toBe(403)
    expect((await ask('GET', at('plan'))).status).toBe(403)
  })
})

test('the print holds the very agendas that each participant sees', async () => {
  const { body } = await stage.organiser<PrintView>('GET', at('print'))
  expect(body.agendas.length).toBe(plan.participants.length)
  for (const printed of body.agendas.slice(0, 5)) {
    const { slots, appointments, participant } = await agendaOf(printed.participant.id)
    expect({ slots, appointments, participant }).toEqual({
      slots: printed.slots,
      appointments: printed.appointments,
      participant: printed.participant,
    })
  }
})

test('the screen shows every meeting once and nobody’s address', async () => {
  const { body, text, status } = await stage.organiser<ScreenView>('GET', at('screen'))
  expect([status, body.published?.number]).toEqual([200, 1])
  expect(body.meetings.length).toBe(plan.meetings.length)
  expect(text).not.toContain('@')
})

test('agendas are printed of those who are asked for, and all who could be are named', async () => {
  const all = (await stage.organiser<PrintView>('GET', at('print'))).body
  expect(all.people).toEqual(all.agendas.map(({ participant }) => participant))
  const [one, , other] = all.people.map(({ id }) => id)
  const some = (await stage.organiser<PrintView>('GET', at(`print?of=${other},${one},nobody`))).body
  const days = ({ agendas }: PrintView) => agendas.map(({ participant, slots }) => ({ participant, slots }))
  expect(days(some)).toEqual(days(all).filter(({ participant: { id } }) => id === one || id === other))
  expect(some.people).toEqual(all.people)
})
