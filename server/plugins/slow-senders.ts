import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** How long a request may take to come in, in milliseconds: an import over a bad network has its time. */
export const TIMES = { headers: 20_000, request: 120_000, lookEvery: 5_000 }

/**
 * Connections of one network address that have said nothing whole yet. A hall of 500 phones behind one address opens
 * six each at the most.
 */
export const MOST_UNHEARD = 4_000

/**
 * Whoever opens connections and sends on none of them takes no more than a share of those there are; those that send
 * slower than TIMES allow are ended by Node. Behind a proxy it is the proxy that waits for slow senders.
 */
export default fp(
  async function slowSenders(app: FastifyInstance, { most, spared }: { most: number; spared: boolean }) {
    if (spared) return
    const unheard = new Map<string, number>()
    const waiting = new Map<string, () => void>()

    app.server.on('connection', (socket: Socket) => {
      const { remoteAddress } = socket
      if (remoteAddress === undefined) return
      const count = (unheard.get(remoteAddress) ?? 0) + 1
      if (count > most) return void socket.destroy()
      unheard.set(remoteAddress, count)
      const key = keyOf(socket)
      let isHeard = false
      const heard = () => {
        if (isHeard) return
        isHeard = true
        // By now another connection may have come from the same port.
        if (waiting.get(key) === heard) waiting.delete(key)
        const left = unheard.get(remoteAddress)! - 1
        if (left > 0) unheard.set(remoteAddress, left)
        else unheard.delete(remoteAddress)
      }
      waiting.set(key, heard)
      socket.once('close', heard)
    })
    app.server.on('request', (request: IncomingMessage) => {
      const heard = waiting.get(keyOf(request.socket))
      if (heard) request.once('end', heard)
    })
    app.server.on('upgrade', (request: IncomingMessage) => waiting.get(keyOf(request.socket))?.())
  },
  { name: 'slow-senders' },
)

// A connection over TLS is another object than the one it stands on, with the same ends.
const keyOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`
