import type { EventInfo } from '../../../server/schemas/event.ts'
import { keepEvent, shellContext } from '../../lib/shell-context.svelte.ts'

/** Tells the shell which event the page is about, so that its navigation is there. */
export function showEvent(read: () => EventInfo | undefined) {
  $effect(() => {
    const event = read()
    if (!event) return
    shellContext.programmeId = event.programmeId
    shellContext.programmeName = event.programmeName
    shellContext.sample = event.sample
    shellContext.zone = event.timezone
    shellContext.eventId = event.id
    shellContext.eventName = event.title
    keepEvent()
  })
}
