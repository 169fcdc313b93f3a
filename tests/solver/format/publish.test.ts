import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { format, resolveConfig } from 'prettier'
import { Compile } from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { PUBLISHED, tableOf } from '../../../solver/format/publish.ts'
import { FormatError, parseDisruption, parseInstance, parseSolution, solve } from '../../../solver/index.ts'
import { damage, junk } from '../damage.ts'
import { generateCamp, type CampOptions } from '../generate.ts'
import { claimless, meetings, tiny, tinyJson } from '../tiny.ts'

const folder = join(import.meta.dirname, '../../../solver/format/schema')
const kinds = ['instance', 'solution', 'disruption'] as const
const load = (kind: string) => JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8'))
const accepts = {
  instance: Compile(load('instance')),
  solution: Compile(load('solution')),
  disruption: Compile(load('disruption')),
}

const SMALL: CampOptions = { projects: 6, hosts: 8, slots: 6, tables: 4, wishes: [2, 5] }

const fullInstance = tinyJson({
  name: 'Everything',
  slots: [
    { id: 's1', start: '2026-11-22T09:30:00+01:00', end: '2026-11-22T09:50:00+01:00', block: 0 },
    { id: 's2' },
    { id: 's3' },
    { id: 's4', block: 1, day: 1 },
  ],
  tables: [{ id: 't1', features: ['step-free'], unavailable: ['s3'] }, { id: 't2' }],
  participants: [
    { id: 'p1', side: 'project', unavailable: ['s1'], minMeetings: 1, maxMeetings: 3, maxConsecutive: 2 },
    { id: 'p2', needs: ['step-free'], fairnessGroup: 'a', absence: 0.1 },
    { id: 'h1', tables: ['t1'], limits: [{ slots: ['s1', 's2'], max: 1 }] },
    { id: 'h2' },
  ],
  candidates: [
    { id: 'c11', participants: ['p1', 'h1'], value: 5, required: true, slots: ['s1', 's2'] },
    { id: 'c12', participants: ['p1', 'h2'], after: ['c11'], lock: { slot: 's4', table: 't2' } },
  ],
  quotas: [{ id: 'q', candidates: ['c11', 'c12'], min: 0, max: 2 }],
  base: [{ candidate: 'c11', slot: 's2', table: 't1' }],
  rules: {
    seated: ['project'],
    objective: ['shortfall', 'changes', 'value', 'breaks'],
    breakScope: 'event',
    maxBreakSpread: 2,
    tolerance: { value: 0.1 },
    repair: 'fewest-losses',
  },
})

const fullSolution = {
  ...claimless(meetings('c1 s1 t1')),
  objective: {
    value: { value: 1, bound: 1, proven: true },
    fairness: { value: [1, 2], bound: [2, 2], proven: false },
  },
  certificate: {
    value: {
      participants: { p1: 1.5 },
      tables: 0,
      shortfall: 2,
      quotas: { q: -1 },
      days: { participants: { p1: { s1: 0.5 } }, tables: { s1: 1 } },
    },
    breaks: { participants: { p1: { s1: -1 } }, tables: { s1: 0 } },
  },
  infeasible: {
    reason: {
      code: 'noTimetable',
      participants: ['p1'],
      candidates: ['c1'],
      slots: ['s1'],
      tables: ['t1'],
      quotas: ['q'],
      rules: ['maxConsecutive'],
      count: 1,
      most: 0,
      row: 2,
      minimal: true,
    },
    core: ['a'],
  },
}

const fullDisruption = {
  format: 'incontro/disruption',
  version: 1,
  now: 's2',
  absent: [{ participant: 'h1', from: 's2', to: 's3' }],
  tablesOut: [{ table: 't1', from: 's3' }],
  slotsLost: ['s4'],
  newParticipants: [{ id: 'h3', side: 'host' }],
  newCandidates: [{ id: 'c13', participants: ['p1', 'h3'] }],
  locks: [{ candidate: 'c13', slot: 's2', table: 't2' }],
}

/** Problems that lie between places of a file, or in a single character, and that no schema can see. */
const BEYOND = [
  'there is no ',
  'is there twice',
  'is there already',
  'must follow each other',
  'must be later than start',
  'must not be more than max',
  'must not be earlier than from',
  'needs the tables to be listed',
  'cannot come after itself',
  'half a character',
  'must be one of shortfall',
  'must be a date and time',
]

function problems(parse: () => unknown): string[] {
  try {
    parse()
    return []
  } catch (error) {
    if (error instanceof FormatError) return error.errors.map(({ message }) => message)
    throw error
  }
}

/** What is read fits the schema; what fits the schema is read, or refused for something no schema can see. */
function agree(schema: { Check(value: unknown): boolean }, json: unknown, parse: () => unknown): void {
  const found = problems(parse)
  if (found.length === 0) expect([json, schema.Check(json)]).toEqual([json, true])
  else if (schema.Check(json))
    expect(found.filter((message) => !BEYOND.some((one) => message.includes(one)))).toEqual([])
}

describe('the published schemas', () => {
  test('accept files with every key', () => {
    expect(accepts.instance.Errors(fullInstance)[1]).toEqual([])
    expect(accepts.solution.Errors(fullSolution)[1]).toEqual([])
    expect(accepts.disruption.Errors(fullDisruption)[1]).toEqual([])
    parseInstance(fullInstance)
    parseSolution(fullSolution)
    parseDisruption(fullDisruption, tiny())
  })

  test('accept generated instances and their solutions', async () => {
    const camps: CampOptions[] = [SMALL, { ...SMALL, guarantee: 2, availability: 0.6, maxConsecutive: 3 }]
    for (const options of camps) {
      const camp = generateCamp(1, options)
      const solution = await solve(parseInstance(camp), { maxIterations: 1000 })
      expect(accepts.instance.Errors(camp)[1]).toEqual([])
      expect(accepts.solution.Errors(JSON.parse(JSON.stringify(solution)))[1]).toEqual([])
    }
  })

  const documents: [string, unknown, { Check(value: unknown): boolean }, (json: unknown) => unknown][] = [
    ['instances', fullInstance, accepts.instance, parseInstance],
    ['solutions', fullSolution, accepts.solution, parseSolution],
    ['disruptions', fullDisruption, accepts.disruption, (json) => parseDisruption(json, tiny())],
  ]

  test.each(documents)('agree with the program on damaged %s', (_, document, schema, parse) => {
    fc.assert(
      fc.property(fc.nat(1_000_000), junk, (seed, value) => {
        const json = JSON.parse(JSON.stringify(damage(document, seed, value)))
        agree(schema, json, () => parse(json))
      }),
      { seed: 1, numRuns: 800 },
    )
  })

  test.each(kinds)('are the files beside the program, for %s', async (kind) => {
    await expect(await formatted(JSON.stringify(PUBLISHED[kind]), `${kind}.json`)).toMatchFileSnapshot(
      join(folder, `${kind}.json`),
    )
  })

  test('list what may be left out in the page beside them', async () => {
    const page = readFileSync(join(folder, 'README.md'), 'utf8')
    const tables = kinds.map(tableOf)
    const current = page.replaceAll(/^\|[^]*?\n(?=\n)/gm, () => `${tables.shift()}\n`)
    await expect(await formatted(current, 'README.md')).toMatchFileSnapshot(join(folder, 'README.md'))
    expect(tables).toEqual([])
  })
})

async function formatted(text: string, name: string): Promise<string> {
  const file = join(folder, name)
  return format(text, { ...(await resolveConfig(file)), filepath: file })
}
