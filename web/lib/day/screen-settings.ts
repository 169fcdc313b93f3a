/** What an address says about one screen, so that two screens of a room can differ. */
export type ScreenSettings = {
  byName: boolean
  /** Of hosts only the initials; their organisations stay. */
  initialsOnly: boolean
  /** Dark by itself: a screen across a room is read by its light. A projector in a bright room is not. */
  light: boolean
  /** In percent of the usual size. */
  size: number
  /** Only the tables of this room; all where it is empty. */
  room: string
  /** The one day that it shows, as 2026-11-23; empty: the day that it is. */
  day: string
  language: 'it' | 'en' | null
  /** Strikes a bell at five minutes left and at the end of a turn. */
  bell: boolean
}

const SMALLEST = 60
const LARGEST = 200
const YES = ['si', 'sì', 'yes', '1']

/** The address of a screen with those settings; what is as usual is not said. */
export function screenAddress(path: string, origin: string, settings: ScreenSettings): string {
  const url = new URL(path, origin)
  const { byName, initialsOnly, light, size, room, day, language, bell } = settings
  if (byName) url.searchParams.set('per', 'nome')
  if (byName && initialsOnly) url.searchParams.set('iniziali', 'si')
  if (light) url.searchParams.set('tema', 'chiaro')
  if (size !== 100) url.searchParams.set('grandezza', String(size))
  if (room) url.searchParams.set('sala', room)
  if (day) url.searchParams.set('giorno', day)
  if (language) url.searchParams.set('lingua', language)
  if (bell) url.searchParams.set('campanella', '1')
  return url.href
}

/** How this one screen shows the room, as its address says; what it does not say, or says wrongly, is as usual. */
export function readSettings(search: URLSearchParams): ScreenSettings {
  const size = Number(search.get('grandezza')) || 100
  return {
    byName: search.get('per') === 'nome',
    initialsOnly: YES.includes(search.get('iniziali') ?? ''),
    light: search.get('tema') === 'chiaro',
    size: Math.min(LARGEST, Math.max(SMALLEST, size)),
    room: search.get('sala') ?? '',
    day: /^\d{4}-\d{2}-\d{2}$/.exec(search.get('giorno') ?? '')?.[0] ?? '',
    language: languageOf(search.get('lingua')),
    bell: YES.includes(search.get('campanella') ?? ''),
  }
}

const languageOf = (text: string | null) => (text === 'it' || text === 'en' ? text : null)
