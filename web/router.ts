import { createRouter } from 'sv-router'

// The app's table of pages. Each is its own chunk: nobody downloads the pages of another role.
export const { p, navigate, preload, route } = createRouter({
  '/': () => import('./pages/public/Home.svelte'),
  '/accedi': () => import('./pages/public/SignIn.svelte'),
  '/accessibilita': () => import('./pages/public/Accessibility.svelte'),
  '*': () => import('./pages/public/NotFound.svelte'),
})

export { Router, blockNavigation, searchParams } from 'sv-router'
