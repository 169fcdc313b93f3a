import { expect, test } from 'vitest'
import { CATALOGUE, type Kind } from '../../../../server/change-catalogue.ts'
import { DEFAULT_RULES, type EventRules } from '../../../../server/schemas/rules.ts'
import { COUNTS, REFERENCES, sentenceOf, TIMES, WORDS } from '../../../../server/features/log/sentence.ts'
import en from '../../../../server/messages/en.json' with { type: 'json' }
import it from '../../../../server/messages/it.json' with { type: 'json' }

/** Things are named by words here; each stands for an id of its own. */
const idOf = (word: string) =>
  `00000000-0000-4000-8000-${Buffer.from(word).toString('hex').padStart(12, '0').slice(-12)}`
const withIds = (payload: object): object =>
  JSON.parse(JSON.stringify(payload), (member, value) =>
    typeof value === 'string' && /Id$|^\d+$/.test(member) ? idOf(value) : value,
  )

const NAMES = new Map(
  [
    ['pair', 'Abito – Fondazione Esempio'],
    ['pair2', 'Corti – Banca del Parco'],
    ['abito', 'Abito'],
    ['rossi', 'Anna Rossi (Fondazione Esempio)'],
    ['4', '4'],
    ['5', 'Tavolo 5'],
    ['blu', 'Blu'],
    ['sala', 'Sala'],
    ['camp', 'Camp'],
    ['door', 'Ingresso'],
    ['mario', 'Mario Bianchi'],
  ].map(([word, name]) => [idOf(word), name]),
)
/** 10:45 and 11:10 in Turin. */
const [FROM, TO] = ['2026-11-29T09:45:00.000Z', '2026-11-29T10:10:00.000Z']

const PAUSE = { free: 1, from: '12:00', to: '14:00' }
const EIGHT = { projects: 8, hosts: 8 }

const told = (type: Kind | 'meeting.forgotten', payload: object, locale: 'it' | 'en' = 'it') =>
  sentenceOf({ type, eventId: idOf('camp'), payload: withIds(payload) }, NAMES, {
    locale,
    zone: 'Europe/Rome',
  })

const moved = (payload: object) => ({
  ...{ meetingId: 'm', candidateId: 'pair', scheduleId: 's', slotId: 'x', tableId: '4' },
  ...{ from: FROM, to: TO, fromTableId: '4', ...payload },
})
const states = (candidateIds: string[]) => ({
  state: 'called',
  count: candidateIds.length,
  candidateIds,
  at: FROM,
})

test.each([
  ['it', 'Ha spostato Abito – Fondazione Esempio dalle 10:45 di giovedì alle 11:10 di venerdì.'],
  ['en', 'Moved Abito – Fondazione Esempio from Thu 10:45 to Fri 11:10.'],
] as const)('of an event of several days the log says the day of each time (%s)', (locale, words) => {
  const payload = withIds(moved({ to: '2026-11-27T10:10:00.000Z', from: '2026-11-26T09:45:00.000Z' }))
  const change = { type: 'meeting.moved', eventId: idOf('camp'), payload, days: true }
  expect(sentenceOf(change, NAMES, { locale, zone: 'Europe/Rome' })).toBe(words)
})

