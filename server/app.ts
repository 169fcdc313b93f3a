import { readFileSync } from 'node:fs'
import compress from '@fastify/compress'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import websocket from '@fastify/websocket'
import fastify, { type FastifyServerOptions, type FastifyInstance } from 'fastify'
import { ConfigError, type Config } from './config.ts'
import type { Database } from './database/client.ts'
import { DomainError } from './errors.ts'
import { compilersFactory } from './lazily.ts'
import { log } from './log.ts'
import { agendaAhead } from './features/agenda/ahead.ts'
import applications, { entryRoutes } from './features/applications/routes.ts'
import { applicationsView } from './features/applications/views.ts'
import agenda from './features/agenda/routes.ts'
import { agendaView } from './features/agenda/views.ts'
import authRoutes from './features/identity/auth-routes.ts'
import { createAuth, type Auth } from './features/identity/auth.ts'
import { createIdentity } from './features/identity/identify.ts'
import identityRoutes from './features/identity/routes.ts'
import letters from './features/letters/routes.ts'
import mail from './features/mail/routes.ts'
import { sendCode } from './features/mail/service.ts'
import publication from './features/publication/routes.ts'
import { tellingView } from './features/publication/views.ts'
import push from './features/push/routes.ts'
import rsvp from './features/rsvp/routes.ts'
import runs from './features/runs/routes.ts'
import { runsView } from './features/runs/views.ts'
import schedules from './features/schedules/routes.ts'
import { planView } from './features/schedules/views.ts'
import { roomBoardView } from './features/room-board/views.ts'
import { startSolverPool } from './solver-threads/pool.ts'
import { choicesView } from './features/choices/views.ts'
import { answersView } from './features/answers/views.ts'
import choices from './features/choices/routes.ts'
import day from './features/day/routes.ts'
import { dayView, deskView } from './features/day/views.ts'
import { logView } from './features/log/views.ts'
import proposals from './features/proposals/routes.ts'
import hosts from './features/hosts/routes.ts'
import programmes from './features/programmes/routes.ts'
import members from './features/members/routes.ts'
import pairRulings from './features/pair-rulings/routes.ts'
import people from './features/people/routes.ts'
import standing from './features/standing/routes.ts'
import takingPart from './features/taking-part/routes.ts'
import { takingPartView } from './features/taking-part/views.ts'
import undo from './features/undo/routes.ts'
import events from './features/events/routes.ts'
import arrangement from './features/arrangement/routes.ts'
import figures from './features/figures/routes.ts'
import screens from './features/screen-links/routes.ts'
import { publicHead } from './features/public/page-head.ts'
import publicPages from './features/public/routes.ts'
import { inputChecks, refuseDeep } from './plugins/input.ts'
import live from './plugins/live/index.ts'
import limits, { LIMITS } from './plugins/limits.ts'
import packs from './plugins/packs.ts'
import problems, { refuseAddress, requestIdOf } from './plugins/problems.ts'
import session from './plugins/session.ts'
import slowSenders, { MOST_UNHEARD, TIMES } from './plugins/slow-senders.ts'
import surroundings from './plugins/surroundings.ts'
import { viewRoute } from './plugins/views.ts'
import web from './plugins/web.ts'
import type { Services, ServicesGiven } from './services.ts'
import type { View } from './view.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What it takes to open a session for somebody without their code. */
    identity: { db: Database; auth: Auth }
  }
}

const MAX_BODY = 256 * 1024
const MAX_FRAME = 64 * 1024

