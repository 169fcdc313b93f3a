import { randomUUID } from 'node:crypto'
import { writeXlsx } from 'hucre'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { formerValues } from '../../../../server/database/schema.ts'
import { watchForgetting } from '../../../../server/jobs/forget.ts'
import type { CheckedTable } from '../../../../server/schemas/import.ts'
import type { ChangesView, PeopleView } from '../../../../server/schemas/programme.ts'
import { readTable } from '../../../../server/spreadsheets/read.ts'
import { importing } from '../../../support/importing.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let programme: StagedProgramme
let table: ReturnType<typeof importing>

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
  programme = await stage.programme(`Programma ${randomUUID().slice(0, 4)}`)
  table = importing(programme.organiser.send, programme.id)
})

const people = async () =>
  (await programme.organiser.send<PeopleView>('GET', `/programmes/${programme.id}/people`)).body
const hosts = async () =>
  (await people()).hosts.map(({ person, organisation }) => [person.name, organisation, person.email])
const log = async () =>
  (await programme.organiser.send<ChangesView>('GET', `/programmes/${programme.id}/changes`)).body.changes
const actions = ({ rows }: CheckedTable) => rows.map(({ row, action }) => [row, action])
const remarks = ({ rows }: CheckedTable) =>
  rows.flatMap(({ row, errors, warnings }) =>
    [...errors, ...warnings].map(({ column, message }) => [row, column, message]),
  )

describe('the columns of a table', () => {
  const columns = async (headings: string, kind: 'projects' | 'hosts' = 'hosts') =>
    (await table.upload(kind, `${headings}\nx;x@x.example\n`)).body.columns

  test('are known by their headings in both languages, whatever their case, accents and marks', async () => {
    expect(await columns('COGNOME;Nome;Azienda/Ente;E-mail;Ruolo*;Tipologia;Telefono')).toEqual([
      ...['lastName', 'firstName', 'organisation', 'email', 'role', 'kind', 'phone'],
    ])
    expect(await columns('Nome e cognome;Ente;Indirizzo e-mail (obbligatorio)')).toEqual([
      ...['fullName', 'organisation', 'email'],
    ])
    expect(await columns('First name;Surname;Company;Job title')).toEqual([
      ...['firstName', 'lastName', 'organisation', 'role'],
    ])
    expect(await columns('Nome;Società;Mail;Mail')).toEqual(['fullName', 'organisation', 'email', null])
    expect(await columns('Nome progetto;Ente capofila;Posizione in graduatoria', 'projects')).toEqual([
      ...['name', 'organisations', 'rank'],
    ])
  })

  test('are found under titles and blank rows, each row by its number in the spreadsheet', async () => {
    const rows = [['Elenco enti Camp 2026'], [], ['Cognome', 'Nome', 'Ente'], [], ['Rossi', 'Maria', 'Alfa']]
    const file = await writeXlsx({ sheets: [{ name: 'Enti', rows }] })
    expect((await table.upload('hosts', file)).body).toEqual({
      rows: [
        { row: 1, cells: ['Elenco enti Camp 2026'] },
        { row: 3, cells: ['Cognome', 'Nome', 'Ente'] },
        { row: 5, cells: ['Rossi', 'Maria', 'Alfa'] },
      ],
      headings: 3,
      columns: ['lastName', 'firstName', 'organisation'],
      sheets: [{ name: 'Enti', hidden: false }],
      ...{ sheet: 0, encoding: null, hiddenRows: 0 },
    })
    expect(actions(await table.dry('hosts', file))).toEqual([[5, 'create']])
  })

  test('can be told otherwise, and what nothing is made for is kept as notes', async () => {
    const text = 'Chi;Dove;Allergie\nMaria Rossi;Alfa;Noci\n'
    const refused = await table.dry('hosts', text)
    expect(refused).toMatchObject({
      code: 'invalid-columns',
      title: 'Scegli quali colonne sono «Nome e cognome», «Ente».',
    })
    await table.bring('hosts', text, { columns: ['fullName', 'organisation', 'notes'] })
    expect((await people()).hosts).toMatchObject([
      { person: { name: 'Maria Rossi' }, organisation: 'Alfa', notes: 'Allergie: Noci' },
    ])
    await table.bring('hosts', 'Referente;Ente;Note\nMaria Rossi;Alfa;Arriva alle 10\n')
    await table.bring('hosts', text.replace('Noci', 'Latte'), {
      columns: ['fullName', 'organisation', 'notes'],
    })
    expect((await people()).hosts).toMatchObject([{ notes: 'Note: Arriva alle 10\nAllergie: Latte' }])
  })

  test('of the other kind of people are left out, and named', async () => {
    const text = 'Nome e cognome;Ente;Posto\nMaria Rossi;Alfa;3\n;Beta;4\n'
    const checked = await table.dry('hosts', text, { columns: ['fullName', 'organisation', 'rank'] })
    expect([actions(checked), checked.ignored]).toEqual([
      [
        [2, 'create'],
        [3, 'error'],
      ],
      ['Posto'],
    ])
  })
})

