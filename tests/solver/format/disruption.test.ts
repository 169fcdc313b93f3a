import { describe, expect, test } from 'vitest'
import { parseDisruption } from '../../../solver/index.ts'
import { errorsOf, stranger, UNLISTED } from '../refused.ts'
import { tiny } from '../tiny.ts'

const disruption = (parts: object) => ({ format: 'incontro/disruption', version: 1, ...parts })
const ofDisruption = (parts: object, instance = tiny()) =>
  errorsOf(() => parseDisruption(disruption(parts), instance))
const read = (parts: object, instance = tiny()) => parseDisruption(disruption(parts), instance)

describe('a disruption', () => {
  test.each<[string, object, string[]]>([
    [
      'another format',
      { format: 'x', version: 0 },
      ['/format: must be “incontro/disruption”', '/version: must be 1, the only version there is'],
    ],
    [
      'an unknown key',
      { more: 1 },
      [
        `/more: ${stranger('format, version, now, absent, tablesOut, slotsLost, newParticipants, newCandidates, locks')}`,
      ],
    ],
    [
      'parts that are no lists',
      { absent: 1, tablesOut: 1, slotsLost: 1, locks: 1 },
      [
        '/absent: must be an array',
        '/tablesOut: must be an array',
        '/slotsLost: must be an array',
        '/locks: must be an array',
      ],
    ],
    [
      'an absence',
      { absent: [{ participant: 'px', from: 'sx', to: 'sy', why: 1 }] },
      [
        `/absent/0/why: ${stranger('participant, from, to')}`,
        '/absent/0/participant: there is no participant “px”',
        '/absent/0/from: there is no slot “sx”',
        '/absent/0/to: there is no slot “sy”',
      ],
    ],
    [
      'an absence that ends before now',
      { now: 's2', absent: [{ participant: 'p1', to: 's1' }] },
      ['/absent/0/to: must not be earlier than from'],
    ],
    [
      'a table',
      { tablesOut: [{ table: 'tx', why: 1 }, {}] },
      [
        `/tablesOut/0/why: ${stranger('table, from, to')}`,
        '/tablesOut/0/table: there is no table “tx”',
        '/tablesOut/1/table: is missing',
      ],
    ],
    [
      'lost slots',
      { slotsLost: ['sx', 's1', 's1'] },
      ['/slotsLost/0: there is no slot “sx”', '/slotsLost/2: “s1” is there twice'],
    ],
    [
      'people and meetings that are there',
      { newParticipants: [{ id: 'p1' }], newCandidates: [{ id: 'c11', participants: ['p1', 'h1'] }] },
      ['/newParticipants/0/id: “p1” is there already', '/newCandidates/0/id: “c11” is there already'],
    ],
    [
      'new ones twice',
      { newParticipants: [{ id: 'n' }, { id: 'n' }] },
      ['/newParticipants/1/id: “n” is there twice'],
    ],
    [
      'new ones that break the format',
      { newParticipants: [{ id: 'n', side: 1 }], newCandidates: [{ id: 'cn', participants: ['n', 'x'] }] },
      [
        '/newParticipants/0/side: must be a text',
        '/newCandidates/0/participants/1: there is no participant “x”',
      ],
    ],
    [
      'locks',
      { locks: [{ candidate: 'cx', slot: 'sx', table: 'tx', why: 1 }] },
      [
        `/locks/0/why: ${stranger('candidate, slot, table')}`,
        '/locks/0/slot: there is no slot “sx”',
        '/locks/0/table: there is no table “tx”',
        '/locks/0/candidate: there is no candidate “cx”',
      ],
    ],
  ])('is refused for %s', (_, parts, errors) => {
    expect(ofDisruption(parts).toSorted()).toEqual(errors.toSorted())
  })

  test('is refused for tables that are only counted', () => {
    const parts = { tablesOut: [{ table: 't1' }], locks: [{ candidate: 'c11', table: 't1' }] }
    expect(ofDisruption(parts, tiny({ tables: 2 }))).toEqual([
      `/tablesOut/0/table: ${UNLISTED}`,
      `/locks/0/table: ${UNLISTED}`,
    ])
  })

  test('that is none is refused', () => {
    expect(errorsOf(() => parseDisruption(null, tiny()))).toEqual([': must be an object'])
  })

  test('is read with stretches from now to the end of the day', () => {
    expect(read({})).toEqual({
      now: 's1',
      absent: [],
      tablesOut: [],
      slotsLost: [],
      newParticipants: [],
      newCandidates: [],
      locks: [],
    })
    const person = { id: 'n', side: 'host', unavailable: ['s1'] }
    const meeting = { id: 'cn', participants: ['n', 'p1'], after: ['c11'] }
    expect(
      read({
        now: 's2',
        absent: [{ participant: 'p1' }, { participant: 'n', from: 's3', to: 's3' }],
        tablesOut: [
          { table: 't1', from: 's1' },
          { table: 't2', to: 's3' },
        ],
        slotsLost: ['s4'],
        newParticipants: [person],
        newCandidates: [meeting],
        locks: [{ candidate: 'cn', slot: 's2' }, { candidate: 'c11', table: 't2' }, { candidate: 'c12' }],
      }),
    ).toEqual({
      now: 's2',
      absent: [
        { participant: 'p1', from: 's2', to: 's4' },
        { participant: 'n', from: 's3', to: 's3' },
      ],
      tablesOut: [
        { table: 't1', from: 's1', to: 's4' },
        { table: 't2', from: 's2', to: 's3' },
      ],
      slotsLost: ['s4'],
      newParticipants: [person],
      newCandidates: [meeting],
      locks: [
        { candidate: 'cn', slot: 's2', table: null },
        { candidate: 'c11', slot: null, table: 't2' },
        { candidate: 'c12', slot: null, table: null },
      ],
    })
  })

  test('of a day without slots is read, too', () => {
    const empty = tiny({ slots: [], candidates: [] })
    expect(read({ absent: [{ participant: 'p1' }] }, empty)).toMatchObject({
      now: '',
      absent: [{ participant: 'p1', from: '', to: '' }],
    })
  })
})
