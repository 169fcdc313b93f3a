import { afterAll, beforeAll, expect, test } from 'vitest'
import { and, eq, inArray } from 'drizzle-orm'
import {
  measure,
  parseInstance,
  parseSolution,
  validate,
  type Instance,
  type InstanceFile,
  type Meeting,
} from '../../../../solver/index.ts'
import {
  candidates,
  hosts,
  meetings,
  participants,
  preferences,
  schedules,
  slots,
  tables,
} from '../../../../server/database/schema.ts'
import { findParticipants } from '../../../../server/features/participants/repository.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { NewEvent } from '../../../../server/schemas/event.ts'
import { AIMS, DEFAULT_RULES, type EventRules } from '../../../../server/schemas/rules.ts'
import type { RunPeople, UnmetWish, UnmetWishes } from '../../../../server/schemas/run.ts'
import { until } from '../../../support/client.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

/**
 * Every kind of rule on one small day of two financed projects, one that is not, and two hosts of one organisation:
 * it reaches the solver, the schedule obeys it, and whoever loses a wish by it is told so, by the name of the rule.
 */
type Who = 'rich' | 'other' | 'poor' | 'one' | 'two'
type Wish = [project: Who, host: Who, level: 'must' | 'want' | 'open']
type Case = {
  rules: Partial<EventRules>
  /** By both sides. */
  wishes: Wish[]
  /** The turns that they can come to; all of the five where nothing is said. */
  there?: Partial<Record<Who, number[]>>
  needs?: Partial<Record<Who, string>>
  before?: () => Promise<unknown>
  /** What the instance has for it. */
  holds: (instance: Instance, file: InstanceFile) => unknown
  obeys: (instance: Instance, held: Meeting[]) => unknown
  /** Whose wish it costs; where that is left open, one of those. */
  lost: [Who, Who][]
  words: { it: string; en: string }
}

const NOTHING = { financed: 0, notFinanced: 0, hosts: 0 }
const none = { projects: null, hosts: null }
/** Two projects who wish the same host, at whose turns both cannot be met under the rule. */
const both: Wish[] = [
  ['rich', 'one', 'must'],
  ['poor', 'one', 'open'],
]
const meets =
  (project: Who, host: Who) =>
  ({ candidates: known }: Instance, held: Meeting[]) =>
    held.some(({ candidate }) =>
      known.some(
        ({ id, participants: pair }) =>
          id === candidate && pair.includes(ids[project]) && pair.includes(ids[host]),
      ),
    )
const ofOne = (instance: Instance, held: Meeting[]) =>
  held.filter(({ candidate }) =>
    instance.candidates.some(({ id, participants: pair }) => id === candidate && pair.includes(ids.one)),
  ).length
const personIn = ({ participants: people }: Instance, who: Who) => people.find(({ id }) => id === ids[who])!
const aims = (...first: (typeof AIMS)[number][]) => [...first, ...AIMS.filter((aim) => !first.includes(aim))]

