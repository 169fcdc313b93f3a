import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import {
  ArrangementEffects,
  EventCopy,
  GridInput,
  OwnTableInput,
  PostponeInput,
  TablesInput,
} from '../../schemas/event.ts'
import { copyEvent } from './copy.ts'
import { giveTable } from './own-table.ts'
import {
  changeTables,
  postponeEvent,
  previewGrid,
  previewPostponement,
  previewTables,
  replaceGrid,
} from './service.ts'

const tags = ['events']
const params = Shape({ eventId: Id })
const written = { params, response: { 200: Written }, tags }
const previewed = { params, response: { 200: ArrangementEffects }, tags }
type OfEvent = { eventId: string }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.post<{ Params: OfEvent; Body: GridInput }>(
      '/events/:eventId/grid/preview',
      { schema: { ...previewed, body: GridInput } },
      (request) => previewGrid(db, callOf(request), request.params.eventId, request.body),
    )
    api.put<{ Params: OfEvent; Body: GridInput }>(
      '/events/:eventId/grid',
      { schema: { ...written, body: GridInput } },
      (request) => replaceGrid(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<{ Params: OfEvent; Body: TablesInput }>(
      '/events/:eventId/tables/preview',
      { schema: { ...previewed, body: TablesInput } },
      (request) => previewTables(db, callOf(request), request.params.eventId, request.body),
    )
    api.put<{ Params: OfEvent; Body: TablesInput }>(
      '/events/:eventId/tables',
      { schema: { ...written, body: TablesInput } },
      (request) => changeTables(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<{ Params: OfEvent; Body: PostponeInput }>(
      '/events/:eventId/postponement/preview',
      { schema: { ...previewed, body: PostponeInput } },
      (request) => previewPostponement(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<{ Params: OfEvent; Body: PostponeInput }>(
      '/events/:eventId/postponement',
      { schema: { ...written, body: PostponeInput } },
      (request) => postponeEvent(db, callOf(request), request.params.eventId, request.body),
    )
    api.put<{ Params: { id: string }; Body: OwnTableInput }>(
      '/participants/:id/own-table',
      { schema: { params: Shape({ id: Id }), body: OwnTableInput, response: { 200: Written }, tags } },
      (request) => giveTable(db, callOf(request), request.params.id, request.body),
    )
    api.post<{ Params: OfEvent; Body: EventCopy }>(
      '/events/:eventId/copy',
      { schema: { ...written, body: EventCopy } },
      (request) => copyEvent(db, callOf(request), request.params.eventId, request.body),
    )
  }
}
