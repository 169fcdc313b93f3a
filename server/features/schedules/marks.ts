import { checkRules, parseInstance, type Instance, type Violation } from '../../../solver/index.ts'
import type { Reader } from '../../database/client.ts'
import type { Mark } from '../../schemas/marks.ts'
import { findRefusals, type Refusal } from '../choices/pairs.ts'
import { isAway, slotsAhead, type Facts } from '../disruptions/facts.ts'
import { findRulings, type RulingRow } from '../pair-rulings/service.ts'
import type { Participant } from '../participants/repository.ts'
import { buildInstance, seatsOf, type Camp, type Pair } from '../solver-input/instance.ts'
import { limitsByKind, organisationQuota } from '../solver-input/rules.ts'
import type { MeetingRow, ScheduleRow } from './repository.ts'
import { heldIn } from './succession.ts'

/** Everything by which a plan is held against the rules as they stand now. `unavailable` is what people said themselves. */
type Given = {
  camp: Camp
  facts: Facts
  meetings: MeetingRow[]
  /** The clock that a plan in force goes by: what has begun is not to be mended. */
  now: Date | null
}
type Decided = { rulings: RulingRow[]; refusalOf: (pair: RulingKey) => Refusal | null }
type RulingKey = Pick<RulingRow, 'projectParticipantId' | 'hostParticipantId'>

/** What a schedule breaks, found by the solver's own check of its rules; of a version, which is history, nothing. */
export async function readMarks(
  reader: Reader,
  schedule: Pick<ScheduleRow, 'eventId' | 'kind'> | null,
  { meetings, ...given }: Given,
): Promise<Mark[]> {
  if (!schedule || schedule.kind === 'version') return []
  const [rulings, refusalOf] = await Promise.all([
    findRulings(reader, schedule.eventId),
    findRefusals(reader, schedule.eventId),
  ])
  const there = new Set(given.camp.people.filter(({ withdrawn }) => !withdrawn).map(({ id }) => id))
  const standing = rulings.filter(
    (one) => there.has(one.projectParticipantId) && there.has(one.hostParticipantId),
  )
  return marksOf({ ...given, meetings: heldIn(schedule, meetings) }, { rulings: standing, refusalOf })
}

export function marksOf(given: Given, decided: Decided): Mark[] {
  const musts = mustsOf(given, decided.rulings)
  if (given.meetings.length + musts.length === 0) return []
  const plan = new Checked(given, musts)
  const found = [
    ...given.meetings.flatMap((meeting) => ofPair(meeting, decided.refusalOf)),
    ...plan.violations.flatMap((violation) => plan.marksBy(violation)),
  ]
  // A table may lack several things that somebody needs, and a meeting be too much by several rules: each said once.
  const once = new Map(
    found.map((mark) => [[mark.kind, ...mark.meetings, ...mark.participants, ...mark.slots].join(' '), mark]),
  )
  return toMend([...once.values()], given)
}

type Must = Pair & { slotId: string | null }

/** Pairs that have to meet, by the id that an instance knows them by. */
function mustsOf({ camp, meetings }: Given, rulings: RulingRow[]): Must[] {
  const ids = new Map(meetings.map((one) => [`${one.projectId} ${one.hostId}`, one.candidateId]))
  const there = new Set(camp.slots.filter(({ removedAt }) => !removedAt).map(({ id }) => id))
  return rulings.flatMap(
    ({ ruling, projectParticipantId: projectId, hostParticipantId: hostId, slotId: at }) => {
      if (ruling !== 'must') return []
      const slotId = at && there.has(at) ? at : null
      const id = ids.get(`${projectId} ${hostId}`) ?? `${projectId} ${hostId}`
      const lock = slotId ? { slot: slotId, table: null } : null
      return [{ id, projectId, hostId, value: 0, required: true, lock, slotId }]
    },
  )
}

const NOTHING: Omit<Mark, 'kind'> = {
  meetings: [],
  participants: [],
  slots: [],
  tableId: null,
  needs: [],
  count: 0,
  most: 0,
}

const placeOf = ({ id, projectId, hostId, slotId, tableId }: MeetingRow) => ({
  ...NOTHING,
  ...{ meetings: [id], participants: [projectId, hostId], slots: [slotId], tableId },
})

