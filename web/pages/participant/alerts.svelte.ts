import { session } from '../../lib/session.svelte.ts'
import { cacheView, dropCachedView, readCachedView } from '../../lib/view-cache.ts'
import { subscribeTo, unsubscribe } from './push-subscription.ts'

// What a phone in a pocket may do for its owner: a short vibration and a line on its screen, once it was asked.
const name = 'alerts'
const gently = [120, 80, 120]

const read = () => readCachedView<boolean>(name)?.data ?? false

function write(on: boolean) {
  if (on) cacheView(name, { at: new Date().toISOString(), data: on })
  else dropCachedView(name)
}

const possible = () => isSecureContext && 'Notification' in globalThis

class Alerts {
  #wanted = $state(read())
  #permission = $state(possible() ? Notification.permission : 'denied')
  readonly possible = possible()
  /** Whether what changes is said also while the page is closed. */
  closed = $state(false)

  get on() {
    return this.#wanted && this.#permission === 'granted'
  }
  /** The person, or the browser for them, has said no for good. */
  get blocked() {
    return this.#permission === 'denied'
  }

  /** Only after a tap: browsers ask nobody by themselves. `own`: whose agenda, if it is one's own; of that also while the page is closed. */
  async turn(on: boolean, own: string | null) {
    if (on) this.#permission = await Notification.requestPermission()
    this.#wanted = on && this.#permission === 'granted'
    write(this.#wanted)
    this.closed = false
    if (!own || !session.pushKey) return
    await (this.on ? this.reachClosed(own) : unsubscribe())
  }

  /** Again whenever the page opens: browsers change their address, and people their session. */
  async reachClosed(own: string) {
    if (!this.on || !session.pushKey) return
    const reached = await subscribeTo(session.pushKey, own)
    this.closed = reached && this.on
    if (reached && !this.on) await unsubscribe()
  }

  /** A later one about the same `tag` takes the place of the earlier. */
  async tell(title: string, body: string, tag: string) {
    if (!this.on) return
    navigator.vibrate?.(gently)
    const options = { body, tag, icon: '/favicon.svg', data: location.href }
    // Phones show only what a service worker says.
    const registration = await navigator.serviceWorker?.getRegistration()
    if (registration) await registration.showNotification(title, options)
    else new Notification(title, options)
  }
}

export const alerts = new Alerts()
