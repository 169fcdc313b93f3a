import { writeXlsx } from 'hucre'

const PROJECTS = 30
const HOSTS = 45

/** The thirty projects of a camp as a body keeps them: a line break in a name, two mailboxes alike, a blank row. */
export function projectsList(): Promise<Uint8Array> {
  const rows = Array.from({ length: PROJECTS }, (_, at) => [
    at === 1 ? 'Orto\ndi quartiere 2' : `Progetto Esempio ${at + 1}`,
    at < 12 ? 'sì' : 'no',
    String(at + 1),
    at === 2 ? 'De\u00a0Rossi' : `Esempio ${at + 1}`,
    at === 3 ? 'Nicolo\u0300' : 'Ada',
    `team${at < 2 ? 1 : at + 1}@progetti.example`,
  ])
  const headings = ['Nome progetto', 'Finanziato', 'Graduatoria', 'Cognome', 'Nome del referente', 'E-mail']
  return writeXlsx({
    sheets: [{ name: 'Progetti', rows: [headings, ...rows.slice(0, 9), [], ...rows.slice(9)] }],
  })
}

/**
 * Forty-five hosts as nobody would wish for: a title above the headings, surnames and names apart, a role that is no
 * name, two people of one foundation at one mailbox, one of them written twice, an organisation in two spellings, a
 * name of one word, one that reads like nothing, a formula, a kind that there is not, and a hidden sheet of last year.
 */
export function hostsList(): Promise<Uint8Array> {
  const headings = ['Cognome', 'Nome', 'Ruolo', 'Azienda/Ente', 'Tipologia', 'E-mail', 'Allergie']
  const special: string[][] = [
    [
      'Esempio',
      'Maria',
      'Responsabile CSR',
      'Fondazione Esempio',
      'Fondazione',
      'info@fondazione.example',
      'Noci',
    ],
    ['D’Angiò', 'Luca', 'Direttore', 'Fondazione  Esempio', '', 'INFO@fondazione.example ', ''],
    ['Null', 'Ada', '', 'Coop Esempio', 'Cooperativa', 'null@coop.example', ''],
    ['Esempi\u200bo', 'Piero', '', 'Coop Esempio Onlus', 'coop', 'piero@coop.example', ''],
    ['Cher', '', '', 'Impresa <b>Esempio</b>', 'Impresa', 'cher@impresa.example', '=1+1'],
  ]
  const usual = Array.from({ length: HOSTS - special.length }, (_, at) => [
    ...[`Esempio ${at + 1}`, 'Gianni', 'CSR manager', `Azienda Esempio ${at + 1}`, 'Azienda'],
    ...[`gianni${at + 1}@aziende.example`, ''],
  ])
  const wrong = ['Esempio', 'Rina', '', 'Banca Esempio', 'banca', 'rina@banca.example', '']
  const rows = [['Enti del Camp 2030'], [], headings, ...special, [], ...usual, special[0], wrong]
  return writeXlsx({
    sheets: [
      { name: 'Anno scorso', hidden: true, rows: [headings, ['Vecchi', 'Ugo', '', 'Passata', '', '', '']] },
      { name: 'Enti 2030', rows },
    ],
  })
}
