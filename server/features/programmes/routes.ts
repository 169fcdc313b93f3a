import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import {
  ChangesView,
  NewProgramme,
  ProgrammePatch,
  Programmes,
  ProgrammeView,
} from '../../schemas/programme.ts'
import { editProgramme, foundProgramme, readChanges, readProgramme, readProgrammes } from './service.ts'

const tags = ['programmes']
const params = Shape({ programmeId: Id })
const response = { 200: Written }
const Page = Shape({
  event: Type.Optional(Id),
  before: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
})
type OfProgramme = { programmeId: string }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get('/programmes', { schema: { response: { 200: Programmes }, tags } }, (request) =>
      readProgrammes(db, request.actor),
    )
    api.post<{ Body: NewProgramme }>(
      '/programmes',
      { schema: { body: NewProgramme, response, tags } },
      (request) => foundProgramme(db, callOf(request), request.body),
    )
    api.get<{ Params: OfProgramme }>(
      '/programmes/:programmeId',
      { schema: { params, response: { 200: ProgrammeView }, tags } },
      (request) => readProgramme(db, request.actor, request.params.programmeId),
    )
    api.patch<{ Params: OfProgramme; Body: Partial<NewProgramme> }>(
      '/programmes/:programmeId',
      { schema: { params, body: ProgrammePatch, response, tags } },
      (request) => editProgramme(db, callOf(request), request.params.programmeId, request.body),
    )
    api.get<{ Params: OfProgramme; Querystring: { event?: string; before?: string } }>(
      '/programmes/:programmeId/changes',
      { schema: { params, querystring: Page, response: { 200: ChangesView }, tags } },
      (request) => readChanges(db, request.actor, request.params.programmeId, request.query),
    )
  }
}
