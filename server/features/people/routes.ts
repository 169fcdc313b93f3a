import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import {
  HostPersonPatch,
  NewHost,
  NewProject,
  PastedResult,
  PastedTable,
  PeopleView,
  ProjectPatch,
} from '../../schemas/programme.ts'
import { importPeople } from './import.ts'
import { addHost, addProject, correctHost, editProject, readPeople } from './service.ts'

const tags = ['people']
const params = Shape({ programmeId: Id })
const response = { 200: Written }
type OfProgramme = { programmeId: string }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get<{ Params: OfProgramme }>(
      '/programmes/:programmeId/people',
      { schema: { params, response: { 200: PeopleView }, tags } },
      (request) => readPeople(db, request.actor, request.params.programmeId),
    )
    api.post<{ Params: OfProgramme; Body: NewProject }>(
      '/programmes/:programmeId/projects',
      { schema: { params, body: NewProject, response, tags } },
      (request) => addProject(db, callOf(request), request.params.programmeId, request.body),
    )
    api.post<{ Params: OfProgramme; Body: NewHost }>(
      '/programmes/:programmeId/hosts',
      { schema: { params, body: NewHost, response, tags } },
      (request) => addHost(db, callOf(request), request.params.programmeId, request.body),
    )
    api.patch<{ Params: { projectId: string }; Body: ProjectPatch }>(
      '/projects/:projectId',
      { schema: { params: Shape({ projectId: Id }), body: ProjectPatch, response, tags } },
      (request) => editProject(db, callOf(request), request.params.projectId, request.body),
    )
    api.patch<{ Params: { hostId: string }; Body: HostPersonPatch }>(
      '/hosts/:hostId/person',
      { schema: { params: Shape({ hostId: Id }), body: HostPersonPatch, response, tags } },
      (request) => correctHost(db, callOf(request), request.params.hostId, request.body),
    )
    api.post<{ Params: OfProgramme; Body: PastedTable }>(
      '/programmes/:programmeId/import',
      { schema: { params, body: PastedTable, response: { 200: PastedResult }, tags } },
      (request) => importPeople(db, callOf(request), request.params.programmeId, request.body),
    )
  }
}
