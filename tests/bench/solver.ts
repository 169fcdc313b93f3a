import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseInstance, solve, validate, type Instance, type Solution } from '../../solver/index.ts'
import { compile } from '../../solver/model/problem.ts'
import { select } from '../../solver/select/flow-selection.ts'
import { generateCamp, type CampOptions } from '../solver/generate.ts'
import { benchCamps, benchLarge, mendingTable } from './mending.ts'
import { byCpSat, byHighs, byJavascriptLpSolver, loadCpSat, selectionOf, timetableModel } from './peers.ts'
import { benchPrices, pricesTable } from './prices.ts'
import { benchSeating, seatingTable } from './seating.ts'

/**
 * Our solver beside javascript-lp-solver and HiGHS on the same instances, in one process, each warmed up: the peers by
 * a small instance, ours by camps of other seeds as well, since it is compiled while it runs. The peers answer only
 * what they can: which meetings to hold (the selection, a linear program), and, HiGHS and CP-SAT, also when (a
 * whole-number program over meetings and slots). Our `solve` does that and all later levels.
 * `npm run bench:solver -- [--out FOLDER] [--seeds 5] [--timetables 1] [--growth 50,100,200] [--seconds 60]`
 */
const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    seeds: { type: 'string', default: '5' },
    timetables: { type: 'string', default: '1' },
    growth: { type: 'string', default: '50,100,200,500,1000,2000' },
    seconds: { type: 'string', default: '60' },
  },
})
const SEEDS = Number(values.seeds)
const SECONDS = Number(values.seconds)
/** Camps of other seeds that ours solves before it is timed. */
const WARM_UP = 10
/** Beyond these sizes javascript-lp-solver takes minutes and cannot be interrupted. */
const MOST_FOR_JAVASCRIPT_LP = 1_200
const MOST_FOR_HIGHS = 100_000

const CAMPS: Record<string, CampOptions> = {
  camp: {},
  'scarce tables': { tables: 8, guarantee: 6 },
  'half-day hosts': { halfDay: 0.4 },
  'availability 60 %': { availability: 0.6 },
  'rows of 3': { maxConsecutive: 3 },
  guarantees: { guarantee: 10 },
}

interface Row {
  family: string
  seed: number
  candidates: number
  meetings: number
  levels: Record<string, { value: unknown; bound: unknown; proven: boolean }>
  valid: boolean
  /** Milliseconds; null if not tried, infinite if not ended within the limit. */
  ms: Record<Work, number | null>
}

const WORKS = [
  'solve',
  'value',
  'selection',
  'jslpSelection',
  'highsSelection',
  'highsTimetable',
  'cpSatTimetable',
] as const
type Work = (typeof WORKS)[number]

async function time<T>(run: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now()
  const result = await run()
  return { ms: performance.now() - start, result }
}

async function timePeer(isTried: boolean, run: () => Promise<number | null>): Promise<number | null> {
  if (!isTried) return null
  const { ms, result } = await time(run)
  return result === null || ms >= SECONDS * 1000 ? Infinity : ms
}

interface Solved {
  seed: number
  instance: Instance
  whole: Awaited<ReturnType<typeof time<Solution>>>
}

/** Ours alone, one after the other: between the peers each would begin with the processor's memory full of theirs. */
async function solveEach(seeds: number[], options: CampOptions): Promise<Solved[]> {
  const solved: Solved[] = []
  for (const seed of seeds) {
    const instance = parseInstance(generateCamp(seed, options))
    const effort = instance.candidates.length > 5_000 ? { maxIterations: 2_000_000 } : {}
    solved.push({ seed, instance, whole: await time(() => solve(instance, effort)) })
  }
  return solved
}

async function bench(
  family: string,
  { seed, instance, whole }: Solved,
  withTimetable: boolean,
): Promise<Row> {
  const problem = compile(instance)
  const size = problem.candidateCount
  const rules = { ...instance.rules, objective: ['shortfall' as const, 'value' as const] }
  const valueAlone = await time(() => solve({ ...instance, rules }, { maxIterations: 200_000 }))
  const chosen = await time(() => select(problem, ['shortfall', 'value']))
  const model = selectionOf(problem)
  const small = size <= MOST_FOR_JAVASCRIPT_LP
  return {
    family,
    seed,
    candidates: size,
    ...describe(instance, whole.result),
    ms: {
      solve: whole.ms,
      value: valueAlone.ms,
      selection: chosen.ms,
      jslpSelection: await timePeer(small, () => byJavascriptLpSolver(model)),
      highsSelection: await timePeer(size <= MOST_FOR_HIGHS, () => byHighs(model, false, SECONDS)),
      highsTimetable: await timePeer(withTimetable, () => byHighs(timetableModel(problem), true, SECONDS)),
      cpSatTimetable: await timePeer(withTimetable && cpSat !== null, () =>
        byCpSat(cpSat!, timetableModel(problem), SECONDS),
      ),
    },
  }
}

