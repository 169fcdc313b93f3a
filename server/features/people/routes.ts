import type { FastifyInstance, FastifyReply } from 'fastify'
import { may } from '../../policy.ts'
import type { Services } from '../../services.ts'
import { largeBody } from '../../plugins/large-bodies.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, oneOf, Shape, Written } from '../../schemas/common.ts'
import { HostPersonPatch, NewHost, NewProject, PeopleView, ProjectPatch } from '../../schemas/programme.ts'
import {
  CheckedTable,
  Imported,
  ImportOrder,
  ImportTable,
  PEOPLE_KINDS,
  ReadTable,
  UploadedTable,
  type PeopleKind,
} from '../../schemas/import.ts'
import { XLSX_TYPE } from '../../spreadsheets/writer.ts'
import { importReport, importTemplate } from './import-files.ts'
import { checkImport, importPeople, readUploaded } from './import.ts'
import { addHost, addProject, correctHost, editProject, readPeople } from './service.ts'

const tags = ['people']
const params = Shape({ programmeId: Id })
const response = { 200: Written }
type OfProgramme = { programmeId: string }
const large = largeBody(12.5 * 1024 * 1024, ({ actor, params }) =>
  may(actor, 'people.edit', params as OfProgramme),
)

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
    api.post<{ Params: OfProgramme; Body: UploadedTable }>(
      '/programmes/:programmeId/import/table',
      { ...large, schema: { params, body: UploadedTable, response: { 200: ReadTable }, tags } },
      (request) => readUploaded(db, callOf(request), request.params.programmeId, request.body),
    )
    api.post<{ Params: OfProgramme; Body: ImportTable }>(
      '/programmes/:programmeId/import/check',
      { ...large, schema: { params, body: ImportTable, response: { 200: CheckedTable }, tags } },
      (request) => checkImport(db, callOf(request), request.params.programmeId, request.body),
    )
    api.post<{ Params: OfProgramme; Body: ImportTable }>(
      '/programmes/:programmeId/import/report',
      { ...large, schema: { params, body: ImportTable, tags } },
      async (request, reply) => {
        const { params, body } = request
        return asFile(reply, 'errori', await importReport(db, callOf(request), params.programmeId, body))
      },
    )
    api.get<{ Params: OfProgramme & { kind: PeopleKind } }>(
      '/programmes/:programmeId/import/template/:kind',
      { schema: { params: Shape({ programmeId: Id, kind: oneOf(PEOPLE_KINDS) }), tags } },
      async (request, reply) => {
        const { programmeId, kind } = request.params
        return asFile(reply, kind, await importTemplate(db, callOf(request), programmeId, kind))
      },
    )
    api.post<{ Params: OfProgramme; Body: ImportOrder }>(
      '/programmes/:programmeId/import',
      { ...large, schema: { params, body: ImportOrder, response: { 200: Imported }, tags } },
      (request) => importPeople(db, callOf(request), request.params.programmeId, request.body),
    )
  }
}

const asFile = (reply: FastifyReply, name: string, content: Buffer) =>
  reply
    .type(XLSX_TYPE)
    .header('content-disposition', `attachment; filename="incontro-${name}.xlsx"`)
    .send(content)
