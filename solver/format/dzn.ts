/** What a published file of business-to-business meetings says, by index from 1 as in the file. */
interface Published {
  participants: number
  tables: number
  slots: number
  morning: number
  /** Participant, participant, session: 1 morning, 2 afternoon, 3 any. */
  requested: number[][]
  forbidden: number[][]
  /** Slot of each meeting, 0 where it is free. */
  fixed: number[]
  /** For each meeting those that must be strictly earlier. */
  earlier: number[][]
}

/**
 * Turns a MiniZinc data file of the published business-to-business benchmark (Bofill et al., JAIR 74, 2022) into an
 * instance as JSON: every meeting required, breaks counted over the whole event, spread at most 2.
 * @throws Error in plain words if the text is no such file
 */
export function convertDzn(text: string): unknown {
  const data = readPublished(text)
  const isAfternoon = (slot: number) => slot > data.morning
  const sessions = [null, slotIds(data, (slot) => !isAfternoon(slot)), slotIds(data, isAfternoon), null]
  return {
    format: 'incontro/instance',
    version: 1,
    slots: range(data.slots).map((slot) => ({ id: `s${slot}`, block: isAfternoon(slot) ? 1 : 0 })),
    tables: data.tables,
    participants: range(data.participants).map((p) => participant(data, p)),
    candidates: data.requested.map((row, index) => candidate(data, row, index, sessions)),
    rules: { objective: ['breaks'], breakScope: 'event', maxBreakSpread: 2 },
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

const slotIds = ({ slots }: Published, isIn: (slot: number) => boolean): string[] =>
  range(slots)
    .filter(isIn)
    .map((slot) => `s${slot}`)

function participant({ forbidden, slots }: Published, p: number) {
  const unavailable = (forbidden[p - 1] ?? []).filter((slot) => slot >= 1 && slot <= slots)
  return {
    id: `p${p}`,
    ...(unavailable.length > 0 && { unavailable: unavailable.map((slot) => `s${slot}`) }),
  }
}

function candidate(data: Published, row: number[], index: number, sessions: (string[] | null)[]) {
  const [one, other, session] = row
  const slots = sessions[session]
  if (slots === undefined) throw new Error(`requested, row ${index + 1}: there is no session ${session}.`)
  const earlier = data.earlier[index] ?? []
  const slot = data.fixed[index] ?? 0
  return {
    id: `m${index + 1}`,
    participants: [`p${one}`, `p${other}`],
    required: true,
    ...(slots && { slots }),
    ...(earlier.length > 0 && { after: earlier.map((meeting) => `m${meeting}`) }),
    ...(slot > 0 && { lock: { slot: `s${slot}` } }),
  }
}

function readPublished(text: string): Published {
  const fields = new Map(
    text
      .split(';')
      .map((part) => part.split('='))
      .filter((part) => part.length === 2)
      .map(([name, value]) => [name.trim(), value.trim()]),
  )
  const slots = readNumber(fields, 'nTotalSlots')
  return {
    participants: readNumber(fields, 'nBusiness'),
    tables: readNumber(fields, 'nTables'),
    slots,
    morning: fields.has('nMorningSlots') ? readNumber(fields, 'nMorningSlots') : slots,
    requested: readRows(fields),
    forbidden: readSets(fields.get('forbidden')),
    fixed: numbersIn(fields.get('fixed') ?? ''),
    earlier: readSets(fields.get('precedences')),
  }
}

function readNumber(fields: Map<string, string>, name: string): number {
  const value = fields.get(name) ?? ''
  if (/^\d+$/.test(value)) return Number(value)
  throw new Error(`${name} must be given as one whole number; is this a file of the published benchmark?`)
}

function readRows(fields: Map<string, string>): number[][] {
  const rows = (fields.get('requested') ?? '').split('|').map(numbersIn)
  return rows.filter((row) => row.length > 0).map((row, index) => checkRow(row, index))
}

function checkRow(row: number[], index: number): number[] {
  if (row.length === 3) return row
  throw new Error(`requested, row ${index + 1}: two participants and a session are expected.`)
}

const numbersIn = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number)

const readSets = (text = ''): number[][] =>
  [...text.matchAll(/\{([^}]*)\}/g)].map(([, inside]) => numbersIn(inside))