function describe(instance: Instance, solution: Solution): Pick<Row, 'meetings' | 'levels' | 'valid'> {
  const levels = solution.objective as Row['levels']
  return { meetings: solution.meetings.length, levels, valid: validate(instance, solution).valid }
}

const median = (list: number[]): number => list.toSorted((one, other) => one - other)[list.length >> 1]

function summarise(family: string, rows: Row[]): string[] {
  const known = (work: Work) => rows.map(({ ms }) => ms[work]).filter((ms) => ms !== null)
  const middle = (work: Work) => (known(work).length > 0 ? median(known(work)) : null)
  const show = (ms: number | null) => {
    if (ms === null) return '–'
    return ms === Infinity ? `> ${SECONDS * 1000}` : ms.toFixed(ms < 10 ? 1 : 0)
  }
  const ratio = (peer: Work, own: Work) => {
    const ratios = rows.flatMap(({ ms }) => (ms[peer] === null ? [] : [ms[peer] / ms[own]!]))
    if (ratios.length === 0) return '–'
    const [middle, least] = [median(ratios), (SECONDS * 1000) / median(known(own))]
    return middle === Infinity ? `> ${least.toFixed(0)} ×` : `${middle.toFixed(1)} ×`
  }
  const proven = (level: string) =>
    `${rows.filter(({ levels }) => levels[level]?.proven).length}/${rows.length}`
  return [
    family,
    String(median(rows.map(({ candidates }) => candidates))),
    ...WORKS.map((work) => show(middle(work))),
    ratio('jslpSelection', 'selection'),
    ratio('highsSelection', 'selection'),
    ratio('highsTimetable', 'value'),
    ratio('cpSatTimetable', 'value'),
    proven('value'),
    proven('fairness'),
    proven('breaks'),
    rows.every(({ valid }) => valid) ? 'yes' : 'NO',
  ]
}

const HEAD = [
  'family',
  'candidates',
  'solve, all levels (ms)',
  'value alone, with its timetable (ms)',
  'selection by flow (ms)',
  'selection, javascript-lp-solver',
  'selection, HiGHS',
  'timetable for value alone, HiGHS',
  'timetable for value alone, CP-SAT',
  'javascript-lp-solver / flow',
  'HiGHS / flow',
  'HiGHS timetable / value alone',
  'CP-SAT timetable / value alone',
  'value proven',
  'fairness proven',
  'breaks proven',
  'all verified',
]

const asTable = (lines: string[][]): string =>
  [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Only if it is installed. */
const cpSat = await loadCpSat()

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index)

const [tiny] = await solveEach([0], { projects: 8, hosts: 8, slots: 6, tables: 4, wishes: [2, 4] })
await bench('warm-up', tiny, true)
const rows: Row[] = []
const lines: string[][] = []
const add = (family: string, found: Row[]) => {
  rows.push(...found)
  lines.push(summarise(family, found))
  console.log(`| ${lines.at(-1)!.join(' | ')} |`)
}

for (const [family, options] of Object.entries(CAMPS)) {
  const found: Row[] = []
  await solveEach(seedsFrom(101, WARM_UP), options)
  for (const one of await solveEach(seedsFrom(1, SEEDS), options))
    found.push(await bench(family, one, one.seed <= Number(values.timetables)))
  add(family, found)
}
for (const side of values.growth.split(',').filter(Boolean).map(Number)) {
  const size = { projects: side, hosts: side, slots: 40, tables: Math.ceil(side / 2), blocks: 4 }
  const [one] = await solveEach([1], { ...size, wishes: [20, 20] })
  add(`${side} × ${side}`, [await bench(`${side} × ${side}`, one, false)])
}
const mending = await benchCamps(SEEDS)
if (values.growth.split(',').includes('2000'))
  mending.push(
    ...(await benchLarge({
      projects: 2000,
      hosts: 2000,
      slots: 40,
      tables: 1000,
      blocks: 4,
      wishes: [20, 20],
    })),
  )

const seating = await benchSeating(SEEDS)
const prices = await benchPrices(CAMPS, SEEDS)

const table = [asTable(lines), mendingTable(mending), seatingTable(seating), pricesTable(prices)].join('\n\n')
console.log(`\n${table}`)
if (values.out !== undefined) {
  mkdirSync(values.out, { recursive: true })
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model }
  writeFileSync(
    join(values.out, 'solver.json'),
    `${JSON.stringify({ machine, rows, mending, seating, prices }, null, 2)}\n`,
  )
  writeFileSync(join(values.out, 'solver.md'), `${table}\n`)
}
