import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tableOf } from '../../solver/format/publish.ts'

const ROOT = join(import.meta.dirname, '../..')
const FILE = join(ROOT, 'solver/README.md')
const page = readFileSync(FILE, 'utf8')
const blockOf = (language: string) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)![1]

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'incontro-readme-'))
  symlinkSync(join(ROOT, 'solver'), join(folder, 'solver'))
  writeFileSync(join(folder, 'event.json'), blockOf('json'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function run(args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (part) => (out += part))
  child.stderr.on('data', (part) => (err += part))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

describe('the page of the solver', () => {
  test('has commands that run, one after the other', async () => {
    for (const line of blockOf('sh').trim().split('\n')) {
      const { code, err } = await run(line.split(' ').slice(1))
      expect([line, code, err]).toEqual([line, 0, ''])
    }
  })

  test('has a program that runs', async () => {
    writeFileSync(join(folder, 'example.ts'), blockOf('ts'))
    const { code, out, err } = await run(['--preserve-symlinks-main', 'example.ts'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('{ value: 20, bound: 20, proven: true } true')
  })

  test('lists what may be left out of an instance', async () => {
    const current = page.replace(/^\| instance [^]*?\n(?=\n)/m, () => `${tableOf('instance')}\n`)
    const formatted = await format(current, { ...(await resolveConfig(FILE)), filepath: FILE })
    await expect(formatted).toMatchFileSnapshot(FILE)
  })
})