/** Does not compile while a kind has none. */
const CASES: {
  [K in keyof EventRules]:
    Case | 'told when it is stated' | 'costs no wish: tests/server/features/runs/suggestions'
} = {
  musts: 'told when it is stated',
  suggestions: 'costs no wish: tests/server/features/runs/suggestions',
  weights: {
    rules: { weights: { must: 9, want: 4, open: 2 } },
    wishes: both,
    there: { one: [0] },
    holds: ({ candidates: known }) => expect(known.map(({ value }) => value).sort()).toEqual([18, 4]),
    obeys: (instance, held) => expect(measure(instance, held).value).toBe(18),
    lost: [['poor', 'one']],
    words: { it: '4 punti (4 per il peso dei desideri)', en: '4 points (4 by the weight of the wishes)' },
  },
  guarantee: {
    rules: { guarantee: { ...NOTHING, notFinanced: 1 } },
    wishes: both,
    there: { one: [0] },
    holds: (instance) => expect(personIn(instance, 'poor').minMeetings).toBe(1),
    obeys: (instance, held) => expect(meets('poor', 'one')(instance, held)).toBe(true),
    lost: [['rich', 'one']],
    words: { it: 'la regola della garanzia viene prima', en: 'the guarantee comes before this wish' },
  },
  maximum: {
    rules: { maximum: { ...none, hosts: 1 } },
    wishes: both,
    holds: (instance) => expect(personIn(instance, 'one').maxMeetings).toBe(1),
    obeys: (instance, held) => expect(ofOne(instance, held)).toBe(1),
    lost: [['poor', 'one']],
    words: {
      it: 'il massimo di incontri che la regola ammette: 1',
      en: 'as many meetings as the rule allows: 1',
    },
  },
  inRow: {
    rules: { inRow: { ...none, hosts: 1 } },
    wishes: both,
    there: { one: [0, 1] },
    holds: (instance) => expect(personIn(instance, 'one').maxConsecutive).toBe(1),
    obeys: (instance, held) => expect(ofOne(instance, held)).toBe(1),
    lost: [['poor', 'one']],
    words: {
      it: 'più incontri di fila di quanti la regola ne ammette: 1',
      en: 'in a row than the rule allows: 1',
    },
  },
  perDay: {
    rules: { perDay: { ...none, hosts: 1 } },
    wishes: both,
    holds: (instance) => expect(personIn(instance, 'one').limits).toMatchObject([{ max: 1 }]),
    obeys: (instance, held) => expect(ofOne(instance, held)).toBe(1),
    lost: [['poor', 'one']],
    words: { it: 'incontri al giorno che la regola ammette: 1', en: 'meetings a day as the rule allows: 1' },
  },
  perHalf: {
    rules: { perHalf: { ...none, hosts: 1 } },
    wishes: both,
    there: { one: [0, 2] },
    holds: (instance) => expect(personIn(instance, 'one').limits).toMatchObject([{ max: 1 }, { max: 1 }]),
    obeys: (instance, held) => expect(ofOne(instance, held)).toBe(1),
    lost: [['poor', 'one']],
    words: { it: 'in mezza giornata che la regola ammette: 1', en: 'in half a day as the rule allows: 1' },
  },
  pause: {
    rules: { pause: { free: 1, from: '09:00', to: '09:40' } },
    wishes: both,
    there: { one: [0, 1] },
    holds: (instance) => expect(personIn(instance, 'one').limits).toMatchObject([{ max: 1 }]),
    obeys: (instance, held) => expect(ofOne(instance, held)).toBe(1),
    lost: [['poor', 'one']],
    words: { it: 'turni liberi tra le 09:00 e le 09:40: 1', en: 'free slots between 09:00 and 09:40: 1' },
  },
  organisation: {
    rules: { organisation: 1 },
    wishes: [
      ['rich', 'one', 'must'],
      ['rich', 'two', 'open'],
    ],
    holds: ({ quotas }) => expect(quotas).toMatchObject([{ max: 1, candidates: { length: 2 } }]),
    obeys: (_, held) => expect(held).toHaveLength(1),
    lost: [['rich', 'two']],
    words: { it: 'il massimo di incontri con lo stesso ente', en: 'with the same organisation' },
  },
  apart: {
    rules: { apart: [{ kind: 'foundation', financed: false }] },
    wishes: both,
    holds: ({ candidates: known }) => expect(known).toHaveLength(1),
    obeys: (instance, held) => expect(ofOne(instance, held)).toBe(1),
    lost: [['poor', 'one']],
    words: {
      it: 'Una regola dice che questo tipo di ente',
      en: 'A rule says that this kind of organisation',
    },
  },
  metBefore: {
    rules: { metBefore: { how: 'never', percent: 50 } },
    wishes: both,
    before: () => metEarlier('poor', 'one'),
    holds: ({ candidates: known }) => expect(known).toHaveLength(1),
    obeys: (instance, held) => expect(ofOne(instance, held)).toBe(1),
    lost: [['poor', 'one']],
    words: {
      it: 'la regola dice che non si incontrano di nuovo',
      en: 'the rule says that they do not meet again',
    },
  },
  affinity: {
    rules: { affinity: 1000 },
    wishes: [
      ['rich', 'one', 'want'],
      ['poor', 'one', 'want'],
    ],
    there: { one: [0] },
    holds: ({ candidates: known }) => expect(Math.max(...known.map(({ value }) => value))).toBeGreaterThan(8),
    obeys: (instance, held) =>
      expect(measure(instance, held).value).toBe(Math.max(...instance.candidates.map(({ value }) => value))),
    lost: [
      ['rich', 'one'],
      ['poor', 'one'],
    ],
    words: { it: 'per l’affinità', en: 'by affinity' },
  },
  aims: {
    rules: { aims: aims('guarantee', 'fairness') },
    wishes: [
      ['rich', 'one', 'must'],
      ['rich', 'two', 'must'],
      ['poor', 'one', 'open'],
    ],
    there: { one: [0], two: [2], other: [] },
    holds: ({ rules }) => expect(rules.objective.slice(0, 3)).toEqual(['shortfall', 'fairness', 'value']),
    obeys: (instance, held) => expect(measure(instance, held).fairness).toEqual([0, 1, 1]),
    lost: [['rich', 'one']],
    words: {
      it: 'Nell’ordine degli obiettivi l’equità conta di più',
      en: 'In the order of the aims fairness counts',
    },
  },
  tolerance: {
    rules: { tolerance: 50, aims: aims('guarantee', 'wishes', 'days') },
    wishes: [
      ['rich', 'one', 'want'],
      ['rich', 'two', 'want'],
    ],
    there: { one: [0], two: [2] },
    holds: ({ rules }) => expect(rules.tolerance).toEqual({ value: 0.5 }),
    obeys: (instance, held) => expect(measure(instance, held)).toMatchObject({ breaks: 0, value: 8 }),
    lost: [
      ['rich', 'one'],
      ['rich', 'two'],
    ],
    words: {
      it: 'che la regola lascia cedere (al massimo 50 %)',
      en: 'the rule lets be given up (up to 50%)',
    },
  },
  seated: {
    rules: { seated: { projects: true, hosts: false }, aims: aims('guarantee', 'tables') },
    wishes: [
      ['rich', 'one', 'want'],
      ['rich', 'two', 'want'],
    ],
    needs: { one: 'silenzio', two: 'schermo' },
    holds: ({ rules }) => expect(rules.seated).toEqual(['project']),
    obeys: (instance, held) => expect(measure(instance, held).seatedMoves).toBe(0),
    lost: [
      ['rich', 'one'],
      ['rich', 'two'],
    ],
    words: { it: 'Chi per regola tiene il tavolo lo cambierebbe', en: 'keeps their table by a rule' },
  },
}

