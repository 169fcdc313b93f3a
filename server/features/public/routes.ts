import type { FastifyInstance } from 'fastify'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { PublicView } from '../../schemas/programme.ts'
import { PublicityDecision, PublicityView } from '../../schemas/publicity.ts'
import type { Services } from '../../services.ts'
import { decidePublicity } from './service.ts'
import { readPublic, readPublicity } from './views.ts'

const tags = ['public']
const params = Shape({ programmeId: Id })
type OfProgramme = { programmeId: string }

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get('/public', { schema: { response: { 200: PublicView }, tags } }, () => readPublic(db))
    api.get<{ Params: OfProgramme }>(
      '/programmes/:programmeId/publicity',
      { schema: { params, response: { 200: PublicityView }, tags } },
      (request) => readPublicity(db, request.actor, request.params.programmeId),
    )
    api.post<{ Params: OfProgramme; Body: PublicityDecision }>(
      '/programmes/:programmeId/publicity',
      { schema: { params, body: PublicityDecision, response: { 200: Written }, tags } },
      (request) => decidePublicity(db, callOf(request), request.params.programmeId, request.body),
    )
  }
}
