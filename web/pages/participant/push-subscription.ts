import { m } from '../../paraglide/messages.js'
import { api } from '../../lib/api.ts'

const address = '/api/v1/push/subscription'

/** Has the server send this browser what changes while no page is open; false where the browser knows no such thing. */
export async function subscribeTo(key: string, participantId: string): Promise<boolean> {
  const manager = (await navigator.serviceWorker?.ready)?.pushManager
  if (!manager) return false
  const { endpoint, keys } = (await subscriptionWith(manager, key)).toJSON()
  await api.put(address, { endpoint, keys, participantId })
  return true
}

async function subscriptionWith(manager: PushManager, key: string): Promise<PushSubscription> {
  try {
    const before = await manager.getSubscription()
    if (before && keyOf(before) === key) return before
    await before?.unsubscribe()
    return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  } catch {
    throw new Error(m.notify_push_failed())
  }
}

function keyOf({ options: { applicationServerKey } }: PushSubscription): string {
  const letters = String.fromCharCode(...new Uint8Array(applicationServerKey ?? new ArrayBuffer(0)))
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The server first: it must not send on, whatever the browser does. */
export async function unsubscribe() {
  await api.delete(address)
  const registration = await navigator.serviceWorker?.getRegistration()
  const subscription = await registration?.pushManager?.getSubscription()
  await subscription?.unsubscribe()
}