/** The whole service in reading order: what cuts across, then the features, then the pages. */
export async function buildApp(given: ServicesGiven): Promise<FastifyInstance> {
  const services: Services = { solver: startSolverPool(), ...given }
  const { config, db, solver } = services
  const app = serve(config, {
    loggerInstance: log.child({}, { level: config.logLevel }),
    genReqId: requestIdOf,
    bodyLimit: MAX_BODY,
    schemaController: { compilersFactory },
    trustProxy: trusted(config),
    forceCloseConnections: 'idle',
    requestTimeout: TIMES.request,
    frameworkErrors: (_, request, reply) => refuseAddress(request, reply),
    ajv: { customOptions: inputChecks },
  })

  app.decorate('ending', { begun: false })
  await app.register(slowSenders, { most: MOST_UNHEARD, spared: trusted(config) !== false })
  await app.register(problems)
  await app.register(surroundings, { publicUrl: config.publicUrl })
  app.addHook('preValidation', refuseDeep)
  await app.register(helmet, {
    contentSecurityPolicy: contentPolicy(config),
    // Also where a proxy in front holds the certificate.
    strictTransportSecurity: config.publicUrl.startsWith('https:'),
  })
  await app.register(underPressure, { maxEventLoopDelay: 3000 })
  await app.register(websocket, {
    options: { maxPayload: MAX_FRAME, perMessageDeflate: false },
    errorHandler: (error, socket, request) => {
      request.log.info({ err: error }, 'live socket')
      socket.terminate()
    },
  })
  // What people send is never unpacked: a small body must not become a big one.
  await app.register(compress, { encodings: ['br', 'gzip'], threshold: 1_000, globalDecompression: false })
  await app.register(packs)
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Incontro', version: '1' } } })

  const views: View[] = [
    // (one line a view, in the order of the day)
    runsView,
    planView,
    tellingView,
    agendaView,
    roomBoardView,
    choicesView,
    takingPartView,
    answersView,
    dayView,
    deskView,
    logView,
    applicationsView,
  ]
  const auth = createAuth({
    config,
    db,
    sendCode: (code) => sendCode(services, code),
    log: app.log,
  })
  app.addHook('onClose', auth.settled)
  app.addHook('onClose', solver.close)
  app.decorate('identity', { db, auth })
  const identity = await createIdentity(auth, db)
  await app.register(session, { db, publicUrl: config.publicUrl, identity })
  await app.register(limits, LIMITS)
  await app.register(authRoutes(db, auth, config.publicUrl), { prefix: '/api/auth' })
  await app.register(entryRoutes(db, auth, config.publicUrl), { prefix: '/api/auth' })
  await app.register(
    async (api) => {
      for (const view of views) viewRoute(api, db, view)
      await api.register(identityRoutes(services, auth))
      await api.register(mail(services))
      await api.register(letters(services))
      await api.register(push(services))
      await api.register(runs(services))
      await api.register(schedules(services))
      await api.register(publication(services))
      await api.register(agenda(services))
      await api.register(choices(services))
      await api.register(proposals(services))
      await api.register(hosts(services))
      await api.register(programmes(services))
      await api.register(pairRulings(services))
      await api.register(people(services))
      await api.register(standing(services))
      await api.register(members(services))
      await api.register(day(services))
      await api.register(takingPart(services))
      await api.register(rsvp(services))
      await api.register(applications(services))
      await api.register(undo(services))
      await api.register(events(services))
      await api.register(arrangement(services))
      await api.register(screens(services))
      await api.register(publicPages(services))
      await api.register(figures(services))
      api.get('/openapi.json', { schema: { tags: ['service'] } }, () => app.swagger())
    },
    { prefix: '/api/v1' },
  )
  await app.register(live, { db, publicUrl: config.publicUrl, views, identity })
  await app.register(web, { ahead: agendaAhead(db, identity), headOf: publicHead(db, config.publicUrl) })

  app.get('/livez', () => ({ ok: true }))
  // Answered from what the feed has found out within the last seconds: a database that hangs does not hang this.
  app.get('/readyz', () => {
    const { heart, ending } = app
    if (ending.begun) throw new DomainError('unavailable')
    if (!heart.readsFresh()) throw new DomainError('database-down')
    if (!heart.hears()) throw new DomainError('unavailable')
    const { backup } = heart
    return { ok: true, writes: heart.writes, ...(backup && { backup }) }
  })
  return app
}

/** So many proxies in a row, counted from here. */
const trusted = ({ trustProxy }: Config) =>
  typeof trustProxy === 'number' ? (_: string, hop: number) => hop < trustProxy : trustProxy

/** Over HTTPS where a certificate is given; else a proxy in front, or the machine itself, needs none. */
function serve(config: Config, options: FastifyServerOptions): FastifyInstance {
  const http = { headersTimeout: TIMES.headers, connectionsCheckingInterval: TIMES.lookEvery }
  if (!config.tls) return fastify({ ...options, http })
  const https = { ...http, cert: readTls(config.tls.certificate), key: readTls(config.tls.key) }
  return fastify({ ...(options as object), https }) as unknown as FastifyInstance
}

function readTls(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigError(`TLS_CERT or TLS_KEY cannot be read: ${(error as Error).message}.`)
  }
}

/** Scripts and styles only from here; sockets to here. */
const contentPolicy = (config: Config) => ({
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'", config.publicUrl.replace(/^http/, 'ws')],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
})
