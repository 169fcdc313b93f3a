import { AjvCompiler } from '@fastify/ajv-compiler'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'

type Made = ((data: unknown) => unknown) & { errors?: unknown }
type Build = (...setup: unknown[]) => (route: unknown) => Made

/**
 * Fastify's own compilers of schemas, each schema compiled when it is first needed: to compile those of all routes
 * takes a third of a start, and after a crash a whole hall waits for a few of them.
 */
export const compilersFactory = {
  buildValidator: lazily(AjvCompiler()),
  buildSerializer: lazily(SerializerSelector()),
}

function lazily<Factory>(factory: Factory): Factory {
  const build: Build = (...setup) => {
    const compile = (factory as Build)(...setup)
    return (route) => {
      let made: Made | null = null
      const use: Made = (data) => {
        made ??= compile(route)
        const answer = made(data)
        use.errors = made.errors
        return answer
      }
      return use
    }
  }
  return build as Factory
}