describe('names', () => {
  test('of two columns stay two, one column is divided, and a role is not a name', async () => {
    await table.bring('hosts', 'Cognome;Nome;Ente;Ruolo\nDe Luca;Maria;Alfa;CSR\nBianchi;Maria;Alfa;CSR\n')
    await table.bring('hosts', 'Cognome e nome;Ente\nDi Giovanni Anna Li;Beta\n')
    await table.bring('hosts', 'Nome e cognome;Ente\nAnna Di Giovanni;Gamma\nOndina;Gamma\n')
    await table.bring('hosts', 'Ruolo;Ente\nResponsabile CSR;Delta\n')
    const named = (await people()).hosts.map(({ person, organisation }) => [
      ...[organisation, person.lastName, person.firstName, person.title],
    ])
    expect(named.toSorted()).toEqual([
      ['Alfa', 'Bianchi', 'Maria', 'CSR'],
      ['Alfa', 'De Luca', 'Maria', 'CSR'],
      ['Beta', 'Di Giovanni Anna', 'Li', ''],
      ['Delta', '', '', 'Responsabile CSR'],
      ['Gamma', 'Di Giovanni', 'Anna', ''],
      ['Gamma', 'Ondina', '', ''],
    ])
    const again = await table.dry(
      'hosts',
      'Nome e cognome;Ente\nMaria De Luca;Alfa\nAnna Di Giovanni;Gamma\n',
    )
    expect(actions(again)).toEqual([
      [2, 'unchanged'],
      [3, 'unchanged'],
    ])
  })

  test('of a project’s first contact are its team’s; the others of the team stay', async () => {
    const list =
      'Progetto;Referente;Ruolo;E-mail;Telefono;Lingua\nPane;Ada Neri;Presidente;ada@x.example;+39 011 1;inglese\n'
    await table.bring('projects', list)
    const team = async () => (await people()).projects[0].team.map(({ id: _, ...one }) => one)
    const ada = {
      ...{ name: 'Ada Neri', firstName: 'Ada', lastName: 'Neri', title: 'Presidente' },
      ...{ email: 'ada@x.example', phone: '+39 011 1', language: 'en' },
    }
    expect(await team()).toEqual([ada])
    const [{ id, team: known }] = (await people()).projects
    const eva = { firstName: 'Eva', lastName: 'Blu' }
    await programme.organiser.send('PATCH', `/projects/${id}`, { team: [{ id: known[0].id }, eva] })
    const { imported } = await table.bring('projects', 'Progetto;Telefono\nPane;+39 011 2\n')
    expect(await team()).toMatchObject([{ ...ada, phone: '+39 011 2' }, eva])
    await programme.organiser.send('POST', `/programmes/${programme.id}/undo`, { seq: imported.body.seq })
    expect(await team()).toMatchObject([ada, eva])
  })

  describe('of another contact of a project', () => {
    const team = async () =>
      (await people()).projects[0].team.map(({ name, email, phone }) => [name, email, phone])
    const maria = { firstName: 'Maria', lastName: 'Verdi', email: 'maria@x.example', phone: '1' }
    const luca = { firstName: 'Luca', lastName: 'Bianchi', email: 'luca@x.example', phone: '2' }
    const shown = ({ firstName, lastName, email, phone }: typeof maria) => [
      ...[`${firstName} ${lastName}`, email, phone],
    ]
    const row = (...cells: string[]) => `Progetto;Referente;Email;Telefono\nPane;${cells.join(';')}\n`
    const undo = (seq: number | undefined) =>
      programme.organiser.send('POST', `/programmes/${programme.id}/undo`, { seq })

    test.each([
      ['somebody new', row('Luca Bianchi', '', '1'), [['Luca Bianchi', null, '1'], shown(maria)]],
      [
        'somebody new with an address',
        row('Eva Blu', 'e@x.example', ''),
        [['Eva Blu', 'e@x.example', null], shown(maria)],
      ],
    ])('%s stands before them, and goes when it is taken back', async (_, text, meant) => {
      await programme.project({ name: 'Pane', team: [maria] })
      const { checked, imported } = await table.bring('projects', text)
      expect(checked.rows[0].changes).toContainEqual({
        ...{ field: 'email', before: 'maria@x.example', after: meant[0][1] ?? '' },
      })
      expect(await team()).toEqual(meant)
      expect(actions(await table.dry('projects', text))).toEqual([[2, 'unchanged']])
      expect((await undo(imported.body.seq)).status).toBe(200)
      expect(await team()).toEqual([shown(maria)])
    })

    test.each([
      ['name', row('BIANCHI Luca', '', '3'), ['BIANCHI Luca', 'luca@x.example', '3']],
      ['address', row('Luca Bianchi Blu', 'luca@x.example', ''), ['Luca Bianchi Blu', 'luca@x.example', '2']],
    ])('who is of the team by %s comes to the front as the same person', async (_, text, meant) => {
      await programme.project({ name: 'Pane', team: [maria, luca] })
      const before = (await people()).projects
      const { imported } = await table.bring('projects', text)
      expect(await team()).toEqual([meant, shown(maria)])
      expect((await people()).projects[0].team[0].id).toBe(before[0].team[1].id)
      expect((await undo(imported.body.seq)).status).toBe(200)
      expect((await people()).projects).toEqual(before)
    })

    test('is not taken back where somebody has joined since', async () => {
      const { id } = await programme.project({ name: 'Pane', team: [maria] })
      const { imported } = await table.bring('projects', row('Luca Bianchi', '', ''))
      const [{ team: now }] = (await people()).projects
      const joined = [...now.map((one) => ({ id: one.id })), { lastName: 'Terza' }]
      await programme.organiser.send('PATCH', `/projects/${id}`, { team: joined })
      expect(await undo(imported.body.seq)).toMatchObject({ status: 409, body: { code: 'people-changed' } })
    })

    test.each([
      ['name', row('Maria Verdi', 'verdi@x.example', ''), ['Maria Verdi', 'verdi@x.example', '1']],
      ['address', row('Mariella Verdi', 'maria@x.example', ''), ['Mariella Verdi', 'maria@x.example', '1']],
    ])('is none where the %s is the same', async (_, text, meant) => {
      await programme.project({ name: 'Pane', team: [maria, luca] })
      const before = (await people()).projects
      const { imported } = await table.bring('projects', text)
      expect(await team()).toEqual([meant, shown(luca)])
      await undo(imported.body.seq)
      expect((await people()).projects).toEqual(before)
    })
  })

  test('that are divided rightly stay so where one column says the same, and a role blanks none', async () => {
    const anna = { firstName: 'Anna Maria', lastName: 'Rossi', email: 'anna@x.example' }
    await programme.host({ ...anna, organisation: 'Alfa' })
    await programme.project({ name: 'Pane', team: [anna] })
    const known = async () => {
      const { hosts, projects } = await people()
      return [hosts[0].person, projects[0].team[0]].map(({ firstName, lastName, title, phone }) => [
        ...[firstName, lastName, title, phone],
      ])
    }
    await table.bring('hosts', 'Nome e cognome;Ente;Telefono\nAnna Maria  ROSSI;Alfa;1\n')
    await table.bring('projects', 'Progetto;Referente;Telefono\nPane;Anna Maria Rossi;1\n')
    expect(await known()).toEqual(Array(2).fill(['Anna Maria', 'Rossi', '', '1']))
    const text = 'Referente;Ente;Email\nResponsabile CSR;Alfa;anna@x.example\n'
    const [{ row, candidates }] = (await table.dry('hosts', text)).rows
    await table.bring('hosts', text, { decisions: [{ row, person: candidates[0].id }] })
    await table.bring('projects', 'Progetto;Referente\nPane;Responsabile CSR\n')
    expect(await known()).toEqual(Array(2).fill(['Anna Maria', 'Rossi', 'Responsabile CSR', '1']))
  })

  test('of one word, with titles and particles, of other scripts and like “Null” are names', async () => {
    const names = [
      'Ondina',
      'Prof.ssa D’Angiò-Ñúñez',
      'Null',
      'N/A',
      "O'Neill",
      'محمد علي',
      '王小明',
      '🦊',
      'De Luca Li',
    ]
    await table.bring('hosts', `Referente;Ente\n${names.map((name) => `${name};Alfa`).join('\n')}\n`)
    expect((await hosts()).map(([name]) => name).toSorted()).toEqual(names.toSorted())
  })

  test('of two lines become one', async () => {
    await table.bring('hosts', 'Referente;Ente\n"Maria\nRossi";"Fondazione\r\nAlfa"\n')
    expect(await hosts()).toEqual([['Maria Rossi', 'Fondazione Alfa', null]])
  })
})

