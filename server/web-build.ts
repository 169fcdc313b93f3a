import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'web/dist')
const stamp = join(dist, '.stamp')
const vite = join(root, 'node_modules/vite/bin/vite.js')
const sources = ['web/**', 'project.inlang/settings.json', 'vite.*.ts', 'package-lock.json']
const generated = ['web/dist*/**', 'web/dist*', 'web/paraglide/**', 'web/node_modules/**']

/** Says in plain words why there are no pages to serve. */
export class WebBuildError extends Error {}

/** Brings `web/dist` up to date with its sources; does nothing, and needs no build tools, when it is already. */
export async function buildWebIfStale(log: (line: string) => void = () => {}): Promise<void> {
  if (!existsSync(join(root, 'web/index.html'))) return
  const wanted = hashSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  log('Building the pages: a few seconds, only when they change…')
  const draft = `${dist}.new-${process.pid}`
  try {
    await runVite(draft)
    writeFileSync(join(draft, '.stamp'), wanted)
    replaceDist(draft)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function hashSources() {
  const files = globSync(sources, { cwd: root, exclude: generated }).sort()
  const hash = createHash('sha256')
  for (const file of files) {
    const path = join(root, file)
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

// In a process of its own: the build's memory goes back when it ends, and a server may start at any moment.
async function runVite(outDir: string) {
  if (!existsSync(vite)) {
    throw new WebBuildError(
      'The pages need building and the build tools are not installed: run "npm ci --include=dev".',
    )
  }
  const words = [vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'error']
  // Whoever builds, a test too, builds what people will be served.
  const env = { ...process.env, NODE_ENV: 'production' }
  try {
    await promisify(execFile)(process.execPath, words, { cwd: root, env })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr || String(error)
    throw new WebBuildError(`The pages could not be built; the reason is:\n${said.trim()}`, { cause: error })
  }
}

// Whoever is being served finds the old pages or the new ones, never half of them.
function replaceDist(draft: string) {
  const old = `${dist}.old-${process.pid}`
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(draft, dist)
  rmSync(old, { recursive: true, force: true })
}
