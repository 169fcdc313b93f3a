import { Agenda } from '../../solver/model/partial-schedule.ts'
import type { Instance, Level } from '../../solver/index.ts'
import type { FromNothing } from '../../solver/repair/from-nothing.ts'
import { place } from '../../solver/place/insertion.ts'
import { seededRandom } from '../../solver/model/random.ts'
import { rescue } from '../../solver/place/threshold-exchange.ts'
import { startSearch } from '../../solver/model/search-limits.ts'
import { filledAgenda, heldIn, randomEvent, type EventOptions } from './events.ts'

/** Places what must be held, then exchanges: enough for an event of a few meetings. */
export const fromNothing: FromNothing = async (problem) => {
  const agenda = new Agenda(problem)
  const search = startSearch({ seed: 3 }, 1e9)
  place(
    agenda,
    [...problem.mandatory.keys()].filter((c) => problem.mandatory[c]),
    search,
    200,
  )
  rescue(agenda, search, 400)
  return problem.mandatory.every((one, c) => !one || agenda.slotOf[c] >= 0) ? agenda : null
}

/** An event with a base that was made before its rules: some of it cannot stay. */
export function disrupted(seed: number, options: EventOptions, objective: Level[]): Instance {
  const event = randomEvent(seed, { slots: 3, candidates: 5, people: 4, ...options })
  const before = randomEvent(seed, {
    slots: 3,
    people: 4,
    tables: options.tables,
    candidates: options.candidates ?? 5,
  })
  const base = heldIn(filledAgenda(before, seededRandom(seed))).map((meeting) => {
    const { candidates, tables } = event
    const { slots } = candidates[Number(meeting.candidate.slice(1))]
    const slot = slots && slots.length > 0 && !slots.includes(meeting.slot) ? slots[0] : meeting.slot
    return Array.isArray(tables) && !meeting.table
      ? { ...meeting, slot, table: tables[0].id }
      : { ...meeting, slot }
  })
  const isListed = Array.isArray(event.tables)
  const known = (table?: string) =>
    isListed && (event.tables as { id: string }[]).some(({ id }) => id === table)
  return {
    ...event,
    base: base.map(({ candidate, slot, table }) =>
      known(table) ? { candidate, slot, table } : { candidate, slot },
    ),
    rules: { ...event.rules, objective },
  }
}

export const KINDS: [string, EventOptions][] = [
  ['few tables', { tables: 'counted' }],
  ['limits', { limits: true, tables: 'none' }],
  ['limits and required meetings', { limits: true, tables: 'none', required: 0.3 }],
  ['an order and locks', { order: true, locks: true }],
  ['quotas', { quotas: true, tables: 'none' }],
  ['several days', { days: true, tables: 'none' }],
  ['tables that differ', { tables: 'listed', candidates: 4 }],
]
