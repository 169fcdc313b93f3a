import { and, eq } from 'drizzle-orm'
import ICAL from 'ical.js'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../../../server/app.ts'
import { readConfig } from '../../../../server/config.ts'
import { mailChoices, mails, participants, programmes } from '../../../../server/database/schema.ts'
import { fillIn, htmlOf, plainOf } from '../../../../server/features/mail/letter.ts'
import { workMails } from '../../../../server/jobs/mail.ts'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { Letter, LetterTexts, RecipientsView } from '../../../../server/schemas/letters.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { sender, type Sender } from '../../../support/service.ts'
import { signedIn } from '../../../support/people.ts'
import { finishedRun, openStage, SECRET, type Stage } from '../../../support/stage.ts'

let stage: Stage
let organiser: Sender
let app: Awaited<ReturnType<typeof buildApp>>
const received: string[] = []
const post = Promise.withResolvers<number>()
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _, done) {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      received.push(Buffer.concat(parts).toString())
      done()
    })
  },
})

/** The sample's camp, published, as if it were nobody's sample: its mails leave through a real server. */
beforeAll(async () => {
  stage = await openStage()
  const { scheduleId } = await finishedRun(stage)
  const draft = await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan/${scheduleId}`)
  const fence = { 'if-match': String(draft.body.schedule!.version) }
  await stage.db.update(programmes).set({
    ...{ sample: false, contactEmail: 'segreteria@camp.example', contactPhone: '+39 011 000' },
  })
  const { cookie } = await signedIn(stage.app, { role: 'organiser', programmeId: stage.programmeId })
  server.listen(0, '127.0.0.1', () => post.resolve((server.server.address() as { port: number }).port))
  const smtp = { SMTP_URL: `smtp://127.0.0.1:${await post.promise}` }
  const config = readConfig({ SECRET, LOG_LEVEL: 'silent', ...smtp })
  app = await buildApp({ config, db: stage.db, queue: stage.queue })
  await workMails(stage.queue, { config, db: stage.db })
  organiser = sender(app, cookie)
  const published = await organiser.send('POST', `/schedules/${scheduleId}/publish`, { tell: 'now' }, fence)
  expect(published.status).toBe(200)
}, 60_000)
afterAll(async () => {
  await app.close()
  await stage.close()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

const path = (rest: string) => `/programmes/${stage.programmeId}/${rest}`
const recipients = async (kind: string, asked = '') =>
  (await organiser.send<RecipientsView>('GET', path(`recipients/${kind}${asked}`))).body
const write = (kind: string, text: { subject: string; body: string }, language = 'it') =>
  organiser.send<{ code: string; detail: string }>('PUT', path(`letter-texts/${kind}/${language}`), text)
const send = (body: object) => organiser.send<{ code?: string; mails: number }>('POST', path('letters'), body)
/** As a reader has it: folded lines of the head joined. */
async function arrived(...words: string[]) {
  for (;;) {
    const found = received
      .map((mail) => mail.replace(/\r\n[ \t]+/g, ' ').replaceAll('\r', ''))
      .find((mail) => words.every((word) => mail.includes(word)))
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('who published was written to with the very agenda, as a list and as a calendar', async () => {
  const { recipients: all } = await recipients('publication', `?event=${stage.eventId}`)
  const [one] = all.filter(({ filters }) => filters.includes('hosts'))
  const taking = await stage.db.select().from(participants).where(eq(participants.eventId, stage.eventId))
  const participant = taking.find(({ hostId }) => hostId === one.of)!
  const { body: agenda } = await organiser.send<AgendaView>(
    'GET',
    `/events/${stage.eventId}/agendas/${participant.id}`,
  )
  const [mail] = await stage.db
    .select()
    .from(mails)
    .where(and(eq(mails.kind, 'publication'), eq(mails.personId, one.person)))
  const meetings = agenda.slots.flatMap((slot) => (slot.meeting ? [{ ...slot, meeting: slot.meeting }] : []))
  const calendar = new ICAL.Component(ICAL.parse(mail.calendar!))
  const read = calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event))
  expect(meetings.length).toBeGreaterThan(0)
  expect(read.map(({ uid, startDate, endDate }) => [uid, startDate.toJSDate(), endDate.toJSDate()])).toEqual(
    meetings.map(({ meeting, startsAt, endsAt }) => [
      ...[`${meeting.id}@localhost`, new Date(startsAt), new Date(endsAt)],
    ]),
  )
  for (const [at, { meeting }] of meetings.entries()) {
    expect(read[at].summary).toContain(meeting.with.name)
    expect(read[at].location).toContain(meeting.table)
    expect(mail.body).toContain(meeting.with.name)
  }
  expect(mail.calendar).toMatch(/DTSTART:\d{8}T\d{6}Z/)
  expect(mail.calendar).not.toMatch(/@(?!localhost)|ATTENDEE|ORGANIZER|TZID/)
  const letter = await arrived(`To: ${mail.to}\n`)
  expect(letter).toMatch(/^Reply-To: segreteria@camp\.example$/m)
  expect(letter).toContain('Content-Type: text/html')
  expect(letter).toContain('text/calendar; charset=utf-8; method=PUBLISH')
  expect(letter).not.toContain('List-Unsubscribe')
})

test('a text names fields that there are, or is refused by the name of what is none', async () => {
  const refused = await write('thanks', { subject: 'Grazie', body: '{saluto}\n\n{evneto}' })
  expect([refused.status, refused.body.code]).toEqual([400, 'mail-field'])
  expect(JSON.stringify(refused.body)).toContain('{evneto}')
  expect((await write('thanks', { subject: 'Grazie', body: 'aperta {saluto' })).status).toBe(400)
  const one = (await recipients('thanks', `?event=${stage.eventId}`)).recipients[0]
  const to = { of: one.of, person: one.person }
  const text = { subject: '{evento}', body: '{evneto}', language: 'it' }
  const seen = await organiser.send('POST', path('letters/preview'), {
    ...{ kind: 'thanks', event: stage.eventId, to, text },
  })
  expect(seen.body).toMatchObject({ code: 'mail-field' })

  const own = { subject: 'Grazie, {nome}', body: '{saluto}\n\nA presto!' }
  expect((await write('thanks', own)).status).toBe(200)
  const thanks = async () =>
    (await organiser.send<LetterTexts>('GET', path('letter-texts'))).body.texts.find(
      ({ kind, language }) => kind === 'thanks' && language === 'it',
    )!
  const kept = await thanks()
  expect(kept).toMatchObject({ ...own, own: true })
  // Of two who opened it the second hears of the first.
  const address = path('letter-texts/thanks/it')
  const fence = { 'if-match': `"${kept.version}"` }
  const first = await organiser.send('PUT', address, { ...own, subject: 'Grazie' }, fence)
  const second = await organiser.send('PUT', address, { ...own, subject: 'Ciao' }, fence)
  expect([first.status, second.status]).toEqual([200, 412])
})

test('one gets it in their language, by name; a message is sent once it is written, and once a day', async () => {
  const { recipients: all } = await recipients('message')
  const [one] = all
  const to = [{ of: one.of, person: one.person }]
  expect((await send({ kind: 'message', to })).body.code).toBe('mail-unwritten')
  await write('message', { subject: 'Notizie da {programma}', body: '{saluto}\n\nA domani.\n\n{contatti}' })
  await write(
    'message',
    { subject: 'News of {programme}', body: '{salutation}\n\nSee you.\n\n{contact}' },
    'en',
  )
  const seen = await organiser.send<Letter>('POST', path('letters/preview'), { kind: 'message', to: to[0] })
  const said = seen.body.paragraphs.map((lines) =>
    lines
      .flat()
      .map(({ text }) => text)
      .join(''),
  )
  expect(said[0]).toMatch(/^(Gentile|Dear) /)
  expect(said[2]).toContain('segreteria@camp.example · +39 011 000')

  expect((await send({ kind: 'message', to })).body).toMatchObject({ mails: 1 })
  const second = await send({ kind: 'message', to })
  expect([second.status, second.body.code]).toEqual([409, 'mail-lately'])
  expect(JSON.stringify(second.body)).toContain(one.name)
  expect((await send({ kind: 'message', to, again: true })).body).toMatchObject({ mails: 1 })
  // Nobody would count as told.
  const ready = { kind: 'publication', event: stage.eventId, to }
  expect((await send(ready)).body.code).toBe('mail-of-plan')
})

test('who wants no optional mails gets none, and says so by one click or on the page', async () => {
  const one = (await recipients('message')).recipients.at(-1)!
  const to = [{ of: one.of, person: one.person }]
  await send({ kind: 'message', to, again: true })
  const [choice] = await stage.db.select().from(mailChoices).where(eq(mailChoices.email, one.email))
  const letter = await arrived(`To: ${one.email}\n`, 'List-Unsubscribe-Post')
  const address = `http://localhost:3000/api/v1/mail-choices/${choice.token}`
  expect(letter).toContain(`List-Unsubscribe: <${address}>`)
  expect(letter).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
  const url = `/api/v1/mail-choices/${choice.token}`
  expect((await app.inject({ url })).json()).toMatchObject({ refused: false })
  const click = await app.inject({
    ...{ method: 'POST', url, payload: 'List-Unsubscribe=One-Click' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(click.statusCode).toBe(200)
  const form = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
  const asForm = await app.inject({
    ...{ method: 'POST', url, payload: form },
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  })
  expect(asForm.statusCode).toBe(200)
  expect((await app.inject({ url })).json()).toMatchObject({ refused: true })
  expect((await recipients('message')).recipients.at(-1)).toMatchObject({ refuses: true })
  expect((await send({ kind: 'message', to, again: true })).body.code).toBe('mail-nobody')
  await app.inject({ method: 'PUT', url, payload: { refused: false } })
  expect((await send({ kind: 'message', to, again: true })).body).toMatchObject({ mails: 1 })
})

test('names can hold neither markup, nor fields, nor lines, nor links', () => {
  const hostile = '<img src=x>{link}\r\nBcc: a@b.example\n\nhttps://evil.example "\u202e'
  const text = { subject: 'Per {nome}', body: '{saluto} {nome}\n\nVedi https://camp.example/a.\n{link}' }
  const { subject, paragraphs } = fillIn(text, {
    ...{ name: hostile, salutation: 'Gentile', link: 'https://incontro.example/accedi?a=1&b=2' },
  })
  expect(subject).toBe('Per <img src=x>{link} Bcc: a@b.example https://evil.example "')
  const html = htmlOf(paragraphs, { language: 'it', subject })
  expect(html).not.toContain('<img')
  expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
    ...['https://camp.example/a', 'https://incontro.example/accedi?a=1&amp;b=2'],
  ])
  expect(plainOf(paragraphs)).toBe(
    'Gentile <img src=x>{link} Bcc: a@b.example https://evil.example "\n\n' +
      'Vedi https://camp.example/a.\nhttps://incontro.example/accedi?a=1&b=2\n',
  )
  expect(fillIn({ subject: 'x', body: 'uno\n\nEntro {scadenza}\n\ndue' }, {}).paragraphs).toHaveLength(2)
})
