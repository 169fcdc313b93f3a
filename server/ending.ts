import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Once the service has begun to end, it says so to whoever sends requests its way. */
    ending: { begun: boolean }
  }
}

/** What has been asked is answered within this time; then whoever still asks or does not take his answer is cut off. */
const FINISH_MS = 10_000
const IDLE_MS = 200

/** Ends the service so that nobody notices: pages are sent on one after the other, what has begun is finished. */
export async function endGently(app: FastifyInstance): Promise<void> {
  app.ending.begun = true
  await app.sendPagesOn()
  const timer = setTimeout(() => cut(app), FINISH_MS)
  // Whoever has his answer would keep the connection for the next question.
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_MS)
  await app.close()
  clearTimeout(timer)
  clearInterval(idle)
}

function cut(app: FastifyInstance): void {
  for (const socket of app.websocketServer.clients) socket.terminate()
  app.server.closeAllConnections()
}
