import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { UndoInput } from '../../schemas/programme.ts'
import { undoChange } from './service.ts'

export default function routes(services: Services) {
  return (api: FastifyInstance) => {
    api.post<{ Params: { programmeId: string }; Body: UndoInput }>(
      '/programmes/:programmeId/undo',
      {
        schema: {
          params: Shape({ programmeId: Id }),
          body: UndoInput,
          response: { 200: Written },
          tags: ['undo'],
        },
      },
      (request) => undoChange(services, callOf(request), request.params.programmeId, request.body.seq),
    )
  }
}
