import { untrack } from 'svelte'
import type { ViewName } from '../../server/schemas/live.ts'
import { api, ApiError, askToSignIn } from './api.ts'
import { observeServerTime, serverNow } from './clock.ts'
import { keep, readKept } from './kept.ts'
import {
  advance,
  reconnectDelay,
  unknownPosition,
  type Frame,
  type Numbered,
  type Position,
  type Run,
} from './live-frames.ts'

export { serverNow, type Run }

export type LiveOptions = {
  eventId: string
  view: ViewName
  /** Which one of several: a participant's or a draft's id. */
  key?: string
  /** Keep the last state on this device, to be read without network. */
  keep?: boolean
}
export type LiveStatus = 'connecting' | 'live' | 'offline'

const silence = 12_000
const grace = 1_000
// Reconnecting would only be refused again: the person lost the role, or what is shown is gone.
const final = new Set(['forbidden', 'not-found', 'passkey-needed', 'signed-out'])

class Channel<T> {
  data = $state.raw<T | null>(null)
  run = $state.raw<Run | null>(null)
  status = $state<LiveStatus>('connecting')
  since = $state(Date.now())
  asOf = $state<string | null>(null)
  closedBy = $state<string | null>(null)
  runListeners = new Set<(run: Run) => void>()

  #url: string
  #kept: string | null
  #socket: WebSocket | null = null
  #position: Position = unknownPosition
  #attempt = 0
  #users = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #leaving: ReturnType<typeof setTimeout> | undefined

  constructor(url: string, kept: string | null) {
    this.#url = url
    this.#kept = kept
    const last = kept ? readKept<T>(kept) : null
    if (!last) return
    this.data = last.data
    this.asOf = last.at
  }

  acquire() {
    clearTimeout(this.#leaving)
    this.#users += 1
    if (this.#users > 1 || this.#socket) return
    addEventListener('online', this.#wake)
    document.addEventListener('visibilitychange', this.#wake)
    this.#connect()
  }

  // A short grace lets the next page, which often shows the same view, take the socket over.
  release() {
    this.#users -= 1
    if (this.#users === 0) this.#leaving = setTimeout(() => this.#leave(), grace)
  }

  #leave() {
    removeEventListener('online', this.#wake)
    document.removeEventListener('visibilitychange', this.#wake)
    clearTimeout(this.#timer)
    this.#detach()
  }

  #wake = () => {
    if (document.visibilityState === 'hidden' || this.closedBy) return
    if (this.status === 'live' && Date.now() - this.#heardAt < silence) return
    this.#attempt = 0
    this.#connect()
  }

  #heardAt = 0

  #connect() {
    this.#detach()
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    let opened = false
    socket.onopen = () => {
      opened = true
      socket.send(JSON.stringify(this.#position))
    }
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data))
    socket.onclose = () => {
      this.#lost()
      if (!opened && this.#heardAt === 0) void this.#askWhyRefused()
    }
    this.#expectWord()
  }

  #detach() {
    if (!this.#socket) return
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket.close()
    this.#socket = null
  }

  #expectWord() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#lost(), silence)
  }

  #lost() {
    this.#detach()
    clearTimeout(this.#timer)
    this.#become('offline')
    if (this.closedBy) return
    this.#timer = setTimeout(() => this.#connect(), reconnectDelay(this.#attempt, Math.random()))
    this.#attempt += 1
  }

  #become(status: LiveStatus) {
    if (this.status === status) return
    this.status = status
    this.since = Date.now()
  }

  #hear(frame: Frame<T>) {
    this.#heardAt = Date.now()
    this.#expectWord()
    if (frame.type === 'bye') return this.#dismissed(frame.code)
    if (frame.type === 'run') return this.#progress(frame)
    this.#apply(frame)
  }

  #apply(frame: Numbered<T>) {
    observeServerTime(frame.at)
    const step = advance(this.#position, frame)
    this.#position = step.position
    if (step.resync) return this.#socket?.send(JSON.stringify(unknownPosition))
    this.#attempt = 0
    this.#become('live')
    this.asOf = frame.at
    if (step.data === undefined) return
    this.data = step.data
    if (this.#kept) keep(this.#kept, { at: frame.at, data: step.data })
  }

  #progress(run: Run) {
    this.run = run
    for (const listener of this.runListeners) listener(run)
  }

  // A browser hides why a socket was refused; the same address says it over HTTP.
  async #askWhyRefused() {
    const failure: unknown = await api.get(this.#url.replace(/^ws/, 'http')).catch((error: unknown) => error)
    if (this.status !== 'offline' || !(failure instanceof ApiError) || !final.has(failure.code)) return
    this.closedBy = failure.code
    clearTimeout(this.#timer)
  }

  #dismissed(code: string) {
    if (final.has(code)) this.closedBy = code
    this.#lost()
    if (code === 'signed-out') void this.#resumeOnceSignedIn()
  }

  async #resumeOnceSignedIn() {
    if (!(await askToSignIn()) || this.#users === 0) return
    this.closedBy = null
    this.#connect()
  }
}

const channels = new Map<string, Channel<unknown>>()

function channelFor<T>({ eventId, view, key, keep }: LiveOptions) {
  const query = new URLSearchParams({ event: eventId, view })
  if (key) query.set('key', key)
  const name = query.toString()
  const url = `${location.origin.replace(/^http/, 'ws')}/api/v1/live?${name}`
  if (!channels.has(name)) channels.set(name, new Channel(url, keep ? name : null))
  return channels.get(name) as Channel<T>
}

/**
 * A view that follows the server. Create it while a component initialises; pass a function where the
 * options follow the page's address. Components that ask for the same view share one socket.
 */
export class LiveView<T> {
  #channel: Channel<T>

  constructor(options: LiveOptions | (() => LiveOptions), onRun?: (run: Run) => void) {
    this.#channel = $derived(channelFor<T>(typeof options === 'function' ? options() : options))
    $effect(() => {
      const channel = this.#channel
      untrack(() => channel.acquire())
      if (onRun) channel.runListeners.add(onRun)
      return () => {
        channel.release()
        if (onRun) channel.runListeners.delete(onRun)
      }
    })
  }

  /** The whole view as of now; null until the first snapshot. Never mutate it. */
  get data() {
    return this.#channel.data
  }
  get status() {
    return this.#channel.status
  }
  /** Since when the status is what it is, in device milliseconds. */
  get since() {
    return this.#channel.since
  }
  /** The server's time of the last frame: the age of what is shown. */
  get asOf() {
    return this.#channel.asOf
  }
  /** The last progress frame of a run. */
  get run() {
    return this.#channel.run
  }
  /** Why the server closed for good (`forbidden`, `not-found`…), or null. */
  get closedBy() {
    return this.#channel.closedBy
  }
}