describe('a dry run', () => {
  test('warns of what may have been read wrongly, row by row', async () => {
    const text = [
      ...['Referente;Ente;Email;Codice', 'Nicol\ufffd Forl\ufffd;Alfa;;', 'Ada;SocietÃ  PerÃ¹;;'],
      ...['maria@alfa.example;Beta;;', 'Luca;Gamma;;01-feb', 'Anna;#N/D;;', 'JOÃO;Irmã;;'],
    ].join('\n')
    expect(remarks(await table.dry('hosts', text))).toEqual([
      [2, 'Referente', expect.stringContaining('codifica sbagliata')],
      [3, 'Ente', expect.stringContaining('codifica sbagliata')],
      [4, 'Referente', expect.stringContaining('sembra un indirizzo e-mail')],
      [5, 'Codice', expect.stringContaining('sembra una data')],
      [6, 'Ente', expect.stringContaining('errore di una formula')],
    ])
  })

  test('says what is wrong by row and column, with the values allowed', async () => {
    const text =
      'Progetto;Finanziato;Graduatoria;Email\nUno;forse;;\nDue;;1,0;\nTre;;;a@x.example; b@x.example\nQuattro;Sì.;1°;q@x.example\nUno;;;\n'
    expect(remarks(await table.dry('projects', text))).toEqual([
      [2, 'Finanziato', '«forse» non è un valore previsto. Scrivi uno di questi: Sì, No.'],
      [3, 'Graduatoria', '«1,0» non è una posizione. Scrivi un numero intero da 1 a 9999.'],
      [4, '', 'Non si legge «b@x.example», che sta in una colonna senza intestazione.'],
    ])
    const [kinds] = (
      await table.dry('hosts', 'Referente;Ente;Tipo;Email\nAda;Alfa;banca;a@x.example, b@x.example\n')
    ).rows
    expect(kinds.errors.map(({ message }) => message)).toEqual([
      '«banca» non è un valore previsto. Scrivi uno di questi: Grande impresa, Impresa, Fondazione, Cooperativa, Altro ente.',
      'Ci sono più indirizzi: lasciane uno solo.',
    ])
  })

  test('of the same list again finds everything unchanged, however it is written', async () => {
    const list = 'Referente;Ente;Email\nNicolò Forlì;Fondazione Alfa;n@alfa.example\n'
    await table.bring('hosts', list)
    for (const text of [
      list,
      list.normalize('NFD'),
      list.replace('Fondazione Alfa', 'FONDAZIONE  alfa.'),
      list.replace('n@alfa.example', ' N@ALFA.example '),
      list.replace('n@alfa.example', ''),
    ])
      expect(actions(await table.dry('hosts', text))).toEqual([[2, 'unchanged']])
  })

  test('shows what changes field by field', async () => {
    await table.bring('projects', 'Codice;Progetto;Enti;Finanziato\nA1;Pane;Uno;no\n')
    const { rows } = await table.dry(
      'projects',
      'Codice;Progetto;Enti;Finanziato\nA1;Pane e rose;Uno; Due;sì\n'.replace('Uno; Due', '"Uno; Due"'),
    )
    expect(rows[0]).toMatchObject({
      action: 'update',
      changes: [
        { field: 'name', before: 'Pane', after: 'Pane e rose' },
        { field: 'organisations', before: 'Uno', after: 'Uno; Due' },
        { field: 'financed', before: 'No', after: 'Sì' },
      ],
    })
  })

  test('asks who it is where the name is only alike or the address is somebody else’s', async () => {
    await table.bring('hosts', 'Referente;Ente;Email\nMaria Rossi;Alfa;info@alfa.example\nLuca Perù;Beta;\n')
    const text =
      'Referente;Ente;Email\nRossi Maria;Alfa;\nDott. Luca Peru;Beta;\nAda Verdi;Alfa;info@alfa.example\n'
    const { rows } = await table.dry('hosts', text)
    expect(rows.map(({ action, candidates }) => [action, candidates.map(({ name }) => name)])).toEqual([
      ['undecided', ['Maria Rossi, Alfa, info@alfa.example']],
      ['undecided', ['Luca Perù, Beta']],
      ['undecided', ['Maria Rossi, Alfa, info@alfa.example']],
    ])
    const decisions = [
      { row: 2, person: rows[0].candidates[0].id },
      { row: 4, person: null },
    ]
    const { checked, imported } = await table.bring('hosts', text, { decisions })
    expect(actions(checked)).toEqual([
      [2, 'update'],
      [3, 'undecided'],
      [4, 'create'],
    ])
    expect(imported.body).toMatchObject({ created: 1, updated: 1 })
    expect((await hosts()).toSorted()).toEqual([
      ['Ada Verdi', 'Alfa', 'info@alfa.example'],
      ['Luca Perù', 'Beta', null],
      ['Rossi Maria', 'Alfa', 'info@alfa.example'],
    ])
  })

  test('asks whether a host whose name and mailbox are known has gone to another organisation', async () => {
    await table.bring('hosts', 'Referente;Ente;Email\nAnna Neri;Alfa;anna@x.example\n')
    const text = 'Referente;Ente;Email\nAnna Neri;Beta;anna@x.example\n'
    const { rows } = await table.dry('hosts', text)
    expect(rows.map(({ action, candidates }) => [action, candidates.map(({ name }) => name)])).toEqual([
      ['undecided', ['Anna Neri, Alfa, anna@x.example']],
    ])
    await table.bring('hosts', text, { decisions: [{ row: 2, person: null }] })
    expect((await hosts()).toSorted()).toEqual([
      ['Anna Neri', 'Alfa', 'anna@x.example'],
      ['Anna Neri', 'Beta', 'anna@x.example'],
    ])
    expect(actions(await table.dry('hosts', text))).toEqual([[2, 'unchanged']])
  })

  test('tells two of one table apart, and whose address is shared', async () => {
    const text =
      'Referente;Ente;Email\nAda Neri;Alfa;info@alfa.example\nEva Neri;Alfa;INFO@alfa.example \nada neri;Alfa;\nNeri Ada;Alfa;\n'
    expect(remarks(await table.dry('hosts', text))).toEqual([
      [3, 'Email', 'Ha lo stesso indirizzo della riga 2: chi legge quella casella vede entrambi.'],
      [4, 'Referente', 'È già alla riga 2: togli una delle due.'],
      [5, 'Referente', 'Somiglia alla riga 2: controlla che non sia la stessa persona.'],
    ])
  })

  test('refuses what no name and no note is as long as, by row and column', async () => {
    const [long, note] = ['('.repeat(1_001), 'x'.repeat(3_900)]
    const text = `Referente;Ente;Note\nAda;${long};\nEva;Alfa;${note}\nIda;Alfa;${note.repeat(2)}\n`
    const checked = await table.dry('hosts', text)
    expect([actions(checked), remarks(checked)]).toEqual([
      [
        [2, 'error'],
        [3, 'create'],
        [4, 'error'],
      ],
      [
        [2, 'Ente', 'Alla riga 2 la cella ha più di 1000 caratteri: accorciala.'],
        [4, 'Note', 'Alla riga 4 la cella ha più di 4000 caratteri: accorciala.'],
      ],
    ])
  })

  test('leaves the kind of an organisation as it is', async () => {
    await table.bring('hosts', 'Referente;Ente;Tipo\nAda;Alfa;Fondazione\n')
    const { checked } = await table.bring('hosts', 'Referente;Ente;Tipo\nEva;Alfa;Cooperativa\nIda;alfa;\n')
    expect(remarks(checked)).toEqual([
      [2, 'Tipo', expect.stringContaining('già registrato come «Fondazione»')],
    ])
    expect(
      (await people()).hosts.map(({ person, organisation, kind }) => [person.name, organisation, kind]),
    ).toEqual([...['Ada', 'Eva', 'Ida'].map((name) => [name, 'Alfa', 'foundation'])])
  })
})

