import { passkeyClient } from '@better-auth/passkey/client'
import { createAuthClient } from 'better-auth/client'
import { m } from '../paraglide/messages.js'

const client = createAuthClient({ basePath: '/api/auth', plugins: [passkeyClient()] })

export async function signInWithPasskey() {
  const { error } = await client.signIn.passkey()
  if (error) throw new Error(m.error_passkey())
}

export async function registerPasskey(name?: string) {
  const result = await client.passkey.addPasskey({ name })
  if (result?.error) throw new Error(sentence(result.error))
}

/** The service says why in a sentence; what went wrong before it was asked has a code of the browser's. */
function sentence(error: object) {
  if ('title' in error && typeof error.title === 'string') return error.title
  const isKnown = 'code' in error && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'
  return isKnown ? m.error_passkey_known() : m.error_passkey_add()
}
