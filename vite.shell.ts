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
// Of all pages, those that are opened standing in a room, and what lets somebody in.
const roles =
  /\/web\/(pages\/(project|host|desk|screen)\/[^/]+|pages\/public\/(Home|SignIn)|lib\/SessionExpired)\.svelte$/

/** Tells the service worker which files of this build to keep. */
export function keptPages(): Plugin {
  return {
    name: 'kept-pages',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[serviceWorker] as Chunk
        const files = [...unhashed, ...filesToKeep(bundle)]
        const shell = JSON.stringify({ build: hash(files.join(), sourceOf(bundle, 'index.html')), files })
        worker.code = worker.code.replaceAll('__SHELL__', () => shell)
      },
    },
  }
}

function filesToKeep(bundle: Bundle): string[] {
  const kept = new Set<string>()
  const chunkOf = (name: string) => bundle[name] as Chunk
  const take = (name: string) => {
    if (kept.has(name)) return
    kept.add(name)
    const { imports, viteMetadata } = chunkOf(name)
    for (const other of [...(viteMetadata?.importedCss ?? []), ...(viteMetadata?.importedAssets ?? [])])
      kept.add(other)
    imports.forEach(take)
  }
  for (const item of Object.values(bundle))
    if (item.type === 'chunk' && item.fileName !== serviceWorker)
      if (item.isEntry || roles.test(item.facadeModuleId ?? '')) take(item.fileName)
  const fonts = Object.keys(bundle).filter((name) => name.endsWith('.woff2'))
  return [...new Set([...kept, ...fonts])].sort().map((name) => `/${name}`)
}

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
