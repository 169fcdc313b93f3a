import { Socket } from 'node:net'

/** How long PostgreSQL may take to say anything about a statement: a network that swallows packets says nothing at all. */
export const ANSWER_MS = 10_000
/** How long a statement may wait for its turn while others are answered. */
const TURN_MS = 30_000
const LOOK_MS = 1_000

/** As the driver describes where to connect to. */
type Place = { host: string[]; port: number[]; path: string | false }
type Line = { bytes: number; heardAt: number }
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

  open = ({ host, port, path }: Place): Socket => {
    const socket = new Socket()
    this.#lines.set(socket, { bytes: 0, heardAt: performance.now() })
    socket.once('close', () => this.#lines.delete(socket))
    if (path) socket.connect(path)
    else socket.connect(port[0], host[0])
    // As the driver does it itself: the name that a certificate is checked against.
    return Object.assign(socket, { host: host[0], port: port[0] })
  }

  /** Minds what is waited for until the returned function is called. */
  watch(giveUp: () => void): () => void {
    const one = { since: performance.now(), giveUp }
    this.#waiting.add(one)
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref()
    return () => void this.#waiting.delete(one)
  }

  /** Ends the connections that have said nothing for so long, idle ones too: they are opened again when needed. */
  endSilent(ms: number): void {
    this.#hear()
    const before = performance.now() - ms
    for (const [socket, { heardAt }] of this.#lines) if (heardAt <= before) socket.destroy(silence())
  }

  #look(): void {
    this.#hear()
    const now = performance.now()
    const late = [...this.#waiting].filter(({ since }) => now - since >= ANSWER_MS)
    if (late.length > 0) this.#endLate(late, now)
    if (this.#waiting.size > 0 || !this.#timer) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  #endLate(late: Waiting[], now: number): void {
    const isDeaf = [...this.#lines.values()].every(({ heardAt }) => now - heardAt >= ANSWER_MS)
    this.endSilent(ANSWER_MS)
    for (const { since, giveUp } of late) if (isDeaf || now - since >= TURN_MS) giveUp()
  }

  #hear(): void {
    for (const [socket, line] of this.#lines) {
      if (socket.bytesRead === line.bytes) continue
      line.bytes = socket.bytesRead
      line.heardAt = performance.now()
    }
  }
}

export const silence = () =>
  Object.assign(new Error('the database does not answer'), { code: 'DATABASE_SILENT' })
