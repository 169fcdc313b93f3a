import { desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  applications,
  mails,
  memberships,
  people,
  programmes,
  projects,
  proposals,
  users,
  verifications,
} from '../../../../server/database/schema.ts'
import { openCode } from '../../../../server/features/identity/sign-in-codes.ts'
import { forgetApplications } from '../../../../server/features/applications/forget.ts'
import { forgetApplicants } from '../../../../server/features/identity/applicants.ts'
import type {
  ApplicationsView,
  ApplicationView,
  CallSetting,
  OwnApplications,
  PublicCall,
} from '../../../../server/schemas/application.ts'
import type { PublicView } from '../../../../server/schemas/programme.ts'
import type { Letter } from '../../../../server/schemas/letters.ts'
import { openStage, sender, type Sender, type StagedProgramme } from '../../../support/service.ts'
import { until } from '../../../support/client.ts'

const HOSTILE = '=cmd|<b>Orti Esempio</b>"\'}{nome}'
const CALL = { text: 'Cercasi progetti', criteria: 'Impatto', next: 'Leggiamo tutto' }
const CONTENT = {
  ...{
    organisations: ['Orti Esempio APS'],
    firstName: 'Ada',
    lastName: 'Esempio',
    title: '',
    phone: '011 55',
  },
  ...{ summary: 'Orti di quartiere', problem: 'Manca il verde', ask: 'Attrezzi', district: 'Aurora' },
  support: [{ form: 'donation', amount: 1200 }],
}
type Answer = { code?: string; id: string; version?: number; seq?: number }
type Problem = { code: string; errors?: { pointer: string }[] }

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  await stage.db
    .update(programmes)
    .set({ contactEmail: 'segreteria@example.org' })
    .where(eq(programmes.id, torino.id))
})
afterAll(() => stage.close())

const path = () => `/programmes/${torino.id}`
const atEntry = (what: 'code' | 'enter', body: object, from = '10.1.0.1') =>
  stage.app.inject({
    method: 'POST',
    url: `/api/auth/calls/${torino.id}/${what}`,
    payload: body,
    remoteAddress: from,
  })

/** The code that was made for that address, as its mail has it. */
async function codeOf(email: string): Promise<string> {
  const [row] = await stage.db
    .select()
    .from(verifications)
    .where(eq(verifications.identifier, `sign-in-otp-${email} ${torino.id}`))
  return (await openCode(row.value.slice(0, row.value.lastIndexOf(':')), stage.app.identity.auth.secret))!
}

async function enter(email: string): Promise<Sender> {
  expect((await atEntry('code', { email })).statusCode).toBe(200)
  const entered = await atEntry('enter', { email, code: await codeOf(email) })
  expect(entered.statusCode).toBe(200)
  const cookie = ([entered.headers['set-cookie']].flat() as string[]).find((one) =>
    /session_token/.test(one),
  )!
  return sender(stage.app, cookie.split(';')[0])
}

const ownOf = async (who: Sender) =>
  (await who.send<OwnApplications>('GET', `${path()}/own-applications`)).body.applications
const listed = async () =>
  (await torino.organiser.send<ApplicationsView>('GET', `${path()}/applications`)).body
const lastMail = async (to: string) => {
  const [mail] = await stage.db
    .select()
    .from(mails)
    .where(eq(mails.to, to))
    .orderBy(desc(mails.createdAt))
    .limit(1)
  return mail
}

/** Handed in by whoever reads that mailbox. */
async function handedIn(email: string, name: string, content: object = CONTENT) {
  const applicant = await enter(email)
  const { id } = (await applicant.send<Answer>('POST', `${path()}/applications`, { name })).body
  await applicant.send('PATCH', `/applications/${id}`, content, { 'if-match': '1' })
  expect((await applicant.send('POST', `/applications/${id}/submit`)).status).toBe(200)
  return { applicant, id }
}
const versionOf = async (id: string) =>
  (await torino.organiser.send<ApplicationView>('GET', `/applications/${id}`)).body.version
const decide = async (id: string, decision: object, version?: number) =>
  torino.organiser.send<Answer & Problem>('POST', `/applications/${id}/decision`, decision, {
    'if-match': String(version ?? (await versionOf(id))),
  })

