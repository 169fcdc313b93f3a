import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core'

export type BrowserOptions = BrowserContextOptions & { width?: number; height?: number }

export type TestBrowser = {
  browser: Browser
  /** A person's own window: nothing shared with the others. */
  newContext(options?: BrowserOptions): Promise<BrowserContext>
  close(): Promise<void>
}

/** Chromium from the registry's package, which needs nothing installed on the machine: libraries and font come along. */
export async function openBrowser(): Promise<TestBrowser> {
  const home = await unpackChromium()
  const browser = await chromium.launch({
    executablePath: join(home, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  })
  return {
    browser,
    newContext: ({ width = 1280, height = 800, ...options } = {}) =>
      browser.newContext({
        viewport: { width, height },
        locale: 'it-IT',
        timezoneId: 'Europe/Rome',
        reducedMotion: 'reduce',
        ...options,
      }),
    close: () => browser.close(),
  }
}

// Unpacking takes seconds and 200 MB, so it is kept; it grows aside and takes its name whole, as two runs may meet.
async function unpackChromium() {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const root = join(dirname(entry), '..')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const home = join(tmpdir(), `incontro-chromium-${version}-${userInfo().uid}`)
  if (existsSync(home)) return home
  const draft = mkdtempSync(`${home}.new-`)
  await inflateInto(draft, join(root, 'bin'))
  writeFileSync(join(draft, 'fonts.conf'), fontSettings(home))
  try {
    renameSync(draft, home)
  } catch {
    rmSync(draft, { recursive: true, force: true })
  }
  return home
}

// The package unpacks where the system keeps temporary files, and takes what is there already for whole.
async function inflateInto(draft: string, archives: string) {
  const { inflate } = await import('@sparticuz/chromium')
  const before = process.env.TMPDIR
  process.env.TMPDIR = draft
  try {
    await Promise.all(
      ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((each) => inflate(join(archives, each))),
    )
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

// One known font for every machine, whatever it has: the same text is as wide everywhere.
function fontSettings(home: string) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${home}/fonts</dir><cachedir>${home}/font-cache</cachedir></fontconfig>
`
}