let stage: Stage
let eventId: string
let ids: Record<Who, string>
let turns: string[]

beforeAll(async () => {
  stage = await openStage()
  const input: NewEvent = {
    ...{
      kind: 'tutoring',
      title: 'Prova delle regole',
      date: '2031-05-10',
      tables: 2,
      inviteEveryone: false,
    },
    grid: {
      slotMinutes: 20,
      changeoverMinutes: 0,
      blocks: [
        { start: '09:00', slots: 3 },
        { start: '14:00', slots: 2 },
      ],
    },
  }
  const made = await stage.organiser<{ id: string }>('POST', `/programmes/${stage.programmeId}/events`, input)
  eventId = made.body.id
  turns = (await stage.db.select().from(slots).where(eq(slots.eventId, eventId)).orderBy(slots.startsAt)).map(
    ({ id }) => id,
  )
  ids = await takePart()
  const [quiet, screen] = await stage.db.select().from(tables).where(eq(tables.eventId, eventId))
  for (const [{ id }, feature] of [
    [quiet, 'silenzio'],
    [screen, 'schermo'],
  ] as const)
    await stage.db
      .update(tables)
      .set({ features: [feature] })
      .where(eq(tables.id, id))
})
afterAll(() => stage.close())

async function takePart(): Promise<Record<Who, string>> {
  const here = await findParticipants(stage.db, stage.eventId)
  const [rich, other] = here.filter(({ side, financed }) => side === 'project' && financed)
  const poor = here.find(({ side, financed }) => side === 'project' && !financed)!
  const [one, two] = here.filter(({ kind }) => kind === 'foundation')
  await stage.db.update(hosts).set({ organisationId: one.organisationId! }).where(eq(hosts.id, two.hostId!))
  const people = { rich, other, poor, one, two }
  const rows = Object.values(people).map(({ side, projectId, hostId }) => ({
    eventId,
    side,
    projectId,
    hostId,
  }))
  const planted = await stage.db.insert(participants).values(rows).returning({ id: participants.id })
  return Object.fromEntries(Object.keys(people).map((who, at) => [who, planted[at].id])) as Record<
    Who,
    string
  >
}

