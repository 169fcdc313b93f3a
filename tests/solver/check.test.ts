import { describe, expect, test } from 'vitest'
import {
  applyChange,
  check,
  parseInstance,
  type Finding,
  type Instance,
  type Meeting,
} from '../../solver/index.ts'
import { contradictionsOf, keyOf } from '../../solver/check.ts'
import type { Changes } from '../../solver/check/changes.ts'
import { describeFindings } from '../../solver/text/questions-text.ts'
import { anyEventOrDays } from './any-event.ts'
import { randomEvent, schedules } from './events.ts'
import { generateCamp } from './generate.ts'
import { people, tiny, tinyJson } from './tiny.ts'

/** More events with `EVENTS=5000 npm test -- tests/solver/check.test`. */
const EVENTS = Number(process.env.EVENTS ?? 200)

const applyAll = (instance: Instance, changes: Changes) => changes.reduce(applyChange, instance)
const heldOf = (held: Meeting[]) => new Set(held.map(({ candidate }) => candidate))

/** What does not hold of a finding, beside all the schedules of the event it is about. */
function falseOf(event: Instance, finding: Finding): string[] {
  const { severity, code, participants = [], candidates = [], quotas = [], count, most } = finding
  const all = [...schedules(event)].map(heldOf)
  if (severity === 'impossible') return all.length > 0 ? ['it is possible'] : []
  const of = (id: string) =>
    event.candidates.filter((one) => one.participants.includes(id)).map((one) => one.id)
  const mostOf = (ids: string[]) => Math.max(0, ...all.map((held) => ids.filter((id) => held.has(id)).length))
  const isPromised = (held: Set<string>) =>
    event.participants.every(({ id, minMeetings }) => of(id).filter((c) => held.has(c)).length >= minMeetings)
  const isAbove = (ids: string[]) => (mostOf(ids) > most! ? [`there can be ${mostOf(ids)}`] : [])
  const isUnheld = (ids: string[]) => (mostOf(ids) > 0 ? ['it can be held'] : [])
  switch (code) {
    case 'neverTogether':
    case 'noSlot':
    case 'noTable':
    case 'takenByLocks':
      return isUnheld(candidates.slice(0, 1))
    case 'noTableForPerson':
      return isUnheld(candidates)
    case 'guaranteeTooHigh':
      return [...isAbove(of(participants[0])), ...(count! <= most! ? ['it is not too high'] : [])]
    case 'guaranteesTooMany':
      return all.some(isPromised) ? ['all can have what is promised'] : []
    case 'slotsJustEnough':
    case 'guaranteeJustEnough':
      return [...isAbove(of(participants[0])), ...(count === most ? [] : ['it is not just enough'])]
    case 'quotaJustEnough':
      return isAbove(event.quotas.find(({ id }) => id === quotas[0])!.candidates)
    default:
      return isAbove(event.candidates.map(({ id }) => id))
  }
}

/** Changes of the same kind that are smaller by one. */
function smaller(event: Instance, changes: Changes): Changes[] {
  const [change] = changes
  if (changes.length !== 1) return changes.map((_, index) => changes.toSpliced(index, 1))
  switch (change.kind) {
    case 'maxMeetings':
    case 'maxConsecutive':
    case 'quota':
    case 'limit':
      return [[{ ...change, to: change.to - 1 }]]
    case 'minMeetings':
    case 'quotaMin':
      return [[{ ...change, to: change.to + 1 }]]
    case 'tables':
      return change.more > 1 ? [[{ ...change, more: change.more - 1 }]] : []
    case 'features':
      return change.features.map((_, index) => [{ ...change, features: change.features.toSpliced(index, 1) }])
    case 'optional':
      return change.candidates.map((_, index) => [
        { ...change, candidates: change.candidates.toSpliced(index, 1) },
      ])
    case 'available':
      return change.participants.length > 1
        ? event.slots.flatMap(({ id }) =>
            change.participants.map((one): Changes => [{ ...change, participants: [one], slot: id }]),
          )
        : []
    default:
      return []
  }
}

/** Whether it is still found, under its own name or, of a meeting, any other. */
const isFound = (event: Instance, finding: Finding, isAnyName: boolean) =>
  check(event).some(
    (one) =>
      one.severity === finding.severity &&
      (isAnyName || one.code === finding.code) &&
      keyOf(one) === keyOf(finding),
  )

