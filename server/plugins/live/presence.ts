import { randomUUID } from 'node:crypto'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { userIdOf } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { isNameOf } from '../../database/member-name.ts'
import { memberNames, memberships } from '../../database/schema.ts'
import type { Colleague, ServerFrame, ViewName } from '../../schemas/live.ts'
import { isBoard, isClogged, sendText, type Follower } from './follower.ts'
import { serial } from './serial.ts'

export const BEAT_MS = 4_000
/** A node that missed two beats is gone, and with it those who were there. */
const LASTS_MS = 10_000
/** Who loads a page again has not left. */
const LINGER_MS = 1_500

type Person = { eventId: string; userId: string }
/** What a node says of somebody: which pages they have open with it; none, and they left. */
type Sighting = Person & { node: string; views: ViewName[] }
type There = Pick<Colleague, 'id' | 'views'>

/**
 * Who of those who run an event is there now. Each node says whom it has, by ids, when that changes and at every
 * beat; all nodes add up what they hear. Nothing of it is stored.
 */
export class Presence {
  #db: Database
  #report: (error: unknown) => void
  #node = randomUUID()
  #here = new Map<Follower, Person>()
  #seen = new Map<string, Sighting & { at: number }>()
  /** Whom this node has to say something of, and of whom it has said that they are here. */
  #due = new Map<string, Person>()
  #said = new Map<string, Person>()
  #leaving = new Set<ReturnType<typeof setTimeout>>()
  /** What is sent for an event as long as the same people are there. */
  #frames = new Map<string, { of: string; text: string }>()

  constructor(db: Database, report: (error: unknown) => void) {
    this.#db = db
    this.#report = report
  }

  add(follower: Follower): void {
    const userId = userIdOf(follower.actor)
    if (!follower.view.colleagues || userId === null) return
    const person = { eventId: follower.eventId, userId }
    this.#here.set(follower, person)
    this.#say([person])
  }

  remove(follower: Follower): void {
    const person = this.#here.get(follower)
    if (!person) return
    this.#here.delete(follower)
    const timer = setTimeout(() => {
      this.#leaving.delete(timer)
      this.#say([person])
    }, LINGER_MS)
    this.#leaving.add(timer)
  }

  /** Says of everybody here that they still are. */
  beat(): void {
    this.#say(this.#here.values())
  }

  /** This node ends: nobody is here any more. */
  async end(): Promise<void> {
    for (const timer of this.#leaving) clearTimeout(timer)
    this.#here.clear()
    this.#due = new Map(this.#said)
    await this.#saying().catch(this.#report)
  }

  /** What a node says, this one included. */
  hear(payload: string): void {
    const sighting = JSON.parse(payload) as Sighting
    const key = `${sighting.node} ${keyOf(sighting)}`
    if (sighting.views.length > 0) this.#seen.set(key, { ...sighting, at: Date.now() })
    else this.#seen.delete(key)
    this.tell()
  }

  /** Those of whom nothing is heard any more are there no longer. */
  forgetSilent(): void {
    const before = Date.now() - LASTS_MS
    for (const [key, { at }] of this.#seen) if (at < before) this.#seen.delete(key)
    this.tell()
  }

  /** Brings the organisers' pages up to who is there, each once it shows something. */
  tell(): void {
    this.#telling().catch(this.#report)
  }

  #telling = serial(async () => {
    const told = [...this.#here.keys()].filter((one) => one.seq !== null && isBoard(one))
    const byEvent = Map.groupBy(told, ({ eventId }) => eventId)
    for (const eventId of this.#frames.keys()) if (!byEvent.has(eventId)) this.#frames.delete(eventId)
    for (const [eventId, followers] of byEvent) {
      const text = await this.#frameOf(eventId, followers[0].programmeId)
      for (const follower of followers) tellOne(follower, text)
    }
  })

  async #frameOf(eventId: string, programmeId: string): Promise<string> {
    const there = this.#thereAt(eventId)
    const of = JSON.stringify(there)
    const known = this.#frames.get(eventId)
    if (known?.of === of) return known.text
    const people = await readColleagues(this.#db, programmeId, there)
    const text = JSON.stringify({ type: 'presence', people } satisfies ServerFrame)
    this.#frames.set(eventId, { of, text })
    return text
  }

  #thereAt(eventId: string): There[] {
    const sightings = [...this.#seen.values()].filter((one) => one.eventId === eventId)
    const byUser = Map.groupBy(sightings, ({ userId }) => userId)
    return [...byUser.keys()].sort().map((id) => ({ id, views: viewsOf(byUser.get(id) ?? []) }))
  }

  #say(people: Iterable<Person>): void {
    for (const person of people) this.#due.set(keyOf(person), person)
    this.#saying().catch(this.#report)
  }

  /** One after the other, so that of two words about somebody the later one is heard last. */
  #saying = serial(async () => {
    const sightings = [...this.#due.values()].map((person) => this.#sight(person))
    this.#due.clear()
    if (sightings.length === 0) return
    for (const { eventId, userId, views } of sightings) {
      if (views.length > 0) this.#said.set(keyOf({ eventId, userId }), { eventId, userId })
      else this.#said.delete(keyOf({ eventId, userId }))
    }
    await notify(this.#db, sightings)
  })

  #sight({ eventId, userId }: Person): Sighting {
    const open = [...this.#here].filter(([, one]) => keyOf(one) === keyOf({ eventId, userId }))
    const views = viewsOf(open.map(([{ view }]) => ({ views: [view.name] })))
    return { node: this.#node, eventId, userId, views }
  }
}

const keyOf = ({ eventId, userId }: Person) => `${eventId} ${userId}`
const viewsOf = (all: { views: ViewName[] }[]) => [...new Set(all.flatMap(({ views }) => views))].sort()

function tellOne(follower: Follower, text: string): void {
  if (follower.company === text || isClogged(follower)) return
  follower.company = text
  sendText(follower, text)
}

/** One notification a person, so that none is too long however many they are. */
async function notify(db: Database, sightings: Sighting[]): Promise<void> {
  const payloads = JSON.stringify(sightings.map((one) => JSON.stringify(one)))
  await db.execute(
    sql`select pg_notify('presence', payload) from json_array_elements_text(${payloads}::json) as payload`,
  )
}

/** Their names; without those who no longer run the programme. */
async function readColleagues(db: Database, programmeId: string, there: There[]): Promise<Colleague[]> {
  const runs = and(
    eq(memberships.programmeId, programmeId),
    inArray(memberships.role, ['organiser', 'desk']),
    inArray(
      memberships.userId,
      there.map(({ id }) => id),
    ),
  )
  const rows = await db
    .selectDistinct({ id: memberships.userId, name: memberNames.name })
    .from(memberships)
    .innerJoin(memberNames, isNameOf(memberships.programmeId, memberships.userId))
    .where(runs)
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return there.flatMap(({ id, views }) => {
    const name = names.get(id)
    return name === undefined ? [] : [{ id, name, views }]
  })
}