describe('the kind of an organisation', () => {
  const kinds = async () => (await people()).hosts.map(({ person, kind }) => [person.name, kind]).toSorted()
  const known = 'Referente;Ente;Tipo\nAda;Alfa;Impresa\nEva;Alfa;Impresa\n'

  test('is what one row says where others say nothing, and is taken back', async () => {
    await table.bring('hosts', known)
    const text = 'Referente;Ente;Tipo;Telefono\nAda;Alfa;Fondazione;1\nEva;Alfa;;2\nIda;Alfa;;3\n'
    const { imported } = await table.bring('hosts', text)
    expect(await kinds()).toEqual(['Ada', 'Eva', 'Ida'].map((name) => [name, 'foundation']))
    const undone = { seq: imported.body.seq }
    const { status } = await programme.organiser.send('POST', `/programmes/${programme.id}/undo`, undone)
    expect([status, await kinds()]).toEqual([200, ['Ada', 'Eva'].map((name) => [name, 'enterprise'])])
  })

  test('of newcomers is what one of them says', async () => {
    await table.bring('hosts', 'Referente;Ente;Tipo\nAda;Alfa;Fondazione\nEva;Alfa;\n')
    expect(await kinds()).toEqual(['Ada', 'Eva'].map((name) => [name, 'foundation']))
  })

  test('is refused where two rows say two', async () => {
    const text = 'Referente;Ente;Tipo\nAda;Alfa;Fondazione\nEva;ALFA;Impresa\n'
    const wrong = [
      3,
      'Tipo',
      'Alla riga 2 lo stesso ente è «Fondazione»: scrivi lo stesso tipo in tutte e due.',
    ]
    const checked = await table.dry('hosts', text)
    expect([actions(checked), remarks(checked)]).toEqual([
      [
        [2, 'create'],
        [3, 'error'],
      ],
      [wrong],
    ])
  })
})

