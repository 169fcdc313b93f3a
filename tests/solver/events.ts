import { Agenda } from '../../solver/model/partial-schedule.ts'
import { checkRules, parseInstance, type Instance, type Meeting } from '../../solver/index.ts'
import { compile } from '../../solver/model/problem.ts'
import { seededRandom, type Random } from '../../solver/model/random.ts'
import { scoreOf, weighLevels } from '../../solver/model/score.ts'

/** Which kinds of rules an event has. */
export interface EventOptions {
  slots?: number
  people?: number
  candidates?: number
  tables?: 'none' | 'counted' | 'listed'
  limits?: boolean
  order?: boolean
  quotas?: boolean
  locks?: boolean
  /** Several days, and limits of meetings in some slots. */
  days?: boolean
  required?: number
  objective?: string[]
  rules?: object
}

/** Kinds of events that what arranges them is tried on. */
export const KINDS: [string, EventOptions][] = [
  ['few rules', {}],
  ['limits', { limits: true, tables: 'none' }],
  ['an order and quotas', { order: true, quotas: true }],
  ['locks', { locks: true, limits: true }],
  ['tables that differ', { tables: 'listed', limits: true, slots: 3, candidates: 5 }],
  ['several days', { days: true, limits: true }],
]

const NAMES = 'abcdefgh'

/** A small event with rules of many kinds, the same for the same seed. */
export function randomEvent(seed: number, options: EventOptions = {}): Instance {
  const { slots = 4, people = 5, candidates = 7 } = options
  const random = seededRandom(seed)
  const ids = Array.from({ length: slots }, (_, index) => `s${index + 1}`)
  const cut = 1 + random.below(slots)
  const names = [...NAMES.slice(0, people)]
  const event = parseInstance({
    format: 'incontro/instance',
    version: 1,
    slots: ids.map((id, index) => ({ id, block: index < cut ? 0 : 1 })),
    ...tablesOf(random, ids, options),
    participants: names.map((id) => person(random, id, ids, options)),
    candidates: Array.from({ length: candidates }, (_, c) => candidate(random, c, names, ids, options)),
    ...(options.quotas ? { quotas: [0, 1].map((index) => quota(random, index, candidates)) } : {}),
    rules: { ...(options.objective ? { objective: options.objective } : {}), ...options.rules },
  })
  return options.days ? withDaysAndLimits(event, random) : event
}

/** The event with its slots on several days, and limits of people's meetings in some slots. */
export function withDaysAndLimits({ source }: Instance, random: Random): Instance {
  const slots = source.slots.map(({ id }) => id)
  let day = 0
  const days = slots.map((_, index) => (index > 0 && random.below(3) === 0 ? ++day : day))
  return parseInstance({
    ...source,
    slots: source.slots.map((one, index) => ({ ...one, day: days[index] })),
    participants: source.participants?.map((one) => ({ ...one, limits: limitsOf(random, slots, days) })),
  })
}

/** Most meetings of a day, of a run of slots, or of any slots. */
function limitsOf(random: Random, slots: string[], days: number[]) {
  return Array.from({ length: random.below(3) }, () => {
    const [from, day] = [random.below(slots.length), days[random.below(days.length)]]
    const kinds = [
      slots.filter((_, index) => days[index] === day),
      slots.slice(from, from + 1 + random.below(3)),
      some(random, slots, 0.6),
    ]
    return { slots: kinds[random.below(3)], max: random.below(6) === 0 ? 0 : 1 + random.below(2) }
  })
}

const some = <T>(random: Random, list: T[], share: number): T[] => list.filter(() => random.unit() < share)

function tablesOf(random: Random, slots: string[], { tables = 'counted' }: EventOptions) {
  if (tables === 'none') return {}
  if (tables === 'counted') return { tables: 1 + random.below(2) }
  const table = (id: string) => ({
    id,
    features: some(random, ['quiet', 'ramp'], 0.5),
    unavailable: some(random, slots, 0.15),
  })
  return { tables: ['t1', 't2', 't3'].slice(random.below(2)).map(table) }
}

function person(random: Random, id: string, slots: string[], { limits, tables }: EventOptions) {
  const isChoosy = tables === 'listed' && random.below(3) === 0
  return {
    id,
    side: random.below(2) === 0 ? 'host' : 'project',
    unavailable: some(random, slots, 0.2),
    ...(random.below(2) === 0 ? { fairnessGroup: 'x' } : {}),
    ...(isChoosy ? (random.below(2) === 0 ? { needs: ['quiet'] } : { tables: ['t3'] }) : {}),
    ...(limits ? { maxMeetings: 1 + random.below(3), maxConsecutive: 1 + random.below(3) } : {}),
    ...(limits ? { minMeetings: random.below(3) } : {}),
  }
}

function candidate(random: Random, c: number, people: string[], slots: string[], options: EventOptions) {
  const one = random.below(people.length)
  const other = (one + 1 + random.below(people.length - 1)) % people.length
  const isLocked = options.locks && random.below(6) === 0
  return {
    id: `c${c}`,
    participants: [people[one], people[other]],
    value: random.below(6),
    required: random.unit() < (options.required ?? 0),
    ...(random.below(4) === 0 ? { slots: some(random, slots, 0.6) } : {}),
    ...(options.order && c > 0 && random.below(3) === 0 ? { after: [`c${random.below(c)}`] } : {}),
    ...(isLocked ? { lock: { slot: slots[random.below(slots.length)] } } : {}),
  }
}

