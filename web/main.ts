import './lib/tokens.css'
import './lib/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { onSessionExpired } from './lib/api.ts'
import { cachePages } from './lib/page-cache.ts'
import { session } from './lib/session.svelte.ts'

onSessionExpired(() => session.askAgain())

// After an update the old build's files are gone: a fresh start, once, finds the new ones.
const restarted = 'restarted'
// A page that is being left for another one fetches nothing to the end, and that is no reason to stay.
let leaving = false
addEventListener('beforeunload', ({ isTrusted }) => (leaving ||= isTrusted))
// What is fetched in the background is asked for again by itself.
const isBackground = ({ payload }: VitePreloadErrorEvent) => payload.message.includes('left-drafts')
addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem(restarted) ?? 0)
  if (leaving || isBackground(event) || !navigator.onLine || Date.now() - last < 30_000) return
  sessionStorage.setItem(restarted, String(Date.now()))
  location.reload()
})

cachePages()
mount(App, { target: document.getElementById('app')! })
