import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Where a connection is cut: after so many bytes that came from one end. */
export type Cut = { from: 'client' | 'server'; after: number }
export type Proxy = { port: number; cuts(): number; cut(): number; close(): Promise<void> }

/**
 * A plain TCP load balancer: each connection goes to the next of the given ports, whoever it comes from; to the one
 * after it where nobody listens. It looks at nothing that passes, but cuts each connection where it is told to.
 */
export async function startProxy(ports: number[], nextCut: () => Cut | null = () => null): Promise<Proxy> {
  const open = new Set<Socket>()
  let turn = 0
  let cuts = 0
  const server = createServer((client) => {
    const first = turn++
    open.add(client)
    client.on('close', () => open.delete(client))
    const order = ports.map((_, index) => ports[(first + index) % ports.length])
    forward(client, order, nextCut(), () => (cuts += 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    /** Connections that were cut where `nextCut` said. */
    cuts: () => cuts,
    /** Resets every connection that is open; answers how many that were. */
    cut() {
      const count = open.size
      for (const socket of open) socket.resetAndDestroy()
      return count
    },
    close: () => {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function forward(client: Socket, [port, ...others]: number[], cut: Cut | null, onCut: () => void): void {
  const upstream = connect(port, '127.0.0.1')
  let connected = false
  const end = () => {
    client.destroy()
    upstream.destroy()
  }
  const cutNow = () => {
    if (client.destroyed) return
    onCut()
    client.resetAndDestroy()
    upstream.resetAndDestroy()
  }
  upstream.on('connect', () => {
    connected = true
    pass(client, upstream, cut?.from === 'client' ? cut.after : null, cutNow)
    pass(upstream, client, cut?.from === 'server' ? cut.after : null, cutNow)
  })
  upstream.on('error', () => (connected || others.length === 0 ? end() : forward(client, others, cut, onCut)))
  upstream.on('close', () => connected && end())
  client.on('error', end)
  client.on('close', end)
}

/** Passes all on, or only the first so many bytes. What has been passed on arrives before the cut does. */
function pass(from: Socket, to: Socket, most: number | null, cut: () => void): void {
  if (most === null) return void from.pipe(to)
  let left = most
  from.on('data', (chunk) => {
    if (left < 0) return
    to.write(chunk.subarray(0, left), () => left < 0 && setImmediate(cut))
    left -= chunk.length
  })
}