function quota(random: Random, index: number, candidates: number) {
  const members = some(
    random,
    Array.from({ length: candidates }, (_, c) => `c${c}`),
    0.5,
  )
  return { id: `q${index}`, candidates: members, min: random.below(2), max: 1 + random.below(2) }
}

/** The event with nothing that asks for a meeting, so that a part of a schedule can keep its rules. */
const withoutDuties = (instance: Instance): Instance => ({
  ...instance,
  candidates: instance.candidates.map((one) => ({ ...one, required: false })),
  quotas: instance.quotas.map((one) => ({ ...one, min: 0 })),
  rules: { ...instance.rules, maxBreakSpread: null },
})

/** Whether these meetings keep every rule about what is held, at whatever tables. */
export function canBeHeld(instance: Instance, held: Meeting[]): boolean {
  return seatings(withoutDuties(instance), held).next().done === false
}

/** Every way to give tables to meetings that keeps every rule but those that ask for more meetings. */
function* seatings(bare: Instance, held: Meeting[], from = 0): Generator<Meeting[]> {
  const kept = checkRules(bare, held.slice(0, from)).every(({ rule, path }) => rule === 'lock' && !path)
  if (!kept) return
  if (from === held.length) {
    yield held
    return
  }
  const { table: _, ...meeting } = held[from]
  if (!Array.isArray(bare.tables)) yield* seatings(bare, held.with(from, meeting), from + 1)
  else
    for (const { id } of bare.tables)
      yield* seatings(bare, held.with(from, { ...meeting, table: id }), from + 1)
}

/** Every schedule that keeps all rules, with one choice of tables where they have names. */
export function* schedules(instance: Instance, from = 0, held: Meeting[] = []): Generator<Meeting[]> {
  if (from === instance.candidates.length) {
    const isWhole = (list: Meeting[]) => checkRules(instance, list).length === 0
    for (const seated of seatings(withoutDuties(instance), held))
      if (isWhole(seated)) {
        yield seated
        return
      }
    return
  }
  const { id, participants, slots, required, lock } = instance.candidates[from]
  const pairs = new Map(instance.candidates.map((one) => [one.id, one.participants]))
  if (!required && !lock) yield* schedules(instance, from + 1, held)
  for (const slot of instance.slots) {
    if ((lock?.slot ?? slot.id) !== slot.id || !(slots?.includes(slot.id) ?? true)) continue
    const isBusy = (one: Meeting) =>
      one.slot === slot.id && pairs.get(one.candidate)!.some((p) => participants.includes(p))
    if (!held.some(isBusy)) yield* schedules(instance, from + 1, [...held, { candidate: id, slot: slot.id }])
  }
}

/** Every schedule that keeps all rules, with every choice of tables. */
export function* seatedSchedules(instance: Instance): Generator<Meeting[]> {
  for (const held of schedules(instance))
    for (const seated of seatings(withoutDuties(instance), held))
      if (checkRules(instance, seated).length === 0) yield seated
}

/** A round of meetings between two sides of as many people as there are slots: everybody is always busy. */
export const square = (size: number, parts: object = {}) => {
  const ids = Array.from({ length: size }, (_, index) => index)
  return parseInstance({
    format: 'incontro/instance',
    version: 1,
    slots: ids.map((i) => ({ id: `s${i}` })),
    participants: [...ids.map((i) => ({ id: `p${i}` })), ...ids.map((i) => ({ id: `h${i}` }))],
    candidates: ids.flatMap((i) => ids.map((j) => ({ id: `c${i}${j}`, participants: [`p${i}`, `h${j}`] }))),
    ...parts,
  })
}

/** The best score of all schedules of a `randomEvent`, by weights of the levels. */
export function bestScore(instance: Instance): number {
  const problem = compile(instance)
  const worth = weighLevels(problem)
  let best = -Infinity
  for (const held of schedules(instance)) {
    const agenda = new Agenda(problem)
    for (const { candidate, slot } of held) agenda.put(Number(candidate.slice(1)), Number(slot.slice(1)) - 1)
    best = Math.max(best, scoreOf(agenda, worth))
  }
  return best
}

type Placed = Pick<Agenda, 'problem' | 'slotOf'> & { seating: { tableOf: Int32Array } | null }

/** What an agenda holds, at the tables of its seating. */
export function heldIn({ problem, slotOf, seating }: Placed): Meeting[] {
  const { candidates, slots, tables } = problem.instance
  return [...slotOf.keys()]
    .filter((c) => slotOf[c] >= 0)
    .map((c) => {
      const meeting = { candidate: candidates[c].id, slot: slots[slotOf[c]].id }
      return seating && Array.isArray(tables) ? { ...meeting, table: tables[seating.tableOf[c]].id } : meeting
    })
}

/** An agenda with as many meetings as come in, tried in random order. */
export function filledAgenda(instance: Instance, random: Random, share = 1): Agenda {
  const agenda = new Agenda(compile(instance))
  const { candidateCount, slotCount, allowed } = agenda.problem
  for (let trial = 0; trial < 4 * candidateCount; trial++) {
    const [c, slot] = [random.below(candidateCount), random.below(slotCount)]
    if (random.unit() > share || agenda.slotOf[c] >= 0 || !allowed[c * slotCount + slot]) continue
    if (agenda.fits(c, slot)) agenda.put(c, slot)
  }
  return agenda
}
