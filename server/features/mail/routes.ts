import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { Id, Written } from '../../schemas/common.ts'
import { MailsAsked, MailsView, MailsWritten, NewInvitations } from '../../schemas/mail.ts'
import { resendMail, sendTestMail } from './again.ts'
import { readMails } from './reads.ts'
import { sendInvitations, sendReminders } from './sending.ts'

const OneProgramme = Type.Object({ programmeId: Id })
const OneEvent = Type.Object({ eventId: Id })
const tags = ['mail']

export default function routes(services: Services) {
  return async (api: FastifyInstance) => {
    api.get<{ Params: { programmeId: string }; Querystring: MailsAsked }>(
      '/programmes/:programmeId/mails',
      { schema: { params: OneProgramme, querystring: MailsAsked, response: { 200: MailsView }, tags } },
      (request) =>
        readMails(services.db, callOf(request), request.params.programmeId, request.query, services.config),
    )
    api.post<{ Params: { programmeId: string } }>(
      '/programmes/:programmeId/test-mail',
      { schema: { params: OneProgramme, response: { 200: Written }, tags } },
      (request) => sendTestMail(services, callOf(request), request.params.programmeId),
    )
    api.post<{ Params: { id: string } }>(
      '/mails/:id/resend',
      { schema: { params: Type.Object({ id: Id }), response: { 200: Written }, tags } },
      (request) => resendMail(services, callOf(request), request.params.id),
    )
    api.post<{ Params: { programmeId: string }; Body: NewInvitations }>(
      '/programmes/:programmeId/invitations',
      { schema: { params: OneProgramme, body: NewInvitations, response: { 200: MailsWritten }, tags } },
      (request) => sendInvitations(services, callOf(request), request.params.programmeId, request.body),
    )
    api.post<{ Params: { eventId: string } }>(
      '/events/:eventId/reminders',
      { schema: { params: OneEvent, response: { 200: MailsWritten }, tags } },
      (request) => sendReminders(services, callOf(request), request.params.eventId),
    )
  }
}
