import { join } from 'node:path'
import type { Rolldown } from 'vite'

type Modules = Rolldown.ChunkingContext

const web = (path: string) => join(import.meta.dirname, 'web', path)
const start = [web('main.ts')]
const agendas = ['project', 'host'].map((role) => web(`pages/${role}/Agenda.svelte`))

// What every page stands on and our own changes leave as it was.
const ground = /\/(svelte|clsx)\/|\/paraglide\/runtime\.js$/

let chunks: Map<string, string> | null = null

/**
 * The agenda of somebody in a hall travels in few pieces: on a slow network each one costs a phone a round trip and
 * a kilobyte of headers, and small pieces hardly get smaller. What other pages need too stands apart.
 */
export const agendaChunks: Rolldown.CodeSplittingGroup = {
  debugName: 'agenda',
  name(id, modules) {
    chunks ??= chunksOf(modules)
    return chunks.get(id) ?? null
  },
}

/** Svelte's maps and sets, which the pages where somebody chooses use; the router uses their neighbours. */
export const collections: Rolldown.CodeSplittingGroup = {
  name: 'collections',
  test: /\/svelte\/src\/reactivity\/(map|set)\.js$/,
}

/**
 * Styles go with their page. Scripts are asked for ahead only for the agenda: the list of those of all pages would
 * weigh on every phone, to save organisers a round trip.
 */
export const preloaded = (page: string, needed: string[], { hostType }: { hostType: string }): string[] =>
  hostType === 'html' || page.includes('Agenda') ? needed : needed.filter((file) => file.endsWith('.css'))

/** Every sentence is a module of its own: those that the same pages say go together. */
export const sentences: Rolldown.CodeSplittingGroup = {
  name: 'sentences',
  test: /\/paraglide\/messages\/\w+\.js$/,
  entriesAware: true,
  entriesAwareMergeThreshold: 6_000,
}

function chunksOf(modules: Modules) {
  const already = reachable(modules, start)
  const needed = [...reachable(modules, agendas)].filter((id) => !already.has(id))
  const own = (id: string) => id.startsWith(web('pages/participant/')) || agendas.includes(id)
  return new Map([
    ...[...already].filter((id) => ground.test(id)).map((id) => [id, 'ground'] as const),
    ...needed.map((id) => [id, own(id) ? 'participant' : 'common'] as const),
  ])
}

/** All that pages need at once, not what they may ask for later. */
function reachable(modules: Modules, from: string[]): Set<string> {
  const found = new Set(from)
  for (const id of found) for (const other of modules.getModuleInfo(id)?.importedIds ?? []) found.add(other)
  return found
}
