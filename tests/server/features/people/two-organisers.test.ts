import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberNames, programmes } from '../../../../server/database/schema.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { EventView } from '../../../../server/schemas/event.ts'
import type { PeopleView, ProgrammeView } from '../../../../server/schemas/programme.ts'
import type { OrganisationsView } from '../../../../server/schemas/standing.ts'
import { signedIn } from '../../../support/people.ts'
import { GRID, openStage, sender, type Sender, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let anna: Sender

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  const { cookie, userId } = await signedIn(stage.app, { role: 'organiser', programmeId: torino.id })
  await stage.db.update(memberNames).set({ name: 'Anna Esempio' }).where(eq(memberNames.userId, userId))
  anna = sender(stage.app, cookie)
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

  test('the turns of an event', async () => {
    const eventId = await torino.camp()
    const path = `/events/${eventId}`
    const { version } = (await ask<EventView>('GET', path)).body
    const grids = [10, 30].map((slotMinutes) => ({ ...GRID, slotMinutes }))
    const { winner, ...rest } = await bothSend('PUT', `${path}/grid`, version, [grids[0], grids[1]])
    expect(rest).toEqual(ONE_OF_THEM)
    const { slots } = (await ask<EventView>('GET', path)).body
    const [{ startsAt, endsAt }] = slots
    expect((Date.parse(endsAt) - Date.parse(startsAt)) / 60_000).toBe([10, 30][winner])
    expect((await ask('PATCH', path, { title: 'Altro' }, from(version))).status).toBe(412)
  })

  test('the data of a programme', async () => {
    const { id, organiser } = await stage.programme('Genova')
    const view = async () => (await organiser.send<ProgrammeView>('GET', `/programmes/${id}`)).body
    const { version } = await view()
    const send = (patch: object) => organiser.send('PATCH', `/programmes/${id}`, patch, from(version))
    const replies = await Promise.all([send({ city: 'Genova' }), send({ city: 'Savona' })])
    expect(replies.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 412])
    expect((await view()).city).toBe(replies[0].status === 200 ? 'Genova' : 'Savona')
  })

  test('the name and the kind of an organisation', async () => {
    await torino.host({ organisation: 'Ente doppio' })
    const row = async () => {
      const { organisations } = (
        await ask<OrganisationsView>('GET', `/programmes/${torino.id}/organisations`)
      ).body
      return organisations.find(({ name }) => name.startsWith('Ente doppio'))!
    }
    const { id, version } = await row()
    const names = [{ name: 'Ente doppio A' }, { name: 'Ente doppio B' }] as const
    const { winner, ...rest } = await bothSend('PATCH', `/organisations/${id}`, version, [...names])
    expect(rest).toEqual(ONE_OF_THEM)
    expect((await row()).name).toBe(names[winner].name)
  })
})

describe('whoever is refused hears who changed it last, and when:', () => {
  /** What the refusal says of the last change, after Anna's; the time is the programme's. */
  const refusedAfter = async (
    method: 'PATCH' | 'PUT',
    path: string,
    theirs: object,
    mine: object,
    by: Sender = torino.organiser,
  ) => {
    expect((await anna.send(method, path, theirs)).status).toBe(200)
    const { status, body } = await by.send<Partial<Problem>>(method, path, mine, from(1))
    expect({ status, code: body.code }).toEqual({ status: 412, code: 'stale-version' })
    return body.detail
  }
  const byAnna = /^Ultima modifica: Anna Esempio, alle \d\d:\d\d\.$/

  test('of a project, of a host, and of an organisation', async () => {
    const project = await torino.project({ team: [{ lastName: 'Bruni' }] })
    const host = await torino.host({ organisation: 'Ente Neri' })
    const sibling = await torino.host({ organisation: 'Ente Neri' })
    const [{ id: organisationId }] = (
      await ask<OrganisationsView>('GET', `/programmes/${torino.id}/organisations`)
    ).body.organisations.filter(({ name }) => name === 'Ente Neri')
    const own = `/hosts/${host.id}/person`
    expect(await refusedAfter('PATCH', `/projects/${project.id}`, { rank: 2 }, { rank: 3 })).toMatch(byAnna)
    expect(await refusedAfter('PATCH', own, { title: 'Presidente' }, { title: 'Socia' })).toMatch(byAnna)

    // What I changed since is mine, and what was changed of somebody else is nobody's business here.
    await ask('PATCH', own, { title: 'Socia' })
    expect(await refusedAfter('PATCH', `/projects/${project.id}`, { rank: 4 }, { rank: 5 })).toMatch(byAnna)
    const mine = await ask<Problem>('PATCH', own, { title: 'Sindaca' }, from(1))
    expect(mine.body.detail).toMatch(/^Ultima modifica: la tua, alle \d\d:\d\d, da un’altra finestra\.$/)

    // The kind is the organisation's: whoever changes it for one host does so for the others.
    await anna.send('PATCH', `/hosts/${sibling.id}/person`, { kind: 'cooperative' })
    const kind = await ask<Problem>('PATCH', own, { kind: 'other' }, from(1))
    expect(kind.body.detail).toMatch(byAnna)
    const path = `/organisations/${organisationId}`
    expect(await refusedAfter('PATCH', path, { name: 'Ente Neri e C.' }, { name: 'Neri' })).toMatch(byAnna)
  })

  test('of each form of an event by itself', async () => {
    const path = `/events/${await torino.camp()}`
    const { rules, tables } = (await ask<EventView>('GET', path)).body
    await ask('PATCH', path, { rules: { ...rules, musts: 2 } })
    await ask('PUT', `${path}/tables`, { tables: tables.slice(1) })
    const grid = { ...GRID, slotMinutes: 10 }
    expect(await refusedAfter('PUT', `${path}/grid`, grid, GRID)).toMatch(byAnna)
    expect(await refusedAfter('PATCH', path, { title: 'Suo' }, { title: 'Mio' })).toMatch(byAnna)
    const mine = await ask<Problem>('PATCH', path, { rules: { ...rules, musts: 1 } }, from(1))
    expect(mine.body.detail).toContain('la tua')
  })

  test('in the reader’s language, with the day where it is not today, and nothing of long ago', async () => {
    const path = `/programmes/${torino.id}`
    const english = { 'accept-language': 'en', ...from(1) }
    expect((await anna.send('PATCH', path, { city: 'Ivrea' })).status).toBe(200)
    // The log is never rewritten; that the programme's clock stands later makes it long ago.
    const saidAfter = async (hours: number) => {
      const set = (clockOffsetMs: number) =>
        stage.db.update(programmes).set({ clockOffsetMs }).where(eq(programmes.id, torino.id))
      await set(hours * 3600_000)
      const { body } = await ask<Problem>('PATCH', path, { city: 'Asti' }, english)
      await set(0)
      return body.detail
    }
    expect(await saidAfter(30)).toMatch(/^Last changed by Anna Esempio on \w+day,? \d+ \w+ at \d\d:\d\d\.$/)
    // Whatever it is that has changed since: whoever was last a week ago has not.
    expect(await saidAfter(7 * 24)).toBeUndefined()
  })

  test('but nothing where nobody has changed it', async () => {
    const host = await torino.host()
    const { body } = await ask<Problem>('PATCH', `/hosts/${host.id}/person`, { label: 'A' }, from(1))
    expect(body).toMatchObject({ code: 'stale-version' })
    expect(body.detail).toBeUndefined()
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
