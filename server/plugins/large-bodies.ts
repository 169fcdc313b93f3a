import type { FastifyRequest } from 'fastify'
import { DomainError } from '../errors.ts'

const USUAL_BYTES = 256 * 1024

/** For a route whose body may be longer than anything else that is sent: of nobody else is so much even taken in. */
export const largeBody = (bodyLimit: number, isFor: (request: FastifyRequest) => boolean) => ({
  bodyLimit,
  async onRequest(request: FastifyRequest): Promise<void> {
    const size = Number(request.headers['content-length'] ?? Infinity)
    if (size > USUAL_BYTES && !isFor(request)) throw new DomainError('too-large')
  },
})
