import { createRouter } from 'sv-router'

// The app's table of pages. Each is its own chunk: nobody downloads the pages of another role.
export const { p, navigate, preload, route } = createRouter({
  '/': () => import('./pages/public/Home.svelte'),
  '/accedi': () => import('./pages/public/SignIn.svelte'),
  '/accesso': () => import('./pages/public/Access.svelte'),
  '/accessibilita': () => import('./pages/public/Accessibility.svelte'),
  '/vengo': () => import('./pages/public/Coming.svelte'),
  '/evento/:eventId': () => import('./pages/public/EventPage.svelte'),
  '/organizza': () => import('./pages/organiser/Programmes.svelte'),
  '/organizza/:programmeId': () => import('./pages/organiser/Overview.svelte'),
  '/organizza/:programmeId/persone': () => import('./pages/organiser/People.svelte'),
  '/organizza/:programmeId/importa': () => import('./pages/organiser/Import.svelte'),
  '/organizza/:programmeId/pubblico': () => import('./pages/organiser/Publicity.svelte'),
  '/organizza/:programmeId/registro': () => import('./pages/organiser/ProgrammeLog.svelte'),
  '/organizza/:programmeId/posta': () => import('./pages/organiser/Mail.svelte'),
  '/organizza/evento/:eventId/preparazione': () => import('./pages/organiser/Setup.svelte'),
  '/organizza/evento/:eventId/partecipanti': () => import('./pages/organiser/TakingPart.svelte'),
  '/organizza/evento/:eventId/risposte': () => import('./pages/organiser/Answers.svelte'),
  '/organizza/evento/:eventId/calcolo': () => import('./pages/organiser/Build.svelte'),
  '/organizza/evento/:eventId/piano': () => import('./pages/organiser/Plan.svelte'),
  '/organizza/evento/:eventId/giornata': () => import('./pages/organiser/Day.svelte'),
  '/organizza/evento/:eventId/registro': () => import('./pages/organiser/Changes.svelte'),
  '/organizza/evento/:eventId/stampa': () => import('./pages/organiser/Print.svelte'),
  '/progetto/:projectId/proposta': () => import('./pages/project/Proposal.svelte'),
  '/progetto/:projectId/scelte': () => import('./pages/project/Choices.svelte'),
  '/progetto/:projectId/agenda': () => import('./pages/project/Agenda.svelte'),
  '/referente/:hostId/profilo': () => import('./pages/host/Profile.svelte'),
  '/referente/:hostId/proposte': () => import('./pages/host/Proposals.svelte'),
  '/referente/:hostId/agenda': () => import('./pages/host/Agenda.svelte'),
  '/osserva/:programmeId': () => import('./pages/observer/Figures.svelte'),
  '/accoglienza/:eventId': () => import('./pages/desk/Desk.svelte'),
  '/schermo/:eventId': () => import('./pages/screen/Screen.svelte'),
  '*': () => import('./pages/public/NotFound.svelte'),
})

export { Router, searchParams } from 'sv-router'
