import type { Me, Membership, Role, SampleEntered } from '../../server/schemas/session.ts'
import { api } from './api.ts'
import { forgetKeptViews } from './kept.ts'

export type { Membership }

const nobody: Me = { user: null, memberships: [], founder: false, passkey: null, sample: false }

class Session {
  #me = $state.raw<Me>(nobody)
  #settleExpired: ((signedIn: boolean) => void) | null = null
  #loading: Promise<void> | null = null
  ready = $state(false)
  /** True while the overlay asks a signed-in person to sign in again. */
  expired = $state(false)

  get user() {
    return this.#me.user
  }
  get memberships() {
    return this.#me.memberships
  }
  /** May found a new programme. */
  get founder() {
    return this.#me.founder
  }
  /** Organisers outside the sample need a passkey: 'register' a first one or 'use' the known one. */
  get passkey() {
    return this.#me.passkey
  }
  get sample() {
    return this.#me.sample
  }

  load() {
    this.#loading ??= this.refresh().finally(() => (this.ready = true))
    return this.#loading
  }

  async refresh() {
    this.#me = await api.get<Me>('/api/v1/me')
  }

  membership(role: Role, id?: string) {
    return this.memberships.find(
      (one) =>
        one.role === role &&
        (id === undefined || one.projectId === id || one.hostId === id || one.programmeId === id),
    )
  }

  requestCode(email: string) {
    return api.post('/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })
  }

  async signIn(email: string, otp: string) {
    await api.post('/api/auth/sign-in/email-otp', { email, otp })
    await this.#signedIn()
  }

  async signInWithPasskey() {
    const { signInWithPasskey } = await import('./passkey.ts')
    await signInWithPasskey()
    await this.#signedIn()
  }

  async registerPasskey(name?: string) {
    const { registerPasskey } = await import('./passkey.ts')
    await registerPasskey(name)
    await this.refresh()
  }

  async signOut() {
    await api.post('/api/auth/sign-out', {})
    forgetKeptViews()
    this.#me = { ...nobody, sample: this.sample }
  }

  /** Sample only: become one of the sample's people in one click; answers with the page to go to. */
  async enterAs(id: string) {
    forgetKeptViews()
    const { path } = await api.post<SampleEntered>('/api/v1/sample/enter', { as: id })
    await this.#signedIn()
    return path
  }

  /** Resolves to true once the person has signed in again, to false if they leave. */
  askAgain(): Promise<boolean> {
    if (!this.user) return Promise.resolve(false)
    this.expired = true
    return new Promise((resolve) => {
      const before = this.#settleExpired
      this.#settleExpired = (signedIn) => (before?.(signedIn), resolve(signedIn))
    })
  }

  giveUp() {
    this.#settle(false)
    this.#me = { ...nobody, sample: this.sample }
  }

  async #signedIn() {
    await this.refresh()
    this.ready = true
    this.#settle(true)
  }

  #settle(signedIn: boolean) {
    this.expired = false
    this.#settleExpired?.(signedIn)
    this.#settleExpired = null
  }
}

export const session = new Session()

/** Where a person lands after signing in: the page of their first role. */
export function homeOf(membership: Membership | undefined) {
  if (membership?.role === 'organiser') return '/organizza'
  if (membership?.projectId) return `/progetto/${membership.projectId}/proposta`
  if (membership?.hostId) return `/referente/${membership.hostId}/profilo`
  return '/'
}