describe('an import', () => {
  const list = 'Codice;Progetto;Enti;Email\nA1;Pane;Uno;pane@x.example\n'

  test('is what was checked: where something has changed since it is refused, and a retry is no second one', async () => {
    const given = await table.table('projects', list)
    const { basis } = (await table.check(given)).body
    const key = { 'idempotency-key': randomUUID() }
    const [first, again] = [await table.order(given, basis, key), await table.order(given, basis, key)]
    expect([first.body, again.body]).toEqual([
      { id: programme.id, created: 1, updated: 0, seq: 1 },
      { id: programme.id, created: 1, updated: 0, seq: 1 },
    ])
    const other = await table.order(given, basis)
    expect([other.status, other.body.code]).toEqual([412, 'table-outdated'])
    expect((await people()).projects).toHaveLength(1)
    const [two, clicks] = await Promise.all(
      ['Due', 'Due'].map(async (name) => {
        const next = await table.table('projects', `Progetto\n${name}\n`)
        return table.order(next, (await table.check(next)).body.basis)
      }),
    )
    expect([two.status, clicks.status].toSorted()).toEqual([200, 412])
  })

  test('is taken back as one: newcomers leave, the others are as before', async () => {
    await table.bring('projects', list)
    const before = (await people()).projects
    const changed = `${list.replace('Pane', 'Rose').replace('Uno', 'Due').replace('pane@', 'rose@')}A2;Nuovo;;\n`
    const { imported } = await table.bring('projects', changed)
    expect((await people()).projects.map(({ name }) => name).toSorted()).toEqual(['Nuovo', 'Rose'])
    const undo = () =>
      programme.organiser.send('POST', `/programmes/${programme.id}/undo`, { seq: imported.body.seq })
    expect((await undo()).status).toBe(200)
    expect((await people()).projects).toEqual(before)
    expect((await log()).map(({ text, undoable }) => [text, undoable])).toEqual([
      ['Ha annullato un’importazione: 1 tolti, 1 riportati com’erano.', false],
      ['Ha importato una tabella: 1 nuovi, 1 aggiornati.', true],
      ['Ha importato una tabella: 1 nuovi, 0 aggiornati.', true],
    ])
    expect(await undo()).toMatchObject({ status: 409, body: { code: 'moved-on' } })
    expect(actions(await table.dry('projects', changed))).toEqual([
      [2, 'update'],
      [3, 'create'],
    ])
  })

  test('is not taken back over what somebody changed since, and says whose it is', async () => {
    await table.bring('projects', list)
    const { imported } = await table.bring('projects', list.replace('Pane', 'Rose'))
    const [{ id }] = (await people()).projects
    const rename = (name: string) => programme.organiser.send('PATCH', `/projects/${id}`, { name })
    const undo = () =>
      programme.organiser.send<{ title: string }>('POST', `/programmes/${programme.id}/undo`, {
        seq: imported.body.seq,
      })
    await rename('Spine')
    expect(await undo()).toMatchObject({
      status: 409,
      body: { title: 'Non si può annullare: dopo l’importazione qualcuno ha cambiato i dati di Spine.' },
    })
    await rename('Rose')
    await programme.organiser.send('PATCH', `/projects/${id}`, { rank: 3 })
    expect((await undo()).status).toBe(200)
    expect((await people()).projects).toMatchObject([{ name: 'Pane', rank: 3 }])
  })

  test('is not taken back by half, once what it took the place of is forgotten', async () => {
    await table.bring('projects', list)
    const { imported } = await table.bring('projects', `${list.replace('Pane', 'Rose')}A2;Nuovo;;\n`)
    const forget = async (days: number) => {
      const at = sql`now() - ${days} * interval '1 day'`
      await stage.db.update(formerValues).set({ at }).where(eq(formerValues.programmeId, programme.id))
      await watchForgetting(stage.db)()
      return stage.db.$count(formerValues, eq(formerValues.programmeId, programme.id))
    }
    expect([await forget(89), await forget(91)]).toEqual([1, 0])
    const undone = { seq: imported.body.seq }
    expect(await programme.organiser.send('POST', `/programmes/${programme.id}/undo`, undone)).toMatchObject({
      ...{ status: 409, body: { code: 'moved-on' } },
    })
    expect((await people()).projects.map(({ name }) => name).toSorted()).toEqual(['Nuovo', 'Rose'])
  })

  test('of two thousand rows from a workbook takes seconds', async () => {
    const rows = Array.from({ length: 2000 }, (_, n) => [
      `Cognome${n}`,
      'Nome',
      `Ente ${n % 300}`,
      `h${n}@x.example`,
    ])
    const file = await writeXlsx({
      sheets: [{ name: 'Enti', rows: [['Cognome', 'Nome', 'Ente', 'Email'], ...rows] }],
    })
    const begin = performance.now()
    const { imported } = await table.bring('hosts', file)
    expect(imported.body.created).toBe(2000)
    expect(performance.now() - begin).toBeLessThan(10_000)
  })

  test('keeps all of a long paste', async () => {
    const long = 'x'.repeat(100)
    const text = `Referente\tEnte\r\n${Array.from({ length: 900 }, (_, n) => `Nome ${n}\t${long}`).join('\r\n')}`
    expect(text.length).toBeGreaterThan(90_000)
    const { checked } = await table.bring('hosts', text)
    expect([checked.created, (await hosts()).length]).toEqual([900, 900])
  })
})

