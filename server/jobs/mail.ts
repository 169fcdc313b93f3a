import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { createTransport, type Transporter } from 'nodemailer'
import type { Config } from '../config.ts'
import type { Database, Transaction } from '../database/client.ts'
import type { MailTry } from '../database/schema.ts'
import {
  beginMail,
  endMail,
  findLostMails,
  noteWorker,
  retryMail,
  type MailEnd,
} from '../features/mail/delivery.ts'
import { findMail, type MailRow } from '../features/mail/repository.ts'
import { isQuiet } from '../database/installation.ts'
import { HIDDEN, LANES, laneOf } from '../features/mail/service.ts'
import { log } from '../log.ts'
import type { Queue } from '../queue.ts'
import { answerOf, causeOf, isLost, nextTry } from './mail-answers.ts'

const AT_ONCE = 4
/** A server that hangs is left soon, and asked again later. */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }

type Post = { db: Database; queue: Queue; config: Config; transport: Transporter }

/** Sends waiting mails, where there is a mail server to send them through. */
export async function workMails(
  queue: Queue,
  { config, db }: { config: Config; db: Database },
): Promise<void> {
  if (config.smtpUrl === null) return
  const transport = createTransport({ url: config.smtpUrl, ...PATIENCE })
  transport.use('stream', sayBeforeText)
  const post = { db, queue, config, transport }
  for (const lane of LANES) await queue.work(lane, ({ mailId }) => deliver(post, mailId), AT_ONCE)
}

const LOOK_MS = 20_000
/** How soon after it may a mail of a copy goes at the latest. */
const QUIET_MS = 30_000
const HOUR_MS = 60 * 60 * 1_000

/**
 * Says as long as this process works that mails are looked after, and whether they can leave; and finds those whose job
 * is gone. Answers how to end it.
 */
export function watchMails(queue: Queue, db: Database, { smtpUrl }: Config): () => Promise<void> {
  const id = randomUUID()
  const sends = smtpUrl !== null
  let working: Promise<void> = Promise.resolve()
  // What fails is tried again the next time.
  const work = (act: () => Promise<void>) => () => void (working = working.then(act).catch(() => {}))
  const note = work(() => noteWorker(db, id, sends))
  const find = work(async () => (sends ? enqueueLost(queue, db) : undefined))
  note()
  find()
  const timers = [setInterval(note, LOOK_MS), setInterval(find, HOUR_MS)]
  return async () => {
    timers.forEach(clearInterval)
    await working
  }
}

/** Mails under way that no job stands for any more, for example after the last try of one. */
const enqueueLost = (queue: Queue, db: Database): Promise<void> =>
  db.transaction(async (tx) => {
    for (const mail of await findLostMails(tx)) await queue.enqueue(tx, laneOf(mail), { mailId: mail.id })
  })

/** What the server does is noted with the mail, and decides whether it is tried again. */
async function deliver(post: Post, mailId: string): Promise<void> {
  const { db, queue } = post
  const mail = await findMail(db, mailId)
  // Of a worker that died with it in hand.
  if (mail?.state === 'sending') return endMail(db, mail, { state: 'perhaps' }, tried('silent', ''))
  if (mail?.state !== 'waiting') return
  // Come too soon: by other clocks than this one, or beside the job that it waits for.
  if (mail.nextAt && mail.nextAt.getTime() > Date.now() + 1_000)
    return db.transaction((tx) => comeBack(tx, queue, mail, mail.nextAt!))
  // A copy: the codes that people themselves ask for go, all else waits.
  if (laneOf(mail) === 'mail' && (await isQuiet(db)))
    return db.transaction((tx) => comeBack(tx, queue, mail, new Date(Date.now() + QUIET_MS)))
  if (isLate(mail)) return endMail(db, mail, { state: 'failed', error: 'late' })
  const way = { begun: false, closed: false }
  const beforeText = async () => {
    way.begun = await beginMail(db, mail.id)
    way.closed = !way.begun
    if (way.closed) throw new Error('taken back, or in the hands of another worker')
  }
  try {
    const { response } = await post.transport.sendMail(
      Object.assign(letter(mail, post.config), { beforeText }),
    )
    await endMail(db, mail, { state: 'sent', sentAt: new Date() }, tried('taken', response ?? ''))
  } catch (error) {
    if (!way.closed) await goOn(post, mail, error, way.begun)
  }
}

async function goOn({ db, queue }: Post, mail: MailRow, error: unknown, begun: boolean): Promise<void> {
  const { outcome, words } = answerOf(error, begun)
  const one = tried(outcome, words)
  const told = { err: causeOf(error, mail.to), mailId: mail.id, kind: mail.kind, outcome }
  const end = (as: MailEnd) => {
    log.warn(told, 'a mail was given up')
    return endMail(db, mail, as, one)
  }
  if (isLost(outcome)) return end({ state: 'perhaps' })
  const nextAt = nextTry(mail, outcome)
  if (nextAt === null) return end({ state: 'failed', error: outcome })
  log.info(told, 'a mail is tried again later')
  await db.transaction(async (tx) => {
    await retryMail(tx, mail, nextAt, one)
    await comeBack(tx, queue, mail, nextAt)
  })
}

/** In so many seconds, since the queue goes by the clock of the database. */
function comeBack(tx: Transaction, queue: Queue, mail: MailRow, at: Date): Promise<void> {
  const startAfter = Math.ceil((at.getTime() - Date.now()) / 1_000)
  return queue.enqueue(tx, laneOf(mail), { mailId: mail.id }, { startAfter })
}

const tried = (outcome: MailTry['outcome'], words: string): MailTry => ({
  ...{ at: new Date().toISOString(), outcome },
  words: words.slice(0, MOST_WORDS),
})
const MOST_WORDS = 500

const isLate = ({ expiresAt }: MailRow) => expiresAt !== null && expiresAt.getTime() < Date.now()

/** Whenever and however often it goes out, to mailboxes it is one by its id. */
const letter = (mail: MailRow, config: Config) => ({
  messageId: `<${mail.id}@${new URL(config.publicUrl).hostname}>`,
  from: config.mailFrom,
  to: { name: '', address: mail.to },
  subject: mail.subject,
  text: revealed(mail.body, mail),
  ...(mail.html && { html: revealed(mail.html, mail) }),
  ...(mail.replyTo && { replyTo: { name: '', address: mail.replyTo } }),
  ...(mail.calendar && { attachments: [{ ...CALENDAR, content: mail.calendar }] }),
  headers: {
    'Auto-Submitted': 'auto-generated',
    ...(mail.choice && {
      'List-Unsubscribe': `<${config.publicUrl}/api/v1/mail-choices/${mail.choice}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    }),
  },
})

const revealed = (text: string, { secret }: MailRow) => (secret ? text.replaceAll(HIDDEN, secret) : text)

const CALENDAR = { filename: 'agenda.ics', contentType: 'text/calendar; charset=utf-8; method=PUBLISH' }

type Outgoing = {
  data: { beforeText?: () => Promise<void> }
  message: { createReadStream(): Readable }
}

/**
 * The text is read once the server has asked for it: from then on nobody knows whether it took it, until it says so. Up to
 * there everything can be tried again.
 */
function sayBeforeText(mail: unknown, done: (error?: Error | null) => void): void {
  const { data, message } = mail as Outgoing
  const make = message.createReadStream.bind(message)
  message.createReadStream = () => Readable.from(after(data.beforeText, make()))
  done()
}

async function* after(before: (() => Promise<void>) | undefined, text: Readable) {
  await before?.()
  yield* text
}
