import type { Locale } from '../../actor.ts'
import { say, type MessageKey } from '../../messages.ts'
import { HOST_KINDS, type HostKind } from '../../schemas/common.ts'
import type { ImportField, PeopleKind } from '../../schemas/import.ts'
import { oneLine, plainWords } from '../../spreadsheets/words.ts'

/** Headings as people write them, in both languages. Compared without accents, case and punctuation. */
const PROJECT_HEADINGS: Partial<Record<ImportField, string>> = {
  name: 'nome|nome progetto|nome del progetto|progetto|titolo|titolo progetto|titolo del progetto|denominazione|denominazione progetto|name|project|project name|title|project title',
  organisations:
    'organizzazione|organizzazioni|ente|enti|enti partner|ente proponente|ente capofila|capofila|associazione|soggetto proponente|partner|partners|organisation|organisations|organization|organizations|lead organisation',
  fullName:
    'referente|nome referente|nome e cognome referente|referente del progetto|contatto|persona di contatto|persona di riferimento|nome e cognome|contact|contact person|team contact',
  firstName: 'nome del referente|first name',
  lastName: 'cognome|cognome referente|cognome del referente|last name|surname',
  role: 'ruolo|ruolo referente|qualifica|role|job title',
  financed: 'finanziato|finanziata|finanziamento|financed|funded',
  rank: 'graduatoria|posizione|posizione in graduatoria|posto|rank|position|ranking',
}
const HOST_HEADINGS: Partial<Record<ImportField, string>> = {
  fullName:
    'nome e cognome|cognome e nome|nome cognome|cognome nome|nominativo|referente|nome referente|nome del referente|persona|contatto|persona di contatto|full name|host|person|contact|contact person',
  firstName: 'nome|nome proprio|first name|given name|firstname|name',
  lastName: 'cognome|last name|surname|family name|lastname',
  role: 'ruolo|ruolo in azienda|qualifica|funzione|incarico|mansione|role|job title|position',
  organisation:
    'organizzazione|ente|azienda|azienda ente|ente azienda|impresa|societa|fondazione|denominazione|denominazione ente|nome ente|nome azienda|ragione sociale|organisation|organization|company|company name',
  label: 'etichetta|label',
  kind: 'tipo|tipologia|tipo ente|tipo di ente|tipologia ente|kind|type|organisation type',
}
const SHARED_HEADINGS: Partial<Record<ImportField, string>> = {
  email:
    'email|e mail|mail|posta|posta elettronica|indirizzo email|indirizzo e mail|indirizzo mail|email referente|email address|e mail address',
  phone:
    'telefono|tel|cellulare|cell|numero di telefono|recapito telefonico|recapito|phone|phone number|mobile|telephone',
  language: 'lingua|language',
  code: 'codice|id|cod|codice progetto|codice referente|code',
  notes: 'note|nota|annotazioni|osservazioni|commenti|notes|note interne|comments|remarks',
}

const listed = (headings: Partial<Record<ImportField, string>>) =>
  new Map(
    Object.entries({ ...headings, ...SHARED_HEADINGS }).flatMap(([field, words]) =>
      words.split('|').map((word) => [word, field as ImportField] as const),
    ),
  )
const HEADINGS = { projects: listed(PROJECT_HEADINGS), hosts: listed(HOST_HEADINGS) }

/** What is longer is text and no heading, and is not looked at: every row above a table may be its headings. */
const LONGEST_HEADING = 200

export function fieldOfHeading(kind: PeopleKind, heading: string): ImportField | null {
  if (heading.length > LONGEST_HEADING) return null
  const words = plainWords(heading)
  return HEADINGS[kind].get(words) ?? HEADINGS[kind].get(words.replaceAll(' ', '')) ?? null
}

/** How many characters a cell may hold. */
export const longestCell = (field: ImportField) => (field === 'notes' ? 4_000 : 1_000)

