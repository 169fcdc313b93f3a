import type { FastifyInstance } from 'fastify'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import {
  MergeOrder,
  MergeView,
  OrganisationMerge,
  OrganisationPatch,
  OrganisationsView,
  Ties,
  Withdrawal,
} from '../../schemas/standing.ts'
import type { Services } from '../../services.ts'
import { mergeHosts, readMerge } from './merge.ts'
import { editOrganisation, mergeOrganisations, readOrganisations } from './organisations.ts'
import { deleteEntry, readTies, withdraw } from './service.ts'

const tags = ['standing']
const response = { 200: Written }
const ofProject = { params: Shape({ projectId: Id }), tags }
const ofHost = { params: Shape({ hostId: Id }), tags }
const ofOrganisation = { params: Shape({ organisationId: Id }), tags, response }
type Project = { projectId: string }
type Host = { hostId: string }
type Organisation = { organisationId: string }
const project = ({ projectId: id }: Project) => ({ side: 'project' as const, id })
const host = ({ hostId: id }: Host) => ({ side: 'host' as const, id })

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get<{ Params: Project }>(
      '/projects/:projectId/ties',
      { schema: { ...ofProject, response: { 200: Ties } } },
      (request) => readTies(db, request.actor, project(request.params)),
    )
    api.post<{ Params: Project; Body: Withdrawal }>(
      '/projects/:projectId/withdrawal',
      { schema: { ...ofProject, body: Withdrawal, response } },
      (request) => withdraw(db, callOf(request), project(request.params), request.body.withdrawn),
    )
    api.delete<{ Params: Project }>(
      '/projects/:projectId',
      { schema: { ...ofProject, response } },
      (request) => deleteEntry(db, callOf(request), project(request.params)),
    )
    api.get<{ Params: Host }>(
      '/hosts/:hostId/ties',
      { schema: { ...ofHost, response: { 200: Ties } } },
      (request) => readTies(db, request.actor, host(request.params)),
    )
    api.post<{ Params: Host; Body: Withdrawal }>(
      '/hosts/:hostId/withdrawal',
      { schema: { ...ofHost, body: Withdrawal, response } },
      (request) => withdraw(db, callOf(request), host(request.params), request.body.withdrawn),
    )
    api.delete<{ Params: Host }>('/hosts/:hostId', { schema: { ...ofHost, response } }, (request) =>
      deleteEntry(db, callOf(request), host(request.params)),
    )
    api.get<{ Params: Host & { twinId: string } }>(
      '/hosts/:hostId/merge/:twinId',
      { schema: { params: Shape({ hostId: Id, twinId: Id }), tags, response: { 200: MergeView } } },
      (request) => readMerge(db, request.actor, request.params.hostId, request.params.twinId),
    )
    api.post<{ Params: Host; Body: MergeOrder }>(
      '/hosts/:hostId/merge',
      { schema: { ...ofHost, body: MergeOrder, response } },
      (request) => mergeHosts(db, callOf(request), request.params.hostId, request.body),
    )
    api.get<{ Params: { programmeId: string } }>(
      '/programmes/:programmeId/organisations',
      { schema: { params: Shape({ programmeId: Id }), tags, response: { 200: OrganisationsView } } },
      (request) => readOrganisations(db, request.actor, request.params.programmeId),
    )
    api.patch<{ Params: Organisation; Body: OrganisationPatch }>(
      '/organisations/:organisationId',
      { schema: { ...ofOrganisation, body: OrganisationPatch } },
      (request) => editOrganisation(db, callOf(request), request.params.organisationId, request.body),
    )
    api.post<{ Params: Organisation; Body: OrganisationMerge }>(
      '/organisations/:organisationId/merge',
      { schema: { ...ofOrganisation, body: OrganisationMerge } },
      (request) => mergeOrganisations(db, callOf(request), request.params.organisationId, request.body),
    )
  }
}
