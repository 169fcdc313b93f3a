import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Language, Shape, Written } from '../../schemas/common.ts'
import {
  Letter,
  LetterAsked,
  LetterKind,
  LetterText,
  LetterTexts,
  MailChoice,
  NewLetters,
  RecipientsAsked,
  RecipientsView,
  ScheduledInput,
  ScheduledKind,
  ScheduledView,
} from '../../schemas/letters.ts'
import { MailsWritten } from '../../schemas/mail.ts'
import { readChoice, writeChoice } from './choices.ts'
import { readRecipients, readTexts } from './reads.ts'
import { readScheduled, setScheduled } from './scheduled.ts'
import { readLetter, sendLetters, sendTestLetter, writeText } from './service.ts'

const tags = ['mail']
const params = Shape({ programmeId: Id })
const oneScheduled = Shape({ eventId: Id, kind: ScheduledKind })
const oneChoice = Shape({ token: Id })
const oneText = Shape({ programmeId: Id, kind: LetterKind, language: Language })
type OfProgramme = { Params: { programmeId: string } }

export default function routes(services: Services) {
  const { db } = services
  return async (api: FastifyInstance) => {
    api.get<OfProgramme>(
      '/programmes/:programmeId/letter-texts',
      { schema: { params, response: { 200: LetterTexts }, tags } },
      (request) => readTexts(db, callOf(request), request.params.programmeId),
    )
    api.put<{ Params: { programmeId: string; kind: LetterKind; language: Language }; Body: LetterText }>(
      '/programmes/:programmeId/letter-texts/:kind/:language',
      { schema: { params: oneText, body: LetterText, response: { 200: Written }, tags } },
      (request) => writeText(services, callOf(request), request.params, request.body),
    )
    api.get<{ Params: { programmeId: string; kind: LetterKind }; Querystring: RecipientsAsked }>(
      '/programmes/:programmeId/recipients/:kind',
      {
        schema: {
          ...{ params: Shape({ programmeId: Id, kind: LetterKind }), querystring: RecipientsAsked },
          ...{ response: { 200: RecipientsView }, tags },
        },
      },
      (request) => readRecipients(db, callOf(request), request.params, request.query.event),
    )
    api.post<OfProgramme & { Body: LetterAsked }>(
      '/programmes/:programmeId/letters/preview',
      { schema: { params, body: LetterAsked, response: { 200: Letter }, tags } },
      (request) => readLetter(services, callOf(request), request.params.programmeId, request.body),
    )
    api.post<OfProgramme & { Body: LetterAsked }>(
      '/programmes/:programmeId/letters/test',
      { schema: { params, body: LetterAsked, response: { 200: Written }, tags } },
      (request) => sendTestLetter(services, callOf(request), request.params.programmeId, request.body),
    )
    api.get<{ Params: { token: string } }>(
      '/mail-choices/:token',
      { schema: { params: oneChoice, response: { 200: MailChoice }, tags } },
      (request) => readChoice(db, request.params.token),
    )
    api.put<{ Params: { token: string }; Body: { refused: boolean } }>(
      '/mail-choices/:token',
      {
        schema: {
          params: oneChoice,
          body: Shape({ refused: Type.Boolean() }),
          response: { 200: Written },
          tags,
        },
      },
      (request) => writeChoice(services, request.params.token, request.body.refused),
    )
    void api.register(async (programs) => {
      // What a mail program sends in one click (RFC 8058): of its form nothing is read.
      programs.addContentTypeParser(
        ['application/x-www-form-urlencoded', 'multipart/form-data'],
        { parseAs: 'buffer' },
        (_, __, done) => done(null, {}),
      )
      programs.post<{ Params: { token: string } }>(
        '/mail-choices/:token',
        { schema: { params: oneChoice, response: { 200: Written }, tags } },
        (request) => writeChoice(services, request.params.token, true),
      )
    })
    api.post<OfProgramme & { Body: NewLetters }>(
      '/programmes/:programmeId/letters',
      { schema: { params, body: NewLetters, response: { 200: MailsWritten }, tags } },
      (request) => sendLetters(services, callOf(request), request.params.programmeId, request.body),
    )
    api.get<OfProgramme>(
      '/programmes/:programmeId/scheduled-mails',
      { schema: { params, response: { 200: ScheduledView }, tags } },
      (request) => readScheduled(db, callOf(request), request.params.programmeId),
    )
    api.put<{ Params: { eventId: string; kind: ScheduledKind }; Body: ScheduledInput }>(
      '/events/:eventId/scheduled-mails/:kind',
      { schema: { params: oneScheduled, body: ScheduledInput, response: { 200: Written }, tags } },
      (request) => setScheduled(db, callOf(request), request.params, request.body),
    )
  }
}
