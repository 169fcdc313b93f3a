import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Which way nothing gets through: to the server, from it, or both. */
export type Way = 'to' | 'from' | 'both'
export type Network = {
  port: number
  /** From now on packets vanish; nobody is told, and new connections stand without an answer. */
  swallow(way?: Way): void
  /** The same for those connections alone that stand now and over which this has been said. */
  swallowThose(said: string): void
  /** So long each piece takes, and now and then one is lost and sent again after a while. */
  worsen(delayMs: () => number): void
  /** All is well again. What was swallowed arrives late, as it does where packets were lost and are sent again. */
  mend(): void
  close(): Promise<void>
}

/** One connection, and what has been said over it. */
type Line = { said: string; swallowed: boolean }

/** A bad network before a server: it slows, loses and swallows what passes, and resets nothing. */
export async function startNetwork(target: number): Promise<Network> {
  const open = new Set<Socket>()
  const waiting = new Set<() => void>()
  let swallowed: Way | null = null
  let delay: () => number = () => 0
  const lines = new Set<Line>()

  const passes = (line: Line, way: Way) => !line.swallowed && swallowed !== 'both' && swallowed !== way
  async function untilPasses(line: Line, way: Way): Promise<void> {
    while (!passes(line, way)) await new Promise<void>((resolve) => waiting.add(resolve))
  }
  async function carry(line: Line, from: Socket, to: Socket, way: Way): Promise<void> {
    for await (const piece of from as AsyncIterable<Buffer>) {
      if (way === 'to') line.said += piece.toString('latin1')
      const ms = delay()
      if (ms > 0) await pause(ms)
      await untilPasses(line, way)
      to.write(piece)
    }
    await untilPasses(line, way)
    to.end()
  }

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    const end = () => [client, upstream].forEach((socket) => socket.destroy())
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket)).on('error', end)
    }
    const line = { said: '', swallowed: false }
    lines.add(line)
    client.on('close', () => lines.delete(line))
    void carry(line, client, upstream, 'to').catch(end)
    void carry(line, upstream, client, 'from').catch(end)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const release = () => {
    for (const go of waiting) go()
    waiting.clear()
  }
  return {
    port: (server.address() as AddressInfo).port,
    swallow: (way = 'both') => void (swallowed = way),
    swallowThose(said) {
      for (const line of lines) line.swallowed ||= line.said.includes(said)
    },
    worsen: (delayMs) => void (delay = delayMs),
    mend() {
      swallowed = null
      for (const line of lines) line.swallowed = false
      delay = () => 0
      release()
    },
    close() {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
