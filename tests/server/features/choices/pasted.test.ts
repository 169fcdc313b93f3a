import { afterAll, beforeAll, expect, test } from 'vitest'
import { participants } from '../../../../server/database/schema.ts'
import { findStatements } from '../../../../server/features/choices/service.ts'
import type { AnswersView } from '../../../../server/schemas/choice.ts'
import type { CheckedAnswers, SavedAnswers } from '../../../../server/schemas/pasted-answers.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { ChangesView } from '../../../../server/schemas/programme.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let eventId: string
let orto: Awaited<ReturnType<StagedProgramme['project']>>
let bottega: typeof orto
let anna: Awaited<ReturnType<StagedProgramme['host']>>
let piero: typeof anna
let ids: Record<'orto' | 'bottega' | 'anna' | 'piero', string>

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  eventId = await torino.camp()
  orto = await torino.project({
    ...{
      name: 'L’Orto di Città',
      organisations: ['Coop Verde'],
      team: [{ lastName: 'Verdi', email: 'verdi@example.org' }],
    },
  })
  bottega = await torino.project({ name: 'Bottega', code: 'B-7' })
  const foundation = { organisation: 'Fondazione Società Aperta', kind: 'foundation' }
  anna = await torino.host({
    ...foundation,
    firstName: 'Anna',
    lastName: 'D’Angelò',
    email: 'anna@example.org',
  })
  piero = await torino.host({ ...foundation, firstName: 'Piero', lastName: 'Neri' })
  ids = {
    orto: await torino.participant(eventId, orto.id),
    bottega: await torino.participant(eventId, bottega.id),
    anna: await torino.participant(eventId, anna.id),
    piero: await torino.participant(eventId, piero.id),
  }
})
afterAll(() => stage.close())

const path = () => `/events/${eventId}/answers/pasted`
const check = async (content: string) =>
  (await torino.organiser.send<CheckedAnswers & Problem>('POST', `${path()}/check`, { content })).body
const actions = async (content: string) => (await check(content)).rows.map(({ action }) => action)
const save = (content: string, basis: string) =>
  torino.organiser.send<SavedAnswers & Problem>('POST', path(), { content, basis })
const paste = async (content: string) => (await save(content, (await check(content)).basis)).body
const undo = (seq: number | undefined) =>
  torino.organiser.send<Problem>('POST', `/programmes/${torino.id}/undo`, { seq })
const said = async () =>
  (await findStatements(stage.db, eventId)).map(({ fromId, toId, level, conflict }) => {
    const nameOf = (id: string) => Object.entries(ids).find(([, each]) => each === id)![0]
    return `${nameOf(fromId)} ${nameOf(toId)} ${level}${conflict ? ' conflict' : ''}`
  })
const state = (from: keyof typeof ids, to: keyof typeof ids, level: string | null, conflict = false) =>
  torino.organiser.send('PUT', `/events/${eventId}/preferences/${ids[from]}/${ids[to]}`, { level, conflict })

test('people are found by name, organisation, code or address, however they are written', async () => {
  const content = [
    'Chi risponde\tSu chi\tLivello',
    "L'ORTO  DI CITTA\tD'Angelo Anna\tIrrinunciabile",
    'verdi@example.org\tpiero neri\tinteressante',
    'b-7\tFondazione Societa Aperta – Piero Neri\tOpen to it',
    'anna@example.org\tcoop verde\tda evitare',
  ].join('\n')
  const checked = await check(content)
  expect(checked.rows).toEqual([
    ...[
      [2, 'L’Orto di Città', 'Fondazione Società Aperta – Anna D’Angelò', 'irrinunciabile'],
      [3, 'L’Orto di Città', 'Fondazione Società Aperta – Piero Neri', 'interessante'],
      [4, 'Bottega', 'Fondazione Società Aperta – Piero Neri', 'disponibile'],
      [5, 'Fondazione Società Aperta – Anna D’Angelò', 'L’Orto di Città', 'da evitare'],
    ].map(([row, who, whom, level]) => ({ row, who, whom, action: 'new', message: `Nuova: ${level}.` })),
  ])
  expect(await said()).toEqual([])
})

