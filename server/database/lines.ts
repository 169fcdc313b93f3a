import { Socket } from 'node:net'

/** How long PostgreSQL may take to say anything about a statement: a network that swallows packets says nothing at all. */
export const ANSWER_MS = 10_000
/** How long a statement may wait for its turn while others are answered. */
const TURN_MS = 30_000
const LOOK_MS = 1_000

/** As the driver describes where to connect to. */
type Place = { host: string[]; port: number[]; path: string | false }
/** What was last heard there, and since when an answer to what was sent is due; null where none is. */
type Line = { read: number; written: number; heardAt: number; askedAt: number | null }
/** Something that is waited for; `giveUp` refuses what has not been sent yet. */
type Waiting = { since: number; giveUp(): void }

/**
 * The connections of one pool. The driver itself waits for an answer without end: here a connection that leaves
 * somebody waiting and says nothing is ended, so that whoever waits is told and the next one gets a fresh connection.
 */
export class Lines {
  #lines = new Map<Socket, Line>()
  #waiting = new Set<Waiting>()
  #timer: ReturnType<typeof setInterval> | null = null
  #lookedAt = 0

  /** How many are remembered; those that have closed may still be. */
  get size(): number {
    return this.#lines.size
  }

  open = ({ host, port, path }: Place): Socket => {
    const socket = new Socket()
    this.#forgetClosed()
    this.#lines.set(socket, { read: 0, written: 0, heardAt: performance.now(), askedAt: null })
    if (path) socket.connect(path)
    else socket.connect(port[0], host[0])
    // As the driver does it itself: the name that a certificate is checked against.
    return Object.assign(socket, { host: host[0], port: port[0] })
  }

  /** Minds what is waited for until the returned function is called. */
  watch(giveUp: () => void): () => void {
    const one = { since: performance.now(), giveUp }
    this.#waiting.add(one)
    if (!this.#timer) this.#lookedAt = performance.now()
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref()
    return () => void this.#waiting.delete(one)
  }

  /** Ends the connections that have said nothing for so long, idle ones too: they are opened again when needed. */
  endSilent(ms: number): void {
    this.#hear()
    const before = performance.now() - ms
    for (const [socket, { heardAt, askedAt }] of this.#lines)
      if (Math.max(heardAt, askedAt ?? 0) <= before) socket.destroy(silence())
  }

  #look(): void {
    this.#hear()
    const now = performance.now()
    // After this process itself stood still, what has been answered meanwhile is read first.
    const hasStood = now - this.#lookedAt > 3 * LOOK_MS
    this.#lookedAt = now
    if (hasStood) return
    const late = [...this.#waiting].filter(({ since }) => now - since >= ANSWER_MS)
    if (late.length > 0) this.#endLate(late, now)
    if (this.#waiting.size > 0 || !this.#timer) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  #endLate(late: Waiting[], now: number): void {
    const isDeaf = [...this.#lines.values()].every(({ heardAt }) => now - heardAt >= ANSWER_MS)
    // Where others are answered, whoever is not waits for a lock.
    this.endSilent(isDeaf ? ANSWER_MS : TURN_MS)
    for (const { since, giveUp } of late) if (isDeaf || now - since >= TURN_MS) giveUp()
  }

  /** Looked for, not told: where the driver goes on to TLS it takes away who listens to the socket. */
  #forgetClosed(): void {
    for (const socket of this.#lines.keys()) if (socket.destroyed) this.#lines.delete(socket)
  }

  #hear(): void {
    this.#forgetClosed()
    const now = performance.now()
    for (const [socket, line] of this.#lines) {
      if (socket.bytesRead !== line.read) Object.assign(line, { heardAt: now, askedAt: null })
      else if (socket.bytesWritten !== line.written) line.askedAt ??= now
      line.read = socket.bytesRead
      line.written = socket.bytesWritten
    }
  }
}

export const silence = () =>
  Object.assign(new Error('the database does not answer'), { code: 'DATABASE_SILENT' })