/** They met on the tutoring day of the sample. */
async function metEarlier(project: Who, host: Who) {
  const own = await stage.db
    .select()
    .from(participants)
    .where(inArray(participants.id, [ids[project], ids[host]]))
  const earlier = (await stage.db.query.events.findFirst({
    where: (event, { and: all, eq: is, ne }) => all(is(event.kind, 'tutoring'), ne(event.id, eventId)),
  }))!
  const rows = own.map(({ side, projectId, hostId }) => ({ eventId: earlier.id, side, projectId, hostId }))
  await stage.db
    .insert(participants)
    .values(rows)
    .onConflictDoNothing({ target: [participants.eventId, participants.projectId] })
  const there = await stage.db.select().from(participants).where(eq(participants.eventId, earlier.id))
  const idOf = (side: 'project' | 'host') => {
    const { projectId, hostId } = own.find((one) => one.side === side)!
    return there.find((one) => (side === 'project' ? one.projectId === projectId : one.hostId === hostId))!.id
  }
  const [pair] = await stage.db
    .insert(candidates)
    .values({
      ...{ eventId: earlier.id, state: 'done' as const },
      ...{ projectParticipantId: idOf('project'), hostParticipantId: idOf('host') },
    })
    .returning()
  const [slot] = await stage.db.select().from(slots).where(eq(slots.eventId, earlier.id))
  const isLive = and(eq(schedules.eventId, earlier.id), eq(schedules.kind, 'live'))
  const [{ id: scheduleId }] = await stage.db.select().from(schedules).where(isLive)
  await stage.db
    .insert(meetings)
    .values({ scheduleId, eventId: earlier.id, candidateId: pair.id, slotId: slot.id, value: 1 })
}

const send = (method: string, path: string, body: unknown) =>
  until(path, async () => {
    const answer = await stage.organiser<Problem>(method, path, body)
    return answer.status !== 503 && answer
  })

async function prepare({ wishes, there = {}, needs = {} }: Case) {
  await stage.db.delete(preferences).where(eq(preferences.eventId, eventId))
  await stage.db.insert(preferences).values(
    wishes.flatMap(([project, host, level]) => [
      { eventId, fromId: ids[project], toId: ids[host], level },
      { eventId, fromId: ids[host], toId: ids[project], level },
    ]),
  )
  for (const who of Object.keys(ids) as Who[]) {
    const unavailable = turns.filter((_, at) => !(there[who] ?? turns.map((_, n) => n)).includes(at))
    const body = { unavailable, maxMeetings: null, needs: needs[who] ? [needs[who]] : [] }
    expect((await send('PUT', `/participants/${ids[who]}/availability`, body)).status).toBe(200)
  }
}

