import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { callOf } from '../../plugins/session.ts'
import { ScreenSession, ScreenToken } from '../../schemas/agenda.ts'
import { Id, Shape, Written } from '../../schemas/common.ts'
import { NewScreen, ScreenCreated } from '../../schemas/event.ts'
import { SCREEN_COOKIE } from './cookie.ts'
import { createScreenLink, openScreenLink, withdrawScreenLink } from './service.ts'

const tags = ['screens']
const A_YEAR = 365 * 24 * 60 * 60

export default function routes({ config, db }: Services) {
  const secure = config.publicUrl.startsWith('https:') ? '; Secure' : ''
  return (api: FastifyInstance) => {
    api.post<{ Params: { eventId: string }; Body: { label: string } }>(
      '/events/:eventId/screens',
      { schema: { params: Shape({ eventId: Id }), body: NewScreen, response: { 200: ScreenCreated }, tags } },
      (request) => createScreenLink(db, callOf(request), request.params.eventId, request.body.label),
    )
    api.delete<{ Params: { id: string } }>(
      '/screens/:id',
      { schema: { params: Shape({ id: Id }), response: { 200: Written }, tags } },
      (request) => withdrawScreenLink(db, callOf(request), request.params.id),
    )
    api.post<{ Body: { token: string } }>(
      '/screen/session',
      { schema: { body: ScreenToken, response: { 200: ScreenSession }, tags } },
      async (request, reply) => {
        const { token } = request.body
        const opened = await openScreenLink(db, token)
        const cookie = `${SCREEN_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${A_YEAR}${secure}`
        void reply.header('set-cookie', cookie)
        return opened
      },
    )
  }
}
