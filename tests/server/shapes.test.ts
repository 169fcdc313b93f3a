import type { AddressInfo } from 'node:net'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  applications,
  mailChoices,
  memberships,
  openCalls,
  participants,
} from '../../server/database/schema.ts'
import { EMPTY_APPLICATION } from '../../server/features/applications/present.ts'
import { VIEWS } from '../../server/schemas/live.ts'
import type { PlanView } from '../../server/schemas/schedule.ts'
import { publishedCamp } from '../support/camp.ts'
import type { Client } from '../support/client.ts'
import { routesOf, type Route } from '../support/routes.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** What a schema does not name is silently left out of an answer, so each answer is compared with what was meant. */
let stage: Stage
let routes: Route[]
let organiser: Client
let plan: PlanView
let runId: string
let unmetId: string
let token: string
let applicationId: string
let meant: unknown
beforeAll(async () => {
  const found = await routesOf(openStage, (payload) => (meant = payload))
  stage = found.built
  routes = found.routes
  await stage.app.listen({ port: 0, host: '127.0.0.1' })
  const base = `http://localhost:${(stage.app.server.address() as AddressInfo).port}`
  ;({ organiser, plan } = await publishedCamp(base))
  const runs = await organiser.get<{ runs: { id: string }[] }>(`/events/${stage.eventId}/runs`)
  runId = runs.runs[0].id
  const { wishes } = await organiser.get<{ wishes: { candidateId: string }[] }>(`/runs/${runId}/unmet`)
  unmetId = wishes[0].candidateId
  const to = [{ of: await projectOf(plan.participants.find(({ side }) => side === 'project')!.id) }]
  await organiser.request('POST', `/programmes/${stage.programmeId}/letters`, { kind: 'invitation', to })
  await organiser.request('POST', `/events/${stage.eventId}/screens`, { label: 'Ingresso' })
  const { programmeId } = stage
  ;[{ token }] = await stage.db
    .insert(mailChoices)
    .values({ programmeId, email: 'a@example.org' })
    .returning()
  applicationId = await plantApplication()
})
afterAll(() => stage.close())

/** The organiser here applies too, so that there is somebody whose own it is. */
async function plantApplication(): Promise<string> {
  const { programmeId, db } = stage
  const { user } = await organiser.get<{ user: { id: string } }>('/me')
  const call = { text: 'Bando', criteria: 'Criteri', next: '' }
  await db.insert(openCalls).values({ programmeId, on: true, it: call, en: call })
  await db.insert(memberships).values({ programmeId, userId: user.id, role: 'applicant' })
  const [{ id }] = await db
    .insert(applications)
    .values({
      ...{ programmeId, userId: user.id, state: 'submitted', name: 'Orti', language: 'it' },
      content: EMPTY_APPLICATION,
    })
    .returning()
  return id
}

const projectOf = async (participantId: string) =>
  (await stage.db.select().from(participants)).find(({ id }) => id === participantId)!.projectId as string

/** Every address that a route stands for here: both sides' pages, every schedule, every view to follow. */
async function addressesOf(url: string): Promise<string[]> {
  if (url === '/api/v1/live') return viewsToFollow()
  const { participants: taking, meetings, schedules } = plan
  const project = taking.find(({ side }) => side === 'project')!
  const host = taking.find(({ side }) => side === 'host')!
  const [row] = (await stage.db.select().from(participants)).filter(({ id }) => id === project.id)
  const [other] = (await stage.db.select().from(participants)).filter(({ id }) => id === host.id)
  const [twin] = (await stage.db.select().from(participants)).filter(
    ({ eventId, hostId }) => eventId === stage.eventId && hostId && hostId !== other.hostId,
  )
  const keys = url.includes('/plan/') ? schedules.map(({ id }) => id) : [project.id, host.id]
  const ids: Record<string, string[]> = {
    ':programmeId': [stage.programmeId],
    ':eventId': [stage.eventId],
    ':token': [token],
    ':projectId': [row.projectId as string],
    ':candidateId': [unmetId],
    ':otherId': [schedules[0].id],
    ':slotId': [plan.slots[0].id],
    ':hostId': [other.hostId as string],
    ':twinId': [twin.hostId as string],
    ':key?': keys,
    ':key': keys,
    ...{ ':kind': url.includes('/import/') ? ['projects'] : ['invitation', 'reminder'], ':language': ['it'] },
    ':id':
      { meetings: [meetings[0].id], runs: [runId], applications: [applicationId] }[url.split('/')[3]] ??
      schedules.map(({ id }) => id),
  }
  const names = url.match(/:\w+\??/g) ?? []
  const asked = url.endsWith('/delay') ? `${url}?minutes=10` : url
  return names.reduce(
    (found, name) => found.flatMap((one) => ids[name].map((id) => one.replace(name, id))),
    [asked],
  )
}

function viewsToFollow() {
  const [{ id }] = plan.participants
  return VIEWS.map((view) => {
    const key = view === 'agenda' || view === 'choices' ? `&key=${id}` : ''
    const of = view === 'applications' ? stage.programmeId : stage.eventId
    return `/api/v1/live?event=${of}&view=${view}${key}`
  })
}

test('every answer is what was meant and what its schema says', async () => {
  const read = routes.filter(({ method, schema }) => method === 'GET' && schema.response)
  expect(read.length).toBeGreaterThan(20)
  for (const { url, schema } of read)
    for (const address of await addressesOf(url)) {
      const { status, body } = await organiser.request('GET', address.replace('/api/v1', ''))
      expect([address, status]).toEqual([address, 200])
      expect([address, body]).toEqual([address, JSON.parse(JSON.stringify(meant))])
      const shape = (schema.response as Record<number, TSchema>)[200]
      expect([address, Value.Errors(shape, body).slice(0, 3)]).toEqual([address, []])
    }
})

test('so is every answer to a write', async () => {
  const importing = `/programmes/${stage.programmeId}/import`
  const table = {
    ...{ kind: 'projects', headings: 1, columns: ['name', 'rank'], decisions: [] },
    rows: [
      ['nome', 'posto'],
      ['Uno', '1'],
      ['Due', 'x'],
    ].map((cells, index) => ({ row: index + 1, cells })),
  }
  const { basis } = (await organiser.request<{ basis: string }>('POST', `${importing}/check`, table)).body
  const paths: [string, object][] = [
    [`${importing}/table`, { kind: 'projects', from: 'text', content: 'nome;posto\nUno;1\nDue;x' }],
    [`${importing}/check`, table],
    [importing, { ...table, basis }],
    [`/programmes/${stage.programmeId}/events`, { kind: 'workshop', title: 'Prova', date: '2030-01-01' }],
    [`/events/${stage.eventId}/screens`, { label: 'Sala' }],
    [`/meetings/${plan.meetings[0].id}/lock`, { locked: true }],
    ['/sample/enter', { as: 'organiser' }],
  ]
  for (const [path, body] of paths) {
    const answer = await organiser.request('POST', path, body)
    expect([path, answer.status, answer.body]).toEqual([path, 200, JSON.parse(JSON.stringify(meant))])
  }
})
