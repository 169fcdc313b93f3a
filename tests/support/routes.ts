import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'

export type Route = { method: string; url: string; schema: FastifySchema }

/**
 * Every route of the API that is registered while `build` runs, with the schemas it was given.
 * `onPayload` sees each answer before it is serialised.
 */
export async function routesOf<T>(
  build: () => Promise<T>,
  onPayload: (payload: unknown) => void = () => {},
): Promise<{ built: T; routes: Route[] }> {
  const found: RouteOptions[] = []
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => void found.push(route))
    fastify.addHook('preSerialization', async (_request, _reply, payload) => {
      onPayload(payload)
      return payload
    })
  }
  subscribe('fastify.initialization', listen)
  const built = await build()
  unsubscribe('fastify.initialization', listen)
  const routes = found
    .filter(({ url }) => url.startsWith('/api/'))
    .flatMap(({ method, url, schema = {} }) => [method].flat().map((one) => ({ method: one, url, schema })))
  return { built, routes }
}
