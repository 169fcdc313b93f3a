import type { CodeAsked } from '../../server/schemas/access.ts'
import type { Me, Membership, Role, SampleEntered } from '../../server/schemas/session.ts'
import { api, ApiError, writeAs } from './api.ts'
import { eventToday } from './event-now.svelte.ts'
import { currentLocale } from './locale.svelte.ts'
import { nearestFirst } from './nearest-day.ts'
import { isSamePlace } from './places.ts'
import { cacheView, clearViewCache, dropCachedView, entryOf, readCachedView } from './view-cache.ts'
import { beginSignOut, forgetSignOut, resumeSignOut, tellsOfSignOut } from './sign-out-resume.ts'

export type { Membership }

// So long the server is waited for before what is known from the last time serves.
const patience = 1_000
const askAgainEvery = 10_000
const isNetwork = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status >= 500)
const wait = (delay: number) => new Promise((resolve) => setTimeout(resolve, delay))

const nobody: Me = {
  user: null,
  memberships: [],
  shared: false,
  language: null,
  founder: false,
  passkey: null,
  sample: false,
  pushKey: null,
  publicUrl: location.origin,
  proxyUnknown: false,
}

class Session {
  #me = $state.raw<Me>(nobody)
  #answerExpired: ((signedIn: boolean) => void) | null = null
  #loading: Promise<void> | null = null
  #answered = false
  /** Who said on which page that they use which language. */
  #saidLanguage = ''
  ready = $state(false)
  /** True while the overlay asks a signed-in person to sign in again. */
  expired = $state(false)

  get user() {
    return this.#me.user
  }
  get memberships() {
    return this.#me.memberships
  }
  /** More than one person reads this mailbox. */
  get shared() {
    return this.#me.shared
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
  /** With which key this browser subscribes to messages for closed pages; null where none are sent. */
  get pushKey() {
    return this.#me.pushKey
  }

  /** Where the service expects people, where that is not here. */
  get elsewhere() {
    return isSamePlace(this.#me.publicUrl, location) ? null : this.#me.publicUrl
  }
  /** Between here and the service stands a proxy that it does not know: for those who may tell somebody. */
  get proxyUnknown() {
    return (
      this.#me.proxyUnknown && (this.founder || this.memberships.some(({ role }) => role === 'organiser'))
    )
  }

  load() {
    this.#loading ??= this.#start().finally(() => (this.ready = true))
    return this.#loading
  }

  /** On a bad network the shell opens for who was here the last time; the server's answer comes when it comes. */
  async #start() {
    const known = readCachedView<Me>(cachedName)?.data
    const asked = this.#askUntilAnswered()
    await (known ? Promise.race([asked, wait(patience)]) : asked)
    if (known && !this.#answered) this.#show(known)
  }

  /** Throws the first failure; where that is the network, goes on asking. */
  async #askUntilAnswered() {
    try {
      await resumeSignOut()
      await this.refresh()
    } catch (error) {
      if (isNetwork(error)) void this.#askLater()
      if (!isNetwork(error) || !readCachedView(cachedName)) throw error
    }
  }

  async #askLater() {
    while (!this.#answered) {
      await backOnline(askAgainEvery)
      await resumeSignOut()
        .then(() => this.refresh())
        .catch(() => {})
    }
  }

  async refresh() {
    const shown = this.user?.id
    this.#take(await api.get<Me>('/api/v1/me'))
    if (shown && this.user && shown !== this.user.id) startOver(this.#me)
  }

  #take(me: Me) {
    const before = this.user?.id ?? readCachedView<Me>(cachedName)?.data.user?.id
    if (before && before !== me.user?.id) clearViewCache()
    this.#answered = true
    this.#show(me)
    if (me.user) cacheView(cachedName, { at: new Date().toISOString(), data: withoutAddress(me) })
    else dropCachedView(cachedName)
  }

