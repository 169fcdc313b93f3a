import type { FastifyInstance } from 'fastify'
import { Id, Shape } from '../../schemas/common.ts'
import { FiguresView, PublishedPlan } from '../../schemas/figures.ts'
import type { Services } from '../../services.ts'
import { readFigures, readPublishedPlan } from './reads.ts'

const tags = ['figures']

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get<{ Params: { programmeId: string } }>(
      '/programmes/:programmeId/figures',
      { schema: { params: Shape({ programmeId: Id }), response: { 200: FiguresView }, tags } },
      (request) => readFigures(db, request.actor, request.params.programmeId),
    )
    api.get<{ Params: { eventId: string } }>(
      '/events/:eventId/published',
      { schema: { params: Shape({ eventId: Id }), response: { 200: PublishedPlan }, tags } },
      (request) => readPublishedPlan(db, request.actor, request.params.eventId),
    )
  }
}
