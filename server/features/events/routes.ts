import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { EventCopy, EventPatch, EventView, NewEvent, SlotGrid, TablesInput } from '../../schemas/event.ts'
import {
  addEvent,
  changeTables,
  copyEvent,
  deleteEvent,
  editEvent,
  readEvent,
  replaceGrid,
} from './service.ts'

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
    api.put<{ Params: OfEvent; Body: SlotGrid }>(
      '/events/:eventId/grid',
      { schema: { ...written, body: SlotGrid } },
      (request) => replaceGrid(db, callOf(request), request.params.eventId, request.body),
    )
    api.put<{ Params: OfEvent; Body: TablesInput }>(
      '/events/:eventId/tables',
      { schema: { ...written, body: TablesInput } },
      (request) => changeTables(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<{ Params: OfEvent; Body: EventCopy }>(
      '/events/:eventId/copy',
      { schema: { ...written, body: EventCopy } },
      (request) => copyEvent(db, callOf(request), request.params.eventId, request.body),
    )
  }
}
