import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { ChangesRequest, ProposalPatch, ProposalView } from '../../schemas/proposal.ts'
import { approveProposal, editProposal, readProposal, requestChanges, submitProposal } from './service.ts'

const tags = ['proposals']
const params = Shape({ projectId: Id })
const written = { params, response: { 200: Written }, tags }
type OfProject = { projectId: string }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    const path = '/projects/:projectId/proposal'
    api.get<{ Params: OfProject }>(
      path,
      { schema: { params, response: { 200: ProposalView }, tags } },
      (request) => readProposal(db, request.actor, request.params.projectId),
    )
    api.patch<{ Params: OfProject; Body: ProposalPatch }>(
      path,
      { schema: { ...written, body: ProposalPatch } },
      (request) => editProposal(db, callOf(request), request.params.projectId, request.body),
    )
    api.post<{ Params: OfProject }>(`${path}/submit`, { schema: written }, (request) =>
      submitProposal(db, callOf(request), request.params.projectId),
    )
    api.post<{ Params: OfProject }>(`${path}/approve`, { schema: written }, (request) =>
      approveProposal(db, callOf(request), request.params.projectId),
    )
    api.post<{ Params: OfProject; Body: { message: string } }>(
      `${path}/request-changes`,
      { schema: { ...written, body: ChangesRequest } },
      (request) => requestChanges(db, callOf(request), request.params.projectId, request.body.message),
    )
  }
}
