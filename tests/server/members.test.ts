import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Problem, Written } from '../../server/schemas/common.ts'
import type { Helpers } from '../../server/schemas/programme.ts'
import { openStage, type Stage } from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

const path = () => `/programmes/${stage.programmeId}/members`
const helpers = async () => (await stage.organiser<Helpers>('GET', path())).body.helpers
const add = (role: string, email = 'ingresso@example.org') =>
  stage.organiser<Written & Problem>('POST', path(), { email, name: 'Ingresso', role })
const remove = (id: string) => stage.organiser<Written & Problem>('DELETE', `/members/${id}`)

test('a helper at the desk reads the desk, and nothing once taken away', async () => {
  const before = await helpers()
  const added = await add('desk')
  expect(added.status).toBe(200)
  expect((await add('desk', 'Ingresso@Example.org')).body.code).toBe('already-exists')
  expect((await helpers()).find(({ id }) => id === added.body.id)).toEqual({
    ...{ id: added.body.id, name: 'Ingresso', email: 'ingresso@example.org', role: 'desk' },
  })
  const desk = await stage.enter({ role: 'desk' })
  expect((await desk('GET', `/events/${stage.eventId}/desk`)).status).toBe(200)
  expect((await desk('GET', path())).status).toBe(403)
  const entered = (await helpers()).filter(({ role }) => role === 'desk')
  for (const { id } of entered) expect((await remove(id)).status).toBe(200)
  expect((await desk('GET', `/events/${stage.eventId}/desk`)).status).toBe(404)
  expect((await remove(added.body.id)).status).toBe(404)
  expect(await helpers()).toEqual(before)
})

test('a programme keeps its last organiser', async () => {
  const [first, ...others] = (await helpers()).filter(({ role }) => role === 'organiser')
  for (const { id } of others) await remove(id)
  const refused = await remove(first.id)
  expect([refused.status, refused.body.code]).toEqual([409, 'last-organiser'])
  const second = await add('organiser', 'collega@example.org')
  expect((await remove(second.body.id)).status).toBe(200)
})
