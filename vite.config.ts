import * as fs from 'node:fs'
import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import pLimit from 'p-limit'
import { defineConfig } from 'vite'
import { agendaChunks, collections, preloaded, sentences } from './vite.chunks.ts'
import { agendaPage, compressed, pageCache, serviceWorker } from './vite.shell.ts'

const api = process.env.API_URL ?? 'http://localhost:3000'

// The message compiler writes thousands of files at once, more than some machines let a process have open.
const turn = pLimit(64)
const writeFile = ((...words: Parameters<typeof fs.promises.writeFile>) =>
  turn(() => fs.promises.writeFile(...words))) as typeof fs.promises.writeFile
const fewAtOnce = { ...fs, promises: { ...fs.promises, writeFile } }

// The same options as the `messages` script of package.json: the app and the type check read the same output.
const messages = paraglideVitePlugin({
  project: './project.inlang',
  outdir: './web/paraglide',
  strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
  isServer: 'false',
  emitTsDeclarations: true,
  emitReadme: false,
  fs: fewAtOnce,
})

export default defineConfig({
  root: 'web',
  plugins: [messages, svelte(), pageCache(), agendaPage(), compressed()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The content policy allows no data: URLs, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false, resolveDependencies: preloaded },
    rolldownOptions: {
      input: { index: 'web/index.html', worker: 'web/service-worker.ts' },
      // Reading them does nothing: who imports one of Svelte's collections need not load them all.
      treeshake: { moduleSideEffects: [{ test: /\/svelte\/src\/reactivity\//, sideEffects: false }] },
      output: {
        codeSplitting: {
          groups: [agendaChunks, collections, sentences],
          includeDependenciesRecursively: false,
        },
        // Pages list the pieces they need: their names travel too.
        chunkFileNames: ({ name }) => `assets/${name.replace(/~.*/, '')}-[hash].js`,
        entryFileNames: ({ name }) => (name === 'worker' ? serviceWorker : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: { proxy: { '/api': { target: api, ws: true } } },
})
