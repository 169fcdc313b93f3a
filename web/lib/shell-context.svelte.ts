import type { LiveStatus } from './live.svelte.ts'

type Connection = { status: LiveStatus; since: number; asOf: string | null; closedBy: string | null }

/** Where the person is: pages say it, the shell's header and navigation show it. */
class ShellContext {
  programmeId = $state<string | null>(null)
  programmeName = $state<string | null>(null)
  /** True in the sample programme, whose clock can be moved. */
  sample = $state(false)
  eventId = $state<string | null>(null)
  eventName = $state<string | null>(null)
  /** Where the times on the page are: of the programme that it is about, until one is known of this device. */
  zone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone)
  connection = $state.raw<Connection | null>(null)
}

export const shellContext = new ShellContext()

const kept = 'event'

/** Of this tab: the event that was looked at last stays in the navigation when the page is loaded again. */
export function keepEvent() {
  const { programmeId, eventId, eventName } = shellContext
  sessionStorage.setItem(kept, JSON.stringify({ programmeId, eventId, eventName }))
}

/** What was kept for this programme, of the events that it has. */
export function recallEvent(programmeId: string, events: { id: string }[]) {
  const found: Partial<ShellContext> = JSON.parse(sessionStorage.getItem(kept) ?? '{}')
  const { eventId = null, eventName = null } = found
  if (found.programmeId !== programmeId || !events.some(({ id }) => id === eventId)) return
  Object.assign(shellContext, { eventId, eventName })
}

/** Shows a live view's connection in the header while the calling component lives. */
export function showConnection(view: Connection) {
  $effect(() => {
    shellContext.connection = view
    return () => {
      if (shellContext.connection === view) shellContext.connection = null
    }
  })
}
