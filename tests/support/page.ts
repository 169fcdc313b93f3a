import { WebSocket } from 'ws'
import { advance, reconnectDelay, type Numbered } from '../../web/lib/live-frames.ts'
import type { Visitor } from './crowd.ts'

/** `at` is the machine's clock, which PostgreSQL goes by too. */
export type Heard = { seq: number; at: number; bytes: number }

/**
 * One open page of a crowd: connects, says where it is, checks that each frame follows the last one, and comes
 * back by itself with the delays of the real client. Where it need not show anything it reads the numbers of a
 * frame and leaves its data alone, so that thousands fit in one process.
 */
export class Page {
  visitor: Visitor
  /** What it shows, made as the real client does it; null where it shows nothing. */
  shown: unknown = null
  shows = false
  /** Frames that brought something new. */
  heard: Heard[] = []
  bytes = 0
  gaps = 0
  live = false
  onLive = () => {}
  #address: string
  #headers: Record<string, string>
  #position: { epoch: string | null; seq: number | null } = { epoch: null, seq: null }
  #socket: WebSocket | null = null
  #attempt = 0
  #closed = false

  constructor(base: string, eventId: string, visitor: Visitor) {
    const query = new URLSearchParams({
      event: eventId,
      view: visitor.view,
      ...(visitor.key && { key: visitor.key }),
    })
    this.visitor = visitor
    this.#address = `${base.replace(/^http/, 'ws')}/api/v1/live?${query.toString()}`
    this.#headers = { cookie: visitor.cookie }
  }

  get seq() {
    return this.#position.seq
  }

  open(): Promise<void> {
    this.#connect()
    return this.becomesLive()
  }

  becomesLive(): Promise<void> {
    if (this.live) return Promise.resolve()
    return new Promise((resolve) => (this.onLive = resolve))
  }

  close(): void {
    this.#closed = true
    this.#socket?.terminate()
  }

  /** As a phone that slept: its socket is gone, and it comes back by itself. */
  lookAgain(): void {
    this.#socket?.terminate()
  }

  #connect(): void {
    const socket = new WebSocket(this.#address, { headers: this.#headers, perMessageDeflate: false })
    this.#socket = socket
    socket.on('open', () => socket.send(JSON.stringify(this.#position)))
    socket.on('message', (raw: Buffer) => this.#hear(raw))
    socket.on('error', () => {})
    socket.on('close', () => this.#lost())
  }

  #lost(): void {
    this.live = false
    if (this.#closed) return
    setTimeout(() => this.#closed || this.#connect(), reconnectDelay(this.#attempt, Math.random()))
    this.#attempt += 1
  }

  #hear(raw: Buffer): void {
    const frame = readHead(raw)
    if (!frame) return
    this.bytes += raw.length
    if (this.#isAstray(frame)) this.gaps += 1
    if (this.shows) this.#show(JSON.parse(String(raw)) as Numbered<unknown>)
    this.#position = { epoch: frame.epoch, seq: frame.seq }
    this.#attempt = 0
    if (frame.news) this.heard.push({ seq: frame.seq, at: Date.now(), bytes: raw.length })
    if (this.live) return
    this.live = true
    this.onLive()
  }

  /** Not what comes next: a change that is missed or comes twice, or a whole view older than what is shown. */
  #isAstray({ prev, seq, epoch }: Head): boolean {
    const { seq: reached, epoch: own } = this.#position
    if (prev === null) return epoch === own && reached !== null && seq < reached
    return prev !== reached || seq < prev
  }

  #show(frame: Numbered<unknown>): void {
    const step = advance(this.#position, this.shown, frame)
    if (step.resync) this.gaps += 1
    if (step.data !== undefined) this.shown = step.data
  }
}

const HEAD =
  /^\{"type":"(?:snapshot|change)",(?:"epoch":"([^"]+)",)?"prev":(\d+|null),(?:"epoch":"([^"]+)",)?"seq":(\d+)/

type Head = { prev: number | null; epoch: string; seq: number; news: boolean }

function readHead(raw: Buffer): Head | null {
  const found = HEAD.exec(raw.toString('latin1', 0, 200))
  if (!found) return null
  const news = raw.toString('latin1', raw.length - 12) !== '"data":null}'
  return {
    prev: found[2] === 'null' ? null : Number(found[2]),
    epoch: found[1] ?? found[3],
    seq: Number(found[4]),
    news,
  }
}

/** What the page shows when it is opened afresh over HTTP. */
export async function asLoaded(
  base: string,
  eventId: string,
  { view, key, cookie }: Visitor,
): Promise<unknown> {
  const path = view === 'agenda' ? `agendas/${key}` : view
  const response = await fetch(`${base}/api/v1/events/${eventId}/${path}`, { headers: { cookie } })
  return response.json()
}

export function withoutClock(view: unknown) {
  const { event, ...rest } = view as { event: object }
  return { ...rest, event: { ...event, now: '' } }
}
