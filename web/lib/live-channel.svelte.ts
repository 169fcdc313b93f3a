import type { Colleague } from '../../server/schemas/live.ts'
import { api, ApiError, askToSignIn } from './api.ts'
import { observeServerTime, serverNow } from './clock.ts'
import { dropKept, keep, readKept } from './kept.ts'
import {
  advance,
  patience,
  reconnectDelay,
  unknownPosition,
  worthAsking,
  type Frame,
  type Numbered,
  type Position,
  type Run,
  type Snapshot,
} from './live-frames.ts'

export type LiveStatus = 'connecting' | 'live' | 'offline'
/** Under which name the last state is kept on this device, and what of it. */
export type Keeping<T> = { name: string; part: (view: T) => T }

const grace = 1_000
// Reconnecting would only be refused again: the person lost the role, or what is shown is gone.
const final = new Set(['forbidden', 'not-found', 'passkey-needed', 'signed-out'])

/** One socket that follows one view, shared by all who show it; it comes back by itself. */
export class Channel<T> {
  data = $state.raw<T | null>(null)
  run = $state.raw<Run | null>(null)
  colleagues = $state.raw<Colleague[]>([])
  /** The number of the last change that `data` shows; null where it was kept on this device. */
  seq = $state<number | null>(null)
  status = $state<LiveStatus>('connecting')
  since = $state(serverNow())
  asOf = $state<string | null>(null)
  closedBy = $state<string | null>(null)
  /** How often it has been connected: who comes back may find a service that was started anew. */
  connections = $state(0)
  runListeners = new Set<(run: Run) => void>()

  #url: string
  #keeping: Keeping<T> | null
  #ahead: boolean
  #socket: WebSocket | null = null
  #position: Position = unknownPosition
  #attempt = 0
  #users = 0
  #heardAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #saying: ReturnType<typeof setTimeout> | undefined
  #leaving: ReturnType<typeof setTimeout> | undefined

  constructor(url: string, keeping: Keeping<T> | null, ahead: boolean) {
    this.#url = url
    this.#keeping = keeping
    this.#ahead = ahead
    const last = keeping ? readKept<T>(keeping.name) : null
    if (!last) return
    this.data = last.data
    this.asOf = last.at
  }

