import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Written } from '../../schemas/common.ts'
import { PushSubscription } from '../../schemas/push.ts'
import { subscribe, unsubscribe } from './service.ts'

const tags = ['push']

/** The subscription of the browser that asks: a session has one, and nobody reaches another's. */
export default function routes({ config, db }: Services) {
  return async (api: FastifyInstance) => {
    api.put<{ Body: PushSubscription }>(
      '/push/subscription',
      { schema: { body: PushSubscription, response: { 200: Written }, tags } },
      (request) => subscribe(db, callOf(request), config.push, request.body),
    )
    api.delete('/push/subscription', { schema: { response: { 200: Written }, tags } }, (request) =>
      unsubscribe(db, callOf(request), config.push),
    )
  }
}
