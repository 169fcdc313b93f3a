import { seededRandom, shuffle, type Random } from '../../solver/model/random.ts'

export interface CampOptions {
  projects?: number
  hosts?: number
  slots?: number
  blocks?: number
  tables?: number
  /** Fewest and most wishes a host has. */
  wishes?: [number, number]
  /** Share of slots in which a participant is available. */
  availability?: number
  /** Share of hosts that come for half of the day. */
  halfDay?: number
  maxConsecutive?: number
  guarantee?: number
}

const VALUES = [1, 4, 5, 8, 9, 12, 16]

/** A camp in the open file format, the same for the same seed: projects × hosts with wishes of different value. */
export function generateCamp(seed: number, options: CampOptions = {}) {
  const { projects = 25, hosts = 40, slots = 16, blocks = 2, tables = 20 } = options
  const random = seededRandom(seed)
  const slotIds = numbered('s', slots)
  return {
    format: 'incontro/instance',
    version: 1,
    name: `Camp ${seed}`,
    slots: slotIds.map((id, index) => ({ id, block: Math.floor((index * blocks) / slots) })),
    tables: numbered('t', tables).map((id) => ({ id })),
    participants: [
      ...numbered('p', projects).map((id) => project(id, slotIds, random, options)),
      ...numbered('h', hosts).map((id) => host(id, slotIds, random, options)),
    ],
    candidates: wishes(projects, hosts, random, options),
  }
}

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)

function project(id: string, slots: string[], random: Random, { guarantee, ...options }: CampOptions) {
  const minMeetings = guarantee ? { minMeetings: guarantee } : {}
  const fairnessGroup = random.below(2) === 0 ? 'financed' : 'not-financed'
  return { id, side: 'project', fairnessGroup, ...minMeetings, ...limits(slots, random, options) }
}

function host(id: string, slots: string[], random: Random, options: CampOptions) {
  const { unavailable, ...rest } = limits(slots, random, options)
  const half = slots.length / 2
  const away =
    random.unit() >= (options.halfDay ?? 0) ? [] : random.below(2) ? slots.slice(half) : slots.slice(0, half)
  return { id, side: 'host', unavailable: [...new Set([...unavailable, ...away])], ...rest }
}

function limits(slots: string[], random: Random, { availability = 1, maxConsecutive }: CampOptions) {
  const unavailable = slots.filter(() => random.unit() >= availability)
  return { unavailable, ...(maxConsecutive ? { maxConsecutive } : {}) }
}

function wishes(projects: number, hosts: number, random: Random, { wishes: range = [8, 20] }: CampOptions) {
  const list = []
  for (let h = 1; h <= hosts; h++) {
    const count = Math.min(projects, range[0] + random.below(range[1] - range[0] + 1))
    const chosen = shuffle(
      Array.from({ length: projects }, (_, index) => index + 1),
      random,
    ).slice(0, count)
    for (const p of chosen)
      list.push({
        id: `c${list.length + 1}`,
        participants: [`p${p}`, `h${h}`],
        value: VALUES[random.below(VALUES.length)],
      })
  }
  return list
}
