import type { Candidate, Instance, Participant, Table } from '../format/instance.ts'
import type { Meeting } from '../format/solution.ts'
import { agendas, pauses, type Stop } from './objective.ts'
import { isInOneBlock } from './stretch.ts'

export interface Violation {
  /** The rule's name in the file format, or `unknown`, `slot-conflict`, `table-conflict`, `claim`. */
  rule: string
  /** What is wrong, in plain words. */
  message: string
  /** JSON pointer into the solution, where one place is at fault. */
  path?: string
  /** Ids of the candidates, participants, slots and tables concerned. */
  ids: string[]
}

/** The hard rules on a list of meetings, without the claims of a solution. */
export function checkRules(instance: Instance, meetings: Meeting[]): Violation[] {
  const context = buildContext(instance, meetings)
  return [
    ...meetings.flatMap((meeting, index) => checkMeeting(context, meeting, `/meetings/${index}`)),
    ...instance.participants.flatMap((participant) => checkParticipant(context, participant)),
    ...instance.candidates.flatMap((candidate) => checkCandidate(context, candidate)),
    ...checkTables(context),
    ...checkQuotas(context),
    ...checkSpread(context),
  ]
}

interface Context {
  instance: Instance
  meetings: Meeting[]
  slots: Map<string, number>
  candidates: Map<string, Candidate>
  participants: Map<string, Participant>
  tables: Map<string, Table>
  agendas: Map<string, Stop[]>
  held: Map<string, Meeting>
}

const byId = <T extends { id: string }>(list: T[]) => new Map(list.map((item) => [item.id, item]))

function buildContext(instance: Instance, meetings: Meeting[]): Context {
  const tables = Array.isArray(instance.tables) ? instance.tables : []
  return {
    instance,
    meetings,
    slots: new Map(instance.slots.map((slot, index) => [slot.id, index])),
    candidates: byId(instance.candidates),
    participants: byId(instance.participants),
    tables: byId(tables),
    agendas: agendas(instance, meetings),
    held: new Map(meetings.map((meeting) => [meeting.candidate, meeting])),
  }
}

function checkMeeting(context: Context, meeting: Meeting, path: string): Violation[] {
  const candidate = context.candidates.get(meeting.candidate)
  if (!candidate || !context.slots.has(meeting.slot)) return []
  const { id, slots, lock } = candidate
  const found: Violation[] = []
  const add = (rule: string, message: string, ids: string[]) => found.push({ rule, message, path, ids })
  if (slots && !slots.includes(meeting.slot))
    add('slots', `${id} is in slot ${meeting.slot}, which is not one of its slots.`, [id, meeting.slot])
  if (lock?.slot && lock.slot !== meeting.slot)
    add('lock', `${id} is locked in slot ${lock.slot} but is in ${meeting.slot}.`, [
      id,
      lock.slot,
      meeting.slot,
    ])
  if (lock?.table && lock.table !== meeting.table)
    add('lock', `${id} is locked at table ${lock.table} but is at ${meeting.table ?? 'none'}.`, [
      id,
      lock.table,
    ])
  if (context.tables.get(meeting.table ?? '')?.unavailable.includes(meeting.slot))
    add('tables', `Table ${meeting.table} cannot be used in slot ${meeting.slot}.`, [
      meeting.table!,
      meeting.slot,
    ])
  for (const participant of candidate.participants)
    found.push(...checkSeat(context, context.participants.get(participant)!, meeting, path))
  return found
}

function checkSeat(context: Context, participant: Participant, meeting: Meeting, path: string): Violation[] {
  const { id, unavailable, tables, needs } = participant
  const { slot, table } = meeting
  const found: Violation[] = []
  const add = (rule: string, message: string, ids: string[]) => found.push({ rule, message, path, ids })
  if (unavailable.includes(slot)) add('unavailable', `${id} is not available in slot ${slot}.`, [id, slot])
  const seat = table === undefined ? undefined : context.tables.get(table)
  if (!seat) return found
  if (tables && !tables.includes(seat.id))
    add('tables', `${id} may not sit at table ${seat.id}.`, [id, seat.id])
  for (const need of needs.filter((feature) => !seat.features.includes(feature)))
    add('needs', `${id} needs “${need}”, which table ${seat.id} does not have.`, [id, seat.id])
  return found
}

