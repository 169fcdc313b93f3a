import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { packed } from '../packing.ts'

const PACKED = 'application/vnd.incontro.packed+json'

/** Whoever asks for it gets long lists column by column, see PackedRows: a large event is a fifth of what it is. */
export default fp(
  function packs(app: FastifyInstance) {
    app.addHook('preSerialization', async ({ method, headers }, reply, payload) => {
      if (method !== 'GET' || reply.statusCode !== 200 || !headers.accept?.includes(PACKED)) return payload
      reply.type(PACKED).header('vary', 'accept').serializer(JSON.stringify)
      return packed(payload as object)
    })
  },
  { name: 'packs' },
)