test.each<[Kind, object, string]>([
  ['meeting.moved', moved({}), 'Ha spostato Abito – Fondazione Esempio dalle 10:45 alle 11:10.'],
  [
    'meeting.moved',
    moved({ tableId: '5' }),
    'Ha spostato Abito – Fondazione Esempio dalle 10:45 alle 11:10, al tavolo 5.',
  ],
  [
    'meeting.moved',
    moved({ to: FROM, tableId: '5' }),
    'Ha spostato Abito – Fondazione Esempio delle 10:45 dal tavolo 4 al tavolo 5.',
  ],
  [
    'meeting.moved',
    moved({ to: FROM, fromTableId: null }),
    'Ha messo Abito – Fondazione Esempio delle 10:45 al tavolo 4.',
  ],
  [
    'meeting.swapped',
    {
      ...{ meetingId: 'm', withId: 'n', scheduleId: 's', candidateId: 'pair', otherCandidateId: 'pair2' },
      ...{ at: FROM, otherAt: TO, tableId: '4', otherTableId: '5' },
    },
    'Ha scambiato di posto Abito – Fondazione Esempio (alle 10:45) e Corti – Banca del Parco (alle 11:10).',
  ],
  [
    'meeting.swapped',
    {
      ...{ meetingId: 'm', withId: 'n', scheduleId: 's', candidateId: 'pair', otherCandidateId: 'pair2' },
      ...{ at: FROM, otherAt: FROM, tableId: '4', otherTableId: '5' },
    },
    'Ha scambiato di posto Abito – Fondazione Esempio (tavolo 4) e Corti – Banca del Parco (tavolo 5).',
  ],
  [
    'meeting.locked',
    { meetingId: 'm', scheduleId: 's', candidateId: 'pair', at: FROM },
    'Ha bloccato Abito – Fondazione Esempio alle 10:45.',
  ],
  ['meeting.called', states(['pair']), 'Ha chiamato Abito – Fondazione Esempio delle 10:45 al tavolo.'],
  [
    'meeting.called',
    states(['pair', 'pair2', 'pair3']),
    'Ha chiamato 3 incontri delle 10:45 ai loro tavoli.',
  ],
  [
    'meeting.cancelled',
    { candidateId: 'pair', at: FROM },
    'Ha annullato Abito – Fondazione Esempio delle 10:45.',
  ],
  [
    'meeting.added',
    { candidateId: 'pair', slotId: 'x', tableId: '5', at: TO },
    'Ha aggiunto Abito – Fondazione Esempio alle 11:10, al tavolo 5.',
  ],
  ['repair.applied', { scheduleId: 's', count: 3 }, 'Ha riprogrammato la giornata cambiando 3 incontri.'],
  ['repair.applied', { scheduleId: 's', count: 1 }, 'Ha riprogrammato la giornata cambiando 1 incontro.'],
  [
    'attendance.here',
    { participantId: 'rossi', attendance: 'here', minutes: null },
    'Anna Rossi (Fondazione Esempio) è presente.',
  ],
  [
    'attendance.late',
    { participantId: 'abito', attendance: 'late', minutes: 10 },
    'Abito è in ritardo di 10 minuti.',
  ],
  [
    'disruption.reported',
    { disruptionId: 'd', kind: 'table_out', participantId: null, tableId: '5', from: FROM, to: TO },
    'Ha segnalato un imprevisto: il tavolo 5 è fuori uso (10:45–11:10).',
  ],
  ['event.delayed', { minutes: 10, from: FROM }, 'Ha posticipato di 10 minuti i turni dalle 10:45 in poi.'],
  ['event.delayed', { minutes: -1, from: FROM }, 'Ha anticipato di 1 minuto i turni dalle 10:45 in poi.'],
  [
    'room.delayed',
    { roomId: 'blu', minutes: 5, fromSlotId: 'x', from: FROM },
    'Dalle 10:45 la sala Blu è in ritardo di 5 minuti.',
  ],
  [
    'room.delayed',
    { roomId: 'sala', minutes: 0, fromSlotId: null, from: null },
    'La sala è di nuovo in orario.',
  ],
  [
    'preference.stated',
    { fromId: 'abito', toId: 'rossi', level: 'must', conflict: false },
    'Abito su Anna Rossi (Fondazione Esempio): irrinunciabile.',
  ],
  ['project.added', { projectId: 'abito' }, 'Ha aggiunto il progetto Abito.'],
  ['proposal.approved', { projectId: 'abito' }, 'Ha approvato la proposta del progetto Abito.'],
  [
    'schedule.published',
    { scheduleId: 's', versionId: 'v', fromId: 'f', number: 3, again: 1 },
    'Ha rimesso in vigore la versione 1 del programma di Camp: ora è la versione 3.',
  ],
  ['screen.created', { screenId: 'door' }, 'Ha creato il collegamento per lo schermo «Ingresso».'],
  [
    'member.removed',
    { memberId: 'x', userId: 'mario', role: 'desk' },
    'Ha tolto Mario Bianchi dall’accoglienza.',
  ],
])('%s names what it was about: %j', (kind, payload, sentence) => {
  expect(told(kind, payload)).toBe(sentence)
})

