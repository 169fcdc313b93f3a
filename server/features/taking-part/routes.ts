import type { FastifyInstance } from 'fastify'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { ParticipantsInput, PlacesView } from '../../schemas/taking-part.ts'
import type { Services } from '../../services.ts'
import { addParticipants, removeParticipants } from './service.ts'
import { readPlaces } from './views.ts'

const tags = ['events']
const params = Shape({ eventId: Id })
const written = { params, body: ParticipantsInput, response: { 200: Written }, tags }
type OfEvent = { Params: { eventId: string } }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get<{ Params: { projectId: string } }>(
      '/projects/:projectId/places',
      { schema: { params: Shape({ projectId: Id }), response: { 200: PlacesView }, tags } },
      ({ actor, params }) => readPlaces(db, actor, { projectId: params.projectId, hostId: null }),
    )
    api.get<{ Params: { hostId: string } }>(
      '/hosts/:hostId/places',
      { schema: { params: Shape({ hostId: Id }), response: { 200: PlacesView }, tags } },
      ({ actor, params }) => readPlaces(db, actor, { projectId: null, hostId: params.hostId }),
    )
    api.post<OfEvent & { Body: ParticipantsInput }>(
      '/events/:eventId/taking-part/added',
      { schema: written },
      (request) => addParticipants(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<OfEvent & { Body: ParticipantsInput }>(
      '/events/:eventId/taking-part/removed',
      { schema: written },
      (request) => removeParticipants(db, callOf(request), request.params.eventId, request.body),
    )
  }
}
