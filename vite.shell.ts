import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

type Bundle = Rolldown.OutputBundle
type Chunk = Rolldown.OutputChunk

export const serviceWorker = 'sw.js'
const unhashed = ['/index.html', '/favicon.svg']
/** What lets somebody in. */
const doors = /\/web\/(pages\/public\/(Home|SignIn)|lib\/SessionExpired)\.svelte$/
/** Of all pages, those that are opened standing in a room, by how their addresses begin, and what they load later. */
const roles = {
  progetto: /\/web\/(pages\/(project\/[^/]+|participant\/ProposedWhy)|lib\/components\/QrCode)\.svelte$/,
  referente: /\/web\/(pages\/(host\/[^/]+|participant\/ProposedWhy)|lib\/components\/QrCode)\.svelte$/,
  accoglienza: /\/web\/pages\/desk\/[^/]+\.svelte$/,
  schermo: /\/web\/pages\/screen\/[^/]+\.svelte$/,
}

const agendas = /\/web\/pages\/(project|host)\/Agenda\.svelte$/

/** Tells the service worker which files of this build to keep. */
export function pageCache(): Plugin {
  return {
    name: 'page-cache',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[serviceWorker] as Chunk
        const fonts = Object.keys(bundle).filter((name) => name.endsWith('.woff2'))
        const files = [...new Set([...unhashed, ...addressesOf([...filesOf(bundle, doors), ...fonts])])]
        const ofRole = (pages: RegExp) =>
          addressesOf(filesOf(bundle, pages)).filter((path) => !files.includes(path))
        const ofRoles = Object.fromEntries(
          Object.entries(roles).map(([role, pages]) => [role, ofRole(pages)]),
        )
        const build = hash(JSON.stringify([files, ofRoles]), sourceOf(bundle, 'index.html'))
        const shell = JSON.stringify({ build, files, roles: ofRoles })
        worker.code = worker.code.replaceAll('__SHELL__', () => shell)
      },
    },
  }
}

const addressesOf = (names: string[]) => names.sort().map((name) => `/${name}`)

/** What the entry and these pages need, with all that they import. */
function filesOf(bundle: Bundle, pages: RegExp): string[] {
  const files = new Set<string>()
  const take = (name: string) => {
    if (files.has(name)) return
    files.add(name)
    const { imports, viteMetadata } = bundle[name] as Chunk
    for (const other of [...(viteMetadata?.importedCss ?? []), ...(viteMetadata?.importedAssets ?? [])])
      files.add(other)
    imports.forEach(take)
  }
  for (const item of Object.values(bundle))
    if (item.type === 'chunk' && item.fileName !== serviceWorker)
      if (item.isEntry || item.moduleIds.some((id) => pages.test(id))) take(item.fileName)
  return [...files]
}

/**
 * The same page with the agenda's files in its head, and who is asking, for who opens an agenda: on a slow network they
 * arrive together with those of every page, not a round trip later.
 */
export function agendaPage(): Plugin {
  return {
    name: 'agenda-page',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const shell = sourceOf(bundle, 'index.html')
        const links = filesOf(bundle, agendas)
          .filter((name) => !shell.includes(name) && /\.(js|css)$/.test(name))
          .map((name) => (name.endsWith('.css') ? styleAhead(name) : scriptAhead(name)))
        const source = shell.replace('</head>', `${links.join('')}${whoAhead}</head>`)
        this.emitFile({ type: 'asset', fileName: 'agenda.html', source })
      },
    },
  }
}

const scriptAhead = (name: string) => `<link rel="modulepreload" crossorigin href="/${name}">`
const styleAhead = (name: string) => `<link rel="preload" as="style" crossorigin href="/${name}">`

/** The first question of every page, in the very way it will be asked. */
const whoAhead = '<link rel="preload" as="fetch" crossorigin href="/api/v1/me">'

const sourceOf = (bundle: Bundle, name: string) => String((bundle[name] as Rolldown.OutputAsset).source)
const hash = (...texts: string[]) => createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 12)

/** A smaller copy beside each text, made once: the server sends it as it is. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|html)$/.test(name))
      await Promise.all(names.map((name) => compress(join(dir!, name))))
    },
  }
}

async function compress(path: string) {
  const text = await readFile(path)
  if (text.length < 1000) return
  await writeFile(`${path}.br`, await promisify(brotliCompress)(text))
  await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 }))
}