const impossibleOf = (event: Instance) =>
  check(event).flatMap((one) => (one.severity === 'impossible' ? [keyOf(one)] : []))

/** Whether it is not found any more, and nothing that was not there before is impossible instead. */
function doesHelp(event: Instance, changes: Changes, finding: Finding): boolean {
  const after = applyAll(event, changes)
  const isNew = (key: string) => ![...impossibleOf(event), ...contradictionsOf(event)].includes(key)
  return !isFound(after, finding, true) && ![...impossibleOf(after), ...contradictionsOf(after)].some(isNew)
}

function faults(instance: Instance): string[] {
  let event = instance
  const found: string[] = []
  for (const finding of check(instance)) {
    const say = (fault: string) => found.push(`${finding.code}: ${fault} (${finding.remedy?.words})`)
    falseOf(event, finding).forEach(say)
    const changes = finding.remedy?.changes ?? []
    if (finding.words.includes('undefined') || finding.remedy?.words.includes('undefined')) say(finding.words)
    if (changes.length > 0 && isFound(applyAll(event, changes), finding, false))
      say('the change does not help')
    if (smaller(event, changes).some((less) => doesHelp(event, less, finding)))
      if (finding.severity === 'impossible') say('a smaller change helps')
    if (finding.severity === 'impossible') event = applyAll(event, changes)
  }
  return found
}

/** What anybody counts at once: whoever must have more meetings than slots or than is allowed, and the like. */
function isPlainlyImpossible({ participants, candidates, slots, tables, quotas }: Instance): boolean {
  const held = candidates.filter(({ required, lock }) => required || lock)
  const isFree = (id: string, slot: string) =>
    !participants.find((one) => one.id === id)!.unavailable.includes(slot)
  const places = (one: Instance['candidates'][number]) =>
    slots.filter(
      ({ id }) =>
        (one.slots?.includes(id) ?? true) &&
        (one.lock?.slot ?? id) === id &&
        one.participants.every((p) => isFree(p, id)),
    ).length
  const count = typeof tables === 'number' ? tables : (tables?.length ?? Infinity)
  return (
    held.some((one) => places(one) === 0) ||
    held.length > count * slots.length ||
    participants.some(({ id, maxMeetings }) => {
      const own = held.filter((one) => one.participants.includes(id)).length
      return own > Math.min(maxMeetings, slots.filter((slot) => isFree(id, slot.id)).length)
    }) ||
    quotas.some(({ candidates: members, min, max }) => {
      const able = candidates.filter((one) => members.includes(one.id) && places(one) > 0)
      return able.length < min || held.filter(({ id }) => members.includes(id)).length > max
    })
  )
}

const strict = (seed: number): Instance =>
  randomEvent(seed, {
    slots: 3,
    people: 4,
    candidates: 5,
    limits: true,
    required: 0.6,
    locks: seed % 2 === 0,
    order: seed % 3 === 0,
    quotas: seed % 5 === 0,
    tables: (['counted', 'none', 'listed'] as const)[seed % 3],
    days: seed % 4 === 1,
  })

describe('the check of an event with any rules', () => {
  test('says nothing that does not hold, beside all schedules, and what helps least', () => {
    for (let seed = 1; seed <= EVENTS; seed++)
      for (const instance of [anyEventOrDays(seed).instance, strict(seed)])
        expect([seed, faults(instance)]).toEqual([seed, []])
  })

  test('names what anybody counts', () => {
    let seen = 0
    for (let seed = 1; seed <= EVENTS; seed++) {
      const instance = strict(seed)
      if (!isPlainlyImpossible(instance)) continue
      expect([seed, check(instance)[0].severity]).toEqual([seed, 'impossible'])
      seen++
    }
    expect(seen).toBeGreaterThan(EVENTS / 10)
  })
})

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })
const said = (instance: Instance) =>
  check(instance).map(({ severity, words, remedy }) => `${severity}: ${words} ${remedy?.words ?? 'Nothing.'}`)
const must = { required: true }
const all = (parts: object) => ({ c11: parts, c12: parts, c21: parts, c22: parts })

