import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { sameOrigin } from './session.ts'

/** Others may send any origin: so many are told apart. */
const MOST_TOLD = 10

/** Says in the log, once each, what stands around the service otherwise than it was set up. */
export default fp(
  function surroundings(app: FastifyInstance, { publicUrl }: { publicUrl: string }) {
    const told = new Set<string>()
    const tell = (sentence: string) => {
      if (told.size >= MOST_TOLD || told.has(sentence)) return
      told.add(sentence)
      app.log.warn(sentence)
    }
    app.addHook('onRequest', async (request) => {
      if (isProxyUnknown(request)) tell(PROXY)
      const { origin } = request.headers
      if (origin !== undefined && URL.canParse(origin) && !sameOrigin(origin, publicUrl, request))
        tell(
          `A page at ${new URL(origin).origin} asked, but PUBLIC_URL is ${publicUrl}: pages reached at another address cannot change anything. If people reach Incontro there, set PUBLIC_URL to it.`,
        )
    })
  },
  { name: 'surroundings' },
)

const PROXY =
  'A request came through a proxy that TRUST_PROXY does not cover, so everybody behind it counts as one address: set TRUST_PROXY to how many proxies stand in front, or to their addresses.'

/** Whether it says where it comes from and that word does not count. */
export const isProxyUnknown = ({ headers, ips }: FastifyRequest): boolean =>
  headers['x-forwarded-for'] !== undefined && (ips?.length ?? 1) < 2
