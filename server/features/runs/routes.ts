import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Services } from '../../services.ts'
import { goneSignal } from '../../plugins/gone.ts'
import { largeBody } from '../../plugins/large-bodies.ts'
import { callOf } from '../../plugins/session.ts'
import { may } from '../../policy.ts'
import { Id, Written } from '../../schemas/common.ts'
import {
  CheckView,
  NewRun,
  PriceCurve,
  Priced,
  RunPeople,
  RunShortfalls,
  RunStart,
  RunStress,
  TablePrice,
  UnmetWish,
  UnmetWishes,
} from '../../schemas/run.ts'
import { readCheck } from './check.ts'
import { readPeople, readShortfalls } from './people.ts'
import { readPriceCurve } from './prices.ts'
import { readStress } from './stress.ts'
import { takeSolution } from './upload.ts'
import { startRun, stopRun } from './service.ts'
import { readTablePrice } from './table-price.ts'
import { readUnmetWish, readUnmetWishes } from './unmet.ts'
import { readFile } from './views.ts'

const OneRun = Type.Object({ id: Id })
const OneWish = Type.Object({ id: Id, candidateId: Id })
const OneEvent = Type.Object({ eventId: Id })
const Extra = Type.Object({ extra: Type.Optional(Type.String({ pattern: '^[1-9]\\d?$' })) })
const WhichPrice = Type.Object({ rule: Type.Optional(Priced) })
const Days = Type.Object({
  percent: Type.Optional(Type.String({ pattern: '^[1-9]\\d?$' })),
  seed: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,2}$' })),
})
/** A file of the open format, which the solver's own reader checks piece by piece. */
const AnyFile = Type.Object({}, { additionalProperties: true })
const large = largeBody(
  8 * 1024 * 1024,
  ({ actor }) =>
    actor.kind === 'user' &&
    actor.memberships.some(({ programmeId }) => may(actor, 'run.start', { programmeId })),
)
const tags = ['runs']

export default function routes(services: Services) {
  const { db, queue } = services
  return async (api: FastifyInstance) => {
    api.post<{ Params: { eventId: string }; Body: NewRun }>(
      '/events/:eventId/runs',
      { schema: { params: OneEvent, body: NewRun, response: { 202: Written }, tags } },
      async (request, reply) => {
        reply.code(202)
        return startRun(db, queue, callOf(request), request.params.eventId, request.body)
      },
    )
    api.post<{ Params: { id: string } }>(
      '/runs/:id/stop',
      { schema: { params: OneRun, response: { 200: Written }, tags } },
      (request) => stopRun(db, callOf(request), request.params.id),
    )
    for (const part of ['instance', 'solution'] as const)
      api.get<{ Params: { id: string } }>(
        `/runs/:id/${part}`,
        { schema: { params: OneRun, tags } },
        async (request, reply) =>
          attach(reply, part).send(await readFile(db, request.actor, request.params.id, part)),
      )
    api.get<{ Params: { eventId: string }; Querystring: RunStart }>(
      '/events/:eventId/check',
      { schema: { params: OneEvent, querystring: RunStart, response: { 200: CheckView }, tags } },
      ({ actor, params, query }, reply) =>
        readCheck(services, actor, params.eventId, query, goneSignal(reply)),
    )
    api.get<{ Params: { eventId: string }; Querystring: Static<typeof WhichPrice> }>(
      '/events/:eventId/price-curve',
      { schema: { params: OneEvent, querystring: WhichPrice, response: { 200: PriceCurve }, tags } },
      ({ actor, params, query }, reply) =>
        readPriceCurve(
          services,
          actor,
          params.eventId,
          query.rule ?? 'guaranteeNotFinanced',
          goneSignal(reply),
        ),
    )
    api.get<{ Params: { id: string }; Querystring: Static<typeof Days> }>(
      '/runs/:id/stress',
      { schema: { params: OneRun, querystring: Days, response: { 200: RunStress }, tags } },
      ({ actor, params, query: { percent = '10', seed = '1' } }, reply) =>
        readStress(
          services,
          actor,
          params.id,
          { percent: Number(percent), seed: Number(seed) },
          goneSignal(reply),
        ),
    )
    api.post<{ Params: { id: string } }>(
      '/runs/:id/solutions',
      { ...large, schema: { params: OneRun, body: AnyFile, response: { 200: Written }, tags } },
      (request, reply) =>
        takeSolution(services, callOf(request), request.params.id, request.body, goneSignal(reply)),
    )
    api.get<{ Params: { id: string } }>(
      '/runs/:id/people',
      { schema: { params: OneRun, response: { 200: RunPeople }, tags } },
      (request) => readPeople(db, request.actor, request.params.id),
    )
    api.get<{ Params: { id: string } }>(
      '/runs/:id/shortfalls',
      { schema: { params: OneRun, response: { 200: RunShortfalls }, tags } },
      ({ actor, params }, reply) => readShortfalls(services, actor, params.id, goneSignal(reply)),
    )
    api.get<{ Params: { id: string } }>(
      '/runs/:id/unmet',
      { schema: { params: OneRun, response: { 200: UnmetWishes }, tags } },
      (request) => readUnmetWishes(db, request.actor, request.params.id),
    )
    api.get<{ Params: { id: string; candidateId: string } }>(
      '/runs/:id/unmet/:candidateId',
      { schema: { params: OneWish, response: { 200: UnmetWish }, tags } },
      ({ actor, params }, reply) =>
        readUnmetWish(services, actor, params.id, params.candidateId, goneSignal(reply)),
    )
    api.get<{ Params: { eventId: string }; Querystring: { extra?: string } }>(
      '/events/:eventId/table-price',
      { schema: { params: OneEvent, querystring: Extra, response: { 200: TablePrice }, tags } },
      ({ actor, params, query }, reply) =>
        readTablePrice(services, actor, params.eventId, Number(query.extra ?? 1), goneSignal(reply)),
    )
  }
}

const attach = (reply: FastifyReply, name: string) =>
  reply.type('application/json').header('content-disposition', `attachment; filename="${name}.json"`)
