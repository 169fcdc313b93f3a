import { api, ApiError } from '../../lib/api.ts'

const nameOf = (eventId: string) => `screen ${eventId}`

/**
 * The link's token leaves the address bar at once, where the room would read it, and stays in the tab so
 * that a reload finds it. True where the server took it, or where there is none to show.
 */
export async function admit(eventId: string): Promise<void> {
  const fromLink = decodeURIComponent(location.hash.slice(1)).replace(/^(t|token)=/, '')
  if (fromLink) {
    sessionStorage.setItem(nameOf(eventId), fromLink)
    history.replaceState(history.state, '', location.pathname + location.search)
  }
  const token = fromLink || sessionStorage.getItem(nameOf(eventId))
  if (token) await api.post('/api/v1/screen/session', { token })
}

/** Worth trying again by itself: the network or the server, not a link that is no longer good. */
export const isPassing = (error: unknown) =>
  !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500
