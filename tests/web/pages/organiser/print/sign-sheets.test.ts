import { expect, test } from 'vitest'
import type { PlanView } from '../../../../../server/schemas/schedule.ts'
import { heldBy, rowsOf, signSheets } from '../../../../../web/pages/organiser/print/sign-sheets.ts'
import { cellNames } from '../../../../../web/pages/organiser/plan/plan-index.ts'

const slot = (id: string, day: string) => ({ id, day }) as PlanView['slots'][number]
const person = (id: string, side: 'project' | 'host', name: string, organisation: string) =>
  ({
    ...{ id, side, name, organisations: [organisation], mark: '' },
    short: side === 'host' ? organisation : name,
  }) as PlanView['participants'][number]
const meeting = (id: string, slotId: string, tableId: string, state: string, participants: string[]) =>
  ({ id, slotId, tableId, state, participants }) as PlanView['meetings'][number]

const view = {
  slots: [slot('one', '2031-05-10'), slot('two', '2031-05-10'), slot('three', '2031-05-11')],
  tables: ['t2', 't1'].map((id) => ({ id, name: id.slice(1) })) as PlanView['tables'],
  // As the server sorts them: by surname.
  participants: [
    person('h2', 'host', 'Ada Bianchi', 'Fondazione Due'),
    person('p1', 'project', 'Orto', 'Coop Uno'),
    person('h1', 'host', 'Ugo Verdi', 'Fondazione Uno'),
  ],
  meetings: [
    meeting('m1', 'one', 't1', 'done', ['p1', 'h1']),
    meeting('m2', 'two', 't2', 'done', ['p1', 'h2']),
    meeting('m3', 'three', 't2', 'cancelled', ['p1', 'h1']),
  ],
}

test('a list for each day by surname, a sheet for each turn by table, and none for what was cancelled', () => {
  const sheets = signSheets(view)
  expect(sheets.map(({ id }) => id)).toEqual(['2031-05-10', 'one', 'two'])
  expect(rowsOf(sheets[0], view).map(({ people: [{ name, under }] }) => `${name} / ${under}`)).toEqual([
    'Ada Bianchi / Fondazione Due',
    'Orto / Coop Uno',
    'Ugo Verdi / Fondazione Uno',
  ])
  expect(rowsOf(sheets[2], view)).toEqual([
    {
      ...{ id: 'm2', lead: '2' },
      people: [
        { name: 'Orto', under: 'Coop Uno' },
        { name: 'Ada Bianchi', under: 'Fondazione Due' },
      ],
    },
  ])
  expect([...heldBy(view)]).toEqual([
    ['p1', 2],
    ['h1', 1],
    ['h2', 1],
  ])
})

test('in a cell hosts go without the words with which several begin, as long as that tells them apart', () => {
  const names = ['Fondazione Uno', 'Fondazione Due', 'Fondazione Tre', 'Banca Due', 'Fondazione Banca Due']
  const hosts = names.map((name) => person(name, 'host', 'Ada', name))
  expect([...cellNames([...hosts, person('p', 'project', 'Fondazione amica', '')]).values()]).toEqual([
    ...['Uno', 'Due', 'Tre', 'Banca Due', 'Fondazione Banca Due', 'Fondazione amica'],
  ])
})