test.each<[Kind, object, string]>([
  [
    'meeting.moved',
    moved({ candidateId: 'gone' }),
    'Ha spostato un incontro eliminato dalle 10:45 alle 11:10.',
  ],
  [
    'meeting.moved',
    moved({ to: FROM, fromTableId: 'gone' }),
    'Ha spostato Abito – Fondazione Esempio delle 10:45 dal tavolo eliminato al tavolo 4.',
  ],
  [
    'attendance.here',
    { participantId: 'gone', attendance: 'here', minutes: null },
    'Un partecipante eliminato è presente.',
  ],
  ['project.edited', { projectId: 'gone' }, 'Ha modificato i dati del progetto eliminato.'],
  [
    'room.delayed',
    { roomId: 'gone', minutes: 0, fromSlotId: null, from: null },
    'La sala eliminata è di nuovo in orario.',
  ],
])('%s of something that is gone has a neutral word', (kind, payload, sentence) => {
  expect(told(kind, payload)).toBe(sentence)
})

test.each<[Kind, object, string]>([
  [
    'meeting.moved',
    { meetingId: 'm', candidateId: 'pair', scheduleId: 's', slotId: 'x', tableId: '4' },
    'Ha spostato Abito – Fondazione Esempio.',
  ],
  [
    'meeting.swapped',
    { meetingId: 'm', withId: 'n', scheduleId: 's' },
    'Ha scambiato di posto due incontri di Camp.',
  ],
  ['meeting.locked', { meetingId: 'm', scheduleId: 's' }, 'Ha bloccato un incontro di Camp.'],
  ['meeting.done', { state: 'done', fromId: 'abito', toId: 'rossi', count: 1 }, 'Incontri conclusi: 1.'],
  ['meeting.restored', { fromId: 'abito', toId: 'rossi', count: 1 }, 'Ha ripreso un incontro annullato.'],
  ['attendance.late', { participantId: 'abito', attendance: 'late' }, 'Abito è in ritardo.'],
  [
    'disruption.dismissed',
    { disruptionId: 'd', participantId: null, tableId: '4' },
    'Ha lasciato il programma com’è nonostante un imprevisto.',
  ],
  ['event.delayed', { minutes: 10 }, 'Ha posticipato i turni di 10 minuti.'],
  ['member.added', { memberId: 'x', role: 'desk' }, 'Ha aggiunto una persona che aiuta.'],
])('%s of an earlier version is told in general', (kind, payload, sentence) => {
  expect(told(kind, payload)).toBe(sentence)
})

test('a kind that is known no more is told too', () => {
  expect(told('meeting.forgotten', { meetingId: 'm' })).toBe(
    'Modifica registrata da una versione precedente.',
  )
})

test('English tells the same', () => {
  expect(told('meeting.moved', moved({ tableId: '5' }), 'en')).toBe(
    'Moved Abito – Fondazione Esempio from 10:45 to 11:10, to table Tavolo 5.',
  )
  expect(told('meeting.called', states(['pair', 'pair2']), 'en')).toBe(
    'Called 2 meetings at 10:45 to their tables.',
  )
})

const holes = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted()

/** The words that sentences of a kind may use: its event, and what its payload gives. */
const wordsOf = (kind: Kind): string[] => [
  'event',
  ...Object.keys(CATALOGUE[kind].payload.properties).flatMap((member) =>
    [member, REFERENCES[member]?.word ?? [], COUNTS[member as keyof typeof COUNTS] ?? []].flat(),
  ),
]

