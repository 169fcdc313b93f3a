import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { until } from './client.ts'

/** A mail as a reader's program has it. */
export type Arrived = {
  to: string
  /** As it came, its lines joined where they were folded. */
  head: string
  subject: string
  text: string
  html: string
  calendar: string | null
}

/** A real mail server on this machine, which takes everything unless told otherwise, and what reached it. */
export async function startMailServer(answers: SMTPServerOptions = {}) {
  const received: Arrived[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        received.push(readMail(Buffer.concat(parts), envelope.rcptTo[0].address))
        done()
      })
    },
    ...answers,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as { port: number }
  const to = (address: string) => received.filter((mail) => mail.to === address)
  return {
    ...{ url: `smtp://127.0.0.1:${port}`, received, to },
    /** The newest to that address, once there are so many. */
    arrived: async (address: string, count = 1): Promise<Arrived> =>
      (await until(`${count} mails to ${address}`, () => to(address).length >= count && to(address))).at(-1)!,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function readMail(raw: Buffer, to: string): Arrived {
  const whole = partOf(raw.toString('latin1'))
  const leaves = leavesOf(whole)
  const of = (type: string) => leaves.find(({ head }) => headerOf(head, 'content-type').startsWith(type))
  return {
    ...{ to, head: whole.head, subject: decodeWords(headerOf(whole.head, 'subject')) },
    ...{ text: contentOf(of('text/plain')) ?? '', html: contentOf(of('text/html')) ?? '' },
    calendar: contentOf(of('text/calendar')),
  }
}

type Part = { head: string; body: string }

function partOf(text: string): Part {
  const end = text.indexOf('\r\n\r\n')
  return { head: text.slice(0, end).replace(/\r\n[ \t]+/g, ' '), body: text.slice(end + 4) }
}

const headerOf = (head: string, name: string): string =>
  new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1].trim() ?? ''

function leavesOf(part: Part): Part[] {
  const boundary = /boundary="([^"]+)"/.exec(headerOf(part.head, 'content-type'))?.[1]
  if (boundary === undefined) return [part]
  const inner = part.body.split(`--${boundary}`).slice(1, -1)
  return inner.flatMap((text) => leavesOf(partOf(text.replace(/^\r\n/, ''))))
}

function contentOf(part: Part | undefined): string | null {
  if (!part) return null
  const encoding = headerOf(part.head, 'content-transfer-encoding').toLowerCase()
  const bytes =
    encoding === 'base64'
      ? Buffer.from(part.body, 'base64')
      : Buffer.from(
          encoding === 'quoted-printable' ? quoted(part.body.replaceAll('=\r\n', '')) : part.body,
          'latin1',
        )
  return bytes.toString().replaceAll('\r\n', '\n').trimEnd()
}

const quoted = (text: string): string =>
  text.replace(/=([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/** Words in the head that are no ASCII (RFC 2047). */
const decodeWords = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, way: string, word: string) =>
      (way.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64')
        : Buffer.from(quoted(word.replaceAll('_', ' ')), 'latin1')
      ).toString(),
    )
