import type { EventInfo } from '../../../server/schemas/event.ts'
import { place } from '../../lib/shell-context.svelte.ts'

/** Tells the shell which event the page is about, so that its navigation is there. */
export function showEvent(read: () => EventInfo | undefined) {
  $effect(() => {
    const event = read()
    if (!event) return
    place.programmeId = event.programmeId
    place.programmeName = event.programmeName
    place.sample = event.sample
    place.eventId = event.id
    place.eventName = event.title
  })
}
