import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import ICAL from 'ical.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  events,
  mails,
  organisations,
  people,
  programmes,
  projects,
  rooms,
  tables,
  toldAgendas,
} from '../../../../server/database/schema.ts'
import { composeApplicationMail } from '../../../../server/features/applications/letters.ts'
import { EMPTY_APPLICATION } from '../../../../server/features/applications/present.ts'
import { findProgramme } from '../../../../server/features/events/repository.ts'
import { ensureMember } from '../../../../server/features/identity/service.ts'
import { enqueueMail, MAIL_KINDS, type MailKind } from '../../../../server/features/mail/service.ts'
import { startWorkers } from '../../../../server/jobs/workers.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { until } from '../../../support/client.ts'
import { startMailServer, type Arrived } from '../../../support/mail-server.ts'
import { plantDraft } from '../../../support/plan.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

/** Whatever people, events and rooms are called: every kind of mail that there is says it, and does nothing of it. */

const BASE = 'http://incontro.example'
const TEAM = 'squadra@example.org'
const ADA = 'ada@example.org'
const NADIA = 'nadia@example.org'

/** What may be typed as a name. */
const NAMES = {
  'of markup and fields': `<script>alert("a")</script> & <b>l'Esempio</b> {link} {evento} {name}`,
  'of a formula and an address': '=HYPERLINK("https://evil.example";"Vinci"), <ada@example.org>; c:\\n',
  'of other scripts and pictures': 'مؤسسة مثال 株式会社 👩‍👩‍👧‍👦 🏳️‍🌈 ♥️',
  'that is long': 'Fondazione per l’esempio più lungo '.repeat(4).slice(0, 79).trim(),
}
/** What is refused, but may stand in rows that came another way. */
const REFUSED = {
  'of lines': 'Esempio\r\nBcc: vittima@example.org\r\n\r\nCiao',
  'that is turned around': 'Esempio \u202egnp.esempio\u202c',
  'of no width': 'Esem\u200b\u2060pio\ufeff',
}

let post: Awaited<ReturnType<typeof startMailServer>>
let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let eventId: string
let team: { id: string }
let ada: { id: string }
let adaAt: string

beforeAll(async () => {
  post = await startMailServer()
  stage = await openStage({ SMTP_URL: post.url, PUBLIC_URL: BASE })
  await startWorkers(stage.queue, stage)
  torino = await stage.programme('Torino')
  const contact = { contactEmail: 'segreteria@camp.example', contactPhone: '011 000' }
  await stage.db.update(programmes).set(contact).where(eq(programmes.id, torino.id))
  eventId = await torino.camp()
  team = await torino.project({ team: [{ lastName: 'Esempio', email: TEAM, language: 'en' }] })
  ada = await torino.host({ firstName: 'Ada', email: ADA })
  adaAt = await torino.participant(eventId, ada.id)
  const draftId = await plantDraft(stage.db, eventId, [[await torino.participant(eventId, team.id), adaAt]])
  expect((await ask('POST', `/schedules/${draftId}/publish`, {}, { 'if-match': '1' })).status).toBe(200)
  for (const language of ['it', 'en'])
    await ask('PUT', `/programmes/${torino.id}/letter-texts/message/${language}`, {
      ...{ subject: '{ente} {nome}', body: '{saluto}\n\n{programma}, {evento} {luogo}' },
    })
})
afterAll(async () => {
  await stage.close()
  await post.close()
})