function checkParticipant(context: Context, participant: Participant): Violation[] {
  const { id, maxMeetings } = participant
  const stops = context.agendas.get(id)!
  const found: Violation[] = []
  if (stops.length > maxMeetings)
    found.push({
      rule: 'maxMeetings',
      message: `${id} has ${stops.length} meetings, at most ${maxMeetings} are allowed.`,
      ids: [id],
    })
  stops.slice(1).forEach((stop, index) => {
    if (stop.slot !== stops[index].slot) return
    const slot = context.instance.slots[stop.slot].id
    const message = `${id} has two meetings in slot ${slot}: ${stops[index].candidate} and ${stop.candidate}.`
    found.push({ rule: 'slot-conflict', message, ids: [id, slot, stops[index].candidate, stop.candidate] })
  })
  return [...found, ...checkLimits(context, participant, stops), ...checkRow(context, participant, stops)]
}

function checkLimits({ instance }: Context, { id, limits }: Participant, stops: Stop[]): Violation[] {
  return limits.flatMap(({ slots, max }) => {
    const count = stops.filter(({ slot }) => slots.includes(instance.slots[slot].id)).length
    if (count <= max) return []
    const message = `${id} has ${count} meetings in ${slots.join(', ')}, at most ${max} are allowed there.`
    return [{ rule: 'limits', message, ids: [id, ...slots] }]
  })
}

function checkRow({ instance }: Context, { id, maxConsecutive }: Participant, stops: Stop[]): Violation[] {
  const found: Violation[] = []
  let row = 0
  stops.forEach(({ slot }, index) => {
    const before = index > 0 ? stops[index - 1].slot : -2
    const { [before]: last, [slot]: now } = instance.slots
    const continues = slot === before + 1 && isInOneBlock(last, now)
    if (slot !== before) row = continues ? row + 1 : 1
    if (row !== maxConsecutive + 1) return
    const message = `${id} has more than ${maxConsecutive} meetings in a row up to slot ${instance.slots[slot].id}.`
    found.push({ rule: 'maxConsecutive', message, ids: [id, instance.slots[slot].id] })
  })
  return found
}

function checkCandidate({ held, slots }: Context, { id, required, lock, after }: Candidate): Violation[] {
  const meeting = held.get(id)
  if (!meeting) {
    if (lock) return [{ rule: 'lock', message: `${id} is locked but not held.`, ids: [id] }]
    return required ? [{ rule: 'required', message: `${id} is required but not held.`, ids: [id] }] : []
  }
  return after.flatMap((other) => {
    const earlier = held.get(other)
    if (!earlier || !(slots.get(earlier.slot)! >= slots.get(meeting.slot)!)) return []
    return [
      { rule: 'after', message: `${id} must come after ${other}, which is not earlier.`, ids: [id, other] },
    ]
  })
}

function checkTables({ instance, meetings }: Context): Violation[] {
  const { tables } = instance
  if (tables === null) return []
  const found: Violation[] = []
  const count = new Map<string, number>()
  const taken = new Map<string, Meeting>()
  const most = Array.isArray(tables) ? tables.length : tables
  for (const meeting of meetings) {
    const { slot, table, candidate } = meeting
    count.set(slot, (count.get(slot) ?? 0) + 1)
    if (count.get(slot) === most + 1)
      found.push({
        rule: 'table-conflict',
        message: `Slot ${slot} has more meetings than the ${most} tables.`,
        ids: [slot],
      })
    const key = JSON.stringify([slot, table])
    const other = taken.get(key)
    if (table !== undefined && other) {
      const message = `Table ${table} has two meetings in slot ${slot}: ${other.candidate} and ${candidate}.`
      found.push({ rule: 'table-conflict', message, ids: [table, slot, other.candidate, candidate] })
    }
    taken.set(key, meeting)
  }
  return found
}

function checkQuotas({ instance, held }: Context): Violation[] {
  return instance.quotas.flatMap(({ id, candidates, min, max }) => {
    const count = candidates.filter((candidate) => held.has(candidate)).length
    if (count >= min && count <= max) return []
    const message = `Quota ${id} has ${count} meetings, ${count < min ? `at least ${min}` : `at most ${max}`} are asked.`
    return [{ rule: 'quotas', message, ids: [id] }]
  })
}

function checkSpread({ instance, agendas }: Context): Violation[] {
  const most = instance.rules.maxBreakSpread
  if (most === null || agendas.size === 0) return []
  const breaks = [...agendas].map(([id, stops]) => ({ id, count: pauses(instance, stops).length }))
  breaks.sort((one, other) => one.count - other.count)
  const [fewest, last] = [breaks[0], breaks[breaks.length - 1]]
  if (last.count - fewest.count <= most) return []
  const message = `${last.id} has ${last.count} breaks and ${fewest.id} has ${fewest.count}: they may differ by ${most}.`
  return [{ rule: 'maxBreakSpread', message, ids: [last.id, fewest.id] }]
}