test('a call is nobody’s business until its organisers have written it and opened it', async () => {
  const read = () => stage.nobody.send<PublicCall & Problem>('GET', `/calls/${torino.id}`)
  expect([(await read()).status, (await read()).body.code]).toEqual([404, 'call-off'])
  expect((await atEntry('code', { email: 'a@example.org' })).statusCode).toBe(404)
  const opening = await torino.organiser.send<Problem>('POST', `${path()}/call/switch`, { on: true })
  expect([opening.status, opening.body.errors?.map(({ pointer }) => pointer)]).toEqual([
    409,
    ['/it/text', '/it/criteria'],
  ])
  await torino.organiser.send('PATCH', `${path()}/call`, { it: CALL, closesAt: '2031-05-10T16:00:00Z' })
  const { seq } = (await torino.organiser.send<Answer>('POST', `${path()}/call/switch`, { on: true })).body
  expect((await read()).body).toMatchObject({ ...CALL, open: true, language: 'it' })
  // Whoever comes by the public page of the programme finds it.
  await stage.db.update(programmes).set({ public: true }).where(eq(programmes.id, torino.id))
  const led = async () => (await stage.nobody.send<PublicView>('GET', '/public')).body.programmes[0].openCall
  expect(await led()).toBe(true)
  // Opening is taken back as any other decision on what is public.
  expect((await torino.organiser.send('POST', `${path()}/undo`, { seq })).status).toBe(200)
  expect((await read()).status).toBe(404)
  expect(await led()).toBe(false)
  await torino.organiser.send('POST', `${path()}/call/switch`, { on: true })
  const { version } = (await torino.organiser.send<CallSetting>('GET', `${path()}/call`)).body
  await torino.organiser.send('PATCH', `${path()}/call`, { closesAt: null })
  const late = await torino.organiser.send<Problem>(
    'PATCH',
    `${path()}/call`,
    { it: CALL },
    { 'if-match': String(version) },
  )
  expect(late.body.code).toBe('stale-version')
})