/** A run with these rules: its problem, its plan, and every wish that is lost. */
async function planned(rules: Partial<EventRules>) {
  const body = { rules: { ...DEFAULT_RULES, guarantee: NOTHING, ...rules } }
  expect((await send('PATCH', `/events/${eventId}`, body)).status).toBe(200)
  const run = await finishedRun({ ...stage, eventId }, { seconds: 1 })
  const [file, solution] = [
    (await stage.organiser<InstanceFile>('GET', `/runs/${run.id}/instance`)).body,
    (await stage.organiser('GET', `/runs/${run.id}/solution`)).body,
  ]
  const [instance, found] = [parseInstance(file), parseSolution(solution)]
  expect(validate(instance, found).violations).toEqual([])
  const why = async (project: Who, host: Who, language: string) => {
    const headers = { 'accept-language': language }
    const ask = <T>(path: string) =>
      until(path, async () => {
        const answer = await stage.organiser<T>('GET', path, undefined, headers)
        return answer.status === 200 && answer.body
      })
    const unmet = await ask<UnmetWishes>(`/runs/${run.id}/unmet`)
    const apart = unmet.apart.find(({ id }) => id === `${ids[project]} ${ids[host]}`)
    if (apart) return apart.reason
    const pair = instance.candidates.find(
      ({ participants: two }) => two.includes(ids[project]) && two.includes(ids[host]),
    )
    return (await ask<UnmetWish>(`/runs/${run.id}/unmet/${pair?.id}`)).reason
  }
  return { run, instance, file, held: found.meetings, why }
}

const TOLD = Object.entries(CASES).filter((one): one is [string, Case] => typeof one[1] !== 'string')

test.each(TOLD)(
  '%s reaches the solver, binds, and is named to whoever loses a wish by it',
  async (_, one) => {
    await prepare(one)
    await one.before?.()
    const { instance, file, held, why } = await planned(one.rules)
    one.holds(instance, file)
    one.obeys(instance, held)
    const lost = one.lost.filter(([project, host]) => !meets(project, host)(instance, held))
    expect(lost).toHaveLength(1)
    const [[project, host]] = lost
    expect(await why(project, host, 'it')).toContain(one.words.it)
    expect(await why(project, host, 'en')).toContain(one.words.en)
  },
)

test('a must beyond those allowed is refused by the name of the rule', async () => {
  expect((await send('PATCH', `/events/${eventId}`, { rules: { musts: 1 } })).status).toBe(200)
  await stage.db.delete(preferences).where(eq(preferences.eventId, eventId))
  const state = (host: Who) =>
    send('PUT', `/events/${eventId}/preferences/${ids.rich}/${ids[host]}`, { level: 'must', conflict: false })
  expect((await state('one')).status).toBe(200)
  const { status, body } = await state('two')
  expect([status, body.title]).toEqual([409, expect.stringContaining('tutti gli «irrinunciabili» (1)')])
})

test('what was given back is told, with the changes of table of each; near a plan what is promised comes first', async () => {
  const { tolerance, seated } = CASES as Record<string, Case>
  await prepare(tolerance)
  const spent = await planned({ ...tolerance.rules, seated: { projects: false, hosts: false } })
  expect(spent.run.givenBack).toEqual({ percent: 50, points: 8, best: 16, proven: true })
  expect(spent.run.objective.map(({ level }) => level)).toEqual([
    ...['shortfall', 'value', 'breaks', 'idle', 'fairness', 'tableMoves'],
  ])
  await prepare(seated)
  const last = { aims: [...AIMS.filter((aim) => aim !== 'guarantee'), 'guarantee' as const], tolerance: 10 }
  const whole = await planned(last)
  const { body } = await stage.organiser<RunPeople>('GET', `/runs/${whole.run.id}/people`)
  expect(body.people.map(({ id, moves }) => [id === ids.rich, moves])).toContainEqual([true, 1])
  const locked = { seconds: 1, keep: 'all', base: whole.run.scheduleId }
  const near = await finishedRun({ ...stage, eventId }, locked)
  const { rules } = (await stage.organiser<InstanceFile>('GET', `/runs/${near.id}/instance`)).body
  expect([rules?.objective?.at(0), rules?.tolerance, near.changes?.value]).toEqual([
    'shortfall',
    undefined,
    0,
  ])
})