test.each(Object.keys(CATALOGUE) as Kind[])(
  '%s has its sentences in both languages, of what it holds',
  (kind) => {
    const keys = Object.keys(it).filter(
      (key) => key === `change_${kind}` || key.startsWith(`change_${kind}.`),
    )
    expect(keys).toContain(`change_${kind}`)
    const texts: Record<string, string>[] = [it, en]
    for (const key of keys) {
      const [italian, english] = texts.map((text) => holes(text[key]))
      expect([key, english]).toEqual([key, italian])
      expect([key, italian.filter((hole) => !wordsOf(kind).includes(hole))]).toEqual([key, []])
    }
  },
)

test('every sentence of the log is of a kind', () => {
  const others = [/^change_(nobody|unknown)$/, new RegExp(`^change_(${WORDS.join('|')})_`)]
  const kinds = Object.keys(CATALOGUE)
  const isOfKind = (key: string) =>
    kinds.some((kind) => key === `change_${kind}` || key.startsWith(`change_${kind}.`))
  const strays = Object.keys(it)
    .filter((key) => key.startsWith('change_'))
    .filter((key) => !isOfKind(key) && !others.some((other) => other.test(key)))
  expect(strays).toEqual([])
})

test('a rule that was changed is told by name, with what it was and what it is', () => {
  const rules = (before: Partial<EventRules>, after: Partial<EventRules>, locale: 'it' | 'en' = 'it') =>
    sentenceOf(
      {
        type: 'event.edited',
        eventId: idOf('camp'),
        payload: { fields: ['rules'], rules: { before, after } },
      },
      NAMES,
      { locale, zone: 'Europe/Rome' },
    )
  const { guarantee, aims } = DEFAULT_RULES
  expect(rules({ guarantee, pause: null }, { guarantee: { ...guarantee, financed: 5 }, pause: PAUSE })).toBe(
    'Ha cambiato le regole di Camp: incontri garantiti a ogni progetto finanziato: prima 3, ora 5; ' +
      'turni liberi per una pausa: prima nessuno, ora 1 tra le 12:00 e le 14:00.',
  )
  const apart = [{ kind: 'foundation' as const, financed: false }]
  expect(rules({ apart: [], tolerance: 0 }, { apart, tolerance: 2 }, 'en')).toBe(
    'Changed the rules of Camp: share of the wishes that may be given up: before 0 %, now 2 %; ' +
      'kinds of organisations that do not meet: before none, now Foundation (projects without financing).',
  )
  // Every kind has its words, in both languages.
  const other: EventRules = {
    ...{ weights: { must: 9, want: 5, open: 2 }, guarantee: { financed: 4, notFinanced: 4, hosts: 1 } },
    ...{ maximum: EIGHT, inRow: EIGHT, perDay: EIGHT, perHalf: EIGHT, pause: PAUSE, organisation: 1, apart },
    ...{ metBefore: { how: 'less', percent: 40 }, suggestions: 20, musts: 4, affinity: 2 },
    ...{ aims: aims.toReversed(), tolerance: 1, seated: { projects: true, hosts: false } },
  }
  for (const kind of Object.keys(DEFAULT_RULES) as (keyof EventRules)[])
    for (const locale of ['it', 'en'] as const) {
      const said = rules({ [kind]: DEFAULT_RULES[kind] }, { [kind]: other[kind] }, locale)
      const rule = other[kind]
      const fields = rule !== null && typeof rule === 'object' && !Array.isArray(rule) && kind !== 'pause'
      expect([kind, said.split('; ').length]).toEqual([kind, fields ? Object.keys(rule).length : 1])
      expect(said).toMatch(/(ora|now) \S/)
    }
})

test('times of payloads are told as times', () => {
  const members = Object.values(CATALOGUE).flatMap(({ payload }) => Object.entries(payload.properties))
  const isTime = (schema: object) => JSON.stringify(schema).includes('date-time')
  const times = members.filter(([, schema]) => isTime(schema)).map(([member]) => member)
  expect([...new Set(times)].toSorted()).toEqual(TIMES.toSorted())
})
