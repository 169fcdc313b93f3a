import { expect, test } from 'vitest'
import { FULL_EFFORT } from '../../solver/model/effort.ts'
import { Agenda } from '../../solver/model/partial-schedule.ts'
import { approach } from '../../solver/place/large-neighbourhood.ts'
import { BreakPricing } from '../../solver/bounds/break-relaxation.ts'
import { digest } from '../../solver/format/digest.ts'
import { findCertain } from '../../solver/bounds/reduced-cost-fixing.ts'
import { compact } from '../../solver/compact/annealing.ts'
import { fewestBreaks } from '../../solver/bounds/min-breaks.ts'
import { dive, openSlots, type Sea } from '../../solver/place/lp-diving.ts'
import { dualBound } from '../../solver/bounds/dual-bound.ts'
import { evenOut } from '../../solver/compact/break-spread.ts'
import { parseInstance, type Instance } from '../../solver/index.ts'
import { exchangeForValue } from '../../solver/spend-tolerance.ts'
import { place } from '../../solver/place/insertion.ts'
import { compile, type Problem } from '../../solver/model/problem.ts'
import { rescue } from '../../solver/place/threshold-exchange.ts'
import { startSearch } from '../../solver/model/search-limits.ts'
import { seat } from '../../solver/seat/seat.ts'
import { SlotPricing } from '../../solver/bounds/time-indexed-relaxation.ts'
import { approximate } from '../../solver/bounds/sharper-prices.ts'
import { randomEvent } from './events.ts'
import { generateCamp } from './generate.ts'

/** The first signs of the hash of some numbers. */
const mark = async (...lists: (ArrayLike<number> | number)[]) =>
  (
    await digest(lists.map((list) => (typeof list === 'number' ? `${list}` : Array.from(list, String))))
  ).slice(0, 10)

const camp = (options: object, parts: object = {}) =>
  parseInstance({
    ...generateCamp(3, { projects: 9, hosts: 11, slots: 8, tables: 5, wishes: [4, 8], ...options }),
    ...parts,
  })
const mixed = (seed: number, rules: object = {}) =>
  randomEvent(seed, {
    slots: 7,
    people: 8,
    candidates: 30,
    tables: 'listed',
    limits: true,
    order: true,
    quotas: true,
    locks: true,
    rules,
  })

const EVENTS: [string, Instance][] = [
  ['a camp with few tables', camp({ guarantee: 4 })],
  ['a camp with short rows', camp({ maxConsecutive: 2, availability: 0.8, guarantee: 3 })],
  [
    'a camp of one block',
    camp(
      { blocks: 1, tables: 9, halfDay: 0.4 },
      { rules: { objective: ['value', 'idle', 'breaks'], maxBreakSpread: 1 } },
    ),
  ],
  ['an event with rules of every kind', mixed(3)],
  [
    'another one',
    mixed(8, {
      objective: ['shortfall', 'value', 'breaks'],
      breakScope: 'event',
      tolerance: { shortfall: 0.5 },
    }),
  ],
]

const wantedOf = ({ possible }: Problem) => [...possible.keys()].filter((c) => possible[c])

/** Prices that grow along participants, tables and quotas, some of them by slot. */
function somePrices(problem: Problem, bySlot: boolean) {
  const { participantCount, slotCount, places, quotas } = problem
  const grow = (length: number, step: number) =>
    Float64Array.from({ length }, (_, index) => (index % 5) * step)
  const days = { busy: grow(participantCount * slotCount, 0.5), tables: grow(slotCount, 0.25) }
  return {
    participants: grow(participantCount, 0.75),
    tables: places < Infinity ? 1.5 : 0,
    shortfall: 3,
    quotas: grow(quotas.length, 2),
    days: bySlot ? days : null,
  }
}

function seaOf(problem: Problem): Sea {
  const prices = { ...somePrices(problem, true), tables: 0 }
  return { prices, worth: problem.value, shortfall: 2, bound: dualBound(problem, prices, problem.value) + 6 }
}

/** What every step of the search makes of an event, one after the other, as marks. */
async function trace(instance: Instance): Promise<Record<string, string>> {
  const problem = compile(instance)
  const marks: Record<string, string> = {}
  const search = startSearch({ seed: 11 }, 1e9)
  const agenda = new Agenda(problem)
  const note = async (name: string, ...lists: (ArrayLike<number> | number)[]) => {
    marks[name] = await mark(...lists, agenda.slotOf, search.iterations)
  }
  await note('place', place(agenda, wantedOf(problem), search, 2_000))
  rescue(agenda, search, 1_200)
  await note('rescue')
  exchangeForValue(agenda, search, 300)
  await note('exchanges for value')
  await compact(agenda, search, { lower: 0, steps: 4_500 }, () => {})
  await note('compact')
  evenOut(agenda)
  await note('even')
  await note('seat', seat(agenda, search) ?? [])
  const sea = seaOf(problem)
  const open = openSlots(problem, sea, 4)
  const dived = new Agenda(problem)
  dive(dived, sea, openSlots(problem, sea, Infinity), search, search.isOver)
  await note('dive', dived.slotOf, open)
  await approach(dived, sea, { rounds: 6, patience: 6 }, search, search.isOver)
  await note('approach', dived.slotOf)
  return marks
}