test('as much as a table may be is taken in of nobody but organisers', async () => {
  const body = { kind: 'projects', from: 'text', content: `nome\n${'x'.repeat(300_000)}` }
  const path = `/programmes/${programme.id}/import/table`
  const other = await stage.programme('Altrove')
  const senders = [stage.nobody, other.organiser, await programme.host(), programme.organiser]
  const answers = await Promise.all(
    senders.map(async (who) => (await who.send<{ code: string }>('POST', path, body)).body.code),
  )
  expect(answers).toEqual(['too-large', 'too-large', 'too-large', 'invalid-file'])
  const solution = { name: 'x'.repeat(300_000) }
  const run = `/runs/${programme.id}/solutions`
  expect((await stage.nobody.send<{ code: string }>('POST', run, solution)).body.code).toBe('too-large')
  const huge = { ...body, content: 'x'.repeat(13 * 1024 * 1024) }
  expect(await programme.organiser.send('POST', path, huge)).toMatchObject({
    status: 413,
    body: { code: 'too-large' },
  })
})

describe('files to take away', () => {
  const download = async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const cookie = programme.organiser.cookie
    const url = `/api/v1/programmes/${programme.id}/import/${path}`
    const answer = await stage.app.inject({ method, url, headers: { cookie }, ...(payload && { payload }) })
    expect([answer.statusCode, answer.headers['content-disposition']]).toEqual([
      200,
      expect.stringMatching(/^attachment; filename="incontro-\w+\.xlsx"$/),
    ])
    const read = (sheet: number) => readTable(answer.rawPayload, { locale: 'it', sheet })
    return { read, bytes: answer.rawPayload }
  }

  test('the template is understood by the import, explains itself and offers the values allowed', async () => {
    const { read, bytes } = await download('GET', 'template/hosts')
    const [headings] = (await read(0)).rows
    expect(headings.cells).toEqual([
      ...['Nome', 'Cognome', 'Ruolo', 'Ente', 'Tipo'],
      ...['E-mail', 'Telefono', 'Lingua', 'Etichetta', 'Codice', 'Note'],
    ])
    expect((await table.upload('hosts', bytes)).body.columns).toEqual([
      ...['firstName', 'lastName', 'role', 'organisation', 'kind'],
      ...['email', 'phone', 'language', 'label', 'code', 'notes'],
    ])
    const { sheets, rows } = await read(1)
    expect(sheets.map(({ name }) => name)).toEqual(['Referenti', 'Istruzioni'])
    expect(rows.find(({ cells }) => cells[0] === 'Tipo')?.cells[2]).toBe(
      'Grande impresa, Impresa, Fondazione, Cooperativa, Altro ente',
    )
    expect((await download('GET', 'template/projects')).bytes.length).toBeGreaterThan(1000)
  })

  test('a table with faults comes back as it was, with the faults beside them', async () => {
    const text = 'Elenco\n\nReferente;Ente;Tipo\n=1+1;Alfa;banca\nAda;Alfa;\n;Beta;\n'
    const { read } = await download('POST', 'report', await table.table('hosts', text))
    expect((await read(0)).rows.map(({ row, cells }) => [row, ...cells])).toEqual([
      [1, 'Elenco'],
      [3, 'Referente', 'Ente', 'Tipo', 'Errori'],
      [4, '=1+1', 'Alfa', 'banca', expect.stringMatching(/^Tipo: «banca» non è un valore previsto/)],
      [5, 'Ada', 'Alfa'],
      [6, '', 'Beta', '', 'Referente: Campo necessario.'],
    ])
  })

  test('a table whose rows are far down, or whose headings are none of them, comes back without blank rows', async () => {
    const given = await table.table('hosts', 'Referente;Ente;Tipo\nAda;Alfa;banca\n')
    const [{ cells: headings }, { cells: ada }] = given.rows
    const far = [
      { row: 1_999_999, cells: headings },
      { row: 2_000_000, cells: ada },
    ]
    const cellsOf = async (rows: typeof far, headings: number) => {
      const { read } = await download('POST', 'report', { ...given, rows, headings })
      return (await read(0)).rows.map(({ row, cells }) => [row, ...cells])
    }
    const banca = expect.stringMatching(/«banca»/)
    expect(await cellsOf(far, 1_999_999)).toEqual([
      [1, 'Referente', 'Ente', 'Tipo', 'Errori'],
      [2, 'Ada', 'Alfa', 'banca', banca],
    ])
    expect(await cellsOf(given.rows.slice(0, 1), 5)).toEqual([[1, 'Referente', 'Ente', 'Tipo']])
  })
})
