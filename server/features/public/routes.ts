import type { FastifyInstance } from 'fastify'
import type { Services } from '../../services.ts'
import { PublicView } from '../../schemas/programme.ts'
import { readPublic } from './views.ts'

export default function routes({ db }: Services) {
  return (api: FastifyInstance) => {
    api.get('/public', { schema: { response: { 200: PublicView }, tags: ['public'] } }, () => readPublic(db))
  }
}