describe('a check', () => {
  test('has nothing to say of an event with room', () => {
    expect(check(tiny())).toEqual([])
  })

  test.each<[string, Instance, string[]]>([
    [
      'who must have more meetings than slots',
      changed(
        { c11: must, c12: must },
        { participants: people({ id: 'p1', unavailable: ['s2', 's3', 's4'] }) },
      ),
      [
        'impossible: p1 must have 2 meetings (h2 and h1), but they can be in 1 slots only: s1. Have p1 come in slot s2.',
        'tight: p1 must have 2 meetings and can have no more: nothing may go wrong. Have p1 come in slot s3.',
      ].slice(0, 1),
    ],
    [
      'who must have more than allowed',
      changed({ c11: must, c12: must }, { participants: people({ id: 'p1', maxMeetings: 1 }) }),
      ['impossible: p1 must have 2 meetings (h1 and h2) but may have 1 at most. Allow p1 2 meetings.'],
    ],
    [
      'what is locked while somebody is away',
      changed({ c11: { lock: { slot: 's1' } } }, { participants: people({ id: 'h1', unavailable: ['s1'] }) }),
      ['impossible: p1 and h1 are locked in slot s1, but h1 is not there then. Have h1 come in slot s1.'],
    ],
    [
      'a limit that is too low for what must be held',
      changed(
        { c11: must, c12: must },
        { participants: people({ id: 'p1', limits: [{ slots: ['s1', 's2', 's3', 's4'], max: 1 }] }) },
      ),
      [
        'impossible: p1 must have 2 meetings (h1 and h2) in s1, s2, s3 and s4, where 1 at most are allowed. Allow p1 2 meetings in s1, s2, s3 and s4.',
      ],
    ],
    [
      'a limit that is too low for what is promised',
      tiny({
        participants: people({
          id: 'p1',
          minMeetings: 2,
          limits: [{ slots: ['s1', 's2', 's3', 's4'], max: 1 }],
        }),
      }),
      [
        'unreachable: p1 is promised 2 meetings but can have 1 at most. Allow p1 2 meetings in s1, s2, s3 and s4.',
      ],
    ],
    [
      'a need that no table has',
      tiny({ participants: people({ id: 'p1', needs: ['quiet'] }) }),
      ['unreachable: No table suits p1: 2 wishes can never be held. Give table t1 what it lacks: quiet.'],
    ],
    [
      'a promise that the slots do not allow',
      tiny({ participants: people({ id: 'p1', minMeetings: 3 }) }),
      [
        'unreachable: p1 is promised 3 meetings but can have 2 at most. Guarantee p1 no more than 2 meetings.',
      ],
    ],
    [
      'a promise with nothing to spare',
      tiny({ participants: people({ id: 'p1', minMeetings: 1, maxMeetings: 1 }) }),
      ['tight: p1 is promised 1 meetings and can have no more: nothing may go wrong. Allow p1 2 meetings.'],
    ],
    [
      'promises for which the tables do not suffice',
      tiny({
        tables: 1,
        slots: [{ id: 's1' }, { id: 's2' }, { id: 's3' }],
        participants: people({ id: 'p1', minMeetings: 2 }, { id: 'p2', minMeetings: 2 }),
      }),
      [
        'unreachable: What is promised takes 4 meetings, but the places at the tables are 3 in all. Add 1 table with all that any table has.',
      ],
    ],
    [
      'quotas',
      tiny({
        quotas: [
          { id: 'q', candidates: ['c11'], min: 2 },
          { id: 'r', candidates: ['c22'], min: 1 },
        ],
      }),
      [
        'impossible: Quota q asks for 2 meetings, but 1 are possible. Ask for no more than 1 of quota q.',
        'tight: Quota q asks for 1 meetings, which is all that are possible. Ask for no more than 0 of quota q.',
        'tight: Quota r asks for 1 meetings, which is all that are possible. Ask for no more than 0 of quota r.',
      ],
    ],
    [
      'an order in a circle',
      changed({ c11: { ...must, after: ['c12'] }, c12: { ...must, after: ['c11'] } }),
      [
        'impossible: The slots are too few, or the order goes in a circle, for p1 and h1 (c11) and p1 and h2 (c12) one after the other. Let c11 be before c12.',
      ],
    ],
    [
      'more that must be held than there are places',
      changed(all(must), { tables: 1, slots: [{ id: 's1' }, { id: 's2' }] }),
      [
        'impossible: 4 meetings must be held, but the places at the tables are 2 in all. Add 1 table with all that any table has.',
        'tight: 4 meetings must be held, which takes every place at the tables. Add 1 table with all that any table has.',
      ],
    ],
  ])('names %s', (_, instance, sentences) => {
    expect(said(instance).slice(0, sentences.length)).toEqual(sentences)
  })

  test('goes on from one contradiction to the next', () => {
    const people2 = people({ id: 'p1', maxMeetings: 1 }, { id: 'h2', unavailable: ['s1', 's2', 's3', 's4'] })
    const codes = check(changed(all(must), { participants: people2 })).map(({ code }) => code)
    expect(codes.slice(0, 3)).toEqual(['neverTogether', 'neverTogether', 'slotsJustEnough'])
  })

  test('takes milliseconds for a camp, with what helps', () => {
    const camp = parseInstance(generateCamp(1, { tables: 8, guarantee: 6 }))
    check(camp)
    const start = performance.now()
    const found = check(camp)
    expect(performance.now() - start).toBeLessThan(500)
    expect(found.map(({ code, remedy }) => [code, remedy?.changes])).toEqual([
      ['guaranteesTooMany', [{ kind: 'tables', more: 2 }]],
      ['wishesTooMany', [{ kind: 'tables', more: 17 }]],
    ])
  })

  test('tells each finding as it comes, and ends when it is told to', () => {
    const quotas = ['q', 'r', 's'].map((id) => ({ id, candidates: ['c11'], min: 1 }))
    const told: object[] = []
    let clock = 7
    const found = check(tiny({ quotas }), {
      now: () => clock++,
      stop: () => told.length === 2,
      onProgress: (progress) => told.push(progress),
    })
    expect(found.map((one) => one.quotas)).toEqual([['q'], ['r']])
    expect(told).toEqual([
      { finding: found[0], done: 1, elapsedMs: 1 },
      { finding: found[1], done: 2, elapsedMs: 2 },
    ])
  })

  test('ends while it seeks what helps, with what it has found', () => {
    const event = changed(all(must), { tables: 1, slots: [{ id: 's1' }, { id: 's2' }] })
    const [whole] = check(event)
    for (let most = 0; most < 3; most++) {
      let asked = 0
      const found = check(event, { stop: () => asked++ >= most })
      expect(found).toEqual([{ ...whole, remedy: null, unsought: true }])
      expect(asked).toBeLessThan(most + 4)
    }
    expect(whole).not.toHaveProperty('unsought')
  })

  test.each([
    ['tight', 1],
    ['impossible', 2],
  ])('seeks what helps with the first 50 findings of a kind alone: %s', (severity, min) => {
    const quotas = Array.from({ length: 52 }, (_, index) => ({ id: `q${index}`, candidates: ['c11'], min }))
    const participants = people({ id: 'p2', minMeetings: 3 })
    const found = check(tiny({ quotas, participants }))
    const ofQuotas = found.filter((one) => one.severity === severity)
    expect(ofQuotas.map((one) => one.quotas![0])).toEqual(quotas.map(({ id }) => id))
    expect(ofQuotas.map(({ remedy }) => remedy !== null)).toEqual(quotas.map((_, index) => index < 50))
    expect(ofQuotas.map(({ unsought }) => unsought === true)).toEqual(quotas.map((_, index) => index >= 50))
    const promise = found.find(({ code }) => code === 'guaranteeTooHigh')!
    expect(promise.remedy?.changes).toEqual([{ kind: 'minMeetings', participant: 'p2', to: 2 }])
  })

  test('says of a finding that not all that might help was tried', () => {
    const [found] = check(tiny({ quotas: [{ id: 'q', candidates: ['c11'], min: 1 }] }))
    const help = '\n  What would help: Ask for no more than 0 of quota q.'
    expect(describeFindings([found])).toBe(`tight: ${found.words}${help}`)
    expect(describeFindings([{ ...found, remedy: null, unsought: true }])).toBe(
      `tight: ${found.words}\n  Not all that might help was tried.`,
    )
  })
})
