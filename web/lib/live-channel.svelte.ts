import type { Colleague } from '../../server/schemas/live.ts'
import { askToSignIn } from './api.ts'
import { guessServerTime, observeServerTime, serverNow } from './clock.ts'
import { noteEpoch } from './epoch.ts'
import { cacheView, dropCachedView, readCachedView } from './view-cache.ts'
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
} from './live-frames.ts'
import { unpacked } from './packed.ts'
import { Inquiry, type Answer } from './live-inquiry.ts'

export type LiveStatus = 'connecting' | 'live' | 'offline'
/** Under which name the last state is kept on this device, and what of it. */
export type Caching<T> = { name: string; part: (view: T) => T }

const grace = 1_000
// Reconnecting would only be refused again: the person lost the role, or what is shown is gone.
const final = new Set(['forbidden', 'not-found', 'passkey-needed', 'signed-out'])

/** One socket that follows one view, shared by all who show it; it comes back by itself. */
export class Channel<T> {
  data = $state.raw<T | null>(null)
  run = $state.raw<Run | null>(null)
  colleagues = $state.raw<Colleague[]>([])
  /** Up to which change `data` is shown. */
  shown = $state.raw<Position>(unknownPosition)
  status = $state<LiveStatus>('connecting')
  since = $state(serverNow())
  asOf = $state<string | null>(null)
  closedBy = $state<string | null>(null)
  /** How often it has been connected: who comes back may find a service that was started anew. */
  connections = $state(0)
  runListeners = new Set<(run: Run) => void>()

  #url: string
  #caching: Caching<T> | null
  #ahead: boolean
  #inquiry: Inquiry<T>
  #socket: WebSocket | null = null
  /** Nothing has been heard from this socket. */
  #silent = true
  #position: Position = unknownPosition
  #attempt = 0
  #users = 0
  #heardAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #saying: ReturnType<typeof setTimeout> | undefined
  #leaving: ReturnType<typeof setTimeout> | undefined

  constructor(url: string, caching: Caching<T> | null, ahead: boolean) {
    this.#url = url
    this.#caching = caching
    this.#ahead = ahead
    this.#inquiry = new Inquiry(url)
    const last = caching ? readCachedView<T>(caching.name) : null
    if (!last) return
    this.data = last.data
    this.asOf = last.at
    this.shown = last.shown ?? unknownPosition
  }

  acquire() {
    clearTimeout(this.#leaving)
    this.#users += 1
    if (this.#users > 1 || this.#socket) return
    addEventListener('online', this.#wake)
    addEventListener('offline', this.#cut)
    document.addEventListener('visibilitychange', this.#wake)
    this.closedBy = null
    if (this.#ahead && this.data === null) void this.#inquire()
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
    this.shown = this.#position = unknownPosition
    this.colleagues = []
    this.#leave()
  }

  /** Asks anew, as whoever is here by now. */
  beginAnew() {
    this.forget()
    const users = this.#users
    if (users === 0) return
    this.#become('connecting')
    this.#users = 0
    this.acquire()
    this.#users = users
  }

  #leave() {
    removeEventListener('online', this.#wake)
    removeEventListener('offline', this.#cut)
    document.removeEventListener('visibilitychange', this.#wake)
    clearTimeout(this.#timer)
    clearTimeout(this.#saying)
    this.#inquiry.drop()
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
    this.#silent = true
    socket.onopen = () => {
      this.connections += 1
      this.#say(this.#position)
    }
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data))
    socket.onclose = () => this.#lost()
    this.#sayOfflineIn(patience.quiet + patience.answer)
    this.#in(patience.quiet, () => this.#waitLonger())
  }

  // Some networks neither let a socket through nor refuse it.
  #waitLonger() {
    void this.#inquire()
    this.#in(patience.opening - patience.quiet, () => this.#lost())
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
    if (this.#silent) void this.#inquire()
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
    // Who is there and how a run goes says nothing of whether what is shown is still so.
    if (frame.type === 'run') return this.#progress(frame)
    if (frame.type === 'presence') return void (this.colleagues = frame.people)
    this.#heardAt = Date.now()
    this.#silent = false
    this.#in(patience.quiet, () => this.#ask())
    if (frame.type === 'pulse') return
    if (frame.type === 'bye') return this.#dismissed(frame.code)
    this.#apply(frame)
  }

  #apply(frame: Numbered<T>) {
    const step = advance(this.#position, this.data, frame)
    this.#position = step.position
    if (step.resync) return this.#say(unknownPosition)
    observeServerTime(frame.at)
    this.#take(frame, step.data)
    this.#inquiry.drop()
    this.#attempt = 0
    this.#become('live')
  }

  #take({ at, epoch, seq }: Numbered<T>, data: T | undefined) {
    noteEpoch(epoch)
    this.asOf = at
    this.shown = { epoch, seq }
    if (data === undefined) return
    this.data = data
    if (this.#caching)
      cacheView(this.#caching.name, { at, shown: this.shown, data: this.#caching.part(data) })
  }

  async #inquire() {
    const lastWord = Math.max(this.#heardAt, this.#inquiry.askedAt)
    if (!worthAsking(Date.now() - lastWord, this.data === null)) return
    const answer = await this.#inquiry.ask()
    if (answer && 'frame' in answer) return this.#start(answer)
    if (!answer || !final.has(answer.refused)) return
    this.#close(answer.refused)
    this.#lost()
  }

  /** Shows what came without a socket; a socket then goes on from there. */
  #start({ frame, took }: Extract<Answer<T>, { took: number }>) {
    const { epoch, seq, at } = frame
    if (epoch === this.#position.epoch && seq < (this.#position.seq ?? 0)) return
    guessServerTime(at, took)
    this.#position = { epoch, seq }
    this.#take(frame, unpacked(frame))
  }

  #progress(run: Run) {
    this.run = run
    for (const listener of this.runListeners) listener(run)
  }

  #dismissed(code: string) {
    if (final.has(code)) this.#close(code)
    this.#lost()
    if (code === 'signed-out') void this.#resumeOnceSignedIn()
  }

  // Who is only signed out may sign in again; who may not see it any more does not find it here either.
  #close(code: string) {
    this.closedBy = code
    clearTimeout(this.#timer)
    this.#inquiry.drop()
    if (code === 'signed-out') return
    this.data = null
    if (this.#caching) dropCachedView(this.#caching.name)
    // Perhaps it is somebody else by now who may not.
    void askToSignIn()
  }

  async #resumeOnceSignedIn() {
    if (!(await askToSignIn()) || this.#users === 0) return
    this.closedBy = null
    this.#connect()
  }
}
