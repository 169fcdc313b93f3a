import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mails, proposals } from '../../../../server/database/schema.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { ChangesView, PublicView } from '../../../../server/schemas/programme.ts'
import type { PublicityView } from '../../../../server/schemas/publicity.ts'
import { publicHead } from '../../../../server/features/public/page-head.ts'
import { EMPTY_PROPOSAL } from '../../../../server/features/proposals/content.ts'
import type { Me } from '../../../../server/schemas/session.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let other: StagedProgramme
let camp: string
let rehearsal: string
let project: Awaited<ReturnType<StagedProgramme['project']>>

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  other = await stage.programme('Milano')
  project = await torino.project({ name: 'Orto Esempio', financed: true, rank: 1 })
  camp = await torino.camp()
  rehearsal = await torino.camp('Prova')
  await edit(rehearsal, { rehearsal: true })
})
afterAll(() => stage.close())

const edit = (id: string, patch: object) =>
  torino.organiser.send<Written & Problem>('PATCH', `/events/${id}`, patch)
const decide = (body: object, by = torino.organiser) =>
  by.send<Written & Problem>('POST', `/programmes/${torino.id}/publicity`, body)
const publicity = async () =>
  (await torino.organiser.send<PublicityView>('GET', `/programmes/${torino.id}/publicity`)).body
const seen = async () => (await stage.nobody.send<PublicView>('GET', '/public')).body.programmes
const approve = async (summary: string) => {
  const content = { ...EMPTY_PROPOSAL, summary }
  await stage.db
    .update(proposals)
    .set({ status: 'approved', content })
    .where(eq(proposals.projectId, project.id))
}
const log = async () =>
  (await torino.organiser.send<ChangesView>('GET', `/programmes/${torino.id}/changes`)).body.changes

test('nothing is public before somebody decides it, and each thing by its own decision', async () => {
  await approve('Un orto per tutti')
  expect(await seen()).toEqual([])
  for (const what of ['ranking', 'events', 'proposals'])
    await decide({
      what,
      public: true,
      ...(what !== 'ranking' && { ids: [what === 'events' ? camp : project.id] }),
    })
  expect(await seen()).toEqual([])
  await decide({ what: 'programme', public: true })
  const [{ events, financedProjects }] = await seen()
  expect(events.map(({ id }) => id)).toEqual([camp])
  expect(financedProjects).toMatchObject([{ name: 'Orto Esempio', summary: 'Un orto per tutti' }])
  await decide({ what: 'proposals', public: false, ids: [project.id] })
  await decide({ what: 'events', public: false, ids: [camp] })
  expect(await seen()).toMatchObject([{ events: [], financedProjects: [{ summary: '' }] }])
  await decide({ what: 'ranking', public: false })
  expect(await seen()).toMatchObject([{ financedProjects: [] }])
  await decide({ what: 'programme', public: false })
  expect(await seen()).toEqual([])
})

test('a decision stands in the log with what it was about, and is taken back from there', async () => {
  const { body } = await decide({ what: 'events', public: true, ids: [camp] })
  const [entry] = await log()
  expect(entry).toMatchObject({ seq: body.seq, undoable: true })
  expect(entry.text).toMatch(/Camp/)
  const undo = () => torino.organiser.send('POST', `/programmes/${torino.id}/undo`, { seq: body.seq })
  expect((await undo()).status).toBe(200)
  expect((await publicity()).events.find(({ id }) => id === camp)).toMatchObject({ public: false })
  expect(await undo()).toMatchObject({ status: 409, body: { code: 'moved-on' } })
  // What is like that already is no change.
  const before = (await log()).length
  expect((await decide({ what: 'events', public: false, ids: [camp] })).status).toBe(200)
  expect(await log()).toHaveLength(before)
})

test('a proposal is not shown before it is approved, nor once it is being changed', async () => {
  await stage.db.update(proposals).set({ status: 'submitted' }).where(eq(proposals.projectId, project.id))
  const shown = () => decide({ what: 'proposals', public: true, ids: [project.id] })
  expect(await shown()).toMatchObject({ status: 409, body: { code: 'proposal-status' } })
  await approve('Un orto per tutti')
  expect((await shown()).status).toBe(200)
  await decide({ what: 'ranking', public: true })
  await decide({ what: 'programme', public: true })
  expect(await seen()).toMatchObject([{ financedProjects: [{ summary: 'Un orto per tutti' }] }])
  const path = `/projects/${project.id}/proposal`
  const { body } = await torino.organiser.send<{ version: number }>('GET', path)
  await torino.organiser.send(
    'POST',
    `${path}/request-changes`,
    { message: 'Quanti orti?' },
    { 'if-match': String(body.version) },
  )
  expect(await seen()).toMatchObject([{ financedProjects: [{ summary: '' }] }])
  await decide({ what: 'programme', public: false })
})

