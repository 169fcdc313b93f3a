import { afterAll, beforeAll, expect, test } from 'vitest'
import { changes } from '../../../../server/database/schema.ts'
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

const invite = (of: StagedProgramme, hosts: string[]) =>
  of.organiser.send('POST', `/programmes/${of.id}/invitations`, { hosts })

const hostIn = async (of: StagedProgramme, id: string) => {
  const { hosts } = (await of.organiser.send<PeopleView>('GET', `/programmes/${of.id}/people`)).body
  return hosts.find((one) => one.id === id)!
}
const languageIn = async (of: StagedProgramme, id: string) => (await hostIn(of, id)).person.language

test('mails go in the language that somebody used last, and the log is none the longer', async () => {
  const email = 'anna@lingua.example'
  const anna = await torino.host({ firstName: 'Anna', lastName: 'Esempio', email, language: 'it' })
  await invite(torino, [anna.id])
  const mine = await stage.reader(email)
  expect((await mine.send<Me>('GET', '/me')).body.language).toBe('it')

  const entries = await stage.db.$count(changes)
  const { version } = await hostIn(torino, anna.id)
  expect((await mine.send('PUT', '/me/language', { language: 'it' })).status).toBe(200)
  expect((await hostIn(torino, anna.id)).version).toBe(version)
  expect((await mine.send('PUT', '/me/language', { language: 'en' })).status).toBe(200)
  expect(await stage.db.$count(changes)).toBe(entries)
  expect(await languageIn(torino, anna.id)).toBe('en')
  expect((await mine.send<Me>('GET', '/me')).body.language).toBe('en')

  await invite(torino, [anna.id])
  const { mails } = (await torino.organiser.send<MailsView>('GET', `/programmes/${torino.id}/mails`)).body
  expect(mails.map(({ body }) => body.match(/^(Gentile|Dear)/)?.[0])).toEqual(['Dear', 'Gentile'])

  // What organisers enter by hand later holds until the page is used again.
  await torino.organiser.send('PATCH', `/hosts/${anna.id}/person`, { language: 'it' })
  expect(await languageIn(torino, anna.id)).toBe('it')
})

test('it is theirs alone: nobody else of the mailbox, of another programme or of the organisation learns it', async () => {
  const email = 'info@lingua.example'
  const foundation = { organisation: 'Fondazione Lingua', email }
  const bruno = await torino.host({ ...foundation, firstName: 'Bruno', lastName: 'Esempio' })
  const carla = await torino.host({ ...foundation, firstName: 'Carla', lastName: 'Esempio' })
  const genova = await stage.programme('Genova')
  const other = await genova.host({ lastName: 'Altrove', email: 'info@altrove.example' })
  await invite(torino, [bruno.id, carla.id])
  const mailbox = await stage.reader(email)

  // Of which of the two, nobody knows yet.
  await mailbox.send('PUT', '/me/language', { language: 'en' })
  await mailbox.send('PUT', '/me/language', { language: 'en', hostId: other.id })
  const languages = () => Promise.all([bruno, carla].map(({ id }) => languageIn(torino, id)))
  expect(await languages()).toEqual([null, null])
  await mailbox.send('PUT', '/me/language', { language: 'en', hostId: carla.id })
  expect(await languages()).toEqual([null, 'en'])
  expect(await languageIn(genova, other.id)).toBe(null)
})

test('of those who stand for nobody there is nothing to learn', async () => {
  const refused = await stage.nobody.send('PUT', '/me/language', { language: 'en' })
  expect(refused.status).toBe(401)
  expect((await torino.organiser.send('PUT', '/me/language', { language: 'en' })).status).toBe(200)
  expect((await torino.organiser.send<Me>('GET', '/me')).body.language).toBe(null)
})
