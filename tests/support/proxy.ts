import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export type Proxy = { port: number; cut(): number; close(): Promise<void> }

/**
 * A plain TCP load balancer: each connection goes to the next of the given ports, whoever it comes from; to the one
 * after it where nobody listens. It looks at nothing that passes.
 */
export async function startProxy(ports: number[]): Promise<Proxy> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((client) => {
    const first = turn++
    open.add(client)
    client.on('close', () => open.delete(client))
    forward(
      client,
      ports.map((_, index) => ports[(first + index) % ports.length]),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
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

function forward(client: Socket, [port, ...others]: number[]): void {
  const upstream = connect(port, '127.0.0.1')
  let connected = false
  const end = () => {
    client.destroy()
    upstream.destroy()
  }
  upstream.on('connect', () => {
    connected = true
    client.pipe(upstream).pipe(client)
  })
  upstream.on('error', () => (connected || others.length === 0 ? end() : forward(client, others)))
  upstream.on('close', () => connected && end())
  client.on('error', end)
  client.on('close', end)
}
