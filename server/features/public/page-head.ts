import { DateTime } from 'luxon'
import type { Database } from '../../database/client.ts'
import type { PublicView } from '../../schemas/programme.ts'
import { readPublic } from './views.ts'

type Programme = PublicView['programmes'][number]
type Event = Programme['events'][number]

const PAGE = /^\/evento\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i

/**
 * What search engines and whoever shares an address read of the page of a public event, before any script runs: its
 * title, and the event in the words of schema.org. Undefined: not such a page. Null: there is no such event in public.
 */
export function publicHead(db: Database, publicUrl: string) {
  return async (path: string): Promise<string | null | undefined> => {
    const [, id] = path.match(PAGE) ?? []
    if (!id) return undefined
    const { programmes } = await readPublic(db)
    for (const programme of programmes) {
      const event = programme.events.find((one) => one.id === id.toLowerCase())
      if (event) return headOf(programme, event, publicUrl)
    }
    return null
  }
}

function headOf(programme: Programme, event: Event, publicUrl: string): string {
  const data = JSON.stringify(inSchemaOrg(programme, event, publicUrl))
  return [
    `<title>${escaped(event.title)} · ${escaped(programme.name)}</title>`,
    `<meta name="description" content="${escaped(aboutIt(programme, event))}" />`,
    // A block of data, which no browser runs; nothing in it can end it.
    `<script type="application/ld+json">${data.replaceAll('<', '\\u003c')}</script>`,
  ].join('\n    ')
}

/** https://schema.org/Event */
function inSchemaOrg(programme: Programme, event: Event, publicUrl: string) {
  const at = (time: string | null) =>
    time && DateTime.fromISO(time, { zone: programme.timezone }).toISO({ suppressMilliseconds: true })
  const address = programme.city && { '@type': 'PostalAddress', addressLocality: programme.city }
  const projects = programme.financedProjects.map(({ name }) => ({ '@type': 'Project', name }))
  return {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: event.title,
    description: aboutIt(programme, event),
    url: `${publicUrl}/evento/${event.id}`,
    startDate: at(event.startsAt) ?? event.date,
    endDate: at(event.endsAt) ?? event.lastDate,
    eventStatus: 'https://schema.org/EventScheduled',
    eventAttendanceMode: 'https://schema.org/OfflineEventAttendanceMode',
    ...(event.venue && { location: { '@type': 'Place', name: event.venue, ...(address && { address }) } }),
    organizer: { '@type': 'Organization', name: programme.name, url: publicUrl },
    ...(event.kind === 'public' && projects.length > 0 && { about: projects }),
  }
}

const aboutIt = ({ name, phase, call }: Programme, { title }: Event) =>
  call || [title, name, phase].filter(Boolean).join(', ')

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
