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

const isMarked = () => {
  try {
    return localStorage.getItem(name) !== null
  } catch {
    return false
  }
}

/** A sign-out that the network cut short is finished before anything else is asked for. */
export const leaving = {
  async begin() {
    mark(true)
    await api.post('/api/auth/sign-out', {})
    mark(false)
  },
  finish: async () => (isMarked() ? leaving.begin() : undefined),
  /** Who signs in has another session. */
  cancel: () => mark(false),
}