function ofPair(meeting: MeetingRow, refusalOf: Decided['refusalOf']): Mark[] {
  const { projectId, hostId, tableId } = meeting
  const why = refusalOf({ projectParticipantId: projectId, hostParticipantId: hostId })
  return [
    ...(why ? [{ kind: why, ...placeOf(meeting) }] : []),
    ...(tableId === null ? [{ kind: 'noTable' as const, ...placeOf(meeting) }] : []),
  ]
}

/** A meeting that has begun is as it is; so is what only such meetings break. */
function toMend(marks: Mark[], { meetings, camp, now }: Given): Mark[] {
  if (!now) return marks
  const ahead = new Set(slotsAhead(camp.slots, now).map(({ id }) => id))
  const open = new Set(
    meetings.filter(({ slotId, state }) => state === 'planned' && ahead.has(slotId)).map(({ id }) => id),
  )
  return marks.filter(({ kind, meetings: ids, slots }) =>
    kind === 'mustMeet'
      ? slots.length === 0 || slots.some((id) => ahead.has(id))
      : ids.some((id) => open.has(id)),
  )
}

/** A plan as the solver's check sees it, and what it finds in the words of marks. */
class Checked {
  violations: Violation[]
  #given: Given
  #instance: Instance
  #byCandidate: Map<string, MeetingRow>
  #of: Map<string, MeetingRow[]>
  #people: Map<string, Participant>