test('a code goes to known and unknown addresses alike, and one code opens one session', async () => {
  const host = 'ente@example.org'
  await torino.host({ email: host })
  const [known, unknown] = [
    await atEntry('code', { email: host }),
    await atEntry('code', { email: 'nuova@example.org' }),
  ]
  expect([known.statusCode, Object.keys(known.json())]).toEqual([200, Object.keys(unknown.json())])
  await until('both mails', async () => {
    const kept = await stage.db.select().from(mails).where(eq(mails.kind, 'code'))
    return [host, 'nuova@example.org'].every((to) =>
      kept.some((mail) => mail.to === to && mail.programmeId === torino.id && mail.secret === null),
    )
  })
  const code = await codeOf('nuova@example.org')
  const tries = await Promise.all(
    Array.from({ length: 8 }, () => atEntry('enter', { email: 'nuova@example.org', code })),
  )
  expect(tries.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
  // It is no code for signing in, which the sample would show to whoever plays there.
  await atEntry('code', { email: 'nuova@example.org' })
  const signIn = await stage.app.inject({
    ...{ method: 'POST', url: '/api/auth/sign-in/email-otp' },
    payload: { email: 'nuova@example.org', otp: await codeOf('nuova@example.org') },
  })
  expect(signIn.statusCode).toBe(400)
  // What was theirs already stays theirs.
  const roles = (await (await enter(host)).send<{ memberships: { role: string }[] }>('GET', '/me')).body
  expect(roles.memberships.map(({ role }) => role).toSorted()).toEqual(['applicant', 'host'])
})

test('an application is its applicant’s alone until it is handed in, and loses nothing to bad input', async () => {
  const applicant = await enter('orti@example.org')
  const begun = await applicant.send<Answer>('POST', `${path()}/applications`, { name: 'Orti Esempio' })
  const { id } = begun.body
  const twice = await applicant.send<Problem>('POST', `${path()}/applications`, { name: 'ORTI esempio' })
  expect(twice.body.code).toBe('application-twice')
  const edit = (patch: object, version: number) =>
    applicant.send<Answer & Problem>('PATCH', `/applications/${id}`, patch, { 'if-match': String(version) })
  expect((await edit({ ...CONTENT, lastName: '', phone: '' }, 1)).body.version).toBe(2)
  expect((await edit({ summary: 'x'.repeat(401) }, 2)).status).toBe(400)
  expect((await edit({ support: [{ form: 'donation', amount: 0.001 }] }, 2)).status).toBe(400)
  expect((await ownOf(applicant))[0].content.summary).toBe(CONTENT.summary)
  const incomplete = await applicant.send<Problem>('POST', `/applications/${id}/submit`)
  expect(incomplete.body.errors?.map(({ pointer }) => pointer)).toEqual(['/lastName', '/phone'])
  expect([(await listed()).drafts, (await listed()).applications]).toEqual([1, []])
  expect((await torino.organiser.send('GET', `/applications/${id}`)).status).toBe(404)
  const log = await torino.organiser.send<{ changes: { text: string }[] }>('GET', `${path()}/changes`)
  expect(JSON.stringify(log.body)).not.toContain('Orti Esempio')
  await edit(CONTENT, 2)
  expect((await applicant.send('POST', `/applications/${id}/submit`)).status).toBe(200)
  expect((await listed()).applications.map(({ name, state }) => [name, state])).toEqual([
    ['Orti Esempio', 'submitted'],
  ])
  const mail = await lastMail('orti@example.org')
  expect([mail.kind, mail.replyTo]).toEqual(['application-received', 'segreteria@example.org'])
  expect(mail.body).toContain('Gentile Ada Esempio,')
  const stranger = await enter('altra@example.org')
  for (const [method, url] of [
    ['GET', `/applications/${id}`],
    ['POST', `/applications/${id}/withdraw`],
  ] as const)
    expect((await stranger.send(method, url)).status).toBe(403)
})

test('who is asked for changes makes them after the deadline too; nobody else does', async () => {
  const { applicant, id } = await handedIn('verdi@example.org', 'Verdi Esempio')
  const [late] = [await handedIn('tardi@example.org', 'Tardi Esempio')]
  await torino.organiser.send('PATCH', `${path()}/call`, { closesAt: '2020-01-01T10:00:00Z' })
  expect((await stage.nobody.send<PublicCall>('GET', `/calls/${torino.id}`)).body.open).toBe(false)
  const edit = (who: Sender, of: string, version: number) =>
    who.send<Problem>('PATCH', `/applications/${of}`, { ask: 'Altro' }, { 'if-match': String(version) })
  expect((await edit(late.applicant, late.id, 3)).body.code).toBe('call-closed')
  expect((await decide(id, { decision: 'changes' })).status).toBe(400)
  expect((await decide(id, { decision: 'changes', reason: 'Dite quanto.\nE quando.' })).status).toBe(200)
  const mail = await lastMail('verdi@example.org')
  expect(mail.body).toContain('Dite quanto.\nE quando.')
  const [asked] = await ownOf(applicant)
  expect([asked.state, asked.message, asked.mayEdit]).toEqual([
    'changes_requested',
    'Dite quanto.\nE quando.',
    true,
  ])
  expect((await edit(applicant, id, asked.version)).status).toBe(200)
  expect((await applicant.send('POST', `/applications/${id}/submit`)).status).toBe(200)
  await torino.organiser.send('PATCH', `${path()}/call`, { closesAt: null })
})

test('what is admitted becomes a project whose applicant signs in for it, until that is taken back', async () => {
  const { applicant, id } = await handedIn('cucina@example.org', HOSTILE)
  const read = await versionOf(id)
  const preview = await torino.organiser.send<Letter>('POST', `/applications/${id}/decision/preview`, {
    ...{ decision: 'admitted', reason: 'Complimenti' },
  })
  expect([preview.status, preview.body.to]).toEqual([200, 'cucina@example.org'])
  expect(JSON.stringify(preview.body.paragraphs)).toContain('Complimenti')
  expect((await decide(id, { decision: 'admitted' }, read - 1)).body.code).toBe('stale-version')
  const { seq } = (await decide(id, { decision: 'admitted', rank: 7, financed: true })).body
  const [project] = await stage.db.select().from(projects).where(eq(projects.name, HOSTILE))
  expect(project).toMatchObject({ rank: 7, financed: true })
  const [{ content, status }] = await stage.db
    .select()
    .from(proposals)
    .where(eq(proposals.projectId, project.id))
  expect([content.summary, content.support, status]).toEqual([CONTENT.summary, CONTENT.support, 'draft'])
  const [contact] = await stage.db.select().from(people).where(eq(people.email, 'cucina@example.org'))
  expect(contact).toMatchObject({ firstName: 'Ada', phone: '011 55' })
  // The same session stands for the project, and applies no more.
  const roles = async () =>
    (await applicant.send<{ memberships: { role: string }[] }>('GET', '/me')).body.memberships.map(
      ({ role }) => role,
    )
  expect(await roles()).toEqual(['project'])
  const mail = await lastMail('cucina@example.org')
  expect(mail.kind).toBe('application-admitted')
  expect(mail.html).not.toContain('<b>Orti')
  expect(mail.body).toContain(encodeURIComponent(`/progetto/${project.id}/proposta`))
  expect((await torino.organiser.send('POST', `${path()}/undo`, { seq })).status).toBe(200)
  expect(await stage.db.$count(projects, eq(projects.name, HOSTILE))).toBe(0)
  expect([await roles(), (await ownOf(applicant))[0].state]).toEqual([['applicant'], 'submitted'])
  // Once its team has written in its proposal, there is something to lose.
  const again = (await decide(id, { decision: 'admitted' })).body
  const [{ id: projectId }] = await stage.db.select().from(projects).where(eq(projects.name, HOSTILE))
  await applicant.send('PATCH', `/projects/${projectId}/proposal`, { offer: 'Pasti' }, { 'if-match': '1' })
  const late = await torino.organiser.send<Problem>('POST', `${path()}/undo`, { seq: again.seq })
  expect(late.body.code).toBe('people-in-use')
  // An application goes with the project that it became.
  await torino.organiser.send('DELETE', `/projects/${projectId}`)
  expect(await stage.db.$count(applications, eq(applications.id, id))).toBe(0)
})

test('a refusal has its reason, can be taken back, and its data go after ninety days', async () => {
  const { applicant, id } = await handedIn('fuori@example.org', 'Fuori Esempio')
  const { seq } = (await decide(id, { decision: 'refused', reason: 'Fuori tema' })).body
  expect((await lastMail('fuori@example.org')).body).toContain('Fuori tema')
  expect((await applicant.send<Problem>('POST', `/applications/${id}/withdraw`)).body.code).toBe(
    'application-state',
  )
  await torino.organiser.send('POST', `${path()}/undo`, { seq })
  expect((await ownOf(applicant))[0].state).toBe('submitted')
  await decide(id, { decision: 'refused', reason: 'Fuori tema' })
  const age = (days: number) =>
    stage.db
      .update(applications)
      .set({ updatedAt: sql`now() - ${days} * interval '1 day'` })
      .where(eq(applications.id, id))
  const there = () => stage.db.$count(applications, eq(applications.id, id))
  await age(89)
  await forgetApplications(stage.db)
  expect(await there()).toBe(1)
  await age(91)
  await forgetApplications(stage.db)
  expect(await there()).toBe(0)
  // The account stays as long as its page may be open.
  const accounts = () => stage.db.$count(users, eq(users.email, 'fuori@example.org'))
  await forgetApplicants(stage.db)
  expect(await accounts()).toBe(1)
  await stage.db.execute(sql`update sessions set expires_at = now() - interval '1 day'`)
  await forgetApplicants(stage.db)
  expect(await accounts()).toBe(0)
  // Nobody else goes: not who still applies with something, nor who is of the programme.
  expect(await stage.db.$count(users, eq(users.email, 'verdi@example.org'))).toBe(1)
  expect(await stage.db.$count(memberships, eq(memberships.role, 'host'))).toBeGreaterThan(0)
})
