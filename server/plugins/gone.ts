import type { FastifyReply } from 'fastify'

/**
 * Aborts once whoever asked is gone without the answer. The request's own signal says something else: a request is
 * closed as soon as its body has been read.
 */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  const look = () => void (raw.writableFinished || gone.abort())
  if (raw.destroyed) look()
  else raw.once('close', look)
  return gone.signal
}
