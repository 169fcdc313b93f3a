import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberships, projects, users } from '../../../../server/database/schema.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { ChangesView, PeopleView, ProgrammeView } from '../../../../server/schemas/programme.ts'
import { importing } from '../../../support/importing.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  await torino.camp()
})
afterAll(() => stage.close())

const table = () => importing(torino.organiser.send, torino.id)
const paste = async (text: string, kind: 'projects' | 'hosts' = 'projects') =>
  (await table().bring(kind, text)).checked
const people = async () =>
  (await torino.organiser.send<PeopleView>('GET', `/programmes/${torino.id}/people`)).body

describe('a pasted table', () => {
  test('is read with a BOM, quotes, Italian headings and Italian yes and no', async () => {
    const text =
      '\ufeffCodice;Progetto;Enti;Finanziato;Graduatoria\nA1;"Non di Solo ""Pane""";"Uno; Due";Sì;7\nA2;Biagio;;no;\n'
    const dry = await table().dry('projects', text)
    const fresh = { action: 'create', errors: [], warnings: [], changes: [], candidates: [] }
    expect(dry).toEqual({
      rows: [
        { row: 2, name: 'Non di Solo "Pane"', ...fresh },
        { row: 3, name: 'Biagio', ...fresh },
      ],
      created: 2,
      updated: 0,
      unchanged: 0,
      undecided: 0,
      failed: 0,
      ignored: [],
      basis: dry.basis,
    })
    expect((await people()).projects).toEqual([])
    expect(await paste(text)).toEqual(dry)
    expect((await people()).projects.map(({ id: _, ...shown }) => shown)).toEqual([
      {
        version: expect.any(Number),
        code: 'A1',
        name: 'Non di Solo "Pane"',
        financed: true,
        rank: 7,
        shortName: '',
        organisations: ['Uno', 'Due'],
        team: [],
        notes: '',
        sample: false,
        withdrawn: false,
        proposalStatus: 'draft',
      },
      expect.objectContaining({ code: 'A2', name: 'Biagio', financed: false, rank: null }),
    ])
  })

  test('changes who is known by code, else by name, and says what stays as it is', async () => {
    const { rows } = await paste('code\tname\tfinanced\nA1\tPane\tyes\n\tbiagio\tyes\nA2\tBiagio\t\n')
    expect(rows.map(({ action }) => action)).toEqual(['update', 'update', 'error'])
    expect((await paste('name,rank\nPane,7\n')).rows[0].action).toBe('unchanged')
  })

  test('takes hostile rows in as text or refuses them by row and column', async () => {
    const text = 'nome;email;colore\n=HYPERLINK(1);;x\nNu\u0000l;;\nOk;non-un-indirizzo;\n;;x\n'
    const { rows, created, updated, failed, ignored } = await paste(text)
    expect(rows.map(({ row, action, errors }) => [row, action, errors.map(({ column }) => column)])).toEqual([
      [2, 'create', []],
      [3, 'error', ['nome']],
      [4, 'error', ['email']],
      [5, 'error', ['nome']],
    ])
    expect([created, updated, failed, ignored]).toEqual([1, 0, 3, ['colore']])
  })

  test('that cannot be read says why', async () => {
    const missing = await table().dry('projects', 'colore\nrosso\n')
    expect([missing.code, missing.title]).toEqual([
      'invalid-columns',
      'Scegli quali colonne sono «Nome progetto».',
    ])
    const open = (await table().upload('projects', 'nome;posto\n"Uno;1\n')).body
    expect([open.code, open.title]).toEqual([
      'invalid-file',
      'Il file non si può leggere: alla riga 2 una virgoletta si apre e non si chiude. Correggila e riprova.',
    ])
  })

  test('of ten thousand rows goes in at once, as one change', async () => {
    const milano = await stage.programme('Milano')
    await milano.camp()
    const text = `nome\n${Array.from({ length: 10_000 }, (_, n) => n.toString(36)).join('\n')}`
    const { checked, imported } = await importing(milano.organiser.send, milano.id).bring('projects', text)
    expect([imported.status, imported.body.created, checked.failed]).toEqual([200, 10_000, 0])
    const { changes } = (await milano.organiser.send<ChangesView>('GET', `/programmes/${milano.id}/changes`))
      .body
    expect(changes.map(({ type, text: words }) => [type, words])).toEqual([
      ['people.imported', 'Ha importato una tabella: 10000 nuovi, 0 aggiornati.'],
      ['event.added', 'Ha aggiunto l’appuntamento Camp.'],
    ])
    const { counts, events } = (await milano.organiser.send<ProgrammeView>('GET', `/programmes/${milano.id}`))
      .body
    expect([counts.projects, events[0].participants]).toEqual([10_000, 10_000])
  })

  test('of many with addresses makes members, moves them to new addresses and says so in one change', async () => {
    const bari = await stage.programme('Bari')
    const listed = (mail: string) =>
      `nome;email\n${Array.from({ length: 1500 }, (_, n) => `p${n};${mail}${n}@many.example`).join('\n')}`
    const send = async (mail: string) =>
      (await importing(bari.organiser.send, bari.id).bring('projects', listed(mail))).checked
    const members = async () => {
      const rows = await stage.db
        .select({ email: users.email, name: projects.name })
        .from(memberships)
        .innerJoin(users, eq(users.id, memberships.userId))
        .innerJoin(projects, eq(projects.id, memberships.projectId))
        .where(eq(memberships.programmeId, bari.id))
      return rows.map(({ email, name }) => `${name} ${email}`).toSorted()
    }
    const wanted = (mail: string) =>
      Array.from({ length: 1500 }, (_, n) => `p${n} ${mail}${n}@many.example`).toSorted()
    expect((await send('a')).created).toBe(1500)
    expect(await members()).toEqual(wanted('a'))
    expect((await send('b')).updated).toBe(1500)
    expect(await members()).toEqual(wanted('b'))
    expect((await send('b')).rows.every(({ action }) => action === 'unchanged')).toBe(true)
    const { changes } = (await bari.organiser.send<ChangesView>('GET', `/programmes/${bari.id}/changes`)).body
    expect(changes.map(({ type }) => type)).toEqual(['people.imported', 'people.imported'])
  })

  test('of hosts keeps the same role of two organisations apart', async () => {
    const text = 'Ruolo;Ente;Tipo;Email\nCSR;Alfa;Fondazione;Csr@Alfa.example\nCSR;Beta;cooperativa;\n'
    expect((await paste(text, 'hosts')).created).toBe(2)
    expect(
      (await people()).hosts.map(({ organisation, kind, person }) => [
        ...[organisation, kind, person.email],
        ...[person.title, person.lastName],
      ]),
    ).toEqual([
      ['Alfa', 'foundation', 'csr@alfa.example', 'CSR', ''],
      ['Beta', 'cooperative', null, 'CSR', ''],
    ])
  })
})

