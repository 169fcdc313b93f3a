import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { notFound } from '../errors.ts'
import { problemOf, requestLocale } from './problems.ts'

const root = fileURLToPath(new URL('../../web/dist', import.meta.url))
const A_YEAR = '365d'

// Names without a hash, the service worker's above all, may have changed since: the browser asks before using them.
// What a page's headers tell of one person stays with that person's browser.
const askFirst = (reply: FastifyReply) => {
  const isPersonal = reply.hasHeader('link')
  reply.header('cache-control', isPersonal ? 'private, no-cache' : 'no-cache')
}

type Options = {
  /** At which address a page will ask first, if that is known before it is sent. */
  ahead(request: FastifyRequest): Promise<string | null> | null
  /** What stands in the head of a page whose content anybody may read; null where there is no such page. */
  headOf(path: string): Promise<string | null | undefined>
}

/** With what the address of a page begins; what a page makes of the rest is its own business. */
const PAGES = [
  ...['', 'accedi', 'accesso', 'accessibilita', 'organizza', 'progetto', 'referente', 'osserva'],
  ...['accoglienza', 'schermo', 'evento', 'posta', 'vengo', 'bando', 'candidatura'],
]

/** In place of what says nothing of this page. */
const withHead = (head: string): string =>
  readFileSync(`${root}/index.html`, 'utf8')
    .replace(/<meta name="description"[^>]*>/, '')
    .replace(/<title>[^<]*<\/title>/, () => head)

export const isPage = (path: string): boolean => PAGES.includes(path.split('/')[1])

/** The built web app. An address that is neither the API's nor a file's is a page of it, so deep links work. */
export default fp(
  async function web(app: FastifyInstance, { ahead, headOf }: Options) {
    if (!existsSync(root)) return
    const common = { index: false, preCompressed: true } as const
    await app.register(fastifyStatic, {
      ...common,
      root,
      wildcard: false,
      globIgnore: ['assets/**'],
      cacheControl: false,
      setHeaders: askFirst,
    })
    await app.register(fastifyStatic, {
      ...common,
      root: `${root}/assets`,
      prefix: '/assets/',
      decorateReply: false,
      maxAge: A_YEAR,
      immutable: true,
    })
    app.setNotFoundHandler(async (request, reply) => {
      const [path] = request.url.split('?')
      const page =
        ['GET', 'HEAD'].includes(request.method) && !path.startsWith('/api/') && !/\.\w+$/.test(path)
      if (page) {
        const address = await ahead(request)
        // In the very way in which the page will ask, or the browser would not take it for the same.
        if (address) reply.header('link', `<${address}>; rel=preload; as=fetch; crossorigin`)
        const head = await headOf(path)
        if (head) return reply.type('text/html').header('cache-control', 'no-cache').send(withHead(head))
        if (head === null || !isPage(path)) reply.code(404)
        return reply.sendFile(path.endsWith('/agenda') ? 'agenda.html' : 'index.html')
      }
      const problem = problemOf(notFound(), requestLocale(request))
      return reply.code(404).type('application/problem+json').send(problem)
    })
  },
  { name: 'web', dependencies: ['problems'] },
)