test.each(['\t', ';', ','])(
  'columns stand in the order asked for without headings, divided by %j',
  async (mark) => {
    const row = (...cells: string[]) => cells.join(mark)
    expect(
      await actions([row('B-7', 'Piero Neri', 'avoid'), row('Anna D’Angelò', 'Bottega', 'want')].join('\n')),
    ).toEqual(['new', 'new'])
  },
)

test('what can’t be saved is said row by row, with the values allowed', async () => {
  const { rows } = await check(
    [
      'Bottega;Fondazione Società Aperta;interessante',
      'Bottega;Nessuno;interessante',
      'Bottega;Piero Neri;forse',
      'Bottega;Piero Neri;',
      'Bottega;L’Orto di Città;interessante',
      'Bottega;Anna D’Angelò;interessante',
      'B-7;anna@example.org;disponibile',
      ';Anna D’Angelò;disponibile',
    ].join('\n'),
  )
  const allowed = '«irrinunciabile», «interessante», «disponibile», «da evitare», «nessuna preferenza»'
  expect(rows.map(({ action, message }) => [action, message])).toEqual([
    [
      'unclear',
      '«Fondazione Società Aperta» può essere più di uno: Fondazione Società Aperta – Anna D’Angelò; ' +
        'Fondazione Società Aperta – Piero Neri. Scrivi il codice o l’e-mail.',
    ],
    [
      'wrong',
      '«Nessuno» non si trova tra i partecipanti: controlla il nome, oppure scrivi il codice o l’e-mail.',
    ],
    ['wrong', `«forse» non è un livello. Scrivi uno di questi: ${allowed}.`],
    ['wrong', `Manca il livello. Scrivi uno di questi: ${allowed}.`],
    ['wrong', 'Sono dalla stessa parte: un progetto risponde su un referente, un referente su un progetto.'],
    ['new', 'Nuova: interessante.'],
    ['wrong', 'Alla riga 6 la risposta per la stessa coppia è diversa: lasciane una sola.'],
    ['wrong', 'Manca un nome: servono chi risponde e su chi.'],
  ])
})

test('all valid rows are saved at once, as one entry of the log, and taken back as one', async () => {
  await state('orto', 'anna', 'open', true)
  await state('orto', 'piero', 'want')
  await state('bottega', 'anna', 'avoid')
  const before = await said()
  const content = [
    'Orto di Città?;x;y',
    'L’Orto di Città;Anna D’Angelò;irrinunciabile',
    'L’Orto di Città;Piero Neri;interessante',
    'Bottega;Anna D’Angelò;nessuna preferenza',
    'Piero Neri;Bottega;disponibile',
  ].join('\n')
  expect(await actions(content)).toEqual(['wrong', 'changed', 'unchanged', 'changed', 'new'])
  const saved = await paste(content)
  expect(saved).toEqual({ id: eventId, answers: 3, seq: expect.any(Number) as number })
  expect((await said()).toSorted()).toEqual([
    ...['orto anna must conflict', 'orto piero want', 'piero bottega open'],
  ])
  expect(await actions(content)).toEqual(['wrong', ...Array<string>(4).fill('unchanged')])
  const { changes } = (await torino.organiser.send<ChangesView>('GET', `/programmes/${torino.id}/changes`))
    .body
  expect([changes[0].text, changes[0].seq]).toEqual(['Ha incollato 3 risposte per Camp.', saved.seq])
  expect((await undo(saved.seq)).status).toBe(200)
  expect(await said()).toEqual(before)
  expect((await undo(saved.seq)).body.code).toBe('moved-on')
})