/** Prices after a number of steps, and the bounds on the way. */
async function pricesOf(instance: Instance): Promise<Record<string, string>> {
  const problem = compile(instance)
  const marks: Record<string, string> = {}
  for (const bySlot of [false, true]) {
    const pricing = new SlotPricing(problem, somePrices(problem, bySlot), problem.value, 2)
    const bounds: number[] = []
    for (let step = 0; step < 40; step++) {
      bounds.push(pricing.evaluate())
      if (step === 25) pricing.goBack()
      if (step === 30) pricing.forget()
      pricing.follow(3, 0.3)
    }
    const { participants, quotas, days } = pricing.read()
    marks[bySlot ? 'by slot' : 'for all slots'] = await mark(
      bounds,
      participants,
      quotas,
      days!.busy,
      days!.tables,
    )
  }
  const aim = { worth: problem.value, target: 1, shortfall: 2 }
  const near = approximate(problem, somePrices(problem, false), aim, FULL_EFFORT)
  marks.near = await mark(near.participants, near.quotas, near.days!.busy, near.days!.tables, near.shortfall)
  const agenda = new Agenda(problem)
  place(agenda, wantedOf(problem), startSearch({}, 1e9), 500)
  const held = agenda.slotOf.map((slot) => (slot >= 0 ? 1 : 0))
  const certain = { ...findCertain(problem, null), state: Uint8Array.from(held, (one) => 2 * one) }
  const numbers = { low: agenda.count.slice(), high: agenda.count.slice() }
  const fewest = fewestBreaks(problem, { ...certain, ...numbers }).map((one) => Math.max(0, one))
  const breaks = new BreakPricing(problem, { ...certain, ...numbers }, fewest)
  marks.breaks = await mark(breaks.improve(250, 50), breaks.best.prices.busy, breaks.best.prices.tables)
  return marks
}

const SCHEDULES: Record<string, Record<string, string>> = {
  'a camp with few tables': {
    place: '3e3cff2732',
    rescue: 'b20030f526',
    'exchanges for value': 'b20030f526',
    compact: 'a602e6165e',
    even: 'a602e6165e',
    seat: '3a12b2770c',
    dive: '5bad759976',
    approach: '87383d093a',
  },
  'a camp with short rows': {
    place: 'a4314f0996',
    rescue: 'ba071778cc',
    'exchanges for value': 'ba071778cc',
    compact: 'c0c06cbfdb',
    even: 'c0c06cbfdb',
    seat: 'b4f3584869',
    dive: '7e8076204c',
    approach: '3a2113da50',
  },
  'a camp of one block': {
    place: '5a06e1b719',
    rescue: '1b14dee580',
    'exchanges for value': '1b14dee580',
    compact: 'f9876150ca',
    even: 'f9876150ca',
    seat: 'feda81dfc3',
    dive: 'c5a081582a',
    approach: '11710138b7',
  },
  'an event with rules of every kind': {
    place: '292df98cbb',
    rescue: '841d8b39a7',
    'exchanges for value': '841d8b39a7',
    compact: '949169de36',
    even: '949169de36',
    seat: 'e8d551e267',
    dive: 'fa81344bd5',
    approach: '690ee37116',
  },
  'another one': {
    place: '45d7fdd8b1',
    rescue: '33e1f86b7d',
    'exchanges for value': '9cafb5fe3f',
    compact: 'b25702731c',
    even: 'b25702731c',
    seat: '18b1d0e9d0',
    dive: '6233cad330',
    approach: '081f2656cb',
  },
}
const PRICES: Record<string, Record<string, string>> = {
  'a camp with few tables': {
    'for all slots': '1ff4ac2716',
    'by slot': '92595cb9b9',
    near: '72466f600a',
    breaks: '1c8e22b9b0',
  },
  'a camp with short rows': {
    'for all slots': '7b2385a899',
    'by slot': 'e394ac7d99',
    near: '0c50b901e4',
    breaks: '8b8aa1b10f',
  },
  'a camp of one block': {
    'for all slots': 'd728aed561',
    'by slot': '0a21ee4ccd',
    near: '1518e609e9',
    breaks: '1c8e22b9b0',
  },
  'an event with rules of every kind': {
    'for all slots': '48018740f7',
    'by slot': '75d104a842',
    near: '18505c9717',
    breaks: 'b86455cf7f',
  },
  'another one': {
    'for all slots': '5cfa4f17d5',
    'by slot': 'f208854a7b',
    near: 'ba7b60b47b',
    breaks: '9e126e8391',
  },
}

test.each(EVENTS)('%s comes to the same schedule on every machine', async (name, instance) => {
  expect(await trace(instance)).toEqual(SCHEDULES[name])
})

test.each(EVENTS)('%s comes to the same prices on every machine', async (name, instance) => {
  expect(await pricesOf(instance)).toEqual(PRICES[name])
})
