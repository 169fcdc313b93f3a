import type { FastifyInstance } from 'fastify'
import { callOf } from '../../plugins/session.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import {
  RsvpByLink,
  RsvpInput,
  RsvpLinkView,
  RsvpToken,
  StandInByLink,
  StandInInput,
} from '../../schemas/rsvp.ts'
import type { Services } from '../../services.ts'
import { answerByLink, readLink, stateRsvp } from './service.ts'
import { endStandIn, nameStandIn, nameStandInByLink } from './stand-in.ts'

const tags = ['rsvp']

/** Of those who come with a link, by network address: a whole office behind one has room, who tries tokens has none. */
const config = {
  rateLimit: { max: 300, timeWindow: '1 minute', keyGenerator: ({ ip }: { ip: string }) => ip },
}

export default function routes(services: Services) {
  const { db } = services
  return (api: FastifyInstance) => {
    // What is read is asked for by POST, so that the token stands in no address and in no log.
    api.post<{ Body: { token: string } }>(
      '/rsvp/link',
      { config, schema: { body: RsvpToken, response: { 200: RsvpLinkView }, tags } },
      (request) => readLink(db, request.body.token),
    )
    api.post<{ Body: RsvpByLink }>(
      '/rsvp/answer',
      { config, schema: { body: RsvpByLink, response: { 200: Written }, tags } },
      (request) => answerByLink(db, request.body),
    )
    api.put<{ Params: { id: string }; Body: RsvpInput }>(
      '/participants/:id/rsvp',
      { schema: { params: Shape({ id: Id }), body: RsvpInput, response: { 200: Written }, tags } },
      (request) => stateRsvp(db, callOf(request), request.params.id, request.body),
    )
    api.post<{ Body: StandInByLink }>(
      '/rsvp/stand-in',
      { config, schema: { body: StandInByLink, response: { 200: Written }, tags } },
      (request) => nameStandInByLink(services, request.actor.locale, request.body),
    )
    api.put<{ Params: { id: string }; Body: StandInInput }>(
      '/participants/:id/stand-in',
      { schema: { params: Shape({ id: Id }), body: StandInInput, response: { 200: Written }, tags } },
      (request) => nameStandIn(services, callOf(request), request.params.id, request.body),
    )
    api.delete<{ Params: { id: string } }>(
      '/participants/:id/stand-in',
      { schema: { params: Shape({ id: Id }), response: { 200: Written }, tags } },
      (request) => endStandIn(services, callOf(request), request.params.id),
    )
  }
}
