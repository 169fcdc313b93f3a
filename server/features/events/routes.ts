import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { EventPatch, EventView, NewEvent } from '../../schemas/event.ts'
import { addEvent, deleteEvent, editEvent, readEvent } from './service.ts'

const tags = ['events']
const params = Shape({ eventId: Id })
const written = { params, response: { 200: Written }, tags }
type OfEvent = { eventId: string }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.post<{ Params: { programmeId: string }; Body: NewEvent }>(
      '/programmes/:programmeId/events',
      { schema: { ...written, params: Shape({ programmeId: Id }), body: NewEvent } },
      (request) => addEvent(db, callOf(request), request.params.programmeId, request.body),
    )
    api.get<{ Params: OfEvent }>(
      '/events/:eventId',
      { schema: { params, response: { 200: EventView }, tags } },
      (request) => readEvent(db, request.actor, request.params.eventId),
    )
    api.patch<{ Params: OfEvent; Body: EventPatch }>(
      '/events/:eventId',
      { schema: { ...written, body: EventPatch } },
      (request) => editEvent(db, callOf(request), request.params.eventId, request.body),
    )
    api.delete<{ Params: OfEvent }>('/events/:eventId', { schema: written }, (request) =>
      deleteEvent(db, callOf(request), request.params.eventId),
    )
  }
}