  acquire() {
    clearTimeout(this.#leaving)
    this.#users += 1
    if (this.#users > 1 || this.#socket) return
    addEventListener('online', this.#wake)
    addEventListener('offline', this.#cut)
    document.addEventListener('visibilitychange', this.#wake)
    if (this.#ahead && this.data === null) void this.#readAhead()
    this.#connect()
  }

  // A short grace lets the next page, which often shows the same view, take the socket over.
  release() {
    this.#users -= 1
    if (this.#users === 0) this.#leaving = setTimeout(() => this.#leave(), grace)
  }

  /** Shows nothing any more and hears nothing any more. */
  forget() {
    this.data = null
    this.asOf = null
    this.seq = null
    this.colleagues = []
    this.#leave()
  }

  #leave() {
    removeEventListener('online', this.#wake)
    removeEventListener('offline', this.#cut)
    document.removeEventListener('visibilitychange', this.#wake)
    clearTimeout(this.#timer)
    clearTimeout(this.#saying)
    this.#detach()
  }

  // A phone that slept may still hold a socket which nobody answers: better a new one than an old "live".
  #wake = () => {
    if (document.visibilityState === 'hidden' || this.closedBy) return
    if (this.status === 'live' && Date.now() - this.#heardAt < patience.quiet) return
    if (this.status === 'live') this.#become('connecting')
    this.#attempt = 0
    this.#connect()
  }

  #cut = () => {
    if (this.closedBy) return
    this.#become('offline')
    this.#lost()
  }

  #connect() {
    this.#detach()
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    let opened = false
    socket.onopen = () => {
      opened = true
      this.connections += 1
      this.#say(this.#position)
    }
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data))
    socket.onclose = () => {
      if (!opened && worthAsking(this.#attempt, this.#heardAt > 0)) void this.#askWhyRefused()
      this.#lost()
    }
    this.#sayOfflineIn(patience.quiet + patience.answer)
    this.#in(patience.opening, () => this.#lost())
  }

  #detach() {
    if (!this.#socket) return
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket.close()
    this.#socket = null
  }

  #in(delay: number, what: () => void) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(what, delay)
  }

  #say(position: Position) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(position))
  }

  // Saying where we are is answered even where there is nothing new.
  #ask() {
    this.#say(this.#position)
    this.#in(patience.answer, () => this.#cut())
  }

  #lost() {
    this.#detach()
    if (this.closedBy) return this.#become('offline')
    this.#sayOfflineIn(navigator.onLine ? grace : 0)
    this.#in(reconnectDelay(this.#attempt, Math.random()), () => this.#connect())
    this.#attempt += 1
  }

  // A reconnection of a moment is nobody's news.
  #sayOfflineIn(delay: number) {
    if (this.status === 'offline') return
    clearTimeout(this.#saying)
    this.#saying = setTimeout(() => this.#become('offline'), delay)
  }

  #become(status: LiveStatus) {
    clearTimeout(this.#saying)
    if (this.status === status) return
    this.status = status
    // Who is there now is not known without a connection; it is told again with the next one.
    if (status === 'offline') this.colleagues = []
    // A cut is noticed late: it is dated from the last word.
    const silent = status === 'offline' && this.#heardAt ? Date.now() - this.#heardAt : 0
    this.since = serverNow() - silent
  }

  #hear(frame: Frame<T>) {
    this.#heardAt = Date.now()
    this.#in(patience.quiet, () => this.#ask())
    if (frame.type === 'pulse') return
    if (frame.type === 'bye') return this.#dismissed(frame.code)
    if (frame.type === 'run') return this.#progress(frame)
    if (frame.type === 'presence') return void (this.colleagues = frame.people)
    this.#apply(frame)
  }

  #apply(frame: Numbered<T>) {
    const step = advance(this.#position, this.data, frame)
    this.#position = step.position
    if (step.resync) return this.#say(unknownPosition)
    this.#take(frame, step.data)
    this.#attempt = 0
    this.#become('live')
  }

  #take({ at, seq }: Numbered<T>, data: T | undefined) {
    observeServerTime(at)
    this.asOf = at
    this.seq = seq
    if (data === undefined) return
    this.data = data
    if (this.#keeping) keep(this.#keeping.name, { at, data: this.#keeping.part(data) })
  }

  async #readAhead() {
    const frame = await api.get<Snapshot<T>>(this.#address).catch(() => null)
    if (frame && this.#socket && this.#position.seq === null) this.#start(frame)
  }

  /** Shows what came without a socket; a socket then goes on from there. */
  #start(frame: Snapshot<T>) {
    this.#position = { epoch: frame.epoch, seq: frame.seq }
    this.#take(frame, frame.data)
  }

  /** What a socket is asked over, asked over HTTP. */
  get #address() {
    const { pathname, search } = new URL(this.#url)
    return pathname + search
  }

  #progress(run: Run) {
    this.run = run
    for (const listener of this.runListeners) listener(run)
  }

  // A browser hides why a socket was refused; the same address says it over HTTP. Where only sockets cannot get
  // through, it says what there is to show.
  async #askWhyRefused() {
    try {
      const frame = await api.get<Snapshot<T>>(this.#address)
      if (this.status !== 'live' && this.#users > 0) this.#start(frame)
    } catch (error) {
      if (this.status === 'live' || !(error instanceof ApiError) || !final.has(error.code)) return
      this.#close(error.code)
      clearTimeout(this.#timer)
    }
  }

  #dismissed(code: string) {
    if (final.has(code)) this.#close(code)
    this.#lost()
    if (code === 'signed-out') void this.#resumeOnceSignedIn()
  }

  // Who is only signed out may sign in again; who may not see it any more does not find it here either.
  #close(code: string) {
    this.closedBy = code
    if (code === 'signed-out') return
    this.data = null
    if (this.#keeping) dropKept(this.#keeping.name)
  }

  async #resumeOnceSignedIn() {
    if (!(await askToSignIn()) || this.#users === 0) return
    this.closedBy = null
    this.#connect()
  }
}
