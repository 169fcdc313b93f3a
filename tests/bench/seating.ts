import { fewestMovesAt } from '../../solver/bounds/stays-of-times.ts'
import { measure, parseInstance, solve, validate, type Instance, type Meeting } from '../../solver/index.ts'
import { placesOf } from '../../solver/model/assignment.ts'
import { Agenda } from '../../solver/model/partial-schedule.ts'
import { compile } from '../../solver/model/problem.ts'
import { startSearch } from '../../solver/model/search-limits.ts'
import { seat } from '../../solver/seat/seat.ts'
import { agendas } from '../../solver/spec/objective.ts'
import { generateCamp, type CampOptions } from '../solver/generate.ts'

/** What `bench:solver` measures of who sits where; medians over the seeds, but for the worst gap. */
export interface SeatingRow {
  family: string
  seated: string
  runs: number
  /** Changes of table, the fewest that the counting of conflicts leaves these times, and the claimed bound. */
  moves: number
  atItsTimes: number
  claimed: number
  /** Widest gap between the moves and what is claimed, as a share of the moves. */
  worstGap: number
  /** Those of hosts, and of these the ones inside a block. */
  hostMoves: number
  insideBlocks: number
  /** Runs in which hosts move inside a block although there is a table for each who is there. */
  needless: number
  /** Milliseconds of the seating alone. */
  ms: number
  valid: boolean
}

const FAMILIES: Record<string, CampOptions> = {
  camp: {},
  'full camp': { wishes: [16, 25] },
  'half-day hosts': { halfDay: 0.4 },
  'availability 60 %': { availability: 0.6 },
}

export async function benchSeating(seeds: number): Promise<SeatingRow[]> {
  const rows: SeatingRow[] = []
  for (const [family, options] of Object.entries(FAMILIES))
    for (const seated of [[], ['host']]) {
      const samples = []
      for (let seed = 1; seed <= seeds; seed++)
        samples.push(await sample(parseInstance({ ...generateCamp(seed, options), rules: { seated } })))
      rows.push(summarise(family, seated.join(), samples))
    }
  return rows
}

type Sample = Omit<SeatingRow, 'family' | 'seated' | 'runs' | 'worstGap' | 'needless'> & { needless: boolean }

async function sample(instance: Instance): Promise<Sample> {
  const solution = await solve(instance)
  const { meetings, objective } = solution
  const agenda = new Agenda(compile(instance))
  placesOf(instance, meetings).slots.forEach((slot, c) => slot >= 0 && agenda.put(c, slot))
  const start = performance.now()
  seat(agenda, startSearch({}, 1e9))
  const ms = performance.now() - start
  const { moves, isForced } = hostsInside(instance, meetings)
  return {
    moves: objective.tableMoves!.value as number,
    atItsTimes: fewestMovesAt(agenda, () => true),
    claimed: objective.tableMoves!.bound as number,
    hostMoves: measure({ ...instance, rules: { ...instance.rules, seated: ['host'] } }, meetings)
      .seatedMoves as number,
    insideBlocks: moves,
    needless: moves > 0 && !isForced,
    ms,
    valid: validate(instance, solution).valid,
  }
}

/** Changes of table that hosts make inside a block, and whether more hosts are there in some slot than tables. */
function hostsInside(instance: Instance, meetings: Meeting[]): { moves: number; isForced: boolean } {
  const all = agendas(instance, meetings)
  const present = instance.slots.map(() => 0)
  let moves = 0
  for (const { id, side } of instance.participants) {
    const stops = side === 'host' ? all.get(id)! : []
    for (const [index, { slot, table }] of stops.entries()) {
      const next = stops[index + 1]
      const goesOn = next && instance.slots[next.slot].block === instance.slots[slot].block
      if (goesOn && next.table !== table) moves++
      for (let at = slot; at < (goesOn ? next.slot : slot + 1); at++) present[at]++
    }
  }
  const tables = Array.isArray(instance.tables) ? instance.tables.length : Infinity
  return { moves, isForced: present.some((hosts) => hosts > tables) }
}

const median = (list: number[]): number => list.toSorted((one, other) => one - other)[list.length >> 1]

function summarise(family: string, seated: string, samples: Sample[]): SeatingRow {
  const middle = (of: (one: Sample) => number) => median(samples.map(of))
  return {
    family,
    seated,
    runs: samples.length,
    moves: middle(({ moves }) => moves),
    atItsTimes: middle(({ atItsTimes }) => atItsTimes),
    claimed: middle(({ claimed }) => claimed),
    worstGap: Math.max(...samples.map(({ moves, claimed }) => (moves - claimed) / Math.max(1, moves))),
    hostMoves: middle(({ hostMoves }) => hostMoves),
    insideBlocks: middle(({ insideBlocks }) => insideBlocks),
    needless: samples.filter(({ needless }) => needless).length,
    ms: middle(({ ms }) => ms),
    valid: samples.every(({ valid }) => valid),
  }
}

export function seatingTable(rows: SeatingRow[]): string {
  const head = [
    'seating',
    'seated',
    'runs',
    'moves',
    'bound at its times',
    'claimed bound',
    'widest gap to it',
    'moves of hosts',
    'inside a block',
    'of them needless (runs)',
    'ms',
    'all verified',
  ]
  const cells = rows.map((row) => [
    row.family,
    row.seated || '–',
    String(row.runs),
    String(row.moves),
    String(row.atItsTimes),
    String(row.claimed),
    `${(100 * row.worstGap).toFixed(1)} %`,
    String(row.hostMoves),
    String(row.insideBlocks),
    String(row.needless),
    row.ms.toFixed(1),
    row.valid ? 'yes' : 'NO',
  ])
  return [head, head.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n')
}