const ask = async (
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => torino.organiser.send(method, path, body, headers)

/** Everything of the programme is called so. */
async function call(name: string) {
  const { db } = stage
  await db.update(programmes).set({ name }).where(eq(programmes.id, torino.id))
  await db.update(events).set({ title: name, venue: name })
  await db.update(projects).set({ name })
  await db.update(organisations).set({ name })
  await db.update(people).set({ firstName: name })
  await db.update(rooms).set({ name })
  // One name is at one table alone.
  const [table] = await db
    .select()
    .from(tables)
    .where(eq(tables.id, await tableId()))
  await db.update(tables).set({ name }).where(eq(tables.id, table.id))
}

const plan = async () => (await torino.organiser.send<PlanView>('GET', `/events/${eventId}/plan`)).body
const tableId = async () => (await plan()).meetings[0].tableId!

async function move() {
  const { meetings, slots } = await plan()
  const [meeting] = meetings
  const { id } = slots.find((slot) => slot.id !== meeting.slotId)!
  const to = { slotId: id, tableId: meeting.tableId }
  const moved = await ask('POST', `/meetings/${meeting.id}/move`, to, { 'if-match': String(meeting.version) })
  expect(moved.status).toBe(200)
}

const tell = () => ask('POST', `/events/${eventId}/tell`, { how: 'now' })
const write = (kind: MailKind) => () =>
  ask('POST', `/programmes/${torino.id}/letters`, {
    ...{ kind, event: eventId, to: [{ of: team.id }, { of: ada.id }], again: true },
  })
const somebody = () => `${randomUUID()}@example.org`
const help = (role: string) => (name: string) =>
  ask('POST', `/programmes/${torino.id}/members`, { email: somebody(), role, name })

/** To somebody who applies with that name, for a project of that name. */
const apply = (kind: 'received' | 'changes' | 'admitted' | 'refused') => (name: string) =>
  stage.db.transaction(async (tx) => {
    const programme = (await findProgramme(tx, torino.id))!
    const content = { ...EMPTY_APPLICATION, firstName: name, lastName: 'Esempio' }
    const found = { application: { name, content, language: 'it' }, programme, email: somebody() }
    const about = { kind, reason: name, ...(kind === 'admitted' && { projectId: team.id }) }
    const mail = await composeApplicationMail(tx, stage, found as never, about)
    return enqueueMail(tx, stage, mail)
  })

/** What brings a mail of each kind about. */
const CASES: Record<MailKind, (name: string) => Promise<unknown>> = {
  code: async () => {
    // Of one address no more than a few are sent.
    const email = somebody()
    const member = { programmeId: torino.id, email, name: email, role: 'desk' as const }
    await stage.db.transaction((tx) => ensureMember(tx, member))
    await stage.app.inject({
      ...{ method: 'POST', url: '/api/auth/email-otp/send-verification-otp' },
      payload: { email, type: 'sign-in' },
    })
    return stage.app.identity.auth.settled()
  },
  test: () => ask('POST', `/programmes/${torino.id}/test-mail`),
  'stand-in': async (firstName) => {
    await ask('PUT', `/participants/${adaAt}/stand-in`, { firstName, lastName: 'Esempio', email: NADIA })
    return ask('DELETE', `/participants/${adaAt}/stand-in`)
  },
  'application-received': apply('received'),
  'application-changes': apply('changes'),
  'application-admitted': apply('admitted'),
  'application-refused': apply('refused'),
  'invitation-organiser': help('organiser'),
  'invitation-desk': help('desk'),
  'invitation-observer': help('observer'),
  invitation: write('invitation'),
  proposal: write('proposal'),
  reminder: write('reminder'),
  coming: write('coming'),
  thanks: write('thanks'),
  message: write('message'),
  publication: async () => {
    await stage.db.delete(toldAgendas)
    return tell()
  },
  change: async () => {
    await move()
    return tell()
  },
}

/** What is seen of a text, whatever stands between its words. */
const words = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]|(?![\u200d\u200c])\p{Cf}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
const TAGS = /^<(!doctype html|\/?(html|head|body|title|div|p|a)|meta|br)[ >]/
const SIGNS: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }
const readable = (html: string) =>
  html
    .replace(/<title>[^<]*<\/title>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|quot|#39|amp);/g, (sign) => SIGNS[sign])

function check({ head, subject, text, html, calendar }: Arrived, name: string) {
  for (const header of ['To', 'Subject', 'From', 'Message-ID'])
    expect(head.match(new RegExp(`^${header}:`, 'gm'))).toHaveLength(1)
  expect(head).not.toMatch(/^(cc|bcc):/im)
  expect(words(subject)).toBe(subject)
  expect([subject.length > 0, subject.length < 200]).toEqual([true, true])
  if (html !== '') {
    expect(html.match(/<[^>]*>/g)!.filter((tag) => !TAGS.test(tag))).toEqual([])
    expect(words(readable(html))).toBe(words(text))
    const links = [...html.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href)
    expect(links.filter((href) => !href.startsWith(`${BASE}/`))).toEqual([])
  }
  if (calendar === null) return
  const [event] = new ICAL.Component(ICAL.parse(calendar)).getAllSubcomponents('vevent')
  const { summary, location } = new ICAL.Event(event)
  const seen = words(name)
  expect([`Meeting with ${seen} – ${seen} Referente`, `Incontro con ${seen}`]).toContain(words(summary))
  expect(words(location).split(seen)).toHaveLength(4)
}

test.each([...Object.entries(NAMES), ['that is refused', Object.values(REFUSED).join(' ')]])(
  'a name %s is only words in mails of all kinds',
  async (kind, name) => {
    expect(Object.keys(CASES).toSorted()).toEqual(MAIL_KINDS.toSorted())
    await call(name)
    const before = new Set((await stage.db.select().from(mails)).map(({ id }) => id))
    const written = async () => (await stage.db.select().from(mails)).filter(({ id }) => !before.has(id))
    const haveLeft = async () =>
      (await written()).every(({ state }) => state !== 'waiting' && state !== 'sending')
    for (const of of MAIL_KINDS) {
      // It takes back what still waits to tell of the same agenda.
      if (of === 'change') await until('they have left', haveLeft)
      await CASES[of](name)
    }
    await until('they have left', haveLeft)
    const rows = await written()
    expect(rows.filter(({ state }) => state !== 'sent').map(({ error }) => error)).toEqual([])
    const isTyped = kind in NAMES
    expect([...new Set(rows.map((row) => row.kind))].toSorted()).toEqual(
      MAIL_KINDS.filter((of) => isTyped || !(of.startsWith('invitation-') || of === 'stand-in')).toSorted(),
    )
    for (const { id, kind: of, body } of rows) {
      const mail = post.received.find(({ head }) => head.includes(`<${id}@`))!
      check(mail, name)
      if (of === 'code') continue
      expect(words(mail.text)).toContain(words(name))
      if (isTyped)
        expect(words(mail.text)).toBe(words(body.replaceAll('••••••', mail.text.match(/#(\S+)/)?.[1] ?? '')))
    }
  },
)

test.each(Object.entries(REFUSED))('no name of that kind can be typed: %s', async (_, name) => {
  const refused = [
    await ask('POST', `/programmes/${torino.id}/projects`, { name }),
    await ask('POST', `/programmes/${torino.id}/hosts`, {
      lastName: name,
      organisation: 'Ente',
      kind: 'foundation',
    }),
    await ask('POST', `/programmes/${torino.id}/hosts`, {
      lastName: 'Esempio',
      organisation: name,
      kind: 'foundation',
    }),
    await ask('PUT', `/participants/${adaAt}/stand-in`, {
      firstName: name,
      lastName: 'Esempio',
      email: NADIA,
    }),
    await ask('POST', `/programmes/${torino.id}/members`, { name, email: NADIA, role: 'desk' }),
  ]
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400))
})
