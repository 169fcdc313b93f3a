import type { Candidate, Instance, Participant } from '../format/instance.ts'
import type { Meeting } from '../format/meeting.ts'
import {
  agendas,
  changeOf,
  levelsOfAgenda,
  measure,
  SUMS_OF_AGENDAS,
  type LevelsOfAgenda,
  type Measured,
  type Stop,
} from '../spec/objective.ts'

/** A schedule that differs by one meeting left out, one more, or both. */
export interface Step {
  out: Meeting | null
  into: Meeting | null
}

export const takeStep = (meetings: Meeting[], { out, into }: Step): Meeting[] => [
  ...meetings.filter((one) => one !== out),
  ...(into ? [into] : []),
]

/** The levels of a schedule, and those one step away: only the agendas that a step touches are counted anew. */
export class Tally {
  meetings: Meeting[]
  measured: Measured
  private readonly instance: Instance
  private readonly agendas: Map<string, Stop[]>
  private readonly levels: Map<string, LevelsOfAgenda>
  private readonly people: Map<string, Participant>
  private readonly away: Map<string, Set<string>>
  private readonly candidates: Map<string, Candidate>
  private readonly slots: Map<string, number>
  private readonly base: Map<string, Meeting>

  constructor(instance: Instance, meetings: Meeting[]) {
    const { participants, candidates, slots, base } = instance
    this.instance = instance
    this.meetings = meetings
    this.measured = measure(instance, meetings)
    this.agendas = agendas(instance, meetings)
    this.people = new Map(participants.map((one) => [one.id, one]))
    this.away = new Map(participants.map(({ id, unavailable }) => [id, new Set(unavailable)]))
    this.levels = new Map(participants.map(({ id }) => [id, this.levelsOf(id, this.agendas.get(id)!)]))
    this.candidates = new Map(candidates.map((one) => [one.id, one]))
    this.slots = new Map(slots.map(({ id }, index) => [id, index]))
    this.base = new Map((base ?? []).map((meeting) => [meeting.candidate, meeting]))
  }

  /** Whether somebody is there in a slot and has no meeting. */
  isFree(participant: string, slot: string): boolean {
    const index = this.slots.get(slot)!
    return (
      !this.away.get(participant)!.has(slot) &&
      this.agendas.get(participant)!.every((stop) => stop.slot !== index)
    )
  }

  take(step: Step): void {
    this.measured = this.after(step)
    for (const one of this.touched(step)) {
      const stops = this.stopsAfter(one, step)
      this.agendas.set(one, stops)
      this.levels.set(one, this.levelsOf(one, stops))
    }
    this.meetings = takeStep(this.meetings, step)
  }

  private levelsOf(id: string, stops: Stop[]): LevelsOfAgenda {
    return levelsOfAgenda(this.instance, this.people.get(id)!, stops)
  }

  /** What `measure` says of the schedule after the step. */
  after(step: Step): Measured {
    const after = { ...this.measured }
    after.value = (after.value as number) + this.valueOf(step.into) - this.valueOf(step.out)
    after.changes = (after.changes as number) + this.changesBy(step)
    const counts = new Map<string, number>()
    for (const one of this.touched(step)) {
      const stops = this.stopsAfter(one, step)
      const [before, now] = [this.levels.get(one)!, this.levelsOf(one, stops)]
      for (const level of SUMS_OF_AGENDAS)
        after[level] = (after[level] as number) + now[level] - before[level]
      if (stops.length !== this.agendas.get(one)!.length) counts.set(one, stops.length)
    }
    if (counts.size > 0) after.fairness = this.fairnessWith(counts)
    return after
  }

  private valueOf(meeting: Meeting | null): number {
    return meeting ? this.candidates.get(meeting.candidate)!.value : 0
  }

  private changesBy({ out, into }: Step): number {
    const before = out && this.base.get(out.candidate)
    const after = into && this.base.get(into.candidate)
    return (
      (before ? changeOf(before, undefined) - changeOf(before, out) : 0) +
      (after ? changeOf(after, into) - changeOf(after, undefined) : 0)
    )
  }

  private touched({ out, into }: Step): Set<string> {
    const pairOf = (meeting: Meeting | null) =>
      meeting ? this.candidates.get(meeting.candidate)!.participants : []
    return new Set([...pairOf(out), ...pairOf(into)])
  }

  private stopsAfter(id: string, { out, into }: Step): Stop[] {
    const stops = this.agendas.get(id)!.filter(({ candidate }) => candidate !== out?.candidate)
    if (!into || !this.candidates.get(into.candidate)!.participants.includes(id)) return stops
    const { candidate, slot, table = null } = into
    const stop = { slot: this.slots.get(slot)!, candidate, table }
    const at = stops.findIndex((one) => one.slot > stop.slot)
    return stops.toSpliced(at < 0 ? stops.length : at, 0, stop)
  }

  private fairnessWith(counts: Map<string, number>): number[] {
    return this.instance.participants
      .filter(({ fairnessGroup }) => fairnessGroup !== null)
      .map(({ id }) => counts.get(id) ?? this.agendas.get(id)!.length)
      .sort((one, other) => one - other)
  }
}
