import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { AvailabilityInput, PreferenceInput } from '../../schemas/choice.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { CheckedAnswers, PastedAnswers, PastedOrder, SavedAnswers } from '../../schemas/pasted-answers.ts'
import { checkPasted, savePasted } from './pasted.ts'
import { finishAnswer, stateAvailability, statePreference } from './service.ts'

const tags = ['choices']
const response = { 200: Written }
const OfPair = Shape({ eventId: Id, fromId: Id, toId: Id })
const OfEvent = Shape({ eventId: Id })
const OfParticipant = Shape({ id: Id })

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.put<{ Params: { eventId: string; fromId: string; toId: string }; Body: PreferenceInput }>(
      '/events/:eventId/preferences/:fromId/:toId',
      { schema: { params: OfPair, body: PreferenceInput, response, tags } },
      (request) => statePreference(db, callOf(request), request.params, request.body),
    )
    api.post<{ Params: { eventId: string }; Body: PastedAnswers }>(
      '/events/:eventId/answers/pasted/check',
      { schema: { params: OfEvent, body: PastedAnswers, response: { 200: CheckedAnswers }, tags } },
      (request) => checkPasted(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<{ Params: { eventId: string }; Body: PastedOrder }>(
      '/events/:eventId/answers/pasted',
      { schema: { params: OfEvent, body: PastedOrder, response: { 200: SavedAnswers }, tags } },
      (request) => savePasted(db, callOf(request), request.params.eventId, request.body),
    )
    api.post<{ Params: { id: string } }>(
      '/participants/:id/answer',
      { schema: { params: OfParticipant, response, tags } },
      (request) => finishAnswer(db, callOf(request), request.params.id),
    )
    api.put<{ Params: { id: string }; Body: AvailabilityInput }>(
      '/participants/:id/availability',
      { schema: { params: OfParticipant, body: AvailabilityInput, response, tags } },
      (request) => stateAvailability(db, callOf(request), request.params.id, request.body),
    )
  }
}