  #show(me: Me) {
    this.#me = me
    writeAs(me.user?.id ?? null)
  }

  /** Call once, while the app's component initialises: what another tab does with the session is done here too. */
  follow() {
    const hear = (event: StorageEvent) => {
      if (event.key === entryOf(cachedName)) this.#noticeOther()
      if (this.user && tellsOfSignOut(event)) {
        this.#becomeNobody()
        location.replace('/')
      }
    }
    const look = () => this.#noticeOther()
    $effect(() => {
      addEventListener('storage', hear)
      addEventListener('pageshow', look)
      document.addEventListener('visibilitychange', look)
      return () => {
        removeEventListener('storage', hear)
        removeEventListener('pageshow', look)
        document.removeEventListener('visibilitychange', look)
      }
    })
  }

  #noticeOther() {
    const other = readCachedView<Me>(cachedName)?.data
    if (this.user && other?.user && other.user.id !== this.user.id) startOver(other)
  }

  /**
   * Whoever stands for somebody is written to in the language of the page that they used last; in a mailbox of several
   * people it is of the one whose page it is.
   */
  async learnLanguage(whose: { projectId?: string; hostId?: string }) {
    const language = currentLocale()
    const stands = this.memberships.some(({ projectId, hostId }) => projectId ?? hostId)
    const isKnown = !this.#saidLanguage && this.#me.language === language
    if (!this.user || !this.#answered || !stands || isKnown) return
    const said = JSON.stringify([this.user.id, whose, language])
    if (said === this.#saidLanguage) return
    this.#saidLanguage = said
    try {
      await api.put('/api/v1/me/language', { language, ...whose })
    } catch {
      this.#saidLanguage = ''
      // The next page that they open says it again.
    }
  }

  /** Whether the browser still sends as this person: another tab may have signed in somebody else. */
  isHere(userId: string) {
    const last = readCachedView<Me>(cachedName)
    return this.user?.id === userId && (!last || last.data.user?.id === userId)
  }

  membership(role: Role, id?: string) {
    return this.memberships.find(
      (one) =>
        one.role === role &&
        (id === undefined || one.projectId === id || one.hostId === id || one.programmeId === id),
    )
  }

  /** Of an open call, by which anybody applies; else to sign in. */
  requestCode(email: string, call?: string) {
    if (call) return api.post<CodeAsked>(`/api/auth/calls/${call}/code`, { email })
    return api.post<CodeAsked>('/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })
  }

  async signIn(email: string, otp: string, call?: string) {
    if (call) await api.post(`/api/auth/calls/${call}/enter`, { email, code: otp })
    else await api.post('/api/auth/sign-in/email-otp', { email, otp })
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
    this.#becomeNobody()
    try {
      await beginSignOut()
    } catch (error) {
      if (!isNetwork(error)) throw error
      void backOnline(askAgainEvery).then(() => resumeSignOut().catch(() => {}))
    }
  }

  /** Sample only: become one of the sample's people in one click; answers with the page to go to. */
  async enterAs(id: string) {
    const { path } = await api.post<SampleEntered>('/api/v1/sample/enter', { as: id })
    await this.#signedIn()
    return path
  }

  /** Resolves to true once the person has signed in again, to false if they leave or somebody else is here. */
  async askAgain(): Promise<boolean> {
    if (!this.user) return false
    const here = await api.get<Me>('/api/v1/me').catch(() => null)
    if (here?.user) {
      if (here.user.id === this.user?.id) return true
      this.#take(here)
      startOver(here)
      return false
    }
    if (!this.user) return false
    this.expired = true
    return new Promise((resolve) => {
      const before = this.#answerExpired
      this.#answerExpired = (signedIn) => (before?.(signedIn), resolve(signedIn))
    })
  }

  giveUp() {
    this.#closeExpired(false)
    this.#becomeNobody()
  }

  // Nothing of the last person stays here, whether or not the server can be told now.
  #becomeNobody() {
    clearViewCache('left')
    this.#show({ ...nobody, sample: this.sample, pushKey: this.pushKey })
    this.#answered = true
  }

  /** What waited for one person to sign in again is not sent as another's. */
  async #signedIn() {
    forgetSignOut()
    const before = this.user?.id
    const asked = this.expired
    this.#take(await api.get<Me>('/api/v1/me'))
    this.ready = true
    const isSame = before === undefined || before === this.user?.id
    this.#closeExpired(isSame)
    if (asked && !isSame) startOver(this.#me)
  }

  #closeExpired(signedIn: boolean) {
    this.expired = false
    this.#answerExpired?.(signedIn)
    this.#answerExpired = null
  }
}

// No secret stays on the device, and no address: ids and names are what the shell needs.
// Another name whenever its members are others: what an earlier version kept is not read as today's.
const cachedName = 'me 2'
const withoutAddress = (me: Me): Me => ({ ...me, user: me.user && { ...me.user, email: '' } })

const backOnline = (atMost: number) =>
  new Promise<void>((resolve) => {
    const done = () => (clearTimeout(timer), removeEventListener('online', done), resolve())
    const timer = setTimeout(done, atMost)
    addEventListener('online', done)
  })

export const session = new Session()

/** The page that a role begins with; who has none yet may have a programme to found. */
export function homeOf(membership: Membership | undefined) {
  if (!membership && session.founder) return '/organizza'
  if (membership?.role === 'organiser') return '/organizza'
  if (membership?.role === 'desk') return deskOf(membership)
  if (membership?.role === 'applicant') return `/candidatura/${membership.programmeId}`
  if (membership?.role === 'observer') return `/osserva/${membership.programmeId}`
  if (membership?.projectId) return `/progetto/${membership.projectId}/proposta`
  if (membership?.hostId) return `/referente/${membership.hostId}/profilo`
  return '/'
}

/** Whoever was here before leaves nothing in memory: the page begins anew, as one of theirs. */
function startOver({ memberships }: Me) {
  const { pathname } = location
  const isPublic = !/^\/(progetto|referente|organizza|osserva|accoglienza)(\/|$)/.test(pathname)
  const isTheirs = memberships.some(
    ({ role, projectId, hostId, programmeId, events }) =>
      role === 'organiser' ||
      [projectId, hostId, programmeId, ...events.map(({ id }) => id)].some(
        (id) => id && pathname.includes(id),
      ),
  )
  if (isPublic || isTheirs) location.reload()
  else location.replace(homeOf(memberships[0]))
}

/** Events with one-to-one meetings. */
export const isOneToOne = ({ kind }: Membership['events'][number]) => kind === 'camp' || kind === 'tutoring'

/** The desk of the day that is on or comes next. */
function deskOf({ events, timezone }: Membership) {
  const [day] = nearestFirst(events.filter(isOneToOne), eventToday(timezone))
  return day ? `/accoglienza/${day.id}` : '/'
}