/** Each of these lists of fields must have a column, one of them at least. */
export const NEEDED: Record<PeopleKind, ImportField[][]> = {
  projects: [['name']],
  hosts: [['fullName', 'firstName', 'lastName', 'role'], ['organisation']],
}

const KIND_WORDS: Record<HostKind, string[]> = {
  corporate: ['azienda', 'grande azienda', 'grande impresa', 'corporate', 'large company'],
  enterprise: ['impresa', 'impresa sociale', 'pmi', 'enterprise', 'business', 'company'],
  foundation: ['fondazione', 'foundation'],
  cooperative: ['cooperativa', 'coop', 'cooperativa sociale', 'cooperative'],
  other: ['altro', 'altra', 'altro ente', 'other', 'other organisation'],
}
const LANGUAGES: Locale[] = ['it', 'en']
const LANGUAGE_WORDS: Record<Locale, string[]> = {
  it: ['it', 'ita', 'italiano', 'italiana', 'italian'],
  en: ['en', 'eng', 'inglese', 'english'],
}
const YES = ['si', 's', 'x', 'vero', 'yes', 'y', 'true', '1']
const NO = ['no', 'n', 'falso', 'false', '0']

/** The values of a field that knows a few, as the template offers them and as a person reads them. */
export const kindWord = (kind: HostKind, locale: Locale) => say(locale, `host_kind_${kind}`)
export const languageWord = (language: Locale, locale: Locale) => say(locale, `language_${language}`)
export const yesWord = (yes: boolean, locale: Locale) => say(locale, yes ? 'word_yes' : 'word_no')
export const ALLOWED: Partial<Record<ImportField, (locale: Locale) => string[]>> = {
  financed: (locale) => [yesWord(true, locale), yesWord(false, locale)],
  kind: (locale) => HOST_KINDS.map((kind) => kindWord(kind, locale)),
  language: (locale) => LANGUAGES.map((language) => languageWord(language, locale)),
}

/** A cell of a field as its value; an unreadable one answers with the sentence that says why. */
type Read = { value: unknown } | { reason: MessageKey }
const orReason = (value: unknown, reason: MessageKey): Read => (value == null ? { reason } : { value })

const READ: Partial<Record<ImportField, (cell: string) => Read>> = {
  organisations: (cell) => ({
    value: [
      ...new Set(
        cell
          .split(/[;|\n]/)
          .map(oneLine)
          .filter(Boolean),
      ),
    ],
  }),
  financed: (cell) => {
    const word = plainWords(cell)
    return orReason(YES.includes(word) ? true : NO.includes(word) ? false : null, 'import_value')
  },
  rank: (cell) => {
    const digits = /^(\d{1,4})\s*[°ª]?$/.exec(cell)
    return orReason(digits && Number(digits[1]) > 0 ? Number(digits[1]) : null, 'import_rank')
  },
  kind: (cell) =>
    orReason(
      HOST_KINDS.find((kind) => KIND_WORDS[kind].includes(plainWords(cell))),
      'import_value',
    ),
  language: (cell) =>
    orReason(
      LANGUAGES.find((language) => LANGUAGE_WORDS[language].includes(plainWords(cell))),
      'import_value',
    ),
  email: (cell) => {
    const addresses = addressesIn(cell)
    if (addresses.length > 1) return { reason: 'import_addresses' }
    return { value: addresses.length === 1 ? addresses[0].toLowerCase().replace(/\.$/, '') : oneLine(cell) }
  },
}

/** Words with something on both sides of an @, without what stands before a colon. No search that begins anew at every letter. */
const addressesIn = (cell: string) =>
  cell
    .split(/[\s<>;,"]/)
    .map((word) => word.slice(word.lastIndexOf(':', Math.max(0, word.indexOf('@'))) + 1))
    .filter((word) => word.indexOf('@') > 0 && !word.endsWith('@'))

export const readCell = (field: ImportField, cell: string): Read =>
  READ[field]?.(cell) ?? { value: oneLine(cell) }
