import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Client, until } from '../support/client.ts'
import { answers, startServer } from '../support/server.ts'

/** The service as people start it: a process of its own. Whole starts take long on a busy machine. */
vi.setConfig({ testTimeout: 120_000 })

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'incontro-start-'))
  // As root the database runs as another user, who must be able to get there.
  await chmod(directory, 0o755)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

type Ended = { code: number | null; said: string }

/** Starts and waits for the end, which is expected to come by itself. */
function startInVain(env: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, ['server/main.ts'], {
    env: { ...process.env, DATABASE_URL: '', DATA_DIR: join(directory, 'vain'), PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, said: said.trim() })))
}

describe('a start that cannot succeed ends with one plain sentence', () => {
  test.each([
    [{ PORT: 'http' }, 'PORT is "http", but must be a whole number from 0 to 65535.'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL is "loud", but must be one of fatal, error, warn, info, debug, silent.',
    ],
    [
      { DATABASE_URL: 'postgres://localhost/incontro' },
      'DATABASE_URL is set, so PUBLIC_URL must say where people reach Incontro, for example PUBLIC_URL=https://incontro.example.org.',
    ],
    [
      { DATABASE_URL: 'postgres://127.0.0.1:1/incontro', PUBLIC_URL: 'http://localhost' },
      'The database at DATABASE_URL does not answer (ECONNREFUSED): check the address and that PostgreSQL is running.',
    ],
  ])('%j', async (env, sentence) => {
    expect(await startInVain(env)).toEqual({ code: 1, said: sentence })
  })
})

describe('a running service', () => {
  test('keeps its port and its data directory to itself, and leaves nothing behind when it stops', async () => {
    const data = join(directory, 'own')
    const server = await startServer({ DATA_DIR: data })
    const { port } = new URL(server.url)
    const second = await startInVain({ DATA_DIR: data })
    expect([second.code, second.said.split('\n').length]).toEqual([1, 1])
    expect(second.said).toMatch(/already running/)
    const taken = await startInVain({ DATA_DIR: join(directory, 'other'), PORT: port })
    expect(taken).toEqual({
      code: 1,
      said: `Port ${port} is already in use: stop the other program or choose another one, for example PORT=3001 npm start.`,
    })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    await server.stop()
    expect([server.process.exitCode, existsSync(join(data, 'pg18/postmaster.pid'))]).toEqual([0, false])
  })

  test.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGKILL'] as const)(
    'ends with the npm that started it, ended by %s',
    async (signal) => {
      const data = join(directory, 'npm')
      const { url, process: npm } = await startServer({ DATA_DIR: data }, ['npm', 'start'])
      npm.kill(signal)
      await until('the service to end', async () => !(await answers(url)), 60_000)
      await until('the database to end', () => !existsSync(join(data, 'pg18/postmaster.pid')), 60_000)
    },
  )

  test('comes back with its data after it was killed', async () => {
    const data = join(directory, 'killed')
    const first = await startServer({ DATA_DIR: data })
    const { programmeId } = await Client.people(first.url)
    first.process.kill('SIGKILL')
    await new Promise((resolve) => first.process.once('exit', resolve))
    const again = await startServer({ DATA_DIR: data })
    expect((await Client.people(again.url)).programmeId).toBe(programmeId)
    await again.stop()
  })

  test('does not touch the data of another version of PostgreSQL', async () => {
    const data = join(directory, 'killed')
    await writeFile(join(data, 'pg18/PG_VERSION'), '14\n')
    const { code, said } = await startInVain({ DATA_DIR: data })
    expect([code, said.split('\n').length]).toEqual([1, 1])
    expect(said).toMatch(/PostgreSQL 14/)
  })
})