  constructor(given: Given, musts: Must[]) {
    const { camp, facts, meetings } = given
    this.#given = given
    this.#people = new Map(camp.people.map((person) => [person.id, person]))
    this.#byCandidate = new Map(meetings.map((one) => [one.candidateId, one]))
    this.#of = new Map([
      ...Map.groupBy(meetings, ({ projectId }) => projectId),
      ...Map.groupBy(meetings, ({ hostId }) => hostId),
    ])
    const known = new Map(musts.map((one) => [one.id, one]))
    const held = meetings.map((one): Pair => ({
      ...one,
      id: one.candidateId,
      lock: null,
      ...known.get(one.candidateId),
    }))
    const pairs = [...held, ...musts.filter(({ id }) => !this.#byCandidate.has(id))]
    const unavailable = new Map(camp.people.map((person) => [person.id, this.#awayOf(person)]))
    const file = buildInstance({ ...camp, unavailable }, pairs, seatsOf(meetings))
    const out = (id: string) => [...(facts.out.get(id) ?? [])]
    this.#instance = parseInstance({
      ...file,
      tables: file.tables.map((table) => ({ ...table, unavailable: out(table.id) })),
    })
    this.violations = checkRules(
      this.#instance,
      meetings.map(({ candidateId, slotId, tableId }) => ({
        ...{ candidate: candidateId, slot: slotId },
        ...(tableId !== null && { table: tableId }),
      })),
    )
  }

  #awayOf({ id, withdrawn }: Participant): Set<string> {
    const { camp, facts } = this.#given
    if (withdrawn) return new Set(camp.slots.map((slot) => slot.id))
    return new Set([...(camp.unavailable.get(id) ?? []), ...(facts.away.get(id) ?? []), ...facts.lost])
  }

  marksBy({ rule, ids }: Violation): Mark[] {
    const [first, second] = ids
    switch (rule) {
      case 'unavailable':
        return this.#away(first, second)
      case 'tables':
        // Of somebody with a table of their own: who, and where they are. Else of a table: which, and when it is not there.
        return this.#people.has(first) ? this.#elsewhere(first, second) : this.#out(first, second)
      case 'needs':
        return this.#needs(first, second)
      case 'required':
      case 'lock':
        return this.#must(first)
      case 'maxMeetings':
        return [this.#counted('maximum', first, this.#of.get(first) ?? [], this.#person(first).maxMeetings)]
      case 'maxConsecutive':
        return [this.#row(first, second)]
      case 'limits':
        return this.#limits(first, ids.slice(1))
      case 'quotas':
        return [this.#quota(first)]
      default:
        // Two in one place at a time: the database lets no plan have that.
        return []
    }
  }

  #person = (id: string) => this.#instance.participants.find((one) => one.id === id)!
  #at = (slotId: string, is: (meeting: MeetingRow) => boolean) =>
    this.#given.meetings.filter((one) => one.slotId === slotId && is(one))

  /** Of one meeting, who it is about first. */
  #about(meeting: MeetingRow, id: string) {
    const { projectId, hostId } = meeting
    return { ...placeOf(meeting), participants: [id, id === projectId ? hostId : projectId] }
  }

  #away(id: string, slotId: string): Mark[] {
    const { facts } = this.#given
    const isWithdrawn = this.#people.get(id)?.withdrawn
    const kind = isWithdrawn
      ? 'withdrawn'
      : facts.lost.has(slotId)
        ? 'slot'
        : isAway(facts, id, slotId)
          ? 'absence'
          : this.#people.get(id)?.notComing
            ? 'notComing'
            : 'availability'
    const hit = this.#at(slotId, ({ projectId, hostId }) => projectId === id || hostId === id)
    // A slot that is lost is so for both: said once.
    const own = kind === 'slot' ? hit.filter(({ projectId }) => projectId === id) : hit
    return own.map((one) => ({ kind, ...this.#about(one, id) }))
  }

  #out = (tableId: string, slotId: string): Mark[] =>
    this.#at(slotId, (one) => one.tableId === tableId).map((one) => ({ kind: 'table', ...placeOf(one) }))

  /** The meetings of somebody at a table, them first. */
  #sat = (id: string, tableId: string) =>
    (this.#of.get(id) ?? []).filter((one) => one.tableId === tableId).map((one) => this.#about(one, id))

  #elsewhere = (id: string, tableId: string): Mark[] =>
    this.#sat(id, tableId).map((place) => ({ kind: 'ownTable', ...place }))

  /** One mark a meeting, whatever its table lacks. */
  #needs(id: string, tableId: string): Mark[] {
    const needs = this.#person(id).needs
    const has = this.#given.camp.tables.find((one) => one.id === tableId)?.features ?? []
    const lacks = needs.filter((need) => !has.includes(need))
    return this.#sat(id, tableId).map((place) => ({ kind: 'need', ...place, needs: lacks }))
  }

  #must(candidateId: string): Mark[] {
    const { participants, lock } = this.#instance.candidates.find(({ id }) => id === candidateId)!
    const meeting = this.#byCandidate.get(candidateId)
    const slots = lock?.slot ? [lock.slot] : []
    return meeting
      ? [{ kind: 'mustTime', ...placeOf(meeting), slots: [...slots, meeting.slotId] }]
      : [{ kind: 'mustMeet', ...NOTHING, participants: [...participants], slots }]
  }

  #counted(kind: Mark['kind'], id: string, meetings: MeetingRow[], most: number): Mark {
    const order = new Map(this.#given.camp.slots.map((slot, at) => [slot.id, at]))
    const sorted = meetings.toSorted((one, other) => order.get(one.slotId)! - order.get(other.slotId)!)
    return {
      ...{ kind, ...NOTHING, participants: [id], count: meetings.length, most },
      meetings: sorted.map((one) => one.id),
      slots: sorted.map(({ slotId }) => slotId),
    }
  }

  /** The meetings up to the one that is too much, as long as they follow each other. */
  #row(id: string, lastId: string): Mark {
    const most = this.#person(id).maxConsecutive
    const { slots } = this.#given.camp
    const last = slots.findIndex((slot) => slot.id === lastId)
    const row = new Set(slots.slice(last - most, last + 1).map((slot) => slot.id))
    return this.#counted(
      'inRow',
      id,
      (this.#of.get(id) ?? []).filter(({ slotId }) => row.has(slotId)),
      most,
    )
  }

  #limits(id: string, slotIds: string[]): Mark[] {
    const own = (this.#of.get(id) ?? []).filter(({ slotId }) => slotIds.includes(slotId))
    return limitsByKind(this.#given.camp, this.#people.get(id)!)
      .filter(({ slots = [], max }) => slots.join() === slotIds.join() && own.length > max)
      .map(({ kind, max }) => ({ ...this.#counted(kind, id, own, max), slots: slotIds }))
  }

  #quota(quotaId: string): Mark {
    const { projectId } = organisationQuota.of(quotaId)
    const { candidates, max } = this.#instance.quotas.find(({ id }) => id === quotaId)!
    const meetings = candidates.flatMap((id) => this.#byCandidate.get(id) ?? [])
    const mark = this.#counted('organisation', projectId, meetings, max)
    const hosts = mark.meetings.map((id) => meetings.find((one) => one.id === id)!.hostId)
    return { ...mark, participants: [projectId, ...hosts] }
  }
}
