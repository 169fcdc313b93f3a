import {
  applyChange,
  checkRules,
  explain,
  parseDisruption,
  parseInstance,
  repair,
  solve,
  validate,
  type Instance,
  type Remedy,
  type Solution,
} from '../../solver/index.ts'
import { generateCamp, type CampOptions } from '../solver/generate.ts'

/** What `bench:solver` measures of repairs and explanations. */
export interface MendingRow {
  work: string
  runs: number
  /** Milliseconds of one: median and worst. */
  median: number
  worst: number
  /** Of the repairs, how many were proven to need no fewer changes; of the explanations, how many name a remedy. */
  settled: number
  valid: boolean
}

type Camp = { instance: Instance; solution: Solution }
type Trouble = Record<string, unknown>

/** Troubles of the fifth slot of a camp's day, and all of them together. */
const TROUBLES: Record<string, Trouble> = {
  'no-show': { absent: [{ participant: 'h4', from: 's5' }] },
  'late host': { absent: [{ participant: 'h7', from: 's5', to: 's7' }] },
  'table out': { tablesOut: [{ table: 't3', from: 's5' }] },
  'slot lost': { slotsLost: ['s9'] },
}
const ALL: Trouble = Object.assign({}, ...Object.values(TROUBLES))

/** Repairs of camps, with each trouble and with all, then explanations of their wishes that are not met. */
export async function benchCamps(seeds: number): Promise<MendingRow[]> {
  const camps = await solveCamps(seeds)
  const rows: MendingRow[] = []
  for (const [work, trouble] of [...Object.entries(TROUBLES), ['all of these', ALL] as const]) {
    await mend(camps[0], trouble)
    const found = []
    for (const camp of camps) found.push(await mend(camp, trouble))
    rows.push(summarise(`repair of a camp: ${work}`, found))
  }
  const explained = []
  for (const camp of camps) explained.push(...(await explainSome(camp)))
  return [...rows, summarise('explain an unmet wish of a camp', explained)]
}

/** One host who leaves, and one slot that is lost, in the largest event. */
export async function benchLarge(options: CampOptions): Promise<MendingRow[]> {
  const instance = parseInstance(generateCamp(1, options))
  const camp = { instance, solution: await solve(instance, { maxIterations: 200_000 }) }
  const rows = []
  for (const work of ['no-show', 'slot lost'])
    rows.push(summarise(`repair of 2,000 × 2,000: ${work}`, [await mend(camp, TROUBLES[work])]))
  return rows
}

async function solveCamps(seeds: number): Promise<Camp[]> {
  const camps = []
  for (let seed = 1; seed <= seeds; seed++) {
    const instance = parseInstance(generateCamp(seed))
    camps.push({ instance, solution: await solve(instance) })
  }
  return camps
}

type Sample = { ms: number; settled: boolean; valid: boolean }

async function mend({ instance, solution }: Camp, trouble: Trouble): Promise<Sample> {
  const file = { format: 'incontro/disruption', version: 1, now: 's5', ...trouble }
  const disruption = parseDisruption(file, instance)
  const start = performance.now()
  const repaired = await repair(instance, solution, disruption)
  const ms = performance.now() - start
  return {
    ms,
    settled: repaired.solution.objective.changes?.proven === true,
    valid: validate(repaired.instance, repaired.solution).valid,
  }
}

async function explainSome({ instance, solution }: Camp): Promise<Sample[]> {
  const held = new Set(solution.meetings.map(({ candidate }) => candidate))
  const unmet = instance.candidates.filter(({ id }) => !held.has(id)).slice(0, 20)
  const samples = []
  for (const { id } of unmet) {
    const start = performance.now()
    const { remedy, instead } = await explain(instance, solution, id)
    const ms = performance.now() - start
    const found = [remedy, instead].filter((one) => one !== null)
    samples.push({ ms, settled: found.length > 0, valid: found.every((one) => holds(instance, one, id)) })
  }
  return samples
}

/** Whether the remedy, when applied, lets the meeting be held by all rules. */
function holds(instance: Instance, { change, meetings }: Remedy, id: string): boolean {
  const changed = applyChange(instance, change)
  return meetings.some(({ candidate }) => candidate === id) && checkRules(changed, meetings).length === 0
}

function summarise(work: string, samples: Sample[]): MendingRow {
  const times = samples.map(({ ms }) => ms).toSorted((one, other) => one - other)
  return {
    work,
    runs: samples.length,
    median: times[times.length >> 1],
    worst: times[times.length - 1],
    settled: samples.filter(({ settled }) => settled).length,
    valid: samples.every(({ valid }) => valid),
  }
}

export function mendingTable(rows: MendingRow[]): string {
  const head = ['work', 'runs', 'median (ms)', 'worst (ms)', 'changes proven / remedy found', 'all verified']
  const cells = rows.map((row) => [
    row.work,
    String(row.runs),
    row.median.toFixed(1),
    row.worst.toFixed(1),
    `${row.settled}/${row.runs}`,
    row.valid ? 'yes' : 'NO',
  ])
  return [head, head.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n')
}
