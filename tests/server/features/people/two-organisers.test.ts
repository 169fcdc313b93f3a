import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { EventView } from '../../../../server/schemas/event.ts'
import type { PeopleView } from '../../../../server/schemas/programme.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
})
afterAll(() => stage.close())

type Send = StagedProgramme['organiser']['send']
const ask: Send = (...request) => torino.organiser.send(...request)
const people = async () => (await ask<PeopleView>('GET', `/programmes/${torino.id}/people`)).body
const from = (version: number) => ({ 'if-match': `"${version}"` })

/** Two who opened the same form send it at once: the statuses, the first one's first, and the code of the refusal. */
async function bothSend(method: 'PATCH' | 'PUT', path: string, version: number, bodies: [object, object]) {
  const replies = await Promise.all(
    bodies.map((body) => ask<Partial<Problem>>(method, path, body, from(version))),
  )
  const refused = replies.find(({ status }) => status !== 200)
  return {
    statuses: replies.map(({ status }) => status).toSorted((one, other) => one - other),
    code: refused?.body.code,
    winner: replies.findIndex(({ status }) => status === 200),
  }
}
const ONE_OF_THEM = { statuses: [200, 412], code: 'stale-version' }

describe('of two organisers who save the same form, the second is refused and nothing of the first is lost:', () => {
  test('a project, also where only its organisations or somebody of its team changed', async () => {
    const project = await torino.project({ name: 'Orto', team: [{ lastName: 'Bruni' }] })
    const row = async () => (await people()).projects.find(({ id }) => id === project.id)!
    const opened = await row()
    const [bruni] = opened.team
    const path = `/projects/${project.id}`
    const names = [{ name: 'Orto A' }, { name: 'Orto B' }] as const
    const { winner, ...rest } = await bothSend('PATCH', path, opened.version, [...names])
    expect(rest).toEqual(ONE_OF_THEM)
    expect((await row()).name).toBe(names[winner].name)
    for (const patch of [{ organisations: ['Uno'] }, { team: [{ id: bruni.id, phone: '011' }] }]) {
      const { version } = await row()
      expect((await ask('PATCH', path, patch, from(version))).status).toBe(200)
      expect((await ask('PATCH', path, { team: [] }, from(version))).status).toBe(412)
    }
    expect((await row()).team).toEqual([expect.objectContaining({ lastName: 'Bruni', phone: '011' })])
  })

  test('a host with the person and the organisation', async () => {
    const host = await torino.host()
    const row = async () => (await people()).hosts.find(({ id }) => id === host.id)!
    const opened = await row()
    const path = `/hosts/${host.id}/person`
    const labels = [{ label: 'A' }, { label: 'B' }] as const
    const { winner, ...rest } = await bothSend('PATCH', path, opened.version, [...labels])
    expect(rest).toEqual(ONE_OF_THEM)
    expect((await row()).label).toBe(labels[winner].label)
    for (const patch of [{ phone: '011' }, { kind: 'other' as const }]) {
      const { version } = await row()
      expect((await ask('PATCH', path, patch, from(version))).status).toBe(200)
      expect((await ask('PATCH', path, { title: 'Presidente' }, from(version))).status).toBe(412)
    }
    expect(await row()).toMatchObject({ kind: 'other', person: { phone: '011', title: '' } })
  })

  test('the data, the rules and the tables of an event', async () => {
    const eventId = await torino.camp()
    const path = `/events/${eventId}`
    const view = async () => (await ask<EventView>('GET', path)).body
    const { rules, tables, version } = await view()
    const bodies = [1, 2].map((musts) => ({ rules: { ...rules, musts } }))
    const { winner, ...rest } = await bothSend('PATCH', path, version, [bodies[0], bodies[1]])
    expect(rest).toEqual(ONE_OF_THEM)
    const now = await view()
    expect(now.rules.musts).toBe(winner + 1)

    const without = tables.slice(1)
    expect((await ask('PUT', `${path}/tables`, { tables: without }, from(version))).status).toBe(412)
    expect((await ask('PUT', `${path}/tables`, { tables: without }, from(now.version))).status).toBe(200)
    expect((await ask('PATCH', path, { title: 'Altro' }, from(now.version))).status).toBe(412)
    expect(await view()).toMatchObject({ event: { title: 'Camp' }, tables: without })
  })
})

test('the version of a form stays while nothing in it changes', async () => {
  const project = await torino.project()
  const versionNow = async () => (await people()).projects.find(({ id }) => id === project.id)!.version
  const before = await versionNow()
  await torino.project()
  expect(await versionNow()).toBe(before)
})

test('a script that names no version writes as it did', async () => {
  const project = await torino.project()
  expect((await ask('PATCH', `/projects/${project.id}`, { rank: 3 })).status).toBe(200)
})
