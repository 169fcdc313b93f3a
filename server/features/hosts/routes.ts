import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { HostPatch, HostView } from '../../schemas/proposal.ts'
import { editHost, readHost } from './service.ts'

const tags = ['hosts']
const params = Shape({ hostId: Id })

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get<{ Params: { hostId: string } }>(
      '/hosts/:hostId',
      { schema: { params, response: { 200: HostView }, tags } },
      (request) => readHost(db, request.actor, request.params.hostId),
    )
    api.patch<{ Params: { hostId: string }; Body: HostPatch }>(
      '/hosts/:hostId',
      { schema: { params, body: HostPatch, response: { 200: Written }, tags } },
      (request) => editHost(db, callOf(request), request.params.hostId, request.body),
    )
  }
}
