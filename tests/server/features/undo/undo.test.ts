import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { ChangeRow, ChangesView, PeopleView } from '../../../../server/schemas/programme.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { openStage, sender, type Sender } from '../../../support/service.ts'
import { importing } from '../../../support/importing.ts'
import { signedIn } from '../../../support/people.ts'
import { plantTenant, type Tenant } from '../../../support/tenant.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let tenant: Tenant
let organiser: Sender
beforeAll(async () => {
  stage = await openStage()
  tenant = await plantTenant(stage.db, 'Alfa')
  const { programmeId } = tenant
  organiser = sender(stage.app, (await signedIn(stage.app, { role: 'organiser', programmeId })).cookie)
})
afterAll(() => stage.close())

const latest = async (): Promise<ChangeRow> =>
  (await organiser.send<ChangesView>('GET', `/programmes/${tenant.programmeId}/changes`)).body.changes[0]
const undo = ({ seq }: ChangeRow) =>
  organiser.send<Problem>('POST', `/programmes/${tenant.programmeId}/undo`, { seq })
const people = async () =>
  (await organiser.send<PeopleView>('GET', `/programmes/${tenant.programmeId}/people`)).body
const paste = (text: string, kind: 'projects' | 'hosts' = 'projects') =>
  importing(organiser.send, tenant.programmeId).bring(kind, text)

describe('an import', () => {
  test('is undone as a whole, once', async () => {
    const before = await people()
    await paste('nome;ente;email\nUno;Nuova;uno@a.example\nDue;Nuova;due@a.example', 'hosts')
    const change = await latest()
    expect([(await people()).hosts.length, change.undoable]).toEqual([before.hosts.length + 2, true])
    expect((await undo(change)).status).toBe(200)
    expect(await people()).toEqual(before)
    const { type, text, undoable } = await latest()
    expect([type, text, undoable]).toEqual([
      'people.removed',
      'Ha annullato un’aggiunta di persone: 2 tolte.',
      false,
    ])
    expect((await undo(change)).body.code).toBe('moved-on')
    expect((await undo(await latest())).body.code).toBe('not-undoable')
  })

  test('stays whole when somebody of it is in use, and says how many', async () => {
    await paste('nome\nTre\nQuattro')
    const change = await latest()
    const { projects } = await people()
    const { id } = projects.find(({ name }) => name === 'Tre')!
    await organiser.send('PATCH', `/projects/${id}/proposal`, { summary: 'Già scritto' }, { 'if-match': '1' })
    const refused = await undo(change)
    expect([refused.status, refused.body.code]).toEqual([409, 'people-in-use'])
    expect(refused.body.title).toMatch(/^Di queste persone 1 /)
    expect((await people()).projects.length).toBe(projects.length)
  })
})

describe('a meeting', () => {
  const meeting = async () => {
    const { eventId, scheduleId } = tenant.days[0]
    const { body } = await organiser.send<PlanView>('GET', `/events/${eventId}/plan/${scheduleId}`)
    const { id, version, slotId, tableId, locked } = body.meetings[0]
    return { id, version, slotId, tableId, locked }
  }
  const move = async (slot: number) => {
    const { slotIds, tableIds, meetingId } = tenant.days[0]
    const headers = { 'if-match': String((await meeting()).version) }
    const to = { slotId: slotIds[slot], tableId: tableIds[1] }
    expect((await organiser.send('POST', `/meetings/${meetingId}/move`, to, headers)).status).toBe(200)
    return latest()
  }

  test('goes back where it was, and forth again', async () => {
    const { slotId, tableId } = await meeting()
    const moved = await move(1)
    expect((await undo(moved)).status).toBe(200)
    expect(await meeting()).toMatchObject({ slotId, tableId })
    expect((await undo(await latest())).status).toBe(200)
    expect(await meeting()).toMatchObject({ slotId: tenant.days[0].slotIds[1] })
  })

  test('that was moved again, or locked, stays', async () => {
    const first = await move(2)
    const second = await move(1)
    expect((await undo(first)).body.code).toBe('moved-on')
    await organiser.send('POST', `/meetings/${tenant.days[0].meetingId}/lock`, { locked: true })
    const locking = await latest()
    expect((await undo(second)).body.code).toBe('meeting-locked')
    expect((await undo(locking)).status).toBe(200)
    expect((await meeting()).locked).toBe(false)
    expect((await undo(locking)).body.code).toBe('moved-on')
    expect((await undo(second)).status).toBe(200)
  })
})

test('what is not there, or not of this programme, is not found', async () => {
  const other = await plantTenant(stage.db, 'Beta')
  expect((await undo({ seq: 999_999 } as ChangeRow)).status).toBe(404)
  const path = `/programmes/${other.programmeId}/undo`
  expect((await organiser.send('POST', path, { seq: 1 })).status).toBe(404)
})
