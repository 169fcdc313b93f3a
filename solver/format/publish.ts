import { disruptionFile } from './disruption.ts'
import { instanceFile } from './instance.ts'
import type { AnySchema } from './schema.ts'
import { solutionFile } from './solution.ts'

type Place = { description?: string; default?: unknown; 'x-default'?: string }
type Part = { properties?: Record<string, Place> }
type Document = Part & { $defs: Record<string, Part> }

/** A kind of file as a JSON Schema document (draft 2020-12). */
function publish(file: AnySchema, title: string, description: string): Document {
  const $defs: Record<string, object> = {}
  const of = (schema: AnySchema): object => {
    if (schema.name === undefined) return schema.json(of)
    $defs[schema.name] ??= schema.json(of)
    return { $ref: `#/$defs/${schema.name}` }
  }
  const $schema = 'https://json-schema.org/draft/2020-12/schema'
  return { $schema, title, description, ...of(file), $defs } as Document
}

/** What the files beside this one say, by the kind of file. */
export const PUBLISHED = {
  instance: publish(
    instanceFile,
    'An event: who could meet whom, when and where',
    'Format incontro/instance, version 1. References between ids, one id for one thing, slots of a day and of a block that follow each other, end after start and min up to max are checked by the program, not by this schema.',
  ),
  solution: publish(
    solutionFile,
    'A schedule, with what proves how good it is',
    'Format incontro/solution, version 1. Whether it belongs to its instance and holds is for verify to say.',
  ),
  disruption: publish(
    disruptionFile,
    'What goes differently from the schedule',
    'Format incontro/disruption, version 1. References are to the instance it is applied to.',
  ),
}

/** What may be left out of a kind of file, as a table in Markdown: what then holds, and what it is. */
export function tableOf(kind: keyof typeof PUBLISHED): string {
  const { $defs, ...top } = PUBLISHED[kind]
  const own = Object.entries($defs).filter(([name]) => kind === 'instance' || !isOfInstance(name))
  const rows = [rowsOf(kind, top), ...own.map(([name, part]) => rowsOf(`${kind} ${name}`, part))]
  return [`| ${kind} | if left out | what it is |`, '| --- | --- | --- |', ...rows.flat()].join('\n')
}

const isOfInstance = (name: string): boolean => Object.hasOwn(PUBLISHED.instance.$defs, name)

const rowsOf = (name: string, { properties = {} }: Part): string[] =>
  Object.entries(properties).flatMap(([key, place]) => {
    const holds = place['x-default'] ?? JSON.stringify(place.default)
    return holds === undefined ? [] : [`| \`${name}.${key}\` | ${holds} | ${place.description ?? ''} |`]
  })
