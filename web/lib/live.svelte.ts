import { untrack } from 'svelte'
import type { ViewName } from '../../server/schemas/live.ts'
import { serverNow } from './clock.ts'
import { onViewCacheCleared } from './view-cache.ts'
import { Channel, type LiveStatus } from './live-channel.svelte.ts'
import type { Run } from './live-frames.ts'

export { serverNow, type LiveStatus, type Run }

export type LiveOptions<T = unknown> = {
  eventId: string
  view: ViewName
  /** Which one of several: a participant's or a draft's id. */
  key?: string
  /** Keep the last state on this device, to be read without network: what of it may stay there. */
  cache?: (view: T) => T
  /** Ask over HTTP at once where nothing is held yet: sooner there than by the socket, whose handshake takes its time. */
  ahead?: boolean
}

const channels = new Map<string, Channel<unknown>>()

onViewCacheCleared((going) => {
  for (const channel of channels.values()) {
    if (going === 'away') channel.beginAnew()
    else channel.forget()
  }
  if (going === 'left') channels.clear()
})

function channelFor<T>({ eventId, view, key, cache, ahead = false }: LiveOptions<T>) {
  const query = new URLSearchParams({ event: eventId, view })
  if (key) query.set('key', key)
  const name = query.toString()
  // An agenda is short, and its address is known before its page is there.
  if (view !== 'agenda') query.set('packed', '1')
  const url = `${location.origin.replace(/^http/, 'ws')}/api/v1/live?${query}`
  const create = () => new Channel<T>(url, cache ? { name, part: cache } : null, ahead)
  if (!channels.has(name)) channels.set(name, create() as Channel<unknown>)
  return channels.get(name) as Channel<T>
}

/**
 * A view that follows the server. Create it while a component initialises; pass a function where the
 * options follow the page's address. Components that ask for the same view share one socket.
 */
export class LiveView<T> {
  #channel: Channel<T>

  constructor(options: LiveOptions<T> | (() => LiveOptions<T>), onRun?: (run: Run) => void) {
    this.#channel = $derived(channelFor<T>(typeof options === 'function' ? options() : options))
    $effect(() => {
      const channel = this.#channel
      untrack(() => channel.acquire())
      if (onRun) channel.runListeners.add(onRun)
      return () => {
        channel.release()
        if (onRun) channel.runListeners.delete(onRun)
      }
    })
  }

  /** The whole view as of now; null until the first snapshot. Never mutate it. */
  get data() {
    return this.#channel.data
  }
  /** Up to which change it is shown. */
  get shown() {
    return this.#channel.shown
  }
  get status() {
    return this.#channel.status
  }
  /** How often it has been connected: more than once means that it was away. */
  get connections() {
    return this.#channel.connections
  }
  /** Since when the status is what it is, in milliseconds of the event's clock. */
  get since() {
    return this.#channel.since
  }
  /** The server's time of the last frame: the age of what is shown. */
  get asOf() {
    return this.#channel.asOf
  }
  /** The last progress frame of a run. */
  get run() {
    return this.#channel.run
  }
  /** Who of those who run the event is there now, this person included; on organisers' pages. */
  get colleagues() {
    return this.#channel.colleagues
  }
  /** Why the server closed for good (`forbidden`, `not-found`…), or null. */
  get closedBy() {
    return this.#channel.closedBy
  }
}