test('organisers correct a host: name, role, organisation and its kind, code, address and phone', async () => {
  const roma = await stage.programme('Roma')
  const host = await roma.host({
    lastName: 'Rosi',
    organisation: 'Alfa',
    kind: 'other',
    email: 'old@alfa.example',
  })
  const correct = (body: object) =>
    roma.organiser.send<{ code: string }>('PATCH', `/hosts/${host.id}/person`, body)
  const patch = {
    ...{ firstName: 'Anna', lastName: 'Rossi', title: 'CSR', email: 'New@beta.example' },
    ...{ phone: '+39 011 123', language: 'en' },
    ...{ organisation: 'Beta', kind: 'foundation', code: 'H42', label: 'sede di Torino' },
  }
  expect((await correct(patch)).status).toBe(200)
  const shown = async () =>
    (await roma.organiser.send<PeopleView>('GET', `/programmes/${roma.id}/people`)).body.hosts
  const { firstName, lastName, title, phone, language, ...kept } = patch
  const [{ person }] = await shown()
  const named = { id: person.id, name: 'Anna Rossi', firstName, lastName, title, phone, language }
  const corrected = {
    ...{ ...kept, id: host.id, notes: '', sample: false, withdrawn: false, supportForms: [] },
    version: expect.any(Number),
    person: { ...named, email: 'new@beta.example' },
  }
  const { email: _, ...expected } = corrected
  expect(await shown()).toEqual([expected])
  expect((await correct({ kind: 'cooperative', email: null })).status).toBe(200)
  expect(await shown()).toEqual([
    { ...expected, kind: 'cooperative', person: { ...corrected.person, email: null } },
  ])
  const held = await stage.db
    .select({ email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.hostId, host.id))
  expect(
    held.filter(({ email }) => email.endsWith('beta.example') || email.endsWith('alfa.example')),
  ).toEqual([])
  const other = await roma.host({ code: 'H43' })
  expect((await correct({ code: 'H43' })).body.code).toBe('already-exists')
  expect((await other.send('PATCH', `/hosts/${other.id}/person`, { lastName: 'Io' })).status).toBe(403)
})

test('a team names nobody twice, and nobody of whom nothing is known', async () => {
  const anna = await torino.project({
    name: 'Squadra',
    team: [{ lastName: 'Prima' }, { lastName: 'Seconda' }],
  })
  const team = async () => (await people()).projects.find(({ id }) => id === anna.id)!.team
  const [{ id }, { id: other }] = await team()
  const change = async (wanted: object[]) => {
    const reply = await torino.organiser.send<Problem>('PATCH', `/projects/${anna.id}`, { team: wanted })
    return [reply.status, reply.body.errors?.map(({ pointer }) => pointer)]
  }
  expect(await change([{ id }, { id }])).toEqual([400, ['/team/1/id']])
  expect(await change([{ id }, { id: randomUUID() }])).toEqual([400, ['/team/1/lastName']])
  expect(await change([{ id, lastName: ' ' }])).toEqual([400, ['/team/0/lastName']])
  expect((await team()).map(({ name }) => name)).toEqual(['Prima', 'Seconda'])
  expect(await change([{ id: other }, { id }])).toEqual([200, undefined])
})

test('a host keeps a name, a role or an address, whoever writes it', async () => {
  const host = await torino.host({ lastName: 'Rosi' })
  const nobody = { firstName: '', lastName: ' ', title: '' }
  expect((await torino.organiser.send('PATCH', `/hosts/${host.id}/person`, nobody)).status).toBe(400)
  const said = (body: object) => host.send('PATCH', `/hosts/${host.id}`, body, { 'if-match': '1' })
  expect((await said(nobody)).status).toBe(400)
  expect((await said({ ...nobody, title: 'CSR' })).status).toBe(200)
})

test('people, changes and the programme are for its organisers', async () => {
  const other = await stage.programme('Genova')
  const senders = [stage.nobody, other.organiser, await torino.host(), torino.organiser]
  const paths = ['', '/people', '/changes'].map((end) => `/programmes/${torino.id}${end}`)
  for (const path of paths) {
    const statuses = await Promise.all(senders.map(async (who) => (await who.send('GET', path)).status))
    expect([path, statuses]).toEqual([path, [401, 404, 403, 200]])
  }
  const found = await torino.organiser.send('POST', '/programmes', { name: 'Nuovo' })
  expect(found.status).toBe(403)
})
