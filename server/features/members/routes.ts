import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { Helpers, InvitationAgain, NewHelper } from '../../schemas/programme.ts'
import { addHelper, inviteAgain, readHelpers, removeHelper } from './service.ts'

const tags = ['members']
const params = Shape({ programmeId: Id })
type OfProgramme = { Params: { programmeId: string } }

export default function routes(services: Services) {
  const { db } = services
  return async (api: FastifyInstance) => {
    api.get<OfProgramme>(
      '/programmes/:programmeId/members',
      { schema: { params, response: { 200: Helpers }, tags } },
      (request) => readHelpers(db, request.actor, request.params.programmeId),
    )
    api.post<OfProgramme & { Body: NewHelper }>(
      '/programmes/:programmeId/members',
      { schema: { params, body: NewHelper, response: { 200: Written }, tags } },
      (request) => addHelper(services, callOf(request), request.params.programmeId, request.body),
    )
    api.post<{ Params: { id: string }; Body: InvitationAgain }>(
      '/members/:id/invitation',
      { schema: { params: Shape({ id: Id }), body: InvitationAgain, response: { 200: Written }, tags } },
      (request) => inviteAgain(services, callOf(request), request.params.id, request.body),
    )
    api.delete<{ Params: { id: string } }>(
      '/members/:id',
      { schema: { params: Shape({ id: Id }), response: { 200: Written }, tags } },
      (request) => removeHelper(db, callOf(request), request.params.id),
    )
  }
}