test('a rehearsal is neither shown nor written of, and its people do not see it among their events', async () => {
  const shown = await decide({ what: 'events', public: true, ids: [rehearsal] })
  expect(shown).toMatchObject({ status: 409, body: { code: 'rehearsal' } })
  const reminders = await torino.organiser.send('POST', `/programmes/${torino.id}/letters`, {
    ...{ kind: 'reminder', event: rehearsal, to: [{ of: rehearsal }] },
  })
  expect(reminders).toMatchObject({ status: 409, body: { code: 'rehearsal' } })
  expect(await stage.db.select().from(mails)).toEqual([])
  const mine = (await project.send<Me>('GET', '/me')).body.memberships[0].events.map(({ id }) => id)
  expect(mine).toEqual([camp])
  const theirs = (await torino.organiser.send<Me>('GET', '/me')).body.memberships[0].events
  expect(theirs.map(({ id }) => id).toSorted()).toEqual([camp, rehearsal].toSorted())
})

test('an event that becomes a rehearsal is public no more', async () => {
  await decide({ what: 'events', public: true, ids: [camp] })
  expect((await edit(camp, { rehearsal: true })).status).toBe(200)
  const event = (await publicity()).events.find(({ id }) => id === camp)
  expect(event).toMatchObject({ public: false, rehearsal: true })
  await edit(camp, { rehearsal: false })
})

test('only what the programme has can be decided on, and by its organisers', async () => {
  const foreign = await other.camp()
  const unknown = await decide({ what: 'events', public: true, ids: [camp, foreign] })
  expect(unknown.status).toBe(404)
  expect((await publicity()).events.some((one) => one.public)).toBe(false)
  const statuses = [stage.nobody, other.organiser, project].map(
    async (who) => (await decide({ what: 'programme', public: true }, who)).status,
  )
  expect(await Promise.all(statuses)).toEqual([401, 404, 403])
  for (const body of [
    { what: 'events', public: true },
    { what: 'programme', public: true, ids: [camp] },
  ])
    expect((await decide(body)).status).toBe(400)
})

test('a public event has a page that says in the words of schema.org what it is, whatever is typed in it', async () => {
  const { programme } = await publicity()
  const given = {
    kind: 'public',
    title: 'Conferenza </script><b>"stampa"',
    date: '2030-05-17',
    venue: 'Casa Esempio',
  }
  const { body } = await torino.organiser.send<Written>('POST', `/programmes/${torino.id}/events`, {
    ...{ ...given, start: '11:00', end: '12:30' },
  })
  const headOf = publicHead(stage.db, 'https://incontro.example')
  for (const what of ['programme', 'ranking']) await decide({ what, public: true })
  expect([await headOf(`/evento/${body.id}`), await headOf('/accedi')]).toEqual([null, undefined])
  await decide({ what: 'events', public: true, ids: [body.id] })

  const head = (await headOf(`/evento/${body.id}`))!
  const [, data] = head.match(/<script type="application\/ld\+json">(.*)<\/script>$/)!
  expect(data).not.toContain('<')
  expect(JSON.parse(data)).toMatchObject({
    '@context': 'https://schema.org',
    ...{ '@type': 'Event', name: given.title, url: `https://incontro.example/evento/${body.id}` },
    ...{ startDate: '2030-05-17T11:00:00+02:00', endDate: '2030-05-17T12:30:00+02:00' },
    location: { '@type': 'Place', name: 'Casa Esempio' },
    organizer: { '@type': 'Organization', name: programme.name },
    about: [{ '@type': 'Project', name: 'Orto Esempio' }],
  })
  expect(head).toContain('<title>Conferenza &lt;/script&gt;&lt;b&gt;"stampa" · '.replaceAll('"', '&quot;'))
  await decide({ what: 'programme', public: false })
  expect(await headOf(`/evento/${body.id}`)).toBeNull()
})
