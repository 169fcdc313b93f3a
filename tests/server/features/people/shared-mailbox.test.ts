import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MailsView } from '../../../../server/schemas/mail.ts'
import type { PeopleView } from '../../../../server/schemas/programme.ts'
import type { Me } from '../../../../server/schemas/session.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
})
afterAll(() => stage.close())

const MAILBOX = 'info@fondazione.example'

test('a mailbox of two hosts and of a project opens all three roles, and mails say for whom they are', async () => {
  const foundation = { organisation: 'Fondazione', email: MAILBOX }
  const anna = await torino.host({ ...foundation, firstName: 'Anna', lastName: 'Esempio' })
  const bruno = await torino.host({
    ...foundation,
    ...{ firstName: 'Bruno', lastName: 'Zeta', email: 'INFO@Fondazione.example' },
  })
  const project = await torino.project({ name: 'Orto', team: [{ lastName: 'Ortolani', email: MAILBOX }] })
  const mailbox = await stage.reader(MAILBOX)
  const me = (await mailbox.send<Me>('GET', '/me')).body
  expect(me.shared).toBe(true)
  expect(
    me.memberships.map(({ label, hostId, projectId }) => [label, hostId ?? projectId]).toSorted(),
  ).toEqual([
    ['Fondazione – Anna Esempio', anna.id],
    ['Fondazione – Bruno Zeta', bruno.id],
    ['Orto', project.id],
  ])
  for (const path of [`/hosts/${anna.id}`, `/hosts/${bruno.id}`, `/projects/${project.id}/proposal`])
    expect([path, (await mailbox.send('GET', path)).status]).toEqual([path, 200])

  const invited = { projects: 'all', hosts: 'all' }
  await torino.organiser.send('POST', `/programmes/${torino.id}/invitations`, invited)
  const { mails } = (await torino.organiser.send<MailsView>('GET', `/programmes/${torino.id}/mails`)).body
  const told = mails.map(({ to, body }) => [
    ...[to, body.match(/invito è per (.*)\./)?.[1]],
    new URL(body.match(/http\S+/)![0]).searchParams.get('next'),
  ])
  expect(told.toSorted()).toEqual([
    [MAILBOX, 'Anna Esempio, Fondazione', `/referente/${anna.id}/profilo`],
    [MAILBOX, 'Bruno Zeta, Fondazione', `/referente/${bruno.id}/profilo`],
    [MAILBOX, 'Ortolani, Orto', `/progetto/${project.id}/proposta`],
  ])
})

test('somebody with two roles and one name shares the mailbox with nobody', async () => {
  const email = 'carla@due.example'
  const carla = { firstName: 'Carla', lastName: 'Due', email }
  await torino.host(carla)
  await torino.project({ team: [carla] })
  const { shared, memberships } = (await (await stage.reader(email)).send<Me>('GET', '/me')).body
  expect([shared, memberships.length]).toEqual([false, 2])
})

test('a mailbox is not shared with entries that say no name', async () => {
  const email = 'dora@tre.example'
  await torino.host({ lastName: 'Dora', email })
  await torino.project({ team: [{ email }] })
  await torino.project({ team: [{ title: 'CSR', email }] })
  expect((await (await stage.reader(email)).send<Me>('GET', '/me')).body.shared).toBe(false)
})

test('a project stays open to a mailbox as long as anybody of the team reads it, and always has a first contact', async () => {
  const email = 'insieme@ponte.example'
  const project = await torino.project({
    name: 'Ponte',
    team: [
      { lastName: 'Prima', email },
      { lastName: 'Seconda', email },
      { lastName: 'Terza', email: 'terza@ponte.example' },
    ],
  })
  const [mailbox, third] = [await stage.reader(email), await stage.reader('terza@ponte.example')]
  const team = async () => {
    const { projects } = (await torino.organiser.send<PeopleView>('GET', `/programmes/${torino.id}/people`))
      .body
    return projects.find(({ id }) => id === project.id)!.team
  }
  const change = (people: object[]) =>
    torino.organiser.send('PATCH', `/projects/${project.id}`, { team: people })
  const reads = async () =>
    Promise.all(
      [mailbox, third].map(async (who) => (await who.send<Me>('GET', '/me')).body.memberships.length),
    )

  const [, second, last] = await team()
  expect((await change([{ id: last.id, phone: '011' }, { id: second.id }])).status).toBe(200)
  expect((await team()).map(({ id, name, phone }) => [id, name, phone])).toEqual([
    [last.id, 'Terza', '011'],
    [second.id, 'Seconda', null],
  ])
  expect(await reads()).toEqual([1, 1])
  await change([{ id: last.id }])
  expect(await reads()).toEqual([0, 1])
  expect((await change([{ firstName: ' ' }])).status).toBe(400)
  await change([])
  expect([await team(), await reads()]).toEqual([[], [0, 0]])
})
