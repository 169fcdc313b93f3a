import { check, frontier, parseInstance, solve, stress, type Instance } from '../../solver/index.ts'
import { generateCamp, type CampOptions } from '../solver/generate.ts'

/** What `bench:solver` measures of questions about an event: its check, a frontier of a guarantee, a stress test. */
export interface PricesRow {
  family: string
  work: string
  runs: number
  /** Milliseconds of one: median and worst. */
  median: number
  worst: number
  /** Points that are proven, or scenarios whose changes are, of all. */
  proven: number
  of: number
}

const STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8]
const SCENARIOS = 200
/** Of each participant, to stay away. */
const ABSENCE = 0.08

type Asked = { ms: number; proven: number; of: number }

const WORKS: Record<string, (instance: Instance) => Promise<Asked>> = {
  check: async (instance) => {
    const { ms, result } = await time(async () => check(instance))
    return { ms, proven: result.length, of: result.length }
  },
  'frontier of a guarantee 0…8 for one group': async (instance) => {
    const variation = { rule: 'minMeetings', fairnessGroup: 'not-financed' } as const
    const { ms, result } = await time(() => frontier(instance, variation, STEPS))
    return { ms, proven: result.filter(({ proven }) => proven).length, of: result.length }
  },
  [`stress, ${SCENARIOS} scenarios, ${ABSENCE * 100} % stay away`]: async (instance) => {
    const solution = await solve(instance)
    const { ms, result } = await time(() =>
      stress(instance, solution, { absence: ABSENCE, scenarios: SCENARIOS }),
    )
    return { ms, proven: result.proven, of: result.scenarios }
  },
}

/** Each question about camps of each family, the first of another seed unmeasured. */
export async function benchPrices(
  families: Record<string, CampOptions>,
  seeds: number,
): Promise<PricesRow[]> {
  const rows: PricesRow[] = []
  for (const [family, options] of Object.entries(families))
    for (const [work, ask] of Object.entries(WORKS)) {
      await ask(parseInstance(generateCamp(101, options)))
      const asked: Asked[] = []
      for (let seed = 1; seed <= seeds; seed++)
        asked.push(await ask(parseInstance(generateCamp(seed, options))))
      rows.push({ family, work, ...summarise(asked) })
    }
  return rows
}

async function time<T>(run: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now()
  const result = await run()
  return { ms: performance.now() - start, result }
}

function summarise(asked: Asked[]): Omit<PricesRow, 'family' | 'work'> {
  const times = asked.map(({ ms }) => ms).toSorted((one, other) => one - other)
  const sum = (of: (one: Asked) => number) => asked.reduce((total, one) => total + of(one), 0)
  return {
    runs: asked.length,
    median: times[times.length >> 1],
    worst: times[times.length - 1],
    proven: sum(({ proven }) => proven),
    of: sum(({ of }) => of),
  }
}

export function pricesTable(rows: PricesRow[]): string {
  const head = ['family', 'work', 'runs', 'median (ms)', 'worst (ms)', 'proven points, scenarios or findings']
  const cells = rows.map((row) => [
    row.family,
    row.work,
    String(row.runs),
    row.median.toFixed(1),
    row.worst.toFixed(1),
    `${row.proven}/${row.of}`,
  ])
  return [head, head.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n')
}
