import { createRouter } from 'sv-router'

// The app's table of pages. Each is its own chunk: nobody downloads the pages of another role.
export const { p, navigate, preload, route } = createRouter({
  '/': () => import('./pages/public/Home.svelte'),
  '/accedi': () => import('./pages/public/SignIn.svelte'),
  '/accessibilita': () => import('./pages/public/Accessibility.svelte'),
  '/organizza/evento/:eventId/calcolo': () => import('./pages/organiser/Build.svelte'),
  '/organizza/evento/:eventId/piano': () => import('./pages/organiser/Plan.svelte'),
  '/organizza/evento/:eventId/registro': () => import('./pages/organiser/Changes.svelte'),
  '/organizza/evento/:eventId/stampa': () => import('./pages/organiser/Print.svelte'),
  '*': () => import('./pages/public/NotFound.svelte'),
})

export { Router, blockNavigation, searchParams } from 'sv-router'
