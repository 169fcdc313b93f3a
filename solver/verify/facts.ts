import type { Instance, Participant } from '../format/instance.ts'
import { slotFinder } from './possible-slots.ts'
import { mostInSlots } from './room.ts'

/**
 * What the rules of an event say by themselves: when each meeting could be held, and how many each person can have.
 * Slots are numbers from 0 here, people and meetings objects that know each other.
 */
export interface Facts {
  instance: Instance
  people: Person[]
  meetings: Possible[]
  /** Tables that can be used in each slot; Infinity without a limit. */
  tablesIn: number[]
  /** Tables of all slots in which anybody can meet. */
  places: number
}

export interface Person {
  index: number
  id: string
  meetings: Possible[]
  guarantee: number
  /** Fewest and most meetings that the rules leave this person. */
  fewest: number
  most: number
  longestRow: number
}

/** A candidate: a meeting that could be held. */
export interface Possible {
  index: number
  people: [Person, Person]
  value: number
  /** Held in every schedule: required or locked. */
  isMust: boolean
  /** Where it could be held, in order; none if it never can. */
  slots: number[]
  /** Ids of the quotas it counts in. */
  quotas: string[]
}

/** Reads the facts of a parsed instance. */
export function factsOf(instance: Instance): Facts {
  const tablesIn = countTables(instance)
  const people = instance.participants.map(readPerson)
  const meetings = readMeetings(instance, people)
  yieldToLocks(instance, meetings, tablesIn)
  for (const meeting of meetings) for (const person of meeting.people) person.meetings.push(meeting)
  for (const [index, person] of people.entries()) setNumbers(person, instance.participants[index], instance)
  const isUsed = markSlots(instance, meetings)
  const places = tablesIn.reduce((sum, tables, slot) => (isUsed[slot] ? sum + tables : sum), 0)
  return { instance, people, meetings, tablesIn, places }
}

function countTables({ slots, tables }: Instance): number[] {
  if (!Array.isArray(tables)) return slots.map(() => tables ?? Infinity)
  return slots.map(({ id }) => tables.filter(({ unavailable }) => !unavailable.includes(id)).length)
}

const readPerson = ({ id, minMeetings, maxConsecutive }: Participant, index: number): Person => ({
  index,
  id,
  meetings: [],
  guarantee: minMeetings,
  fewest: 0,
  most: 0,
  longestRow: maxConsecutive,
})

function readMeetings(instance: Instance, people: Person[]): Possible[] {
  const byId = new Map(people.map((person) => [person.id, person]))
  const quotas = new Map<string, string[]>(instance.candidates.map(({ id }) => [id, []]))
  for (const { id, candidates } of instance.quotas) for (const one of candidates) quotas.get(one)!.push(id)
  const slotsOf = slotFinder(instance)
  return instance.candidates.map((candidate, index) => ({
    index,
    people: [byId.get(candidate.participants[0])!, byId.get(candidate.participants[1])!],
    value: candidate.value,
    isMust: candidate.required || candidate.lock !== null,
    slots: slotsOf(candidate),
    quotas: quotas.get(candidate.id)!,
  }))
}

/** Where a person or every table is taken by meetings locked in the slot, nothing else can be. */
function yieldToLocks({ candidates }: Instance, meetings: Possible[], tablesIn: number[]): void {
  const isPinned = ({ index }: Possible) => candidates[index].lock?.slot != null
  const pinned = meetings.filter(isPinned)
  if (pinned.length === 0) return
  const taken = new Map<Person, Set<number>>()
  const left = [...tablesIn]
  for (const { people, slots } of pinned)
    for (const slot of slots) {
      left[slot]--
      for (const person of people) taken.set(person, (taken.get(person) ?? new Set()).add(slot))
    }
  const isFree = (person: Person, slot: number) => !taken.get(person)?.has(slot)
  for (const meeting of meetings.filter((one) => !isPinned(one)))
    meeting.slots = meeting.slots.filter(
      (slot) => left[slot] > 0 && isFree(meeting.people[0], slot) && isFree(meeting.people[1], slot),
    )
}

function setNumbers(person: Person, participant: Participant, instance: Instance): void {
  const wishes = person.meetings.filter(({ slots }) => slots.length > 0)
  const isFree = markSlots(instance, wishes)
  const room = mostInSlots(
    instance,
    participant,
    [...isFree.keys()].filter((slot) => isFree[slot]),
  )
  person.fewest = person.meetings.filter(({ isMust }) => isMust).length
  person.most = Math.min(participant.maxMeetings, room, wishes.length)
}

/** For each slot, whether any of these meetings could be in it. */
function markSlots({ slots }: Instance, meetings: Possible[]): boolean[] {
  const marked = slots.map(() => false)
  for (const meeting of meetings) for (const slot of meeting.slots) marked[slot] = true
  return marked
}
