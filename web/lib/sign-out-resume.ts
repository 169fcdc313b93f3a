import { api } from './api.ts'

const name = 'signing out'

function mark(on: boolean) {
  try {
    if (on) localStorage.setItem(name, '1')
    else localStorage.removeItem(name)
  } catch {
    // Without storage a sign-out that found no network is not made up for.
  }
}

/** Somebody has signed out in another tab, whether or not the server has heard it since. */
export const tellsOfSignOut = ({ key, newValue }: StorageEvent) => key === name && newValue !== null

/** The server has perhaps not heard it yet. */
const isSigningOut = () => {
  try {
    return localStorage.getItem(name) !== null
  } catch {
    return false
  }
}

/** Tells the server; until it has heard, this device remembers to tell it again. */
export async function beginSignOut() {
  mark(true)
  await api.post('/api/auth/sign-out', {})
  mark(false)
}

/** A sign-out that the network cut short is finished before anything else is asked for. */
export const resumeSignOut = async () => (isSigningOut() ? beginSignOut() : undefined)

/** Who signs in has another session. */
export const forgetSignOut = () => mark(false)
