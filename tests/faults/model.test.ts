import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MeetingState } from '../../server/schemas/common.ts'
import type { DayView } from '../../server/schemas/day.ts'
import { announceSeed, NONE, send, times, violations, within } from '../support/faults.ts'
import { boardOf, openHall, type Hall } from '../support/hall.ts'
import { post, type Operation } from '../support/operations.ts'

/**
 * A camp's plan as anybody would explain it, in a page of code that knows nothing of ours, beside the real one: what the
 * one allows the other must allow, what it refuses the other must refuse for a reason that is true, and in the end both
 * hold the same. A sequence that fails is made shorter until each of its steps counts.
 */
const RUNS = times(20, 10_000)
const STEPS = 12
let hall: Hall

beforeAll(async () => {
  hall = await openHall({ slots: 4, tables: 4, agendas: 0, plans: 0, screens: 0 })
}, 120_000)
afterAll(() => hall?.close(), 60_000)

type Cell = { slot: string; table: string | null }
type Meeting = Cell & { people: string[]; locked: boolean; state: MeetingState }
type Model = { meetings: Map<string, Meeting>; before: { meetings: Map<string, Meeting>; seq: number }[] }
type Real = { slots: string[]; tables: string[]; versions: Map<string, number> }

class Step implements fc.AsyncCommand<Model, Real> {
  #name: keyof typeof ACTS
  #numbers: number[]
  constructor(name: keyof typeof ACTS, numbers: number[]) {
    this.#name = name
    this.#numbers = numbers
  }
  check = () => true
  toString = () => `${this.#name}(${this.#numbers.join(', ')})`