test('whoever was answered for has answered, until that is taken back; whoever says so themselves stays so', async () => {
  const silent = async () => {
    const { answers } = (await torino.organiser.send<AnswersView>('GET', `/events/${eventId}/answers`)).body
    const row = (id: string) => answers.find(({ participantId }) => participantId === id)!
    return (['orto', 'piero', 'anna'] as const).filter((name) => row(ids[name]).answeredAt === null)
  }
  await stage.db.update(participants).set({ answeredAt: null })
  // What is said of somebody is no answer of theirs, and what was only begun on the page is none either.
  await orto.send('PUT', `/events/${eventId}/preferences/${ids.orto}/${ids.piero}`, {
    ...{ level: 'open', conflict: false },
  })
  const { seq } = await paste('Anna D’Angelò;Bottega;disponibile\nPiero Neri;Bottega;disponibile')
  expect(await silent()).toEqual(['orto'])
  expect((await piero.send('POST', `/participants/${ids.piero}/answer`)).status).toBe(200)
  expect((await undo(seq)).status).toBe(200)
  expect(await silent()).toEqual(['orto', 'anna'])

  const path = `/events/${eventId}/preferences/${ids.anna}/${ids.bottega}`
  await torino.organiser.send('PUT', path, { level: 'open', conflict: false })
  expect(await silent()).toEqual(['orto'])
  await torino.organiser.send('PUT', path, { level: null, conflict: false })
})

test('a paste is not taken back over what somebody said since', async () => {
  const { seq } = await paste('Bottega;Piero Neri;interessante')
  await bottega.send('PUT', `/events/${eventId}/preferences/${ids.bottega}/${ids.piero}`, {
    ...{ level: 'avoid', conflict: false },
  })
  expect((await undo(seq)).body.code).toBe('moved-on')
  expect(await said()).toContain('bottega piero avoid')
})

test('what was checked has to be so still when it is saved', async () => {
  const content = 'Bottega;Piero Neri;disponibile'
  const { basis } = await check(content)
  await state('bottega', 'piero', 'want')
  const late = await save(content, basis)
  expect([late.status, late.body.code]).toEqual([412, 'answers-outdated'])
  expect(await said()).toContain('bottega piero want')
})

test('nobody gets more musts than the rules allow', async () => {
  const many = await Promise.all(Array.from({ length: 9 }, () => torino.host({ organisation: 'Molti' })))
  const codes = await Promise.all(many.map(({ id }) => codeOf(id)))
  const content = codes.map((code) => `Bottega;${code};must`).join('\n')
  const { rows } = await check(content)
  expect(rows.map(({ action }) => action)).toEqual(rows.map(() => 'wrong'))
  expect(rows[0].message).toMatch(
    /^Così gli «irrinunciabili» di chi risponde sarebbero 9; il massimo è \d\.$/,
  )
})

const codeOf = async (hostId: string) => {
  const { hosts } = (
    await torino.organiser.send<{ hosts: { id: string; code: string }[] }>(
      'GET',
      `/programmes/${torino.id}/people`,
    )
  ).body
  return hosts.find(({ id }) => id === hostId)!.code
}

test('who was taken out of the event or has withdrawn is asked nothing and spoken of by nobody', async () => {
  await torino.organiser.send('POST', `/events/${eventId}/taking-part/removed`, {
    projects: [],
    hosts: [piero.id],
  })
  const { rows } = await check('Bottega;Piero Neri;want\nPiero Neri;Bottega;want')
  expect(rows.map(({ action, message }) => [action, message])).toEqual(
    Array(2).fill(['wrong', 'Fondazione Società Aperta – Piero Neri non partecipa più all’evento.']),
  )
})

test('only organisers paste, and an empty paste is refused in words', async () => {
  const own = await orto.send<Problem>('POST', `${path()}/check`, { content: 'L’Orto di Città;Anna;want' })
  expect([own.status, own.body.code]).toEqual([403, 'forbidden'])
  expect((await check(' ;; ')).code).toBe('invalid-file')
})
