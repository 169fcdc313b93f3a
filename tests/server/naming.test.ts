import { describe, expect, test } from 'vitest'
import { shortNames } from '../../server/naming.ts'

type Someone = Partial<Parameters<typeof shortNames>[0][number]>
const named = (people: Someone[]) => [
  ...shortNames(
    people.map((one, at) => ({
      ...{ id: String(at), side: 'host' as const, name: '', organisations: [], label: null },
      ...one,
    })),
  ).values(),
]

describe('where there is room for one name', () => {
  test('a host goes by the organisation, without one by their name, and a project by its own', () => {
    const people: Someone[] = [
      { name: 'Ada Esempio', organisations: ['Fondazione Uno'] },
      { name: 'Ugo Esempio' },
      { side: 'project', name: 'Orto', organisations: ['Fondazione Uno'] },
    ]
    expect(named(people)).toEqual(
      ['Fondazione Uno', 'Ugo Esempio', 'Orto'].map((short) => ({ short, mark: '' })),
    )
  })

  test('two who stand for one organisation, however it is written, go by their own names as well', () => {
    const people: Someone[] = [
      { name: 'Ada Esempio', organisations: ['Fondazione Società'], label: 'sede di Torino' },
      { name: 'Ugo Esempio', organisations: ['FONDAZIONE SOCIETA'] },
      { name: 'Ivo Esempio', organisations: ['Fondazione'] },
    ]
    expect(named(people)).toEqual([
      { short: 'Fondazione Società – Ada Esempio', mark: '' },
      { short: 'FONDAZIONE SOCIETA – Ugo Esempio', mark: '' },
      { short: 'Fondazione', mark: '' },
    ])
  })

  test('two of the same name there are told apart by the organisers’ label alone', () => {
    const homonym = { name: 'Ada Esempio', organisations: ['Banca'] }
    expect(named([{ ...homonym, label: 'filiale Nord' }, homonym])).toEqual([
      { short: 'Banca – Ada Esempio', mark: 'filiale Nord' },
      { short: 'Banca – Ada Esempio', mark: '' },
    ])
  })

  test('the organisers’ own short name stands instead, with the person where two share it', () => {
    const host = { organisations: ['Fondazione Esempio per il Territorio'], shortName: 'Territorio' }
    expect(
      named([
        { side: 'project', name: 'Orto condiviso di via Esempio', shortName: 'Orto' },
        { ...host, name: 'Ada Esempio' },
        { ...host, name: 'Ugo Esempio' },
      ]).map(({ short }) => short),
    ).toEqual(['Orto', 'Territorio – Ada Esempio', 'Territorio – Ugo Esempio'])
  })

  test('two projects of the same name go by who carries them as well', () => {
    const orto = { side: 'project' as const, name: 'Orto' }
    expect(
      named([
        { ...orto, organisations: ['Coop Uno'] },
        { ...orto, name: 'ORTO' },
      ]),
    ).toEqual([
      { short: 'Orto – Coop Uno', mark: '' },
      { short: 'ORTO', mark: '' },
    ])
  })
})