  async run(model: Model, real: Real): Promise<void> {
    const [first, second, third] = this.#numbers
    const wanted = ACTS[this.#name](model, real, first, second, third)
    if (!wanted) return
    const answer = await send(hall.base, hall.crowd.organiser, wanted.operation)
    const { status, body } = answer ?? { status: 0, body: {} }
    if (wanted.refusals.length > 0) {
      if (status === 409 && wanted.refusals.includes(body.code ?? '')) return
      throw new Error(
        `${this.toString()}: ${status} ${body.code}, where it is refused by ${wanted.refusals.join()}`,
      )
    }
    if (status !== 200)
      throw new Error(`${this.toString()}: ${status} ${body.code}, where nothing is in the way`)
    if (body.version !== undefined && wanted.about) real.versions.set(wanted.about, body.version)
    await wanted.follow?.()
  }
}

type Wanted = {
  operation: Operation
  about?: string
  refusals: string[]
  follow?: () => Promise<void> | void
}

const isHeld = ({ state }: Meeting) => state !== 'cancelled'
const copy = (meetings: Model['meetings']) => new Map([...meetings].map(([id, one]) => [id, { ...one }]))

/** Notes what was there before a change, with its number, for who takes it back. */
function changing(model: Model, id: string, to: Partial<Meeting>) {
  return async () => {
    model.before.push({ meetings: copy(model.meetings), seq: await lastChange() })
    Object.assign(model.meetings.get(id)!, to)
  }
}

const ACTS = {
  move(model: Model, real: Real, which: number, slot: number, table: number): Wanted {
    const [id, meeting] = pick(model, which)
    const to = { slot: at(real.slots, slot), table: at(real.tables, table) }
    const others = [...model.meetings]
      .filter(([other, one]) => other !== id && isHeld(one))
      .map(([, one]) => one)
    const there = others.filter((one) => one.slot === to.slot)
    const stays = meeting.slot === to.slot && meeting.table === to.table
    const refusals = [
      isHeld(meeting) ? '' : 'meeting-cancelled',
      meeting.locked ? 'meeting-locked' : '',
      there.some(({ people }) => people.some((one) => meeting.people.includes(one))) ? 'person-busy' : '',
      there.some((one) => one.table === to.table) ? 'cell-taken' : '',
    ].filter(Boolean)
    return {
      operation: post(`/meetings/${id}/move`, { slotId: to.slot, tableId: to.table }, real.versions.get(id)),
      ...(stays ? { refusals: [] } : { refusals, follow: changing(model, id, to), about: id }),
    }
  },
  lock(model: Model, real: Real, which: number, on: number): Wanted {
    const [id, meeting] = pick(model, which)
    const locked = on % 2 === 0
    const operation = post(`/meetings/${id}/lock`, { locked }, real.versions.get(id))
    return {
      ...{ operation, refusals: [], about: id },
      ...(locked !== meeting.locked && { follow: changing(model, id, { locked }) }),
    }
  },
  become(model: Model, _: Real, which: number, word: number): Wanted {
    const [id, meeting] = pick(model, which)
    const state = at(['planned', 'called', 'in_progress', 'done', 'no_show', 'cancelled'] as const, word)
    const same = state === meeting.state
    const to = { state, ...(state === 'cancelled' && { table: null }) }
    return {
      operation: post(`/meetings/${id}/state`, { state }),
      refusals: isHeld(meeting) || same ? [] : ['meeting-cancelled'],
      ...(!same && { follow: changing(model, id, to) }),
    }
  },
  takeBack(model: Model, real: Real): Wanted | null {
    const last = model.before.at(-1)
    if (!last) return null
    return {
      operation: post(`/programmes/${hall.crowd.programmeId}/undo`, { seq: last.seq }),
      refusals: [],
      async follow() {
        model.before.pop()
        model.meetings = last.meetings
        real.versions = versionsOf(await boardOf(hall))
      },
    }
  },
}

const at = <T>(list: readonly T[], index: number): T => list[index % list.length]
const pick = ({ meetings }: Model, which: number) => at([...meetings], which)

const steps = (name: keyof typeof ACTS, count: number) =>
  fc.tuple(...Array.from({ length: count }, () => fc.nat(200))).map((numbers) => new Step(name, numbers))

const sequences = fc.commands(
  [steps('move', 3), steps('move', 3), steps('lock', 2), steps('become', 2), steps('takeBack', 0)],
  { maxCommands: STEPS },
)

test(
  'the plan allows and refuses what its explanation allows and refuses',
  async () => {
    const seed = announceSeed('a model of the plan').below(2 ** 31)
    await fc.assert(
      fc.asyncProperty(sequences, async (commands) => {
        await hall.publish(0)
        const board = await boardOf(hall)
        const model = { meetings: meetingsOf(board), before: [] }
        const real = { slots: idsOf(board.slots), tables: idsOf(board.tables), versions: versionsOf(board) }
        await fc.asyncModelRun(() => ({ model, real }), commands)
        const now = meetingsOf(await boardOf(hall))
        if (!isDeepStrictEqual(now, model.meetings))
          throw new Error(`the plan is ${show(now)}, its explanation says ${show(model.meetings)}`)
      }),
      { seed, numRuns: RUNS, endOnFailure: false },
    )
    expect(await violations(hall.db)).toEqual(NONE)
  },
  within(300_000, 7_200_000),
)

const show = (meetings: Model['meetings']) => JSON.stringify([...meetings])
const idsOf = (list: { id: string }[]) => list.map(({ id }) => id)
const versionsOf = ({ meetings }: DayView) => new Map(meetings.map(({ id, version }) => [id, version]))

const meetingsOf = ({ meetings }: DayView): Model['meetings'] =>
  new Map(
    meetings.map(({ id, slotId: slot, tableId: table, participants: people, locked, state }) => {
      return [id, { slot, table, people, locked, state }]
    }),
  )

async function lastChange(): Promise<number> {
  const [{ seq }] = await hall.db.execute<{ seq: number }>(
    sql`select seq::int as seq from programmes where id = ${hall.crowd.programmeId}`,
  )
  return seq
}
