import type { FastifyRequest } from 'fastify'
import { DomainError } from '../errors.ts'
import { say } from '../messages.ts'
import { isText, tidyText, type TextKind } from '../text.ts'
import { requestLocale } from './problems.ts'

type Place = { parentData: Record<string, unknown>; parentDataProperty: string | number }

/** Texts are tidied before their length is counted. */
const text = {
  keyword: 'x-text',
  type: 'string' as const,
  schemaType: 'string' as const,
  modifying: true,
  errors: false,
  before: 'maxLength',
  validate: (kind: TextKind, given: string, _: unknown, place?: Place) => {
    const tidy = tidyText(kind, given)
    if (place) place.parentData[place.parentDataProperty] = tidy
    return isText(kind, tidy)
  },
}

/** How what is sent is held against its schema: nothing is added, changed in kind or left out. */
export const inputChecks = {
  ...{ removeAdditional: false, coerceTypes: false, useDefaults: false, allErrors: true },
  keywords: [text],
}

/** So deep a body may nest: what the service expects does so far less, and whatever walks through it has an end. */
const MOST_LEVELS = 32

export async function refuseDeep(request: FastifyRequest): Promise<void> {
  let level = [request.body].filter(isObject)
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) throw tooDeep(request)
    level = level.flatMap((one) => Object.values(one).filter(isObject))
  }
}

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object'

const tooDeep = (request: FastifyRequest) =>
  new DomainError('invalid-input', {}, [{ pointer: '', message: say(requestLocale(request), 'field_deep') }])
