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

/** Shows a live view's connection in the header while the calling component lives. */
export function showConnection(view: Connection) {
  $effect(() => {
    shellContext.connection = view
    return () => {
      if (shellContext.connection === view) shellContext.connection = null
    }
  })
}
