import type { Instance } from '../format/instance.ts'
import type { Meeting } from '../format/solution.ts'
import { agendas } from '../spec/objective.ts'

/** What is left of a schedule after a repair, in a scenario or in the plan itself. */
export interface Outcome {
  /** Who does not come, by id. */
  absent: string[]
  /** Meetings of the plan that are still held, at whatever time, and all that are held. */
  kept: number
  held: number
  /** Sum of the values of all that are held. */
  value: number
  /** Participants who come and have fewer meetings than their guarantee. */
  broken: number
  /** How much the repair changes; proven if nothing that is as good before needs fewer. */
  changes: { value: number; bound: number; proven: boolean }
}

/** Of numbers in ascending order: quantiles are the smallest that so many are not above. */
export interface Distribution {
  min: number
  p5: number
  p25: number
  median: number
  p75: number
  p95: number
  max: number
  mean: number
}

/** What the absence of others does to somebody who comes. */
export interface Exposure {
  participant: string
  /** Scenarios in which they do not come themselves; the rest is about the others. */
  absent: number
  planned: number
  /** Meetings of the plan they lose: on average, and at worst. */
  lost: number
  worst: number
  /** Share of scenarios with fewer meetings than their guarantee. */
  broken: number
}

export interface Stress {
  seed: number
  /** How many scenarios there are, less than asked for if it was stopped; and in how many no schedule was found. */
  scenarios: number
  unsolved: number
  /** In how many the repair is proven to change no more than it has to. */
  proven: number
  plan: Pick<Outcome, 'held' | 'value' | 'broken'>
  /** Over all that were solved; null if there are none. */
  absent: Distribution | null
  kept: Distribution | null
  held: Distribution | null
  value: Distribution | null
  broken: Distribution | null
  /** Everybody, the most exposed first. */
  participants: Exposure[]
  /** Each by itself, in the order drawn; null where no schedule was found. */
  outcomes: (Outcome | null)[]
}

export function distributionOf(numbers: readonly number[]): Distribution | null {
  if (numbers.length === 0) return null
  const sorted = numbers.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  const mean = sorted.reduce((sum, one) => sum + one, 0) / sorted.length
  const [min, p5, p25, median] = [at(0), at(0.05), at(0.25), at(0.5)]
  return { min, p5, p25, median, p75: at(0.75), p95: at(0.95), max: at(1), mean }
}

export function outcomeOf(
  instance: Instance,
  plan: readonly Meeting[],
  absent: ReadonlySet<number>,
  meetings: Meeting[],
  changes: Outcome['changes'],
): Outcome {
  const values = new Map(instance.candidates.map(({ id, value }) => [id, value]))
  const held = new Set(meetings.map(({ candidate }) => candidate))
  const all = agendas(instance, meetings)
  const isBroken = instance.participants.map(
    ({ id, minMeetings }, p) => !absent.has(p) && all.get(id)!.length < minMeetings,
  )
  return {
    absent: [...absent].map((p) => instance.participants[p].id),
    kept: plan.filter(({ candidate }) => held.has(candidate)).length,
    held: meetings.length,
    value: meetings.reduce((sum, { candidate }) => sum + values.get(candidate)!, 0),
    broken: isBroken.filter(Boolean).length,
    changes,
  }
}

/** Counts what scenarios do to each participant. */
export class Exposures {
  private readonly instance: Instance
  private readonly plan: Map<string, string[]>
  private readonly tally: { absent: number; present: number; lost: number; worst: number; broken: number }[]

  constructor(instance: Instance, plan: Meeting[]) {
    this.instance = instance
    const stops = agendas(instance, plan)
    this.plan = new Map([...stops].map(([id, own]) => [id, own.map(({ candidate }) => candidate)]))
    this.tally = instance.participants.map(() => ({ absent: 0, present: 0, lost: 0, worst: 0, broken: 0 }))
  }

  add(absent: ReadonlySet<number>, meetings: Meeting[]): void {
    const held = new Set(meetings.map(({ candidate }) => candidate))
    const all = agendas(this.instance, meetings)
    this.instance.participants.forEach(({ id, minMeetings }, p) => {
      const one = this.tally[p]
      if (absent.has(p)) {
        one.absent++
        return
      }
      const lost = this.plan.get(id)!.filter((candidate) => !held.has(candidate)).length
      one.present++
      one.lost += lost
      one.worst = Math.max(one.worst, lost)
      one.broken += all.get(id)!.length < minMeetings ? 1 : 0
    })
  }

  /** Whoever loses most first, then whoever is owed most often. */
  list(): Exposure[] {
    const all = this.instance.participants.map(({ id }, p): Exposure => {
      const { absent, present, lost, worst, broken } = this.tally[p]
      const share = (sum: number) => (present === 0 ? 0 : sum / present)
      const planned = this.plan.get(id)!.length
      return { participant: id, absent, planned, lost: share(lost), worst, broken: share(broken) }
    })
    return all.sort((one, other) => other.lost - one.lost || other.broken - one.broken)
  }
}
