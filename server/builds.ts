import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findPackageJSON } from 'node:module'
import { promisify } from 'node:util'

/** Asked of the package, not of this file's place: the service runs from a build too. */
const root = dirname(findPackageJSON(import.meta.url) as string)
const vite = join(root, 'node_modules/vite/bin/vite.js')

/** What Vite makes of sources, and keeps in a folder until they change. */
type Build = { name: string; config: string; folder: string; sources: string[]; generated: string[] }

const PAGES: Build = {
  name: 'pages',
  config: 'vite.config.ts',
  folder: 'web/dist',
  sources: ['web/**', 'project.inlang/settings.json', 'vite.{config,chunks,shell}.ts', 'package-lock.json'],
  generated: ['web/dist*/**', 'web/dist*', 'web/paraglide/**', 'web/node_modules/**'],
}
const SERVICE: Build = {
  name: 'service',
  config: 'vite.service.ts',
  folder: 'server/dist',
  // Packages change with the list of them; this one is mended after it is installed.
  sources: ['server/**', 'solver/**', 'node_modules/postgres/src/*', 'vite.service.ts', 'package-lock.json'],
  generated: ['server/dist*/**', 'server/dist*'],
}

/** Says in plain words why there is nothing to serve. */
export class BuildError extends Error {}

/** Brings the pages up to date with their sources; does nothing, and needs no build tools, when they are already. */
export async function buildPages(): Promise<void> {
  if (existsSync(join(root, 'web/index.html'))) await buildIfStale(PAGES)
}

/** Where the service is as one file, up to date with its sources. */
export async function buildService(): Promise<string> {
  await buildIfStale(SERVICE)
  return join(root, SERVICE.folder, 'service.js')
}

async function buildIfStale(build: Build): Promise<void> {
  const wanted = hashSources(build)
  if (isMade(build, wanted)) return
  const draft = join(root, `${build.folder}.new-${process.pid}`)
  try {
    await runVite(build, draft)
    writeFileSync(join(draft, '.stamp'), wanted)
    replaceFolder(build, draft, wanted)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function isMade({ folder }: Build, wanted: string) {
  const stamp = join(root, folder, '.stamp')
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
}

function hashSources({ sources, generated }: Build) {
  const files = globSync(sources, { cwd: root, exclude: generated }).sort()
  const hash = createHash('sha256')
  for (const file of files) {
    const path = join(root, file)
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

// In a process of its own: the build's memory goes back when it ends, and a server may start at any moment.
async function runVite({ name, config }: Build, outDir: string) {
  if (!existsSync(vite)) {
    throw new BuildError(
      `The ${name} must be built and the build tools are not installed: run "npm ci --include=dev".`,
    )
  }
  const words = [
    vite,
    'build',
    '--config',
    config,
    '--outDir',
    outDir,
    '--emptyOutDir',
    '--logLevel',
    'error',
  ]
  // Whoever builds, a test too, builds what people will be served.
  const env = { ...process.env, NODE_ENV: 'production' }
  try {
    await promisify(execFile)(process.execPath, words, { cwd: root, env })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr || String(error)
    throw new BuildError(`The ${name} could not be built; the reason is:\n${said.trim()}`, { cause: error })
  }
}

// Whoever is being served finds the old pages or the new ones, never half of them.
function replaceFolder(build: Build, draft: string, wanted: string) {
  const folder = join(root, build.folder)
  const old = `${folder}.old-${process.pid}`
  try {
    if (existsSync(folder)) renameSync(folder, old)
    renameSync(draft, folder)
  } catch (error) {
    // Somebody else started at the same moment and was first.
    if (!isMade(build, wanted)) throw error
  } finally {
    rmSync(old, { recursive: true, force: true })
  }
}
