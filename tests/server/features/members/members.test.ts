import type { AddressInfo } from 'node:net'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockProgramme } from '../../../../server/changes.ts'
import { memberNames, memberships, programmes } from '../../../../server/database/schema.ts'
import { ensureMember } from '../../../../server/features/identity/service.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { Helpers } from '../../../../server/schemas/programme.ts'
import { Client, until } from '../../../support/client.ts'
import { countWaiting } from '../../../support/database.ts'
import { signedIn } from '../../../support/people.ts'
import { openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
let base: string
beforeAll(async () => {
  stage = await openStage()
  await stage.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://localhost:${(stage.app.server.address() as AddressInfo).port}`
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
    ...{ language: null, reachable: true },
    // The sample's mails never leave.
    invited: { state: 'kept', at: expect.any(String), error: null },
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

/** Somebody new with that role, and by which id it is taken away. */
async function enter(role: 'organiser' | 'desk', programmeId = stage.programmeId) {
  const { cookie, userId } = await signedIn(stage.app, { role, programmeId })
  const [{ id }] = await stage.db.select().from(memberships).where(eq(memberships.userId, userId))
  return { id, client: new Client(base, cookie) }
}

test.each([
  ['desk', 'desk'],
  ['organiser', 'day'],
] as const)(
  'the open page of somebody with the role %s closes as soon as that is taken away',
  async (role, view) => {
    const { id, client } = await enter(role)
    const page = await client.follow(view, stage.eventId)
    const closed = new Promise((resolve) => page.socket.once('close', resolve))
    const since = performance.now()
    expect((await remove(id)).status).toBe(200)
    expect(await closed).toBe(4000)
    console.log(
      `a ${role}'s page closed ${Math.round(performance.now() - since)} ms after the removal was asked`,
    )
    expect(page.frames.at(-1)?.frame).toEqual({ type: 'bye', code: 'not-found' })
  },
)

/** Sends all removals at a moment when each still has its role and none can write, then lets them; their statuses. */
async function atOnce(programmeId: string, removals: [Client, string][]) {
  let answers: Promise<{ status: number }>[] = []
  await stage.db.transaction(async (tx) => {
    await lockProgramme(tx, programmeId)
    answers = removals.map(([client, id]) => client.request('DELETE', `/members/${id}`))
    await until('all to wait', async () => (await countWaiting(stage.db)) === removals.length)
  })
  return (await Promise.all(answers)).map(({ status }) => status).toSorted()
}

async function newProgramme() {
  const [{ id }] = await stage.db
    .insert(programmes)
    .values({ name: 'Altro' })
    .returning({ id: programmes.id })
  return id
}
const countOrganisers = (programmeId: string) =>
  stage.db.$count(
    memberships,
    and(eq(memberships.programmeId, programmeId), eq(memberships.role, 'organiser')),
  )

test('of two organisers who remove each other at once one stays, even where there is a third', async () => {
  const programmeId = await newProgramme()
  const [anna, bruno] = [await enter('organiser', programmeId), await enter('organiser', programmeId)]
  await enter('organiser', programmeId)
  const removals: [Client, string][] = [
    [anna.client, bruno.id],
    [bruno.client, anna.id],
  ]
  expect(await atOnce(programmeId, removals)).toEqual([200, 403])
  expect(await countOrganisers(programmeId)).toBe(2)
})

test.each(['each other', 'themselves'])('the last two cannot remove %s both at once', async (whom) => {
  const programmeId = await newProgramme()
  const [anna, bruno] = [await enter('organiser', programmeId), await enter('organiser', programmeId)]
  const [first, second] = whom === 'themselves' ? [anna.id, bruno.id] : [bruno.id, anna.id]
  const statuses = await atOnce(programmeId, [
    [anna.client, first],
    [bruno.client, second],
  ])
  expect(statuses).toEqual([200, whom === 'themselves' ? 409 : 403])
  expect(await countOrganisers(programmeId)).toBe(1)
})

test('a programme shows of an account the name that it gave itself, and none that others gave', async () => {
  const email = 'canarino@example.org'
  const [other] = await stage.db.insert(programmes).values({ name: 'Altrove' }).returning()
  const { userId } = await stage.db.transaction(async (tx) => {
    const user = { programmeId: other.id, email, name: 'Nome Segreto', role: 'organiser' as const }
    return { userId: (await ensureMember(tx, user)).id }
  })
  expect((await add('observer', email)).status).toBe(200)
  expect((await helpers()).filter((one) => one.email === email).map(({ name }) => name)).toEqual(['Ingresso'])
  const log = await stage.organiser('GET', `/programmes/${stage.programmeId}/changes`)
  expect(log.text).toContain('Ingresso')
  expect(log.text).not.toContain('Nome Segreto')
  const named = await stage.db.select().from(memberNames).where(eq(memberNames.userId, userId))
  expect(new Map(named.map(({ programmeId, name }) => [programmeId, name]))).toEqual(
    new Map([
      [other.id, 'Nome Segreto'],
      [stage.programmeId, 'Ingresso'],
    ]),
  )
})
