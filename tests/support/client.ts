import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { ServerFrame } from '../../server/schemas/live.ts'
import type { SamplePeople } from '../../server/schemas/session.ts'
import { advance } from '../../web/lib/live-frames.ts'

/** A person at a running server: cookies, JSON and sockets, as a browser would send them. */
export class Client {
  base: string
  #cookies = new Map<string, string>()

  constructor(base: string, cookie = '') {
    this.base = base
    if (cookie) this.#keep(cookie)
  }

  async request<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const writes = method === 'GET' ? {} : { origin: this.base, 'idempotency-key': randomUUID() }
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(`${this.base}/api/v1${path}`, {
      method,
      headers: { cookie: this.cookie, ...writes, ...json, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return { status: response.status, body: (await response.json().catch(() => null)) as T }
  }

  get = <T>(path: string) => this.request<T>('GET', path).then(({ body }) => body)

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(line: string): void {
    const [name, ...value] = line.split(';')[0].split('=')
    this.#cookies.set(name, value.join('='))
  }

  /** A person of the sample programme, signed in with one click. */
  static async enter(base: string, as: string): Promise<Client> {
    const client = new Client(base)
    const { status, body } = await client.request('POST', '/sample/enter', { as })
    if (status !== 200) throw new Error(`entering as ${as}: ${status} ${JSON.stringify(body)}`)
    return client
  }

  static people = (base: string) => new Client(base).get<SamplePeople>('/sample/people')

  /** Follows a view; every frame is noted with the whole view it led to. Resolves with the socket once the first snapshot is here. */
  follow(view: string, eventId: string, key?: string): Promise<Following> {
    const address = `${this.base.replace(/^http/, 'ws')}/api/v1/live?event=${eventId}&view=${view}${key ? `&key=${key}` : ''}`
    const socket = new WebSocket(address, { headers: { cookie: this.cookie }, origin: this.base })
    return new Promise((resolve, reject) => {
      const following: Following = { socket, frames: [], onFrame: () => {} }
      socket.on('open', () => socket.send(JSON.stringify({ epoch: null, seq: null })))
      socket.on('error', reject)
      let held: unknown = null
      socket.on('message', (raw) => {
        const frame = JSON.parse(String(raw)) as ServerFrame
        if (frame.type === 'change' && frame.changed)
          frame.data = advance({ epoch: frame.epoch, seq: frame.prev }, held, frame).data
        if ('data' in frame) held = frame.data ?? held
        following.frames.push({ frame, at: performance.now() })
        following.onFrame(frame)
        if (frame.type === 'snapshot') resolve(following)
      })
    })
  }
}

export type Following = {
  socket: WebSocket
  frames: { frame: ServerFrame; at: number }[]
  onFrame: (frame: ServerFrame) => void
}

/** Waits until something is so, asking again every few milliseconds. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  ms = 50_000,
): Promise<T> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    const answer = await ask()
    if (answer) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`waited ${ms} ms in vain for ${what}`)
}
