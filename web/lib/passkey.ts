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
  if (result?.error) throw new Error(m.error_passkey())
}
